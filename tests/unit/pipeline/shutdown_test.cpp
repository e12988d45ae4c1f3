#include "pipeline/shutdown.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "core/error.hpp"
#include "pipeline/progress.hpp"

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

TEST(Progress, TellsRateAndRemainingTimeOfAStageOverTwoSeconds) {
    ::testing::internal::CaptureStderr();
    Progress progress(false);
    progress.begin("compare");
    progress.reach(1'000, 4'000);
    usleep(2'100'000);
    progress.reach(3'000, 4'000);
    progress.end();
    const std::string err = ::testing::internal::GetCapturedStderr();
    const std::string first = err.substr(0, err.find('\n'));
    EXPECT_NE(first.find("3,000 rows"), std::string::npos) << err;
    EXPECT_NE(first.find("/s"), std::string::npos) << err;
    EXPECT_NE(first.find("1 s left"), std::string::npos) << err;
    EXPECT_EQ(err.substr(first.size()).find("left"), std::string::npos) << "nothing is left at the end";
}

TEST(Progress, CountsTheSecondsOfAStage) {
    Progress progress(true);
    EXPECT_EQ(progress.end(), 0) << "nothing began";
    progress.begin("people: extract");
    progress.add(100);
    usleep(20'000);
    const double seconds = progress.end();
    EXPECT_GE(seconds, 0.02);
    EXPECT_LT(seconds, 30);
    EXPECT_EQ(progress.end(), 0) << "ended already";
}

}  // namespace
}  // namespace caseweave
