#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "extract/source.hpp"
#include "extract/transport.hpp"
#include "settings/connector_definition.hpp"

namespace caseweave {

/// Says how far a check looks for columns: `headers` reads no record, `records` is for a run, which reads them next.
enum class LookInto { headers, records };

/// Reads one legacy system: a definition (what), a transport (how bytes arrive) and a format (how bytes become rows).
class Connector {
  public:
    /// `format` is null for transports that yield rows.
    Connector(std::shared_ptr<const ConnectorDefinition> definition, std::unique_ptr<Transport> transport,
              std::unique_ptr<Format> format);

    const ConnectorDefinition& definition() const noexcept { return *definition_; }

    /// Asks whether the system answers and has every declared column, and names the columns no mapping names.
    ///
    /// Records that name their own columns (XML, JSON) are read only where `look` allows it, and only of delivered
    /// files, until every declared column has been met; a service is not asked for any. Keeps no personal data. An ok
    /// finding is about_columns where every declared column was seen.
    std::vector<CheckFinding> check(LookInto look);

    /// Checks manifest, checksums, control totals and stated numbers of rows of every delivered file that will be read.
    /// @throws SourceError(integrity) that names the file.
    void verify();

    /// Digests what is delivered; nullopt where only reading the rows would tell.
    std::optional<std::string> delivery_digest();

    /// Opens an entity from a checkpoint ("" = from the start). What goes wrong then or while it is
    /// read is told with the system and the entity.
    std::unique_ptr<Source> open(const EntityDefinition& entity, std::string_view checkpoint);

  private:
    std::vector<CheckFinding> find(LookInto look);
    void verify_documents();
    std::unique_ptr<Source> open_source(const EntityDefinition& entity, std::string_view checkpoint);

    std::shared_ptr<const ConnectorDefinition> definition_;
    std::unique_ptr<Transport> transport_;
    std::unique_ptr<Format> format_;
};

}  // namespace caseweave
