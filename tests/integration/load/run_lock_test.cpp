#include "load/run_lock.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <optional>
#include <thread>

#include "integration/load/target_fixture.hpp"

namespace caseweave {
namespace {

TEST_F(TargetFixture, ASecondRunIsToldWhoHoldsTheTarget) {
    const RunLock lock(connect(), "bulk");
    try {
        const RunLock second(connect(), "nightly");
        FAIL() << "two runs at once";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::locked);
        EXPECT_EQ(error.exit_code(), ExitCode::try_later);
        const std::string text = error.what();
        EXPECT_NE(text.find("caseweave bulk"), std::string::npos) << text;
        EXPECT_NE(text.find(std::to_string(getpid())), std::string::npos) << text;
    }
}

TEST_F(TargetFixture, TheLockGoesWithItsOwner) {
    { const RunLock lock(connect(), "bulk"); }
    EXPECT_NO_THROW(RunLock(connect(), "bulk"));
}

TEST_F(TargetFixture, AKilledRunFreesTheTarget) {
    const auto settings = cluster().settings("caseweave_loader");
    int ready[2];
    ASSERT_EQ(pipe(ready), 0);
    const pid_t child = fork();
    if (child == 0) {
        const RunLock lock(TargetConnection(settings), "bulk");
        [[maybe_unused]] const auto written = write(ready[1], "x", 1);
        for (;;) pause();
    }
    char byte = 0;
    ASSERT_EQ(read(ready[0], &byte, 1), 1);
    EXPECT_THROW(RunLock(connect(), "bulk"), Error);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    std::optional<RunLock> lock;
    for (int i = 0; i < 200 && !lock; ++i) {
        try {
            lock.emplace(connect(), "bulk");
        } catch (const Error&) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    }
    EXPECT_TRUE(lock.has_value());
    close(ready[0]);
    close(ready[1]);
}

}  // namespace
}  // namespace caseweave
