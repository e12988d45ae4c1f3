#include "core/bounded_call.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

namespace caseweave {
namespace {

using Clock = std::chrono::steady_clock;

TEST(BoundedCall, ReturnsWhenTheCallHasEnded) {
    const auto called = std::make_shared<std::atomic<bool>>(false);
    const auto started = Clock::now();
    call_for_at_most(std::chrono::seconds(60), [called] { *called = true; });
    EXPECT_TRUE(*called);
    EXPECT_LT(Clock::now() - started, std::chrono::seconds(30));
}

TEST(BoundedCall, WaitsNoLongerThanItsPatience) {
    const auto go_on = std::make_shared<std::atomic<bool>>(false);
    const auto ended = std::make_shared<std::atomic<bool>>(false);
    call_for_at_most(std::chrono::milliseconds(50), [go_on, ended] {
        while (!*go_on) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        *ended = true;
    });
    EXPECT_FALSE(*ended);
    *go_on = true;
    for (int i = 0; i < 10'000 && !*ended; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    EXPECT_TRUE(*ended) << "what is left of it goes on";
}

}  // namespace
}  // namespace caseweave
