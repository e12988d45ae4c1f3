#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "core/record_batch.hpp"
#include "ledger/balance.hpp"
#include "postgres/target_connection.hpp"
#include "settings/connector_definition.hpp"

namespace caseweave {

/// Says how far a source entity was read.
struct Watermark {
    std::string value;         ///< the greatest that was seen, as the source writes it
    RunId whole_run;           ///< run that last read the entity whole
    int days_since_whole = 0;  ///< days between that run's beginning and now
};

/// Knows it of every entity that has one.
using Watermarks = std::map<SourceEntity, Watermark>;

/// Reads what the target has noted.
Watermarks read_watermarks(TargetConnection& loader);
/// Writes down how far entities were read; joins the open transaction where there is one.
void write_watermarks(TargetConnection& loader, RunId run, const Watermarks& read);

/// Finds the greatest watermark of an entity's rows while they pass.
///
/// Values are compared as text: they have to begin with a date as 2026-03-31 and to be as long as one another. Where
/// they are not, the entity has no watermark to go by.
class WatermarkReader {
  public:
    /// Starts with an entity. The definition must live as long as its rows pass.
    void open(const EntityDefinition& entity);
    void note(const RecordBatch& source);
    /// Gives the greatest; nullopt where there is none, or the values cannot be compared.
    std::optional<std::string> greatest() const;

  private:
    std::string column_;
    std::string greatest_;
    bool comparable_ = true;
};

/// Gives a watermark so many days earlier: the time of day, and what else follows the date, stays.
/// nullopt where the text does not begin with a date.
std::optional<std::string> days_before(std::string_view watermark, int days);

/// Narrows an entity of a database to the rows that changed since a watermark, those with none included, and to those
/// of some natural keys: the same entity with another query.
EntityDefinition changed_since(const EntityDefinition& entity, std::string_view since,
                               const std::vector<std::string>& keys);

}  // namespace caseweave
