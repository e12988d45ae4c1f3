#include "evaluate/sample_allocation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "core/error.hpp"

namespace caseweave {

namespace {

/// Below ten pairs a stratum's own estimate says next to nothing.
constexpr std::uint64_t kLeastOfStratum = 10;
/// A model's word that all pairs of a stratum are true is what the review is to check: at least one in a hundred counts
/// as possibly otherwise.
constexpr double kLeastDoubt = 0.01;

double need_of(const StratumPairs& stratum) {
    const double probability = std::clamp(stratum.mean_probability, kLeastDoubt, 1 - kLeastDoubt);
    return std::sqrt(static_cast<double>(stratum.pairs) * probability * (1 - probability));
}

}  // namespace

std::vector<std::uint64_t> allocate_sample(std::span<const StratumPairs> strata, std::uint64_t size) {
    std::uint64_t there = 0;
    std::uint64_t with_pairs = 0;
    for (const StratumPairs& stratum : strata) {
        there += stratum.pairs;
        with_pairs += stratum.pairs == 0 ? 0 : 1;
    }
    if (size < with_pairs) {
        throw Error(
            ErrorKind::usage,
            fmt::format("a sample of {} is too small: the pairs fall into {} strata, and each needs one at least", size,
                        with_pairs));
    }
    const std::uint64_t least = with_pairs == 0 ? 0 : std::min(kLeastOfStratum, size / with_pairs);
    std::vector<std::uint64_t> taken;
    std::uint64_t rest = std::min(size, there);
    for (const StratumPairs& stratum : strata) {
        taken.push_back(std::min(stratum.pairs, least));
        rest -= taken.back();
    }
    std::vector<double> needs;
    for (const StratumPairs& stratum : strata) needs.push_back(need_of(stratum));
    for (; rest > 0; --rest) {
        std::size_t next = strata.size();
        double highest = -1;
        for (std::size_t i = 0; i < strata.size(); ++i) {
            if (taken[i] == strata[i].pairs) continue;
            const double have = static_cast<double>(taken[i]);
            const double priority = needs[i] / std::sqrt(have * (have + 1));
            if (priority > highest) {
                highest = priority;
                next = i;
            }
        }
        ++taken[next];
    }
    return taken;
}

}  // namespace caseweave
