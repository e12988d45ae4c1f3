#include "app/placing/stored_rejects.hpp"

#include <algorithm>

#include "ledger/lineage_tables.hpp"

namespace caseweave {

StoredRejects::StoredRejects(TargetConnection& reader, const LineageContext& context) {
    const TargetResult rows = reader.query(
        "SELECT row_id, coalesce(source_key, ''), reason, coalesce(field, ''), advice, raw, access, raw_access, "
        "position FROM"
        " lineage.quarantine WHERE source_system = $1 AND source_entity = $2",
        {context.system, context.entity}, TargetConnection::kLongDeadline);
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        const TalliedRow row = tallied_quarantine(context, rows.text(i, 1), rows.text(i, 2), rows.text(i, 3),
                                                  rows.text(i, 4), rows.text(i, 5));
        const RejectAccess access{static_cast<std::uint8_t>(rows.integer(i, 6)),
                                  static_cast<std::uint8_t>(rows.integer(i, 7))};
        const TalliedRow place = tallied_place(context, kQuarantinedRows, rows.text(i, 1), rows.text(i, 8));
        rows_.emplace(row.digest.low, Stored{std::string(rows.text(i, 0)), row, place, access});
    }
}

bool StoredRejects::take(const TalliedRow& row, const RejectAccess& access, const TalliedRow* place) {
    const auto [begin, end] = rows_.equal_range(row.digest.low);
    const auto same = std::find_if(begin, end, [&](const auto& stored) {
        return stored.second.row.digest == row.digest && stored.second.access == access &&
               (place == nullptr || stored.second.place.digest == place->digest);
    });
    if (same == end) return false;
    rows_.erase(same);
    return true;
}

}  // namespace caseweave
