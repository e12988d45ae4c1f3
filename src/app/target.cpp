#include <fmt/core.h>

#include "app/commands.hpp"
#include "app/job/viewer.hpp"

namespace caseweave {

ExitCode run_target(const TargetOptions& options) {
    const StateFolder state(options.state);
    if (options.stop) {
        if (PrivateCluster::exists(state.root())) PrivateCluster::start(state.root()).stop();
        fmt::print("the private cluster of {} is stopped\n", state.root().string());
        return ExitCode::done;
    }
    const auto viewed = open_for_viewing(state);
    fmt::print("{}\n", viewed->target.connection_string());
    return ExitCode::done;
}

}  // namespace caseweave
