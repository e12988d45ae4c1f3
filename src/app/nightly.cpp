#include "app/commands.hpp"
#include "app/night.hpp"
#include "app/prepared_job.hpp"
#include "load/run_lock.hpp"

namespace caseweave {

namespace {

ExitCode run(const NightlyOptions& options, bool apply) {
    const StateFolder state(options.state);
    const StateLock lock(state, apply ? "nightly" : "plan");
    auto command = MigrationCommand::load(state);
    if (!options.job.empty()) {
        command = MigrationCommand{};
        command->name = "bulk";
        command->job_file = options.job;
        command->inputs = options.inputs;
    }
    if (!command) {
        throw Error(ErrorKind::usage, "nothing to bring up to date: " + state.root().string() +
                                          " has seen no migration; run demo or bulk first, or give --job and --state");
    }
    PreparedJob prepared = prepare_job(*command, state);
    Workplace workplace(state, std::move(prepared.job));
    NightRequest request;
    request.apply = apply;
    request.accept_deletions = options.accept_deletions;
    request.quiet = options.quiet;
    if (prepared.county != nullptr) {
        request.seed = command->county.seed;
        request.truth = prepared.county->truth();
    }
    return static_cast<ExitCode>(run_night(workplace, request).exit_code);
}

}  // namespace

ExitCode run_nightly(const NightlyOptions& options) {
    return run(options, true);
}

ExitCode run_plan(const NightlyOptions& options) {
    return run(options, false);
}

}  // namespace caseweave
