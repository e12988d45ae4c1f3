// Kills bulk loads and nights at random, from a seed: what they and the runs after them leave is what a run that nobody
// disturbed leaves.
#include <gtest/gtest.h>
#include <signal.h>

#include <random>
#include <set>
#include <thread>

#include "fault/fault_seed.hpp"
#include "fault/served_target.hpp"
#include "integration/program/source_database.hpp"
#include "integration/program/target_picture.hpp"

namespace caseweave::testing {
namespace {

using Clock = std::chrono::steady_clock;

/// Trials of bulk and nightly together; CASEWEAVE_FAULT_TRIALS asks for more.
constexpr std::uint64_t kTrials = 20;
/// How a run goes that nobody disturbs.
struct Undisturbed {
    std::string everything;
    std::map<std::string, long> passages;  // of each fault point
    std::chrono::milliseconds duration{0};
};

class KillCampaign : public ::testing::Test {
  protected:
    KillCampaign() { std::cout << "CASEWEAVE_FAULT_SEED=" << seed_ << "\n"; }

    Undisturbed run_undisturbed(const std::string& command) {
        const std::filesystem::path file = folder_.path() / command;
        const auto started = Clock::now();
        const ProgramOutcome outcome =
            target_.start({command}, {}, {{"CASEWEAVE_FAULT_PASSAGES", file.string()}}).wait();
        Undisturbed run;
        run.duration = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started);
        EXPECT_EQ(outcome.code, 3) << outcome.all();
        run.everything = target_.everything();
        run.passages = read_passages(file);
        return run;
    }

    /// Runs a command until it is killed: at a passage of a fault point, or at a time.
    void run_and_kill(const std::string& command, const Undisturbed& whole) {
        if (random_() % 3 != 0) {
            auto point = whole.passages.begin();
            std::advance(point, static_cast<std::ptrdiff_t>(random_() % whole.passages.size()));
            const auto passage = 1 + random_() % static_cast<std::uint64_t>(point->second);
            const std::string fault = point->first + ":" + std::to_string(passage) + ":kill";
            how_ += command + " killed at " + fault + "; ";
            const ProgramOutcome outcome = target_.run({command}, fault);
            // A resumed run passes fewer.
            EXPECT_TRUE(outcome.code == 128 + SIGKILL || outcome.code == 3) << how_ << outcome.all();
        } else {
            const std::chrono::milliseconds delay(random_() % static_cast<std::uint64_t>(whole.duration.count()));
            how_ += command + " killed after " + std::to_string(delay.count()) + " ms; ";
            RunningProgram program = target_.start({command});
            std::this_thread::sleep_for(delay);
            program.send(SIGKILL);
            program.wait();
        }
    }

    bool ended(const std::string& kind) const {
        return target_.value("SELECT to_regclass('lineage.run') IS NOT NULL") == "t" &&
               target_.value("SELECT count(*) > 0 FROM lineage.run WHERE state = 'done' AND kind = '" + kind + "'") ==
                   "t";
    }

    /// Every batch that is in the ledger of an unfinished load: its number and the transaction that wrote it.
    std::set<std::string> batches() const {
        if (target_.value("SELECT to_regclass('lineage.batch') IS NOT NULL") != "t") return {};
        const std::string list = target_.value(
            "SELECT coalesce(string_agg(batch_no || ' ' || xmin, ',' ORDER BY batch_no), '') FROM lineage.batch"
            " WHERE source_system <> 'caseweave'");
        std::set<std::string> batches;
        std::istringstream words(list);
        for (std::string word; std::getline(words, word, ',');) batches.insert(word);
        return batches;
    }

    ServedTarget& target_ = served_target();
    const std::uint64_t seed_ = number_from("CASEWEAVE_FAULT_SEED", kFaultSeed);
    const std::uint64_t trials_ = number_from("CASEWEAVE_FAULT_TRIALS", kTrials);
    std::mt19937_64 random_{seed_};
    std::string how_;
    TemporaryFolder folder_;
};

TEST_F(KillCampaign, BulkIsResumedToWhatItWouldHaveBeen) {
    target_.reset();
    const Undisturbed whole = run_undisturbed("bulk");
    for (std::uint64_t trial = 0; trial < trials_ / 2 && !HasFailure(); ++trial) {
        target_.reset();
        how_ = "trial " + std::to_string(trial) + ": ";
        do run_and_kill("bulk", whole);
        while (random_() % 4 == 0 && !ended("bulk"));
        const std::set<std::string> committed = batches();
        if (!ended("bulk")) {
            const ProgramOutcome resumed = target_.run({"bulk"});
            EXPECT_EQ(resumed.code, 3) << how_ << resumed.all();
        }
        const std::set<std::string> in_the_end = batches();
        for (const std::string& batch : committed)
            EXPECT_TRUE(in_the_end.contains(batch)) << how_ << "batch " << batch << " was loaded again";
        EXPECT_EQ(difference(target_.everything(), whole.everything), "") << how_;
    }
}

TEST_F(KillCampaign, ANightIsAllThereOrNotAtAll) {
    target_.reset();
    ASSERT_EQ(target_.run({"bulk"}).code, 3);
    target_.keep_as("loaded");
    const std::string loaded = target_.everything();
    SourceDatabase(target_.sources() / "social_care" / "social_care.sqlite").change_at_random(seed_);
    SourceDatabase(target_.sources() / "education" / "education.sqlite").change_at_random(seed_ + 1);
    const Undisturbed whole = run_undisturbed("nightly");
    EXPECT_NE(difference(whole.everything, loaded), "");
    for (std::uint64_t trial = 0; trial < trials_ / 2 && !HasFailure(); ++trial) {
        target_.reset("loaded");
        how_ = "trial " + std::to_string(trial) + ": ";
        run_and_kill("nightly", whole);
        if (!ended("nightly")) {
            EXPECT_EQ(difference(target_.everything(), loaded), "") << how_;
            const ProgramOutcome again = target_.run({"nightly"});
            EXPECT_EQ(again.code, 3) << how_ << again.all();
        }
        EXPECT_EQ(difference(target_.everything(), whole.everything), "") << how_;
    }
    // The other tests of the binary load what the county is.
    for (const std::string system : {"social_care", "education"})
        std::filesystem::copy(loaded_county().state.sources() / system / (system + ".sqlite"),
                              target_.sources() / system / (system + ".sqlite"),
                              std::filesystem::copy_options::overwrite_existing);
}

TEST_F(KillCampaign, ReachesEveryFaultPoint) {
    target_.reset();
    std::map<std::string, long> reached = run_undisturbed("bulk").passages;
    reached.merge(run_undisturbed("nightly").passages);
    const std::vector<std::string> points = fault_points_of_the_source();
    EXPECT_GE(points.size(), 8U) << "the pattern that finds them is out of date";
    for (const std::string& point : points) EXPECT_GT(reached[point], 0) << point << " is named and not passed";
}

}  // namespace
}  // namespace caseweave::testing
