#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/reject.hpp"
#include "extract/connector.hpp"
#include "settings/connector_definition.hpp"

namespace caseweave::conformance {

/// Texts of a row by declared column.
using Fields = std::map<std::string, std::string>;

/// A legacy system that stands for as long as this lives: a database, a drop folder, a service.
struct StagedSource {
    std::string settings;                      ///< TOML: what a job would say under [system.<name>.transport]
    std::string secret = "conformance-9f31";   ///< every secret of the system
    std::filesystem::path folder;              ///< of a file drop, else ""
    std::vector<std::shared_ptr<void>> owned;  ///< servers and folders

    /// Makes the connector as a job would; touches nothing yet.
    std::unique_ptr<Connector> connect(const std::shared_ptr<const ConnectorDefinition>& definition) const;
};

/// Holds a connector's test data in the system's own medium (tables, documents), to be changed as systems change and
/// then staged. Knows transports and formats, no system.
class SourceData {
  public:
    virtual ~SourceData() = default;

    /// Tells whether a column stands in the record itself, so that a copy of the record can have another value in it.
    virtual bool settable(const EntityDefinition& entity, const std::string& column) const = 0;

    /// Tells whether a source can lack the column. The text of an XML record itself can only be empty.
    virtual bool can_drop(const EntityDefinition& entity, const std::string& column) const {
        return settable(entity, column);
    }

    /// Gives every row of the entity a column (element, member) that no mapping names. Once for records of several
    /// entities.
    virtual void add_column(const EntityDefinition& entity, const std::string& name, const std::string& value) = 0;

    /// Takes a column from every row of the entity.
    virtual void drop_column(const EntityDefinition& entity, const std::string& column) = 0;

    /// Leaves tables, headers and frames, and no row.
    virtual void remove_all_rows() = 0;

    /// Adds a copy of the first row that has the values `like`, with other values. @throws std::runtime_error when
    /// there is none.
    virtual void copy_row(const EntityDefinition& entity, const Fields& like, const Fields& changes) = 0;

    /// Adds rows that cannot be read at all, where the medium can hold such: too few fields, too many, a broken record.
    /// @return why each must be rejected.
    virtual std::vector<RejectReason> add_unreadable_rows(const EntityDefinition& entity, const Fields& like) = 0;

    /// Adds a copy of a row with bytes in `column` that are not in the encoding. @return false where the medium cannot
    /// hold such a row beside whole ones.
    virtual bool add_undecodable_row(const EntityDefinition& entity, const Fields& like, const std::string& column) = 0;

    /// Damages a document of the entity in its encoding. @return false where a row can be damaged alone, and is.
    virtual bool damage_document(const EntityDefinition& entity) = 0;

    virtual std::unique_ptr<StagedSource> stage() const = 0;
};

/// Reads testdata/ of a connector.
std::unique_ptr<SourceData> load_test_data(const ConnectorDefinition& connector);

/// Makes the data of each kind of medium.
std::unique_ptr<SourceData> load_database(const ConnectorDefinition& connector);
std::unique_ptr<SourceData> load_documents(const ConnectorDefinition& connector);

}  // namespace caseweave::conformance
