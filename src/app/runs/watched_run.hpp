#pragma once

#include <functional>
#include <string_view>

#include "app/job/job_options.hpp"
#include "core/error.hpp"
#include "reconcile/run_report.hpp"
#include "settings/job.hpp"

namespace caseweave {

/// Holds what a run fills in as it goes, so that whoever watches it knows how far it came.
struct WatchedRun {
    RunReport report;
    FailureCommand on_failure;  ///< of the job, once that is read
};

/// Does a run and, however it ends, writes the metrics that `options` asks for and starts the job's command on failure.
/// Neither changes the run's end. @return the exit code in the report. @throws what `work` throws.
ExitCode watch_run(std::string_view command, const JobOptions& options, const std::function<void(WatchedRun&)>& work);

}  // namespace caseweave
