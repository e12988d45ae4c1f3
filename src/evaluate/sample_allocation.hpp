#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace caseweave {

/// Says how many pairs a stratum has and how likely linking thinks them true.
struct StratumPairs {
    std::uint64_t pairs = 0;
    double mean_probability = 0;
};

/// Says how many pairs to sample from each stratum: none from an empty one, at least one from every other, never more
/// than it has.
///
/// Each stratum gets up to ten; the rest goes by the square root of its size times the standard deviation of its pairs,
/// so that more is reviewed where the doubt is while the many sure pairs stay in view (a power allocation of 1/2;
/// Bankier, "Power allocations", The American Statistician 42, 1988). Whole numbers come from priorities as those of
/// equal proportions (Wright, "The equivalence of Neyman optimum allocation ...", The American Statistician 66, 2012).
///
/// @param size of the sample; where there are fewer pairs, all of them are taken.
/// @throws Error(usage) when the size is less than the strata that have pairs.
std::vector<std::uint64_t> allocate_sample(std::span<const StratumPairs> strata, std::uint64_t size);

}  // namespace caseweave
