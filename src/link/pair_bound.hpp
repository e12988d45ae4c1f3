#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "link/features.hpp"
#include "link/linkage_model.hpp"

namespace caseweave {

/// Bounds the weight of pairs of one feature table under one model, from what their heads say: most candidate pairs
/// share what blocking chose them by and nothing else, and need not be compared. A bound is never below the weight.
class PairBound {
  public:
    PairBound(const FeatureTable& features, const LinkageModel& model);

    /// Bounds the weight of a pair from what its heads say.
    double at_most(const RecordHead& a, const RecordHead& b) const noexcept;
    /// Bounds the bits, against the unrelated, that one comparison adds; never below 0, which is what no value adds.
    double most_bits(std::size_t comparison) const noexcept { return most_bits_[comparison]; }
    double prior_bits() const noexcept { return prior_bits_; }

  private:
    /// What a comparison adds at most, less most_bits(), once its heads have spoken.
    using Less = double;

    Less birth(std::uint32_t a, std::uint32_t b) const noexcept;
    Less given(const RecordHead& a, const RecordHead& b) const noexcept;
    Less family(const RecordHead& a, const RecordHead& b) const noexcept;
    Less address(const RecordHead& a, const RecordHead& b, std::uint32_t both) const noexcept;
    Less street(const RecordHead& a, const RecordHead& b) const noexcept;
    Less town(const RecordHead& a, const RecordHead& b) const noexcept;

    double prior_bits_ = 0;
    std::array<double, kMaxComparisons> most_bits_{};
    // The comparisons that RecordHead::exact is of, and what they add less where values differ.
    std::array<std::size_t, RecordHead::kExact> exact_{};
    std::size_t exacts_ = 0;
    std::array<Less, RecordHead::kExact> exact_apart_{};
    // Sums of most_bits_ over the comparisons that a byte of `present` names.
    std::array<std::array<double, 256>, kMaxComparisons / 8> sums_{};

    Less birth_same_, birth_two_parts_, birth_one_part_, birth_apart_;
    // Of names and a town that agree, without the rarity that the heads tell; 0 where a level does not count it.
    double given_rarity_ = 0, family_rarity_ = 0, town_rarity_ = 0;
    Less given_same_, given_alike_, given_variant_, given_exchanged_, given_apart_;
    Less family_same_, family_alike_, family_exchanged_, family_apart_;
    Less sex_same_, sex_apart_, source_same_, source_other_, multiple_neither_, expected_none_, other_id_none_;
    Less postcode_none_, postcode_same_, postcode_apart_;
    Less street_house_, street_same_, street_alike_, street_apart_;
    Less town_none_, town_same_, town_alike_, town_apart_;
};

}  // namespace caseweave
