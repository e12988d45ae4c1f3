#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/people_of_run.hpp"
#include "canonical/schema.hpp"
#include "ledger/run_ledger.hpp"
#include "link/linkage_model.hpp"
#include "load/target_schema.hpp"
#include "postgres/target_connection.hpp"
#include "settings/survivorship.hpp"

namespace caseweave {

/// Holds what regrouping works with. All must outlive the call.
struct RegroupingTools {
    const CanonicalSchema* canonical = nullptr;
    const TargetSchema* schema = nullptr;
    const LinkageModel* model = nullptr;
    const SurvivorshipSettings* survivorship = nullptr;
    unsigned threads = 1;
};

/// Says that a record is another person's than before.
struct RecordMove {
    std::string system, key;
    PersonId from, to;
};

/// Says what regrouping changed.
struct RegroupingOutcome {
    std::vector<RecordMove> moves;      ///< by (system, key)
    std::vector<IdentityEvent> events;  ///< of the persons concerned
    std::uint64_t rows_moved = 0;       ///< rows of records and cases that are under another person now
    std::uint64_t rows_reshielded = 0;  ///< rows that other readers may see now, golden records not counted
    std::uint64_t golden_records = 0;   ///< made anew
};

/// Links the target's people again under the decisions in force, and makes the target what loading under them would
/// have made it: crosswalk, golden records, whose each row is, who may see it, pairs for review, events. Decisions
/// count as applied afterwards; rows that stay whose they are, and as visible as they are, are not touched.
///
/// Joins the transaction that is open, the ledger's run included: a caller that wants to know only what would happen
/// rolls it back. `people` holds the linked people afterwards. @param decision the one that brings it about, for
/// events; 0 = none. Takes the time of linking everything; writing follows what changes.
/// @throws Error(usage) where the target's people do not add up with its crosswalk.
RegroupingOutcome regroup_target(TargetConnection& loader, RunLedger& ledger, const RegroupingTools& tools,
                                 std::int64_t decision, PeopleOfRun& people);

}  // namespace caseweave
