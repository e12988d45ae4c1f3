#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "core/error.hpp"
#include "settings/job.hpp"

namespace caseweave {

/// Says how a run ended, for the command that tells of it.
struct FailedRun {
    std::string job;
    std::int64_t run_id = 0;  ///< 0: none began
    ExitCode code = ExitCode::failed;
    std::filesystem::path summary;  ///< summary.json; "" where none was written
};

/// Tells whether a run that ended so has failed: with 1, 2, 4 or 75. One that an operator stopped has not.
bool is_failure(ExitCode code) noexcept;

/// Starts the job's command of [on_failure], waits for it, and ends it and all it started when its time is over.
///
/// It gets CASEWEAVE_JOB, CASEWEAVE_RUN_ID, CASEWEAVE_EXIT_CODE and CASEWEAVE_SUMMARY (each "" where there is none)
/// beside PATH, HOME and LANG; nothing else of the environment, which may hold secrets, and no input. Its output goes
/// to standard error. What goes wrong with it is logged: the run's own end stays what it is.
void run_failure_command(const FailureCommand& command, const FailedRun& run);

}  // namespace caseweave
