#include <fmt/format.h>

#include <algorithm>

#include "app/commands.hpp"
#include "app/job/job_sources.hpp"
#include "app/job/prepared_job.hpp"
#include "app/runs/migration.hpp"
#include "load/loading_rights.hpp"
#include "load/private_cluster.hpp"

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
    std::size_t with_columns = 0;
    std::size_t in_records = 0;
    for (const CheckFinding& finding : system.findings) {
        if (finding.level == CheckFinding::Level::ok) ++(finding.about_columns ? with_columns : in_records);
    }
    const std::string columns_told =
        with_columns == 0 ? std::string() : fmt::format("{} entities answer with every declared column", with_columns);
    const std::string columns_to_come =
        in_records == 0 ? std::string()
                        : fmt::format("{} entities answer; their records name the columns: a run looks", in_records);
    fmt::print("{:<20} {:<8} {}{}{}\n", system.system, system.healthy() ? "ok" : "FAILED", columns_told,
               columns_told.empty() || columns_to_come.empty() ? "" : "; ", columns_to_come);
    for (const CheckFinding& finding : system.findings) {
        if (finding.level != CheckFinding::Level::ok) fmt::print("{:<20}   {}\n", "", finding.what);
    }
    return system.healthy() ? ExitCode::done : ExitCode::failed;
}

std::string_view words_of(SchemaState state) {
    switch (state) {
        case SchemaState::none:
            return "answers; it is empty, and the first run makes its schema";
        case SchemaState::older:
            return "answers; its schema is older, and the next run brings it up to this program";
        case SchemaState::current:
            return "answers, and its schema is current";
    }
    return {};
}

/// Asks the target and changes nothing in it.
ExitCode check_target(const Workplace& workplace) {
    try {
        if (workplace.job.target.private_cluster && !PrivateCluster::exists(workplace.state->root())) {
            fmt::print("{:<20} ok       a private cluster, which the first run makes\n", "target");
            return ExitCode::done;
        }
        const Target target = Target::open(workplace.job.target, workplace.state->root());
        TargetConnection connection = target.connect_admin();
        fmt::print("{:<20} ok       {}\n", "target",
                   words_of(require_loading_rights(connection, workplace.target_definition())));
        return ExitCode::done;
    } catch (const Error& error) {
        fmt::print("{:<20} FAILED   {}\n", "target", error.what());
        return error.exit_code();
    }
}

}  // namespace

ExitCode run_check(const JobOptions& options) {
    constexpr std::string_view kAdvice = "say which job to check with --job FILE";
    const StateFolder state = open_state(options, kAdvice);
    const StateLock lock(state, "check");
    PreparedJob prepared = prepare_job(named_or_last(options, state, kAdvice), state);
    Workplace workplace(state, std::move(prepared.job));
    ExitCode worst = ExitCode::done;
    for (const SystemHealth& system : workplace.sources.check()) worst = std::max(worst, report_system(system));
    return std::max(worst, check_target(workplace));
}

}  // namespace caseweave
