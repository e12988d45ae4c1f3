#include "evaluate/review_estimate.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "evaluate/sample_allocation.hpp"

namespace caseweave::testing {
namespace {

using Strata = std::vector<ReviewedStratum>;

TEST(ReviewEstimate, WeightsStrataByTheirPairs) {
    const Strata strata = {{PairOutcome::match, 900, 30, 0, 0},
                           {PairOutcome::match, 100, 10, 10, 0},
                           {PairOutcome::review, 50, 10, 10, 0},
                           {PairOutcome::different, 1000, 0, 20, 0}};
    const auto precision = estimate_precision(strata);
    ASSERT_TRUE(precision);
    EXPECT_DOUBLE_EQ(precision->lower, (900 + 50) / 1000.0);
    EXPECT_DOUBLE_EQ(precision->upper, precision->lower);
    EXPECT_TRUE(precision->interval.covers(0.95));
    const auto recall = estimate_recall(strata);
    ASSERT_TRUE(recall);
    EXPECT_DOUBLE_EQ(recall->lower, 950.0 / (950 + 25));
    EXPECT_TRUE(recall->interval.covers(950.0 / 975));
    EXPECT_LT(recall->interval.lower, 0.95) << "20 of 1000 different pairs leave room for many true ones";
}

TEST(ReviewEstimate, IsCertainWhereAllWasReviewed) {
    const Strata strata = {{PairOutcome::match, 40, 38, 2, 0}, {PairOutcome::different, 10, 1, 9, 0}};
    const auto precision = estimate_precision(strata);
    EXPECT_NEAR(precision->interval.lower, 0.95, 1e-12);
    EXPECT_NEAR(precision->interval.upper, 0.95, 1e-12);
    const auto recall = estimate_recall(strata);
    EXPECT_NEAR(recall->interval.lower, 38.0 / 39, 1e-12);
    EXPECT_NEAR(recall->interval.upper, 38.0 / 39, 1e-12);
}

TEST(ReviewEstimate, OfPairsThatAreAllRightIsOneAndNotNearlyOne) {
    const Strata strata = {{PairOutcome::match, 300, 300, 0, 0},
                           {PairOutcome::match, 61, 61, 0, 0},
                           {PairOutcome::different, 10, 0, 10, 0}};
    for (const auto& estimate : {estimate_precision(strata), estimate_recall(strata)}) {
        EXPECT_EQ(estimate->lower, 1);
        EXPECT_EQ(estimate->interval.lower, 1);
        EXPECT_EQ(estimate->interval.upper, 1);
    }
}

TEST(ReviewEstimate, TakesUnsurePairsAsBounds) {
    const Strata strata = {{PairOutcome::match, 10, 7, 1, 2}, {PairOutcome::review, 10, 2, 7, 1}};
    const auto precision = estimate_precision(strata);
    EXPECT_DOUBLE_EQ(precision->lower, 0.7);
    EXPECT_DOUBLE_EQ(precision->upper, 0.9);
    EXPECT_DOUBLE_EQ(precision->interval.lower, 0.7) << "all pairs were reviewed";
    EXPECT_DOUBLE_EQ(precision->interval.upper, 0.9);
    const auto recall = estimate_recall(strata);
    EXPECT_DOUBLE_EQ(recall->lower, 7.0 / (7 + 3)) << "unsure matches different, unsure others same";
    EXPECT_DOUBLE_EQ(recall->upper, 9.0 / (9 + 2));
}

TEST(ReviewEstimate, HasNoValueWhereThereIsNothingToEstimate) {
    EXPECT_FALSE(estimate_precision(Strata{{PairOutcome::review, 10, 5, 0, 0}}));
    EXPECT_FALSE(estimate_recall(Strata{{PairOutcome::match, 10, 0, 5, 0}}));
    const auto recall = estimate_recall(Strata{{PairOutcome::match, 10, 0, 0, 5}});
    ASSERT_TRUE(recall);
    EXPECT_DOUBLE_EQ(recall->lower, 0);
    EXPECT_DOUBLE_EQ(recall->upper, 1);
}

/// A stratum whose truth is known.
struct KnownStratum {
    PairOutcome outcome;
    std::uint64_t pairs;
    std::uint64_t true_pairs;
    double mean_probability;
};

/// Draws without replacement and has each pair judged rightly.
ReviewedStratum review(const KnownStratum& known, std::uint64_t sampled, std::mt19937_64& random) {
    ReviewedStratum reviewed{known.outcome, known.pairs, 0, 0, 0};
    for (std::uint64_t left = known.pairs; reviewed.reviewed() < sampled; --left) {
        const std::uint64_t true_left = known.true_pairs - reviewed.same;
        ++(std::uniform_int_distribution<std::uint64_t>(1, left)(random) <= true_left ? reviewed.same
                                                                                      : reviewed.different);
    }
    return reviewed;
}

struct Coverage {
    double precision = 0, recall = 0;
};

/// Samples and estimates many times as the commands do, and tells how often the intervals held the truth.
Coverage coverage_of(const std::vector<KnownStratum>& population, std::uint64_t size, std::uint64_t seed) {
    constexpr int kTimes = 4000;
    double matches = 0, true_matches = 0, true_pairs = 0;
    std::vector<StratumPairs> strata;
    for (const KnownStratum& known : population) {
        strata.push_back({known.pairs, known.mean_probability});
        const double truly = static_cast<double>(known.true_pairs);
        true_pairs += truly;
        if (known.outcome != PairOutcome::match) continue;
        matches += static_cast<double>(known.pairs);
        true_matches += truly;
    }
    const std::vector<std::uint64_t> sizes = allocate_sample(strata, size);
    std::mt19937_64 random(seed);
    int precision_held = 0, recall_held = 0;
    for (int time = 0; time < kTimes; ++time) {
        Strata sample;
        for (std::size_t i = 0; i < population.size(); ++i) sample.push_back(review(population[i], sizes[i], random));
        precision_held += estimate_precision(sample)->interval.covers(true_matches / matches);
        recall_held += estimate_recall(sample)->interval.covers(true_matches / true_pairs);
    }
    return {static_cast<double>(precision_held) / kTimes, static_cast<double>(recall_held) / kTimes};
}

/// The strata's limits hold at least 95 of 100; how much more depends on how few outcomes their samples can have.
void expect_near_95(double coverage, const char* what) {
    EXPECT_GE(coverage, 0.95) << what;
    EXPECT_LE(coverage, 0.99) << what;
}

TEST(ReviewEstimate, IntervalsHoldTheTruthIn95OfAHundredSamplesOfDoubtfulPairs) {
    const Coverage coverage = coverage_of({{PairOutcome::match, 3000, 2700, 0.95},
                                           {PairOutcome::match, 1000, 700, 0.8},
                                           {PairOutcome::review, 800, 350, 0.4},
                                           {PairOutcome::different, 2000, 240, 0.1}},
                                          400, 11);
    expect_near_95(coverage.precision, "precision");
    expect_near_95(coverage.recall, "recall");
}

TEST(ReviewEstimate, IntervalsHoldTheTruthIn95OfAHundredSamplesOfGoodLinkage) {
    const Coverage coverage = coverage_of({{PairOutcome::match, 50000, 49700, 0.9995},
                                           {PairOutcome::match, 3000, 2900, 0.995},
                                           {PairOutcome::match, 600, 540, 0.95},
                                           {PairOutcome::review, 500, 200, 0.5},
                                           {PairOutcome::different, 4000, 60, 0.02}},
                                          800, 12);
    expect_near_95(coverage.precision, "precision");
    expect_near_95(coverage.recall, "recall");
}

TEST(ReviewEstimate, IntervalsHoldTheTruthWhereMostOfAStratumIsSampled) {
    const Coverage coverage = coverage_of({{PairOutcome::match, 120, 100, 0.9},
                                           {PairOutcome::match, 60, 35, 0.6},
                                           {PairOutcome::review, 80, 30, 0.4},
                                           {PairOutcome::different, 150, 15, 0.1}},
                                          250, 13);
    expect_near_95(coverage.precision, "precision");
    expect_near_95(coverage.recall, "recall");
}

}  // namespace
}  // namespace caseweave::testing
