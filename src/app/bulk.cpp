#include "app/commands.hpp"
#include "app/deciding/decision_file.hpp"
#include "app/job/prepared_job.hpp"
#include "app/runs/migration.hpp"
#include "app/runs/watched_run.hpp"

namespace caseweave {

namespace {

void load_everything(const JobOptions& options, WatchedRun& run) {
    const StateFolder state(options.state);
    const StateLock lock(state, "bulk");
    const MigrationCommand command = MigrationCommand::of_job(options);
    if (!options.decisions.empty()) read_decision_file(options.decisions);  // a wrong one is told before any work
    PreparedJob prepared = prepare_job(command, state);
    run.report.job = prepared.job.name;
    run.on_failure = prepared.job.on_failure;

    Workplace workplace(state, std::move(prepared.job));
    MigrationRequest request;
    request.command = command.name;
    request.decisions = options.decisions;
    request.quiet = options.quiet;
    // What a folder remembers is what its target holds: a run that is refused must not have reconcile ask other
    // sources.
    request.begun = [&] { command.save(state); };
    migrate(workplace, request, run.report);
}

}  // namespace

ExitCode run_bulk(const JobOptions& options) {
    return watch_run("bulk", options, [&](WatchedRun& run) { load_everything(options, run); });
}

}  // namespace caseweave
