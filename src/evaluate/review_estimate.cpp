#include "evaluate/review_estimate.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace caseweave {

namespace {

/// Halvings of an interval of 1 until a double cannot tell its ends apart.
constexpr int kHalvings = 60;

/// The true pairs of one stratum: estimate and 95 % limits.
struct TruePairs {
    double estimate, lower, upper;
    bool match;
};

/// Estimates the strata's true pairs, unsure ones among matches and among others taken for same or for different.
std::vector<TruePairs> estimate_true_pairs(std::span<const ReviewedStratum> strata, bool unsure_matches_are_same,
                                           bool unsure_others_are_same) {
    std::vector<TruePairs> estimates;
    for (const ReviewedStratum& stratum : strata) {
        const bool match = stratum.outcome == PairOutcome::match;
        const bool unsure_is_same = match ? unsure_matches_are_same : unsure_others_are_same;
        const std::uint64_t same = stratum.same + (unsure_is_same ? stratum.unsure : 0);
        const Interval limits = proportion_limits({stratum.pairs, stratum.reviewed(), same});
        const double pairs = static_cast<double>(stratum.pairs);
        const double share = static_cast<double>(same) / static_cast<double>(stratum.reviewed());
        estimates.push_back({pairs * share, pairs * limits.lower, pairs * limits.upper, match});
    }
    return estimates;
}

/// Gives the sum of the true pairs, those of matches times `match_weight` and others' times `other_weight`, with limits
/// whose distances from the sum are the root of the summed squares of the parts' distances.
struct WeightedSum {
    double estimate = 0, lower = 0, upper = 0;
};
WeightedSum sum_up(std::span<const TruePairs> strata, double match_weight, double other_weight) {
    double sum = 0;
    double below = 0;
    double above = 0;
    for (const TruePairs& stratum : strata) {
        const double weight = stratum.match ? match_weight : other_weight;
        double down = weight * (stratum.estimate - stratum.lower);
        double up = weight * (stratum.upper - stratum.estimate);
        if (weight < 0) std::swap(down, up);
        sum += weight * stratum.estimate;
        below += down * down;
        above += up * up;
    }
    return {sum, sum - std::sqrt(below), sum + std::sqrt(above)};
}

/// Finds where a condition that holds from 0 up to some value ends to hold.
template <typename Holds>
double last_value(Holds&& holds) {
    double low = 0;
    double high = 1;
    if (holds(high)) return high;
    for (int i = 0; i < kHalvings; ++i) {
        const double middle = (low + high) / 2;
        (holds(middle) ? low : high) = middle;
    }
    return low;
}

struct RatioEstimate {
    std::optional<double> estimate;
    Interval interval;
};

RatioEstimate recall_of(std::span<const TruePairs> strata) {
    const double found = sum_up(strata, 1, 0).estimate;
    const double all = sum_up(strata, 1, 1).estimate;
    if (all == 0) return {};
    // Both limits of the difference fall while the recall it is taken at rises.
    const double lower = last_value([&](double recall) { return sum_up(strata, 1 - recall, -recall).lower >= 0; });
    const double upper = last_value([&](double recall) { return sum_up(strata, 1 - recall, -recall).upper >= 0; });
    return {found / all, {std::min(lower, found / all), std::max(upper, found / all)}};
}

}  // namespace

std::optional<Estimate> estimate_precision(std::span<const ReviewedStratum> strata) {
    double matches = 0;
    for (const ReviewedStratum& stratum : strata) {
        if (stratum.outcome == PairOutcome::match) matches += static_cast<double>(stratum.pairs);
    }
    if (matches == 0) return std::nullopt;
    const WeightedSum lowest = sum_up(estimate_true_pairs(strata, false, false), 1, 0);
    const WeightedSum highest = sum_up(estimate_true_pairs(strata, true, true), 1, 0);
    return Estimate{lowest.estimate / matches,
                    highest.estimate / matches,
                    {std::max(0.0, lowest.lower / matches), std::min(1.0, highest.upper / matches)}};
}

std::optional<Estimate> estimate_recall(std::span<const ReviewedStratum> strata) {
    const RatioEstimate lowest = recall_of(estimate_true_pairs(strata, false, true));
    const RatioEstimate highest = recall_of(estimate_true_pairs(strata, true, false));
    if (!lowest.estimate && !highest.estimate) return std::nullopt;
    // Where one reading of the unsure pairs leaves no true pair, recall may be anything from there on.
    return Estimate{
        lowest.estimate.value_or(0), highest.estimate.value_or(1), {lowest.interval.lower, highest.interval.upper}};
}

}  // namespace caseweave
