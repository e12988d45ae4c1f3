#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "app/job/job_sources.hpp"
#include "app/placing/people_update.hpp"
#include "app/reading/partial_reading.hpp"
#include "app/reading/people_of_run.hpp"
#include "app/reading/read_ahead.hpp"
#include "app/reading/watermarks.hpp"
#include "canonical/row_digest.hpp"
#include "canonical/schema.hpp"
#include "ledger/run_ledger.hpp"
#include "normalise/entity_normaliser.hpp"
#include "pipeline/progress.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Holds what a night's pass works with. All must outlive the call.
struct NightTools {
    TargetConnection* loader = nullptr;  ///< its transaction is open: everything is written into it
    TargetConnection* reader = nullptr;  ///< sees the target as it was before the night
    RunLedger* ledger = nullptr;
    JobSources* sources = nullptr;
    const CanonicalSchema* canonical = nullptr;
    const PeopleOfRun* people = nullptr;
    Progress* progress = nullptr;
    const std::set<std::string>* passed_over = nullptr;  ///< systems that are not read
    const PartialReading* partial = nullptr;             ///< entities of which only what changed is read
    const Watermarks* known = nullptr;                   ///< how far entities were read before
    double largest_deletion = 1;                         ///< share of an entity's keys that may be gone from its source
    /// Source rows that are written again though the target has what they say: their places there are wrong. May be
    /// null.
    const std::set<SourceRowName>* misplaced = nullptr;
};

/// Says what a night's pass did.
struct NightOutcome {
    TouchedPeople touched;              ///< by rows that came, went or changed
    TallyTable written;                 ///< of every row version written
    std::set<std::string> unmapped;     ///< columns that only the sources know
    std::vector<Imbalance> imbalances;  ///< rows that were counted as quarantined and not handed over
    std::uint64_t source_rows_new = 0, source_rows_changed = 0, source_rows_gone = 0;
    Watermarks watermarks;  ///< how far entities were read now
    ReadSeconds read;
};

/// Streams every row of every system and brings the target up to it: rows that are there, the same, are counted; those
/// that are new are added, those that changed replace what the target has under their source key, and what a full
/// listing does not name any more is taken away. The target keeps what was replaced as history.
///
/// What became of a source row (canonical rows, values set aside, its text) is compared as a whole by digest, so that
/// a change of code lists or of the program shows like a change in the source. Of an entity that is read in part only
/// the keys that come are compared; what is gone shows at the next whole reading. Memory: 16 bytes a source key of the
/// entity in hand, and the changed rows of a few batches.
/// @throws Error(source) when more of an entity is gone than `largest_deletion` allows: nothing should be taken away
/// because an export was cut short.
NightOutcome apply_night(const NightTools& tools, NormaliseOptions options);

}  // namespace caseweave
