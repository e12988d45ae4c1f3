#include "app/commands.hpp"
#include "app/decision_file.hpp"
#include "app/migration.hpp"
#include "app/prepared_job.hpp"

namespace caseweave {

ExitCode run_bulk(const JobOptions& options) {
    const StateFolder state(options.state);
    const StateLock lock(state, "bulk");
    MigrationCommand command;
    command.name = "bulk";
    command.job_file = options.job;
    command.inputs = options.inputs;
    if (!options.decisions.empty()) read_decision_file(options.decisions);  // a wrong one is told before any work
    PreparedJob prepared = prepare_job(command, state);

    Workplace workplace(state, std::move(prepared.job));
    command.save(state);
    MigrationRequest request;
    request.command = command.name;
    request.decisions = options.decisions;
    request.quiet = options.quiet;
    return static_cast<ExitCode>(migrate(workplace, request).exit_code);
}

}  // namespace caseweave
