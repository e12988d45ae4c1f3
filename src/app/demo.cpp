#include "app/commands.hpp"
#include "app/migration.hpp"
#include "app/prepared_job.hpp"
#include "settings/places.hpp"

namespace caseweave {

ExitCode run_demo(const DemoOptions& options) {
    const StateFolder state(options.state);
    MigrationCommand command;
    command.name = "demo";
    command.job_file = home_folder() / "config" / "demo.toml";
    command.county = {options.scale, options.seed};
    PreparedJob prepared = prepare_job(command, state);
    command.save(state);

    Workplace workplace(state, std::move(prepared.job));
    MigrationRequest request;
    request.command = command.name;
    request.seed = options.seed;
    request.truth = prepared.county->truth();
    request.quiet = options.quiet;
    return static_cast<ExitCode>(migrate(workplace, request).exit_code);
}

}  // namespace caseweave
