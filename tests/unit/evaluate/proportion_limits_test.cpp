#include "evaluate/proportion_limits.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace caseweave::testing {
namespace {

double choose(std::uint64_t n, std::uint64_t k) {
    if (k > n) return 0;
    double product = 1;
    for (std::uint64_t i = 0; i < k; ++i) product *= static_cast<double>(n - i) / static_cast<double>(i + 1);
    return product;
}

/// The slow, obvious twin: tries every number of hits the population may have, and sums every probability.
Interval limits_by_enumeration(const SampledProportion& sample) {
    std::vector<std::uint64_t> accepted;
    for (std::uint64_t there = 0; there <= sample.population; ++there) {
        double at_most = 0;
        double at_least = 0;
        for (std::uint64_t seen = 0; seen <= sample.sampled; ++seen) {
            const double chance = choose(there, seen) * choose(sample.population - there, sample.sampled - seen) /
                                  choose(sample.population, sample.sampled);
            if (seen <= sample.hits) at_most += chance;
            if (seen >= sample.hits) at_least += chance;
        }
        const bool possible = there >= sample.hits && sample.population - there >= sample.sampled - sample.hits;
        if (possible && at_most > kIntervalAlpha / 2 && at_least > kIntervalAlpha / 2) accepted.push_back(there);
    }
    return {static_cast<double>(accepted.front()) / static_cast<double>(sample.population),
            static_cast<double>(accepted.back()) / static_cast<double>(sample.population)};
}

TEST(ProportionLimits, AreThoseOfEnumeration) {
    for (const std::uint64_t population : {1U, 2U, 7U, 30U, 61U}) {
        for (std::uint64_t sampled = 1; sampled <= population; ++sampled) {
            for (std::uint64_t hits = 0; hits <= sampled; ++hits) {
                const SampledProportion sample{population, sampled, hits};
                const Interval fast = proportion_limits(sample);
                const Interval slow = limits_by_enumeration(sample);
                ASSERT_EQ(fast.lower, slow.lower) << hits << " of " << sampled << " of " << population;
                ASSERT_EQ(fast.upper, slow.upper) << hits << " of " << sampled << " of " << population;
            }
        }
    }
}

TEST(ProportionLimits, AreTheProportionWhereAllWasSampled) {
    const Interval limits = proportion_limits({50, 50, 49});
    EXPECT_DOUBLE_EQ(limits.lower, 0.98);
    EXPECT_DOUBLE_EQ(limits.upper, 0.98);
}

TEST(ProportionLimits, OfALargePopulationAreThoseOfClopperAndPearson) {
    // Where all of n are hits, the lower limit solves p^n = 0.025.
    const Interval all = proportion_limits({1'000'000'000, 100, 100});
    EXPECT_NEAR(all.lower, std::pow(0.025, 0.01), 1e-5);
    EXPECT_EQ(all.upper, 1);
    const Interval none = proportion_limits({1'000'000'000, 100, 0});
    EXPECT_NEAR(none.upper, 1 - std::pow(0.025, 0.01), 1e-5);
    EXPECT_EQ(none.lower, 0);
    // Between: the equations P(X >= 5) = 0.025 at the lower and P(X <= 5) = 0.025 at the upper limit.
    const Interval some = proportion_limits({1'000'000'000, 20, 5});
    const auto binomial = [](double p, std::uint64_t from, std::uint64_t to) {
        double sum = 0;
        for (std::uint64_t k = from; k <= to; ++k) {
            const double kth = static_cast<double>(k);
            sum += choose(20, k) * std::pow(p, kth) * std::pow(1 - p, 20 - kth);
        }
        return sum;
    };
    EXPECT_NEAR(binomial(some.lower, 5, 20), 0.025, 1e-5);
    EXPECT_NEAR(binomial(some.upper, 0, 5), 0.025, 1e-5);
}

}  // namespace
}  // namespace caseweave::testing
