#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace caseweave {

/// Holds one sampled row: its stratum and its fields as they were read.
struct SampledPair {
    std::uint64_t draw = 0;
    std::size_t stratum = 0;
    std::vector<std::string> fields;
};

/// Draws a simple random sample without replacement from each stratum of a stream of pairs.
///
/// A pair's draw is a hash of its ids under the seed, and the lowest draws of a stratum are its sample ("bottom-k";
/// Cohen and Kaplan, "Summarizing data using bottom-k sketches", PODC 2007): the same pairs are drawn whatever the
/// order of the rows. Memory is that of the sample.
class PairSampler {
  public:
    /// @param sizes how many pairs to draw from each stratum.
    PairSampler(std::vector<std::uint64_t> sizes, std::uint64_t seed);

    /// Gives a pair's draw. @param ids what names its two records, the same whichever stands first.
    std::uint64_t draw_of(std::string_view ids) const noexcept;
    /// Tells whether the sample so far would take a pair of this draw.
    bool wants(std::size_t stratum, std::uint64_t draw) const noexcept;
    void take(SampledPair pair);
    /// Gives the sample in random order, so that a reviewer who stops early has not seen one kind of pair only.
    std::vector<SampledPair> finish();

  private:
    std::vector<std::uint64_t> sizes_;
    std::uint64_t seed_;
    std::vector<std::vector<SampledPair>> heaps_;  // per stratum, the highest draw first
};

}  // namespace caseweave
