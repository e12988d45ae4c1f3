// Ends the program, or its database, at moments of a run, and expects the next run to finish the work.
#include <gtest/gtest.h>
#include <signal.h>

#include <random>
#include <thread>

#include "integration/program/program.hpp"

namespace caseweave::testing {
namespace {

constexpr std::uint64_t kSeed = 20260331;

/// A state of its own for each test; within one a finished demo is replaced by the next.
class Interruption : public ::testing::Test {
  protected:
    std::vector<std::string> demo() const { return state_.with_state({"demo", "--scale", "tiny"}); }

    void expect_like_an_uninterrupted_run(const ProgramOutcome& outcome) const {
        ASSERT_EQ(outcome.code, 3) << outcome.all();
        EXPECT_EQ(books_and_identities(state_, summary_of(outcome)),
                  books_and_identities(loaded_county().state, summary_of(loaded_county().outcome)));
    }

    const ProgramState state_;
};

/// Lines a run writes to stderr as its stages end.
constexpr const char* kMoments[] = {"simulating a county", "check every source", "people: read", "people: link",
                                    "people: consolidate", "all rows",           "build indexes"};

TEST_F(Interruption, KilledAtAnyMomentItIsResumedToTheSameResult) {
    std::mt19937_64 random(kSeed);
    std::cout << "seed " << kSeed << "\n";
    for (const char* moment : kMoments) {
        RunningProgram program(built_program(), demo());
        ASSERT_TRUE(program.wait_for_err(moment)) << moment << "\n" << program.err_so_far();
        const auto delay = std::chrono::milliseconds(random() % 120);
        std::this_thread::sleep_for(delay);
        program.send(SIGKILL);
        const int code = program.wait().code;
        std::cout << "killed " << delay.count() << " ms after \"" << moment << "\": " << code << "\n";
        SCOPED_TRACE(moment);
        EXPECT_TRUE(code == 128 + SIGKILL || code == 3) << code;
        expect_like_an_uninterrupted_run(RunningProgram(built_program(), demo()).wait());
    }
}

TEST_F(Interruption, CtrlCEndsWithFiveAndIsResumed) {
    std::mt19937_64 random(kSeed + 1);
    std::size_t interrupted = 0;
    for (const char* moment : {"simulating a county", "check every source", "people: consolidate"}) {
        SCOPED_TRACE(moment);
        RunningProgram program(built_program(), demo());
        ASSERT_TRUE(program.wait_for_err(moment)) << program.err_so_far();
        std::this_thread::sleep_for(std::chrono::milliseconds(random() % 30));
        program.send(SIGINT);
        const ProgramOutcome outcome = program.wait();
        EXPECT_EQ(outcome.code, 5) << outcome.all();
        EXPECT_NE(outcome.err.find("run again to resume"), std::string::npos) << outcome.err;
        if (outcome.code == 5) ++interrupted;
        expect_like_an_uninterrupted_run(RunningProgram(built_program(), demo()).wait());
    }
    EXPECT_EQ(interrupted, 3U);
}

TEST_F(Interruption, ATargetThatDiesLeavesNothingHalfAndTheNextRunBalances) {
    for (const char* moment : {"people: link", "people: consolidate", "all rows"}) {
        SCOPED_TRACE(moment);
        RunningProgram program(built_program(), demo());
        ASSERT_TRUE(program.wait_for_err(moment)) << program.err_so_far();
        std::this_thread::sleep_for(std::chrono::milliseconds(40));
        ASSERT_EQ(::kill(state_.postmaster(), SIGKILL), 0);
        const ProgramOutcome outcome = program.wait();
        EXPECT_TRUE(outcome.code == 1 || outcome.code == 5) << outcome.all();
        EXPECT_NE(outcome.err.find("caseweave: "), std::string::npos) << "an operator's sentence";
        expect_like_an_uninterrupted_run(RunningProgram(built_program(), demo()).wait());
    }
}

TEST_F(Interruption, TheSecondRunOnATargetGivesUpAndNamesTheFirst) {
    RunningProgram first(built_program(), demo());
    ASSERT_TRUE(first.wait_for_err("people: link")) << first.err_so_far();
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{"demo", "--scale", "tiny"},
                                                      {"demo", "--scale", "tiny", "--seed", "9"},
                                                      {"reconcile"}}) {
        const ProgramOutcome second = state_.run(arguments);
        if (!first.running()) break;  // too late to tell
        EXPECT_EQ(second.code, 75) << second.all();
        EXPECT_NE(second.err.find("process " + std::to_string(first.id())), std::string::npos) << second.err;
        EXPECT_NE(second.err.find("caseweave demo"), std::string::npos) << second.err;
    }
    expect_like_an_uninterrupted_run(first.wait());
}

}  // namespace
}  // namespace caseweave::testing
