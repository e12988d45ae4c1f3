#include <chrono>

#include "app/commands.hpp"
#include "app/migration.hpp"
#include "app/prepared_job.hpp"
#include "core/log.hpp"
#include "load/run_lock.hpp"

namespace caseweave {

ExitCode run_reconcile(const JobOptions& options) {
    const StateFolder state(options.state);
    const StateLock lock(state, "reconcile");
    auto command = MigrationCommand::load(state);
    if (!options.job.empty()) {
        command = MigrationCommand{};
        command->name = "bulk";
        command->job_file = options.job;
        command->inputs = options.inputs;
    }
    if (!command)
        throw Error(ErrorKind::usage, "nothing to reconcile: " + state.root().string() +
                                          " has seen no migration; run demo or bulk first, or give --job and --state");
    PreparedJob prepared = prepare_job(*command, state);
    Workplace workplace(state, std::move(prepared.job));
    return static_cast<ExitCode>(reconcile_last_run(workplace, options.quiet).exit_code);
}

}  // namespace caseweave
