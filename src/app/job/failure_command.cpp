#include "app/job/failure_command.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <vector>

#include "app/job/timed_program.hpp"
#include "core/log.hpp"

namespace caseweave {

namespace {

std::vector<std::string> environment_of(const FailedRun& run) {
    std::vector<std::string> environment = {
        "CASEWEAVE_JOB=" + run.job,
        "CASEWEAVE_RUN_ID=" + (run.run_id == 0 ? std::string() : std::to_string(run.run_id)),
        fmt::format("CASEWEAVE_EXIT_CODE={}", static_cast<int>(run.code)),
        "CASEWEAVE_SUMMARY=" + run.summary.string(),
    };
    for (const char* name : {"PATH", "HOME", "LANG"}) {
        if (const char* value = std::getenv(name); value != nullptr)
            environment.push_back(std::string(name) + "=" + value);
    }
    return environment;
}

}  // namespace

bool is_failure(ExitCode code) noexcept {
    switch (code) {
        case ExitCode::failed:
        case ExitCode::usage:
        case ExitCode::unbalanced:
        case ExitCode::try_later:
            return true;
        case ExitCode::done:
        case ExitCode::quarantined:
        case ExitCode::interrupted:
            return false;
    }
    return true;
}

void run_failure_command(const FailureCommand& command, const FailedRun& run) {
    if (command.words.empty()) return;
    const std::string& program = command.words.front();
    const ProgramEnd end = run_timed(command.words, environment_of(run), command.time_limit);
    if (end.error != 0) {
        log::error("[on_failure] command: {} cannot be started: {}", program, std::strerror(end.error));
        return;
    }
    if (end.out_of_time)
        log::error("[on_failure] command: {} took longer than {} s and was ended", program, command.time_limit.count());
    if (end.code > 0) log::error("[on_failure] command: {} ended with {}", program, end.code);
}

}  // namespace caseweave
