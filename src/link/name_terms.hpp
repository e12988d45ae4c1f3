#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "people/string_pool.hpp"
#include "text/diminutives.hpp"
#include "text/signature.hpp"

namespace caseweave {

/// Names a folded name or word of one; kNoTerm is none. Only equality means anything: ids follow no order.
using TermId = std::uint32_t;
inline constexpr TermId kNoTerm = 0;

/// Holds what the comparisons ask about one folded name, worked out once.
struct NameTerm {
    std::string_view text;
    text::Signature signature;
    std::uint32_t sound = 0;          ///< Double Metaphone, four characters packed; 0 = none
    std::uint32_t other_sound = 0;    ///< the second reading; equals `sound` where there is one only
    std::uint32_t given_people = 0;   ///< people who bear it as a forename, counted by birth date
    std::uint32_t family_people = 0;  ///< people who bear it as a family name, counted by birth date
    float given_bits = 0;             ///< bits to add where this forename agrees: rarer than average is positive
    float family_bits = 0;            ///< the same for a family name
    std::uint32_t variants = 0;       ///< a bit for each of its families of forenames: none shared, no variants
    bool in_table = false;            ///< the table of diminutives knows it: a name, not a slip of the keyboard
};

/// Interns folded names and knows how common each is. Filled while features are built, then read by any thread.
class NameTerms {
  public:
    NameTerms();

    /// Returns the term of a folded text (fold.hpp); kNoTerm for "".
    TermId intern(std::string_view folded);
    const NameTerm& operator[](TermId id) const noexcept { return terms_[id]; }
    NameTerm& at(TermId id) noexcept { return terms_[id]; }
    std::string_view text(TermId id) const noexcept { return terms_[id].text; }
    std::size_t size() const noexcept { return terms_.size(); }

    /// Tells whether both are names people do bear and of comparable frequency, so that one is hardly a slip for
    /// the other: a typing error makes a rare word, "Jayden" and "Hayden" are two children.
    bool both_established(TermId a, TermId b) const noexcept;

  private:
    StringPool pool_;
    std::vector<NameTerm> terms_;
};

/// Tells whether two names sound alike in some reading.
constexpr bool sound_alike(const NameTerm& a, const NameTerm& b) noexcept {
    return a.sound != 0 && b.sound != 0 &&
           (a.sound == b.sound || a.sound == b.other_sound || a.other_sound == b.sound ||
            a.other_sound == b.other_sound);
}

}  // namespace caseweave
