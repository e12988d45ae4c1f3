#include "app/runs/watched_run.hpp"

#include <chrono>
#include <exception>

#include "app/books/run_metrics.hpp"
#include "app/job/failure_command.hpp"
#include "core/log.hpp"
#include "core/stopwatch.hpp"

namespace caseweave {

namespace {

std::int64_t unix_seconds() {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace

ExitCode watch_run(std::string_view command, const JobOptions& options, const std::function<void(WatchedRun&)>& work) {
    if (!options.metrics.empty()) require_metrics_folder(options.metrics);
    RunMetrics metrics;
    metrics.command = command;
    metrics.began = unix_seconds();
    const auto started = SteadyClock::now();
    WatchedRun run;
    const auto tell = [&](ExitCode code) {
        metrics.code = code;
        metrics.job = run.report.job.empty() ? options.job.stem().string() : run.report.job;
        metrics.ended = unix_seconds();
        metrics.seconds = seconds_since(started);
        try {
            if (!options.metrics.empty()) write_metrics(options.metrics, metrics, run.report);
        } catch (const Error& error) {
            log::error("{}", error.what());
        }
        if (is_failure(code))
            run_failure_command(run.on_failure, {metrics.job, run.report.run_id, code, run.report.summary});
    };
    try {
        work(run);
    } catch (const Error& error) {
        tell(error.exit_code());
        throw;
    } catch (const std::exception&) {
        tell(ExitCode::failed);
        throw;
    }
    const auto code = static_cast<ExitCode>(run.report.exit_code);
    tell(code);
    return code;
}

}  // namespace caseweave
