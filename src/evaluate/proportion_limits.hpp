#pragma once

#include <cstdint>

namespace caseweave {

/// Says what a simple random sample without replacement showed.
struct SampledProportion {
    std::uint64_t population = 0;  ///< at least 1
    std::uint64_t sampled = 0;     ///< 1 to population
    std::uint64_t hits = 0;        ///< of those sampled
};

/// Bounds a proportion.
struct Interval {
    double lower = 0;
    double upper = 1;

    bool covers(double value) const noexcept { return lower <= value && value <= upper; }
};

/// One minus the confidence of every interval here.
inline constexpr double kIntervalAlpha = 0.05;

/// Gives exact 95 % limits of the proportion of hits in the population by inverting the hypergeometric test, each tail
/// at half of alpha (Buonaccorsi, "A note on confidence intervals for proportions in finite populations", The American
/// Statistician 41, 1987): what Clopper and Pearson's limits are for a population without end.
///
/// They hold the truth in at least 95 of 100 samples, whatever it is. Limits that hold it in 95 on the average (mid-P,
/// Wilson) are about a tenth shorter, and fall short of 95 where most of a small population was sampled.
///
/// Where everything was sampled both limits are the proportion itself. Time: `sampled` times the population's
/// logarithm.
Interval proportion_limits(const SampledProportion& sample);

}  // namespace caseweave
