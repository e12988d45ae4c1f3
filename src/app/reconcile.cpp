#include <chrono>

#include "app/commands.hpp"
#include "app/job/prepared_job.hpp"
#include "app/runs/migration.hpp"
#include "app/runs/repair.hpp"
#include "app/runs/watched_run.hpp"
#include "core/log.hpp"
#include "load/run_lock.hpp"

namespace caseweave {

namespace {

/// Checks the words of a repair before any work. @throws Error(usage).
void require_repair(const ReconcileOptions& options) {
    const auto says_nothing = [](const std::string& text) { return text.find_first_not_of(" \t") == text.npos; };
    if (options.repair && (says_nothing(options.actor) || says_nothing(options.reason)))
        throw Error(ErrorKind::usage, "--repair: --actor and --reason have to say who asks for it and why");
}

void compare_again(const ReconcileOptions& options, WatchedRun& run) {
    require_repair(options);
    const StateFolder state = open_state(options);
    const StateLock lock(state, "reconcile");
    const MigrationCommand command = named_or_last(options, state);
    PreparedJob prepared = prepare_job(command, state);
    run.report.job = prepared.job.name;
    run.on_failure = prepared.job.on_failure;
    Workplace workplace(state, std::move(prepared.job));
    ReconcileRequest request;
    request.quiet = options.quiet;
    if (options.purpose)
        request.naming = Asking{options.role, *options.purpose, "reconcile", "rows that quality rules find"};
    request.output = options.output;
    request.read_sources = options.read_sources;
    RepairRequest repair{options.actor, options.reason, options.apply};
    if (options.repair) request.repair = &repair;
    reconcile_last_run(workplace, request, run.report);
}

}  // namespace

ExitCode run_reconcile(const ReconcileOptions& options) {
    return watch_run("reconcile", options, [&](WatchedRun& run) { compare_again(options, run); });
}

}  // namespace caseweave
