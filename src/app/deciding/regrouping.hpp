#pragma once

#include <cstdint>

#include "app/placing/people_update.hpp"
#include "app/reading/people_of_run.hpp"
#include "ledger/run_ledger.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Links the target's people again under the decisions in force, and makes the target what loading under them would
/// have made it (update_people).
///
/// Joins the transaction that is open, the ledger's run included: a caller that wants to know only what would happen
/// rolls it back. `people` holds the linked people afterwards. @param decision the one that brings it about, for
/// events; 0 = none. Takes the time of linking everything; writing follows what changes.
/// @throws Error(usage) where the target's people do not add up with its crosswalk.
PeopleUpdate regroup_target(TargetConnection& loader, RunLedger& ledger, const PeopleUpdateTools& tools,
                            std::int64_t decision, PeopleOfRun& people);

}  // namespace caseweave
