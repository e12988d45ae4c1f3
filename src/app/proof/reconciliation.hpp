#pragma once

#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "app/job/job_sources.hpp"
#include "app/reading/people_of_run.hpp"
#include "canonical/copy_encoding.hpp"
#include "canonical/row_digest.hpp"
#include "consolidate/consolidator.hpp"
#include "ledger/lineage_tables.hpp"
#include "ledger/run_ledger.hpp"
#include "load/target_schema.hpp"
#include "normalise/entity_normaliser.hpp"
#include "pipeline/progress.hpp"
#include "postgres/target_connection.hpp"
#include "reconcile/content_proof.hpp"
#include "reconcile/run_report.hpp"

namespace caseweave {

/// Names, among the fields that differ of a lineage row, its place in the source; of such a difference alone the rest
/// of the row agrees.
inline constexpr std::string_view kPositionField = "position";

/// Tells whether a lineage row stands at another place than the one it was read at.
inline bool is_of_place(const RowDifference& difference) {
    return is_lineage_table(difference.key.entity) && difference.account.fields.size() == 1 &&
           difference.account.fields.front() == kPositionField;
}

/// Holds what the sources say of rows that differ, from the second reading: what an account of them is written from.
struct SourceWitness {
    bool read = false;                                ///< whether the sources could be read
    std::set<std::pair<TallyKey, unsigned>> changed;  ///< segments where they give something else than was loaded
    std::map<TallyKey, CopyBuffer> rows;  ///< encoded rows that the target does not hold as they are, some of each key
    std::map<SourceRowName, std::string> positions;  ///< of these, and where they stand
};

/// Holds what reconciliation found.
struct ReconciliationResult {
    TallyTable found;                        ///< what is in the target
    std::vector<Imbalance> imbalances;       ///< equations of the ledger that do not hold
    std::vector<RowDifference> differences;  ///< rows, named
    std::vector<std::string> unprotected;    ///< what protects the rows and is not as it should be, in sentences
    SourceWitness witness;                   ///< filled where a segment differs
    bool balanced() const noexcept { return imbalances.empty() && differences.empty() && unprotected.empty(); }
};

/// Misplaced rows named of each kind and table, where not all are asked for: more tell no more.
inline constexpr std::size_t kNamedRows = 1000;
/// All of them: the most that a LIMIT takes.
inline constexpr std::size_t kEveryRow = std::numeric_limits<std::int64_t>::max();

/// Says how far a reconciliation goes.
struct ReconcileDepth {
    std::size_t named_rows = kNamedRows;
    bool read_sources = false;  ///< reads the sources whole and compares them with the target, whatever the books say;
                                ///< false: only where the target is not what the books say
};

/// Gives the people of the run, made again from the sources when rows have to be named.
using PeopleAgain = std::function<const PeopleOfRun&()>;

/// Compares what the run emitted with what is in the target, by count and by content, and names every row that differs.
///
/// Reads every table back and compares tallies a segment; only where a segment differs are the sources read again, to
/// say which row it is and how. A source that cannot be read any more leaves the segment's rows unexplained, not
/// unseen, but for `depth.read_sources`: then its Error is thrown. Tables are shared out among the connections
/// `loaders`.
ReconciliationResult reconcile_target(std::span<TargetConnection* const> loaders, const RunLedger& ledger,
                                      JobSources& sources, const CanonicalSchema& canonical, const TargetSchema& schema,
                                      NormaliseOptions options, const std::optional<Consolidator>& consolidator,
                                      const PeopleAgain& people_again, Progress& progress,
                                      const ReconcileDepth& depth = {});

}  // namespace caseweave
