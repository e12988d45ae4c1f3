#include <optional>

#include "app/commands.hpp"
#include "app/job/prepared_job.hpp"
#include "app/runs/night.hpp"
#include "app/runs/watched_run.hpp"
#include "core/log.hpp"
#include "load/run_lock.hpp"

namespace caseweave {

namespace {

/// Takes away the county of a planned night when the plan is over, however it ends.
class PlannedCounty {
  public:
    explicit PlannedCounty(const StateFolder& state) : state_(&state) {}
    PlannedCounty(const PlannedCounty&) = delete;
    PlannedCounty& operator=(const PlannedCounty&) = delete;
    ~PlannedCounty() {
        try {
            remove_planned_night(*state_);
        } catch (const std::exception& error) {
            log::warning("the county of the planned night is left in {}: {}", state_->planned_sources().string(),
                         error.what());
        }
    }

  private:
    const StateFolder* state_;
};

void bring_up_to_date(const NightlyOptions& options, bool apply, WatchedRun& run) {
    const StateFolder state = open_state(options);
    const StateLock lock(state, apply ? "nightly" : "plan");
    MigrationCommand command = named_or_last(options, state);
    if (options.night) {
        if (command.name != "demo")
            throw Error(ErrorKind::usage, "--night is for a demo: it writes the simulated county of that night");
        command.county.night = *options.night;
    }
    std::optional<PlannedCounty> planned;
    if (options.night && !apply) planned.emplace(state);
    PreparedJob prepared = planned ? prepare_planned_night(command, state) : prepare_job(command, state);
    if (options.night && apply) command.save(state);
    run.report.job = prepared.job.name;
    run.on_failure = prepared.job.on_failure;
    Workplace workplace(state, std::move(prepared.job));
    NightRequest request;
    request.apply = apply;
    request.full = options.full;
    request.in_part = options.in_part;
    request.accept_deletions = options.accept_deletions;
    request.quiet = options.quiet;
    if (prepared.county != nullptr) {
        request.seed = command.county.seed;
        request.truth = prepared.county->truth();
    }
    run_night(workplace, request, run.report);
}

}  // namespace

ExitCode run_nightly(const NightlyOptions& options) {
    return watch_run("nightly", options, [&](WatchedRun& run) { bring_up_to_date(options, true, run); });
}

ExitCode run_plan(const NightlyOptions& options) {
    WatchedRun run;  // nobody is called where nothing was to change
    bring_up_to_date(options, false, run);
    return static_cast<ExitCode>(run.report.exit_code);
}

}  // namespace caseweave
