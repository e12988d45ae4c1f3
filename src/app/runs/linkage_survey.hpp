#pragma once

#include "app/reading/people_of_run.hpp"
#include "app/runs/truth.hpp"
#include "canonical/schema.hpp"
#include "core/date.hpp"
#include "link/linkage_model.hpp"
#include "reconcile/linkage_account.hpp"

namespace caseweave {

/// Gathers what the report says of linking from a run's people and its model. @param today: ages are as of this day.
/// @param quality: how linking did against the truth, or null.
LinkageAccount survey_linkage(const PeopleOfRun& people, const LinkageModel& model, const CanonicalSchema& canonical,
                              Date today, const LinkageQuality* quality);

}  // namespace caseweave
