#pragma once

#include <vector>

#include "app/job/job_sources.hpp"
#include "app/runs/migration.hpp"
#include "reconcile/run_report.hpp"

namespace caseweave {

/// Ends a run that its sources keep from loading anything: writes report.html and summary.json into the state folder's
/// runs/refused, says on stdout where they are, and throws what the first system in job order failed with.
/// @param report what is known of the run so far. @param health what JobSources::verify found.
[[noreturn]] void refuse_run(const Workplace& workplace, RunReport& report, const std::vector<SystemHealth>& health);

}  // namespace caseweave
