#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "link/features.hpp"
#include "link/linkage_model.hpp"
#include "link/pair_bound.hpp"
#include "text/signature.hpp"

namespace caseweave {

/// Streets, towns and birth places spelt this alike (Jaro-Winkler) are close.
inline constexpr double kSamePlace = 0.9;
/// Tells whether two places could be spelt so alike.
inline bool places_may_resemble(const text::Signature& a, const text::Signature& b) noexcept {
    return static_cast<double>(text::jaro_winkler_at_most(a, b)) >= kSamePlace;
}

/// Names the levels of each comparison; the numbers are the pattern's digits. kNull (0) is "not compared".
/// The order is that of the model file; level_names() writes the same names.
namespace level {
// clang-format off
enum GivenName : Level { given_exact = 1, given_part, given_variant, given_close, given_swapped, given_middle, given_similar, given_initial, given_alike, given_different };
enum MiddleNames : Level { middle_exact = 1, middle_initial, middle_similar, middle_different };
enum FamilyName : Level { family_exact = 1, family_part, family_truncated, family_close, family_swapped, family_similar, family_different };
enum BirthDate : Level { birth_exact = 1, birth_default_day, birth_month_known, birth_year_known, birth_transposed, birth_one_digit, birth_shifted, birth_in_range, birth_estimated, birth_disputed, birth_different };
enum ExpectedBirth : Level { expected_close = 1, expected_early, expected_apart };
enum Sex : Level { sex_same = 1, sex_different };
enum Address : Level { address_property = 1, address_dwelling, address_house, address_postcode, address_street, address_sector, address_district, address_town, address_different };
enum NhsNumber : Level { nhs_verified = 1, nhs_same, nhs_former, nhs_different, nhs_conflict };
enum Upn : Level { upn_permanent = 1, upn_other, upn_different, upn_conflict };
enum Uln : Level { uln_same = 1, uln_different };
enum OtherId : Level { other_same = 1, other_different };
enum Contact : Level { contact_same = 1, contact_close, contact_different };
enum ParentName : Level { parent_full = 1, parent_given, parent_different, mother_different };
enum MultipleBirth : Level { multiple_same_place = 1, multiple_both, multiple_one, multiple_other_place, multiple_neither };
enum School : Level { school_same = 1, school_different };
enum BirthPlace : Level { place_same = 1, place_close, place_different };
enum Street : Level { street_house = 1, street_same, street_close, street_different };
enum Town : Level { town_same = 1, town_close, town_different };
enum Source : Level { source_other = 1, source_same };
// clang-format on
}  // namespace level

/// Holds one comparison's outcome: its level and the bits that the rarity of the agreeing value adds.
struct Agreement {
    Level level = kNull;
    float rarity_bits = 0;  ///< counts against Alternative::unrelated only; 0 where the level has no term frequency
};

/// Compares one aspect of two records; symmetric. Each says in comparisons.cpp what its levels mean.
Agreement compare(const FeatureTable& features, Comparison comparison, Rank a, Rank b);
/// The same by index, further columns included.
Agreement compare(const FeatureTable& features, std::size_t comparison, Rank a, Rank b);

/// Counts the days between two births at their nearest: 0 where a range of one holds what the other says. Both records
/// must say something of the birth.
std::int32_t birth_days_apart(const FeatureTable& features, Rank a, Rank b);

/// Holds what scoring found out about a pair.
struct PairScore {
    Pattern pattern;
    std::array<float, kMaxComparisons> rarity_bits{};  ///< by comparison
    std::array<double, kAlternatives> against{};       ///< weight against each alternative, prior included
    double bits = 0;  ///< log2 of the odds for one person against all alternatives together
};

/// Scores pairs of one feature table under one model: the only path by which a weight comes about, for linking,
/// explaining and benchmarks alike. Pure; any number of threads may call it.
class PairScorer {
  public:
    PairScorer(const FeatureTable& features, const LinkageModel& model);

    PairScore score(Rank a, Rank b) const;
    /// Tells, from two cache lines, whether a pair's weight could be `floor_bits` or more; most candidates' could not.
    bool may_reach(Rank a, Rank b, double floor_bits) const noexcept;
    /// Scores a pair, unless its weight is certain to stay below `floor_bits`: most candidates are told apart by what
    /// compares fastest, and the rest of them need not be read. What it gives equals score().
    std::optional<PairScore> score_from(Rank a, Rank b, double floor_bits) const;
    /// Gives the levels alone.
    Pattern pattern(Rank a, Rank b) const;
    const FeatureTable& features() const noexcept { return *features_; }
    const LinkageModel& model() const noexcept { return *model_; }

  private:
    PairScore add_up(Rank a, Rank b, std::uint32_t compared,
                     const std::array<Agreement, kMaxComparisons>& agreements) const;

    const FeatureTable* features_;
    const LinkageModel* model_;
    std::array<double, kAlternatives> prior_bits_{};
    PairBound bound_;
    std::array<std::uint8_t, kMaxComparisons> by_cost_{};
};

/// Tells whether two forenames are those of two people: both known, and neither equal, a variant, an initial, a
/// misspelling, a middle name nor the other's family name.
bool forenames_clearly_differ(const Pattern& pattern) noexcept;

}  // namespace caseweave
