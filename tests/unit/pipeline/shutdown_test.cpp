#include "pipeline/shutdown.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

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
