#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/deciding/decision_file.hpp"
#include "app/job/prepared_job.hpp"
#include "app/runs/migration.hpp"
#include "core/log.hpp"
#include "load/private_cluster.hpp"
#include "load/run_lock.hpp"
#include "settings/places.hpp"

namespace caseweave {

namespace {

/// Makes room for a demo where an earlier one has ended, or one of another county was interrupted. An interrupted one
/// of the same county stays, to be resumed. Nothing but a demo is ever replaced.
void make_room(const MigrationCommand& command, const StateFolder& state) {
    const auto earlier = MigrationCommand::load(state);
    if (!earlier || !PrivateCluster::exists(state.root())) return;
    const PrivateCluster cluster = PrivateCluster::start(state.root());
    TargetConnection admin(cluster.settings(PrivateCluster::kAdmin));
    if (admin.execute("SELECT to_regclass('lineage.run')").is_null(0, 0)) return;
    const auto run = RunLedger::of_target(admin);
    if (!run) return;
    if (earlier->name != command.name || run->description().kind != command.name) {
        throw Error(ErrorKind::usage,
                    fmt::format("{} holds a {} migration, which demo does not replace. Use another --state",
                                state.root().string(), run->description().kind));
    }
    const bool same_county = earlier->county.scale == command.county.scale &&
                             earlier->county.seed == command.county.seed &&
                             earlier->county.night == command.county.night;
    if (same_county && run->state() != "done") return;

    const RunLock lock(TargetConnection(cluster.settings(kLoaderRole)), command.name);
    log::info("replacing the demo that {} holds (scale {}, seed {})", state.root().string(), earlier->county.scale,
              earlier->county.seed);
    // What reviewers decided outlives the target: the same county is linked under it again.
    std::error_code ignored;
    std::filesystem::remove(state.decisions_file(), ignored);
    if (same_county) write_decision_file(state.decisions_file(), read_decisions(admin, DecisionScope::in_force));
    admin.execute("DROP SCHEMA IF EXISTS integrated, lineage, sealed, review, audit, ssd CASCADE",
                  TargetConnection::kLongDeadline);
    std::filesystem::remove_all(state.root() / "runs", ignored);
}

}  // namespace

ExitCode run_demo(const DemoOptions& options) {
    const StateFolder state(options.state);
    const StateLock lock(state, "demo");
    MigrationCommand command;
    command.name = "demo";
    command.job_file = home_folder() / "config" / (options.scale == "twins" ? "demo_twins.toml" : "demo.toml");
    command.county = {options.scale, options.seed, options.night};
    make_room(command, state);
    PreparedJob prepared = prepare_job(command, state);
    command.save(state);

    Workplace workplace(state, std::move(prepared.job));
    MigrationRequest request;
    request.command = command.name;
    request.seed = options.seed;
    request.truth = prepared.county->truth();
    if (std::filesystem::exists(state.decisions_file())) request.decisions = state.decisions_file();
    request.quiet = options.quiet;
    RunReport report;
    migrate(workplace, request, report);
    return static_cast<ExitCode>(report.exit_code);
}

}  // namespace caseweave
