#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "extract/source.hpp"
#include "settings/connector_definition.hpp"

namespace caseweave {

/// Says how one check of a source or target went, in words for an operator.
struct CheckFinding {
    enum class Level { ok, warning, failure } level = Level::ok;
    std::string what;            ///< "column NHS_NO of entity person is missing"
    bool about_columns = false;  ///< told by columns that were seen: loading reports one no mapping names again
};

/// Describes one setting of a transport or format; `caseweave` writes docs and JSON Schema from these.
struct OptionDescriptor {
    std::string name, type, fallback, description;
    bool secret = false;
};

/// Gives a transport what it needs: the connector's defaults, the job's overrides, secrets, a folder.
struct TransportContext {
    const ConnectorDefinition& connector;
    TomlTable job_settings;  ///< [system.<name>.transport] of the job
    /// Looks a secret up by its setting's name ("password" -> password_file or password_env of the job); Error when
    /// missing.
    std::function<std::string(std::string_view)> secret;
};

/// Brings bytes or rows from one system. Knows nothing about what they mean. Blocking; one thread per open Source.
class Transport {
  public:
    virtual ~Transport() = default;

    /// Asks the system whether it is there and answers, reading no personal data. @throws Error (unavailable, source).
    virtual void check_reachable() = 0;

    /// Says what check should tell besides whether the system answers (files that are refused by name).
    virtual std::vector<CheckFinding> findings() { return {}; }

    /// Checks everything that can be known before a row is loaded: the manifest, checksums, declared files.
    /// Throws Error(integrity) that names the file; databases and REST do nothing here.
    virtual void verify(const std::vector<EntityDefinition>&) {}

    /// Digests what is delivered, names and contents, so that a delivery which is the last one again can be known.
    /// @return nullopt where only reading the rows would tell.
    virtual std::optional<std::string> delivery_digest() { return std::nullopt; }

    /// Opens the rows of an entity (databases). @throws Error; a declared column that the result lacks is an Error
    /// naming it.
    virtual std::unique_ptr<Source> open_rows(const EntityDefinition& entity, std::string_view checkpoint);

    /// Opens the documents of an entity (files, REST).
    virtual std::unique_ptr<DocumentSequence> open_documents(const EntityDefinition& entity,
                                                             std::string_view checkpoint);

    /// Tells whether a check may look into records for the names of their columns: delivered files, which verify()
    /// reads through anyway; not a service, where the look would be one at people's records.
    virtual bool may_look_into_records() const { return false; }

    /// Tells which of the two open calls works.
    virtual bool yields_documents() const = 0;
};

/// Reports that a system, or one entity of it, cannot be read, and which.
class SourceError : public Error {
  public:
    /// @param entity "" where it concerns the whole system, or a file that several entities read.
    SourceError(ErrorKind kind, std::string system, std::string entity, const std::string& message)
        : Error(kind, message), system_(std::move(system)), entity_(std::move(entity)) {}

    const std::string& system() const noexcept { return system_; }
    const std::string& entity() const noexcept { return entity_; }

  private:
    std::string system_, entity_;
};

/// Entities that read one document, in the connector's order; never none.
using DocumentReaders = std::vector<const EntityDefinition*>;

/// Turns documents into rows. Knows nothing about where they come from. Stateless; shared between threads.
class Format {
  public:
    virtual ~Format() = default;
    /// Reads an entity's rows out of `documents`, from `checkpoint` on (this format's own text, which contains the
    /// sequence's).
    virtual std::unique_ptr<Source> open(const EntityDefinition& entity, const ConnectorDefinition& connector,
                                         std::unique_ptr<DocumentSequence> documents,
                                         std::string_view checkpoint) const = 0;
    /// Checks what can be known of a document before loading (control totals, well-formedness of the frame), and counts
    /// its rows: whatever stands between the format's own record boundaries, also what will be rejected. Of records
    /// inside records the outermost count. Throws Error(integrity).
    /// @return nullopt where the document states no rows and only counting would need a look at it.
    virtual std::optional<std::uint64_t> verify(const DocumentReaders& readers, const ConnectorDefinition& connector,
                                                ByteStream& document) const = 0;
};

}  // namespace caseweave
