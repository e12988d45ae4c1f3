#include <fmt/core.h>

#include "app/commands.hpp"
#include "app/job/viewer.hpp"
#include "load/run_lock.hpp"

namespace caseweave {

ExitCode run_target(const TargetOptions& options) {
    const auto state = StateFolder::of_earlier_run(options.state);
    if (options.stop) {
        const StateLock state_lock(state, "target --stop");
        if (PrivateCluster::exists(state.root())) {
            PrivateCluster cluster = PrivateCluster::start(state.root());
            // Some commands hold the target and not the folder: a reviewer's decision, a pack.
            const RunLock lock(TargetConnection(cluster.settings(PrivateCluster::kAdmin)), "target --stop");
            cluster.stop();
        }
        fmt::print("the private cluster of {} is stopped\n", state.root().string());
        return ExitCode::done;
    }
    const auto viewed = open_for_viewing(state);
    fmt::print("{}\n", viewed->target.connection_string());
    return ExitCode::done;
}

}  // namespace caseweave
