#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace simulate {

/// Draws pseudo-random numbers from a seed and a name: a counter-based generator (SplitMix64 over a keyed counter).
///
/// Streams are told apart by name, so a draw added in one system leaves every other system's rows alone. The same
/// seed, name and sequence of calls give the same numbers on every machine; no std:: distribution is used.
class Random {
  public:
    explicit Random(std::uint64_t seed, std::string_view name = {});

    /// Starts an independent stream: `random.stream("offences", person.id)`. Does not advance this one.
    Random stream(std::string_view name, std::uint64_t index = 0) const;

    std::uint64_t next();

    /// Draws from [0, 1).
    double unit();

    /// Answers true with the given probability.
    bool chance(double probability) { return unit() < probability; }

    /// Draws an integer of [low, high], both included.
    int between(int low, int high);

    /// Draws an index of [0, size); size must not be 0.
    std::size_t index(std::size_t size);

    /// Draws an index with probability proportional to its weight.
    std::size_t weighted(std::span<const double> weights);

    /// Draws one element of an array or vector.
    template <typename Range>
    const auto& pick(const Range& range) {
        return range[index(std::size(range))];
    }

    /// Draws a whole number of days from an exponential distribution with the given mean, at least 1.
    int exponential_days(double mean);

    /// Draws a count with the given mean (Poisson, by inversion; means up to about 50).
    int count(double mean);

    /// Reorders in place (Fisher-Yates).
    template <typename T>
    void shuffle(std::vector<T>& values) {
        for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[index(i)]);
    }

  private:
    std::uint64_t key_ = 0;
    std::uint64_t counter_ = 0;
};

}  // namespace simulate
