#include <fmt/format.h>

#include <algorithm>

#include "app/commands.hpp"
#include "app/job_sources.hpp"
#include "app/migration.hpp"
#include "app/prepared_job.hpp"

namespace caseweave {

namespace {

ExitCode report_system(const SystemHealth& system) {
    if (system.failure) {
        try {
            std::rethrow_exception(system.failure);
        } catch (const Error& error) {
            fmt::print("{:<20} FAILED   {}\n", system.system, error.what());
            return error.exit_code();
        }
    }
    std::size_t entities = 0;
    for (const CheckFinding& finding : system.findings) {
        if (finding.level == CheckFinding::Level::ok) ++entities;
    }
    fmt::print("{:<20} {:<8} {} entities answer with every declared column\n", system.system,
               system.healthy() ? "ok" : "FAILED", entities);
    for (const CheckFinding& finding : system.findings) {
        if (finding.level != CheckFinding::Level::ok) fmt::print("{:<20}   {}\n", "", finding.what);
    }
    return system.healthy() ? ExitCode::done : ExitCode::failed;
}

ExitCode check_target(const Workplace& workplace) {
    try {
        const Target target = workplace.open_target();
        target.connect();
        fmt::print("{:<20} ok       answers, and its schema is current\n", "target");
        return ExitCode::done;
    } catch (const Error& error) {
        fmt::print("{:<20} FAILED   {}\n", "target", error.what());
        return error.exit_code();
    }
}

}  // namespace

ExitCode run_check(const JobOptions& options) {
    const StateFolder state(options.state);
    const StateLock lock(state, "check");
    MigrationCommand command;
    if (options.job.empty()) {
        const auto last = MigrationCommand::load(state);
        if (!last)
            throw Error(ErrorKind::usage, "say which job to check with --job FILE: " + state.root().string() +
                                              " has seen no migration yet");
        command = *last;
    } else {
        command.name = "check";
        command.job_file = options.job;
        command.inputs = options.inputs;
    }
    PreparedJob prepared = prepare_job(command, state);
    Workplace workplace(state, std::move(prepared.job));
    ExitCode worst = ExitCode::done;
    for (const SystemHealth& system : workplace.sources.check()) worst = std::max(worst, report_system(system));
    return std::max(worst, check_target(workplace));
}

}  // namespace caseweave
