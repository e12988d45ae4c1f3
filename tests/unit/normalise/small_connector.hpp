#pragma once

#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "canonical/schema.hpp"
#include "core/record_batch.hpp"
#include "normalise/entity_normaliser.hpp"
#include "settings/connector_definition.hpp"

namespace caseweave::test {

/// Gives the project's canonical schema, read once.
const CanonicalSchema& canonical_schema();

/// Writes a connector folder for one test and deletes it with itself.
class SmallConnector {
  public:
    /// @param entity the [[entity]] table and what belongs to it; `codes` are files of codes/: name and content.
    explicit SmallConnector(std::string_view entity,
                            const std::vector<std::pair<std::string, std::string>>& codes = {});
    ~SmallConnector();
    SmallConnector(const SmallConnector&) = delete;
    SmallConnector& operator=(const SmallConnector&) = delete;

    const ConnectorDefinition& definition() const noexcept { return *definition_; }
    const EntityDefinition& entity() const noexcept { return definition_->entities.front(); }
    EntityNormaliser normaliser(NormaliseOptions options = {}) const;

    /// Makes a batch of rows in the entity's columns (and `extra` ones behind them); nullopt is a NULL.
    using Cell = std::optional<std::string>;
    RecordBatch rows(const std::vector<std::vector<Cell>>& rows, const std::vector<std::string>& extra = {}) const;

  private:
    std::filesystem::path folder_;
    std::unique_ptr<ConnectorDefinition> definition_;
};

/// Writes a field of a canonical row for comparison: its text, "date 2015-03 estimated", a number, or "<null>".
std::string field_of(const CanonicalRow& row, std::string_view field);

}  // namespace caseweave::test
