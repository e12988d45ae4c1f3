#pragma once

#include <cstdint>
#include <vector>

#include "app/reading/people_of_run.hpp"
#include "ledger/run_ledger.hpp"
#include "link/linkage_model.hpp"
#include "load/people_lineage.hpp"

namespace caseweave {

// Rows of lineage and review that say whose each record is; loading and regrouping write the same ones. Their texts
// are views of the store's.

/// Gives a crosswalk row for each record, in store order.
std::vector<CrosswalkRow> crosswalk_rows(const PeopleOfRun& people, const LinkageModel& model);

/// Gives a row for each pair that needs a reviewer, strongest first.
std::vector<ReviewPairRow> review_pair_rows(const PeopleOfRun& people);

/// Makes review.pair hold the people's pairs for review, and the books of the target its tally. Joins the open
/// transaction.
void keep_review_pairs(TargetConnection& loader, RunLedger& ledger, const PeopleOfRun& people);

/// Gives a row for each event of the run's ids. @param decision the reviewer's decision that brought them about; 0 =
/// none.
std::vector<IdentityEventRow> identity_event_rows(const PeopleOfRun& people, std::int64_t decision = 0);

}  // namespace caseweave
