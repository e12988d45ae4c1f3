#include "evaluate/proportion_limits.hpp"

#include <cassert>
#include <cmath>

namespace caseweave {

namespace {

double log_choose(double n, double k) {
    return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
}

/// The hypergeometric law of the hits in a sample when the population has `hits_there`.
class HitsInSample {
  public:
    HitsInSample(const SampledProportion& sample, std::uint64_t hits_there)
        : population_(static_cast<double>(sample.population)),
          sampled_(static_cast<double>(sample.sampled)),
          there_(static_cast<double>(hits_there)) {}

    /// Gives the chance of at most, and of at least, this many hits. The tail that lies away from the mean is the one
    /// summed up: it shrinks from `hits` on, and where it is too small for a double it is nothing.
    struct Tails {
        double at_most, at_least;
    };
    Tails tails(double hits) const {
        const double here = probability(hits);
        double tail = 0;
        double term = here;
        if (hits <= sampled_ * there_ / population_) {
            for (double k = hits; k > 0 && term > 0; --k) {
                term *= k * (population_ - there_ - sampled_ + k) / ((there_ - k + 1) * (sampled_ - k + 1));
                tail += term;
            }
            return {tail + here, 1 - tail};
        }
        for (double k = hits; k < sampled_ && k < there_ && term > 0; ++k) {
            term *= (there_ - k) * (sampled_ - k) / ((k + 1) * (population_ - there_ - sampled_ + k + 1));
            tail += term;
        }
        return {1 - tail, tail + here};
    }

  private:
    double probability(double hits) const {
        return std::exp(log_choose(there_, hits) + log_choose(population_ - there_, sampled_ - hits) -
                        log_choose(population_, sampled_));
    }

    double population_, sampled_, there_;
};

/// Finds the lowest number from `low` to `high` for which `holds` is true; it is for `high`, and for all above one that
/// it is true for.
template <typename Holds>
std::uint64_t lowest(std::uint64_t low, std::uint64_t high, Holds&& holds) {
    while (low < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        if (holds(middle)) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

}  // namespace

Interval proportion_limits(const SampledProportion& sample) {
    assert(sample.sampled > 0 && sample.sampled <= sample.population && sample.hits <= sample.sampled);
    const double hits = static_cast<double>(sample.hits);
    // What the sample itself rules out: fewer hits than it has, or fewer misses.
    const std::uint64_t fewest = sample.hits;
    const std::uint64_t most = sample.population - (sample.sampled - sample.hits);
    const auto tails = [&](std::uint64_t there) { return HitsInSample(sample, there).tails(hits); };
    const std::uint64_t lower =
        lowest(fewest, most, [&](std::uint64_t there) { return tails(there).at_least > kIntervalAlpha / 2; });
    const std::uint64_t above = lowest(fewest, most + 1, [&](std::uint64_t there) {
        return there > most || tails(there).at_most <= kIntervalAlpha / 2;
    });
    const double population = static_cast<double>(sample.population);
    return {static_cast<double>(lower) / population, static_cast<double>(above - 1) / population};
}

}  // namespace caseweave
