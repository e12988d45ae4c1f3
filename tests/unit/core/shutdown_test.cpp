#include "core/shutdown.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "core/error.hpp"

namespace caseweave {
namespace {

/// Runs `body` in a process of its own, since what a signal sets stays set. @return the wait status.
template <typename Body>
int in_child(Body body) {
    const pid_t child = fork();
    if (child == 0) _exit(body());
    int status = 0;
    waitpid(child, &status, 0);
    return status;
}

TEST(Shutdown, TheFirstSignalIsAFlagAndAnError) {
    const int status = in_child([] {
        watch_for_shutdown();
        if (shutdown_requested()) return 10;
        throw_if_shutdown_requested();
        std::raise(SIGINT);
        if (!shutdown_requested()) return 11;
        try {
            throw_if_shutdown_requested();
        } catch (const Error& error) {
            return static_cast<int>(error.exit_code());
        }
        return 12;
    });
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), static_cast<int>(ExitCode::interrupted));
}

TEST(Shutdown, TheSecondSignalEndsTheProcess) {
    const int status = in_child([] {
        watch_for_shutdown();
        std::raise(SIGTERM);
        std::raise(SIGTERM);
        return 0;
    });
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), SIGTERM);
}

TEST(Shutdown, AClosedPipeIsNotADeath) {
    const int status = in_child([] {
        watch_for_shutdown();
        std::raise(SIGPIPE);
        return shutdown_requested() ? 1 : 0;
    });
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST(Shutdown, ReachesWorkThatHeedsAStopToken) {
    const int status = in_child([] {
        watch_for_shutdown();
        const StopOnShutdown stop;
        if (stop.token().stop_requested()) return 10;
        std::raise(SIGINT);
        for (int i = 0; i < 1000 && !stop.token().stop_requested(); ++i) usleep(10'000);
        if (!stop.token().stop_requested()) return 11;
        try {
            throw_stopped();
        } catch (const Error& error) {
            return static_cast<int>(error.exit_code());
        }
    });
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), static_cast<int>(ExitCode::interrupted));
}

TEST(Shutdown, WorkThatIsNotStoppedEndsWithItsWatcher) {
    // A watcher that waited for a signal would hang here.
    const StopOnShutdown stop;
    EXPECT_FALSE(stop.token().stop_requested());
}

}  // namespace
}  // namespace caseweave
