#include "link/name_terms.hpp"

#include <algorithm>

#include "core/mix.hpp"
#include "text/phonetic.hpp"

namespace caseweave {

namespace {

std::uint32_t pack(std::string_view key) noexcept {
    std::uint32_t packed = 0;
    for (const char c : key.substr(0, 4)) packed = (packed << 8U) | static_cast<unsigned char>(c);
    return packed;
}

// A name three unrelated people bear is a name; fewer may be one family's slip copied from system to system.
constexpr std::uint32_t kEstablishedPeople = 3;
// A slip for a common name recurs too, but stays far rarer than the name: one in ten is beyond typing errors.
constexpr std::uint32_t kEstablishedRatio = 10;

}  // namespace

NameTerms::NameTerms() {
    terms_.emplace_back();
}

TermId NameTerms::intern(std::string_view folded) {
    const std::uint32_t id = pool_.intern(folded);
    if (id == terms_.size()) {
        NameTerm term;
        term.text = pool_.view(id);
        term.signature = text::make_signature(term.text);
        const auto sounds = text::double_metaphone(folded);
        term.sound = pack(sounds.primary.view());
        term.other_sound = pack(sounds.secondary.view());
        const auto families = text::name_families(folded);
        term.in_table = !families.empty();
        for (const text::NameFamilyId family : families)
            term.variants |= 1U << (mix_bits(static_cast<std::uint64_t>(family)) & 31U);
        terms_.push_back(term);
    }
    return id;
}

bool NameTerms::both_established(TermId a, TermId b) const noexcept {
    const NameTerm& x = terms_[a];
    const NameTerm& y = terms_[b];
    if (x.in_table && y.in_table) return true;
    const auto is_name = [](const NameTerm& t, const NameTerm& other) {
        return t.in_table ||
               (t.given_people >= kEstablishedPeople && t.given_people * kEstablishedRatio >= other.given_people);
    };
    return is_name(x, y) && is_name(y, x);
}

}  // namespace caseweave
