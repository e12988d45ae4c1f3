#include "link/pair_bound.hpp"

#include <algorithm>
#include <initializer_list>

#include "link/comparisons.hpp"
#include "link/name_comparisons.hpp"

namespace caseweave {

using namespace level;

namespace {

/// Bounds the bits that rarity can add in a comparison.
double most_rarity(const FeatureTable& features, std::size_t comparison) {
    switch (static_cast<Comparison>(comparison)) {
        case Comparison::given_name:
        case Comparison::middle_names:
        case Comparison::parent_name:
            return static_cast<double>(features.most_given_bits());
        case Comparison::family_name:
            return static_cast<double>(features.most_family_bits());
        case Comparison::birth_place:
        case Comparison::town:
            return static_cast<double>(features.most_place_bits());
        default:
            // An address or contact that families share says less, never more.
            return comparison < kComparisons
                       ? 0
                       : static_cast<double>(features.further().most_rarity_bits(comparison - kComparisons));
    }
}

text::Signature signature(std::uint64_t symbols, const RecordHead::Letters& letters) noexcept {
    return {symbols, letters.length, letters.overflow, letters.first, letters.second, 0};
}

}  // namespace

PairBound::PairBound(const FeatureTable& features, const LinkageModel& model)
    : prior_bits_(model.prior_bits(Alternative::unrelated, features.size())) {
    const auto bits = [&](std::size_t c, Level l) {
        const LevelWeights& weights = model.level(c, l);
        return weights.bits[0] + (weights.term_frequency ? most_rarity(features, c) : 0);
    };
    for (std::size_t c = 0; c < model.comparisons(); ++c) {
        for (Level l = 1; l <= model.levels(c).size(); ++l) most_bits_[c] = std::max(most_bits_[c], bits(c, l));
    }
    for (std::size_t byte = 0; byte < sums_.size(); ++byte) {
        for (std::size_t named = 0; named < 256; ++named) {
            for (std::size_t bit = 0; bit < 8; ++bit) {
                if ((named >> bit & 1U) != 0) sums_[byte][named] += most_bits_[byte * 8 + bit];
            }
        }
    }
    const auto less = [&](Comparison comparison, std::initializer_list<Level> levels) {
        const auto c = static_cast<std::size_t>(comparison);
        double most = bits(c, *levels.begin());
        for (const Level l : levels) most = std::max(most, bits(c, l));
        return most - most_bits_[c];
    };
    const auto none = [&](Comparison comparison) { return -most_bits_[static_cast<std::size_t>(comparison)]; };
    birth_same_ = less(Comparison::birth_date, {birth_exact, birth_default_day});
    birth_two_parts_ = less(Comparison::birth_date, {birth_one_digit, birth_shifted, birth_transposed});
    birth_one_part_ = less(Comparison::birth_date, {birth_one_digit, birth_transposed, birth_different});
    birth_apart_ = less(Comparison::birth_date, {birth_different});
    // What agrees is as rare as the heads say, not as the rarest.
    const auto agreed = [&](Comparison comparison, Level level, double& rarity) {
        const auto c = static_cast<std::size_t>(comparison);
        const LevelWeights& weights = model.level(c, level);
        rarity = weights.term_frequency ? 1 : 0;
        return weights.bits[0] - most_bits_[c];
    };
    given_same_ = agreed(Comparison::given_name, given_exact, given_rarity_);
    given_alike_ = less(Comparison::given_name, {given_variant, given_close, given_swapped, given_middle, given_similar,
                                                 given_alike, given_different});
    given_variant_ = less(Comparison::given_name, {given_variant, given_swapped, given_middle, given_different});
    given_exchanged_ = less(Comparison::given_name, {given_swapped, given_middle, given_different});
    given_apart_ = less(Comparison::given_name, {given_different});
    family_same_ = agreed(Comparison::family_name, family_exact, family_rarity_);
    family_alike_ = less(Comparison::family_name, {family_close, family_swapped, family_similar, family_different});
    family_exchanged_ = less(Comparison::family_name, {family_swapped, family_different});
    family_apart_ = less(Comparison::family_name, {family_different});
    sex_same_ = less(Comparison::sex, {sex_same});
    sex_apart_ = less(Comparison::sex, {sex_different});
    source_same_ = less(Comparison::source, {source_same});
    source_other_ = less(Comparison::source, {source_other});
    multiple_neither_ = less(Comparison::multiple_birth, {multiple_neither});
    expected_none_ = none(Comparison::expected_birth);
    other_id_none_ = none(Comparison::other_id);
    postcode_none_ = none(Comparison::address);
    postcode_same_ = less(Comparison::address, {address_postcode});
    postcode_apart_ = less(Comparison::address, {address_sector, address_district, address_different});
    street_house_ = less(Comparison::street, {street_house});
    street_same_ = less(Comparison::street, {street_same});
    street_alike_ = less(Comparison::street, {street_close, street_different});
    street_apart_ = less(Comparison::street, {street_different});
    town_none_ = none(Comparison::town);
    town_same_ = agreed(Comparison::town, town_same, town_rarity_);
    town_alike_ = less(Comparison::town, {town_close, town_different});
    town_apart_ = less(Comparison::town, {town_different});
    for (std::size_t i = 0; i < model.further().size() && exacts_ < exact_.size(); ++i) {
        if (model.further()[i].kind != FurtherKind::exact) continue;
        const std::size_t c = kComparisons + i;
        exact_[exacts_] = c;
        exact_apart_[exacts_++] = bits(c, 2) - most_bits_[c];
    }
}

PairBound::Less PairBound::birth(std::uint32_t a, std::uint32_t b) const noexcept {
    const std::uint32_t differing = a ^ b;
    if (differing == 0) return birth_same_;
    const unsigned same = ((differing >> 16U) == 0 ? 1U : 0U) + ((differing & 0xFF00U) == 0 ? 1U : 0U) +
                          ((differing & 0xFFU) == 0 ? 1U : 0U);
    // Neighbouring digits of two parts may be exchanged; nothing that is one slip touches all three.
    return same == 2 ? birth_two_parts_ : same == 1 ? birth_one_part_ : birth_apart_;
}

PairBound::Less PairBound::given(const RecordHead& a, const RecordHead& b) const noexcept {
    if (a.given == b.given) return given_same_ + given_rarity_ * static_cast<double>(a.given_bits);
    if (names_may_resemble(signature(a.given_symbols, a.given_letters), signature(b.given_symbols, b.given_letters)))
        return given_alike_;
    if ((a.variants & b.variants) != 0) return given_variant_;
    const std::uint8_t both = a.plain & b.plain;
    // Exchanged names are misspelt on one side at most.
    const bool in_place = (both & RecordHead::kFamily) != 0 && a.given != b.family && b.given != a.family;
    return in_place && (both & RecordHead::kNoMiddle) != 0 ? given_apart_ : given_exchanged_;
}

PairBound::Less PairBound::family(const RecordHead& a, const RecordHead& b) const noexcept {
    if (a.family == b.family) return family_same_ + family_rarity_ * static_cast<double>(a.family_bits);
    if (names_may_resemble(signature(a.family_symbols, a.family_letters),
                           signature(b.family_symbols, b.family_letters)))
        return family_alike_;
    const bool in_place = (a.plain & b.plain & RecordHead::kGiven) != 0 && a.given != b.family && b.given != a.family;
    return in_place ? family_apart_ : family_exchanged_;
}

PairBound::Less PairBound::address(const RecordHead& a, const RecordHead& b, std::uint32_t both) const noexcept {
    const auto compared = [&](Comparison c) { return (both >> static_cast<unsigned>(c) & 1U) != 0; };
    const bool units = a.unit != 0 && b.unit != 0;
    const bool same_unit = units && a.unit == b.unit;
    Less less = 0;
    if (compared(Comparison::address)) less += !units ? postcode_none_ : same_unit ? postcode_same_ : postcode_apart_;
    if (compared(Comparison::street)) less += street(a, b);
    if (compared(Comparison::town)) less += same_unit ? town_none_ : town(a, b);
    return less;
}

PairBound::Less PairBound::street(const RecordHead& a, const RecordHead& b) const noexcept {
    if (a.street == b.street) return a.house != 0 && a.house == b.house ? street_house_ : street_same_;
    return places_may_resemble(signature(a.street_symbols, a.street_letters),
                               signature(b.street_symbols, b.street_letters))
               ? street_alike_
               : street_apart_;
}

PairBound::Less PairBound::town(const RecordHead& a, const RecordHead& b) const noexcept {
    if (a.town == b.town) return town_same_ + town_rarity_ * static_cast<double>(a.town_bits);
    return places_may_resemble(signature(a.town_symbols, a.town_letters), signature(b.town_symbols, b.town_letters))
               ? town_alike_
               : town_apart_;
}

double PairBound::at_most(const RecordHead& a, const RecordHead& b) const noexcept {
    const std::uint32_t both = a.present & b.present;
    double most = prior_bits_ + sums_[0][both & 0xFFU] + sums_[1][both >> 8U & 0xFFU] + sums_[2][both >> 16U & 0xFFU] +
                  sums_[3][both >> 24U];
    const std::uint8_t plain = a.plain & b.plain;
    const auto compared = [&](Comparison c) { return (both >> static_cast<unsigned>(c) & 1U) != 0; };
    if ((plain & RecordHead::kBorn) != 0) {
        if (compared(Comparison::expected_birth)) most += expected_none_;
        if (compared(Comparison::source)) most += a.system == b.system ? source_same_ : source_other_;
    }
    if ((plain & RecordHead::kSingle) != 0 && compared(Comparison::multiple_birth)) most += multiple_neither_;
    // Two records' own keys in their own systems are never compared.
    if ((plain & RecordHead::kOwnKeyOnly) != 0 && compared(Comparison::other_id)) most += other_id_none_;
    if (compared(Comparison::sex)) most += a.sex == b.sex ? sex_same_ : sex_apart_;
    for (std::size_t i = 0; i < exacts_; ++i) {
        if ((both >> exact_[i] & 1U) != 0 && a.exact[i] != b.exact[i]) most += exact_apart_[i];
    }
    if ((plain & RecordHead::kBirth) != 0 && compared(Comparison::birth_date)) most += birth(a.birth, b.birth);
    if ((plain & RecordHead::kAddress) != 0) most += address(a, b, both);
    if ((plain & RecordHead::kFamily) != 0) most += family(a, b);
    if ((plain & RecordHead::kGiven) != 0) most += given(a, b);
    return most;
}

}  // namespace caseweave
