#pragma once

#include <string>
#include <vector>

#include "app/proof/reconciliation.hpp"
#include "app/runs/migration.hpp"
#include "load/run_lock.hpp"
#include "load/target.hpp"

namespace caseweave {

/// Says what a repair is asked for.
struct RepairRequest {
    std::string actor;   ///< who asks for it, as they gave their name
    std::string reason;  ///< why
    bool apply = false;  ///< false: find out what it would do, and change nothing
};

/// Gives what a repair found in the target and not in the books (in the books and not in the target: less than none),
/// pairs for review apart: what an undone repair leaves there again.
TallyTable read_behind_books(TargetConnection& loader, RunId repair);

/// Puts back what the target does not hold as its runs loaded it: a night that believes nothing. Every source is read
/// whole, every row compared by content, whatever differs is written again, whoever a row stands under and whoever may
/// see it is set right, and rows that nothing gave are taken away. What is replaced stays as history under the repair's
/// run, which bears actor and reason.
///
/// One transaction. Nothing is committed unless afterwards the target holds, row for row, what the runs before it
/// loaded: where a source gives anything else by now, it is refused, for that is a night's work.
/// @param found what reconciliation found, with every row named. @param lock holds the target.
/// @return whether the target was changed.
/// @throws Error(source) when a source cannot be read or has changed; Error(usage) when decisions wait to be applied.
bool repair_target(Workplace& workplace, const Target& target, const RunLock& lock, const RepairRequest& request,
                   const ReconciliationResult& found, RunReport& report, Progress& progress);

}  // namespace caseweave
