#include "pipeline/progress.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

namespace caseweave {
namespace {

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
