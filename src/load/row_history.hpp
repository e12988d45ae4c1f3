#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

// lineage.row_history holds every version of a row that a run replaced or took away; the tables' triggers fill it.

/// Lists the tables that keep history, quoted names with their schemas, in name order.
std::vector<std::string> tables_with_history(TargetConnection& loader);

/// Says what taking back a run did to the rows.
struct RestoredRows {
    std::uint64_t removed = 0;   ///< versions that the run had written
    std::uint64_t restored = 0;  ///< versions that it had replaced or taken away
};

/// Makes every row what it was before the newest run: versions that it wrote go (into history, where the open
/// transaction has signed its changes), those that it replaced come back as they were, row_id and run included. Joins
/// the open transaction. Only for the newest run: a later one's versions would be lost.
RestoredRows restore_rows_before(TargetConnection& loader, RunId run);

}  // namespace caseweave
