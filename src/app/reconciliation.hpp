#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "app/job_sources.hpp"
#include "app/people_of_run.hpp"
#include "canonical/row_digest.hpp"
#include "consolidate/consolidator.hpp"
#include "ledger/run_ledger.hpp"
#include "load/target_schema.hpp"
#include "normalise/entity_normaliser.hpp"
#include "pipeline/progress.hpp"
#include "postgres/target_connection.hpp"
#include "reconcile/content_proof.hpp"
#include "reconcile/run_report.hpp"

namespace caseweave {

/// Holds what reconciliation found.
struct ReconciliationResult {
    TallyTable found;                        ///< what is in the target
    std::vector<Imbalance> imbalances;       ///< equations of the ledger that do not hold
    std::vector<RowDifference> differences;  ///< rows, named
    bool balanced() const noexcept { return imbalances.empty() && differences.empty(); }
};

/// Gives the people of the run, made again from the sources when rows have to be named.
using PeopleAgain = std::function<const PeopleOfRun&()>;

/// Compares what the run emitted with what is in the target, by count and by content, and names every row that differs.
///
/// Reads every table back and compares tallies a segment; only where a segment differs are the sources read again, to
/// say which row it is and how. A source that cannot be read any more leaves the segment's rows unexplained, not
/// unseen. Tables are shared out among the connections `loaders`.
ReconciliationResult reconcile_target(std::span<TargetConnection* const> loaders, const RunLedger& ledger,
                                      JobSources& sources, const CanonicalSchema& canonical, const TargetSchema& schema,
                                      NormaliseOptions options, const std::optional<Consolidator>& consolidator,
                                      const PeopleAgain& people_again, Progress& progress);

}  // namespace caseweave
