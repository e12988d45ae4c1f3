#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "core/error.hpp"
#include "evaluate/pair_sampler.hpp"
#include "evaluate/review_strata.hpp"
#include "evaluate/sample_allocation.hpp"

namespace caseweave::testing {
namespace {

using Counts = std::vector<std::uint64_t>;

TEST(ReviewStrata, KeepOutcomesApartAndHaveNamesOfTheirOwn) {
    EXPECT_EQ(stratum_name(stratum_of(PairOutcome::match, 0.995)), "match 0.99-0.999");
    EXPECT_EQ(stratum_name(stratum_of(PairOutcome::match, 0.999)), "match 0.999-1")
        << "a band begins with its lower end";
    EXPECT_EQ(stratum_name(stratum_of(PairOutcome::different, 0)), "different 0-0.01");
    EXPECT_EQ(stratum_name(stratum_of(PairOutcome::review, 1)), "review 0.999-1");
    std::set<std::string> names;
    for (std::size_t i = 0; i < stratum_count(); ++i) {
        names.insert(stratum_name(i));
        EXPECT_EQ(find_stratum(stratum_name(i)), i);
    }
    EXPECT_EQ(names.size(), stratum_count());
    EXPECT_EQ(outcome_of(stratum_of(PairOutcome::review, 0.3)), PairOutcome::review);
    EXPECT_FALSE(find_stratum("match 0-1"));
    EXPECT_FALSE(parse_pair_outcome("Match"));
}

TEST(SampleAllocation, GivesEachStratumSomeAndMoreWhereTheDoubtIs) {
    const std::vector<StratumPairs> strata = {{1'000'000, 0.9999}, {2000, 0.5}, {0, 0}, {5, 0.9}};
    const Counts sizes = allocate_sample(strata, 300);
    EXPECT_EQ(std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0}), 300U);
    EXPECT_EQ(sizes[2], 0U);
    EXPECT_EQ(sizes[3], 5U) << "all it has";
    EXPECT_GE(sizes[1], 10U);
    const auto rate = [&](std::size_t i) {
        return static_cast<double>(sizes[i]) / static_cast<double>(strata[i].pairs);
    };
    EXPECT_GT(rate(1), 50 * rate(0));
    const std::vector<StratumPairs> equal = {{5000, 0.995}, {5000, 0.5}, {5000, 0.05}};
    const Counts by_doubt = allocate_sample(equal, 300);
    EXPECT_GT(by_doubt[1], by_doubt[2]);
    EXPECT_GT(by_doubt[2], by_doubt[0]);
}

TEST(SampleAllocation, TakesAllWhereMoreIsAskedForThanThereIs) {
    EXPECT_EQ(allocate_sample(std::vector<StratumPairs>{{3, 0.5}, {40, 1}}, 1000), (Counts{3, 40}));
    EXPECT_EQ(allocate_sample(std::vector<StratumPairs>{{3, 0.5}, {40, 1}}, 43), (Counts{3, 40}));
}

TEST(SampleAllocation, RefusesLessThanOnePerStratum) {
    const std::vector<StratumPairs> strata = {{3, 0.5}, {40, 1}, {0, 0}, {7, 0.2}};
    EXPECT_EQ(allocate_sample(strata, 3), (Counts{1, 1, 0, 1}));
    EXPECT_THROW(allocate_sample(strata, 2), Error);
}

std::vector<std::string> drawn(const std::vector<std::string>& ids, std::uint64_t size, std::uint64_t seed) {
    PairSampler sampler({0, size}, seed);
    for (const std::string& id : ids) {
        const std::uint64_t draw = sampler.draw_of(id);
        if (sampler.wants(1, draw)) sampler.take({draw, 1, {id}});
    }
    std::vector<std::string> sample;
    for (const SampledPair& pair : sampler.finish()) sample.push_back(pair.fields.front());
    return sample;
}

std::vector<std::string> some_ids(int count) {
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i)
        ids.push_back("a\x1f" + std::to_string(i) +
                      "\x1f"
                      "b\x1f" +
                      std::to_string(i * 7));
    return ids;
}

TEST(PairSampler, DrawsTheSamePairsInAnyOrderOfRowsAndOthersUnderAnotherSeed) {
    std::vector<std::string> ids = some_ids(500);
    const auto sample = drawn(ids, 40, 7);
    EXPECT_EQ(std::set<std::string>(sample.begin(), sample.end()).size(), 40U);
    std::reverse(ids.begin(), ids.end());
    EXPECT_EQ(drawn(ids, 40, 7), sample);
    EXPECT_NE(drawn(ids, 40, 8), sample);
    EXPECT_EQ(drawn(ids, 600, 7).size(), 500U);
    EXPECT_FALSE(PairSampler({0, 1}, 7).wants(0, 0)) << "nothing is drawn from a stratum of size nought";
}

TEST(PairSampler, DrawsEachPairEquallyOften) {
    const std::vector<std::string> ids = some_ids(20);
    std::map<std::string, int> times;
    constexpr int kSeeds = 4000;
    for (int seed = 0; seed < kSeeds; ++seed) {
        for (const std::string& id : drawn(ids, 5, static_cast<std::uint64_t>(seed))) ++times[id];
    }
    // Each is drawn 1000 times of 4000 on the average, with a standard deviation of 27: five of them either way.
    for (const std::string& id : ids) EXPECT_NEAR(times[id], kSeeds / 4, 137);
}

}  // namespace
}  // namespace caseweave::testing
