#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "people/string_pool.hpp"
#include "text/signature.hpp"

namespace caseweave {

/// Interns folded texts that are no names: streets, places, e-mail addresses, further columns. Each has its signature,
/// so that most comparisons never read the text. Id 0 is "no value". Filled while features are built, then read by any
/// thread.
class TextTerms {
  public:
    TextTerms() { signatures_.emplace_back(); }

    /// Returns the id of a folded text; 0 for "".
    std::uint32_t intern(std::string_view folded);
    std::string_view text(std::uint32_t id) const noexcept { return pool_.view(id); }
    const text::Signature& signature(std::uint32_t id) const noexcept { return signatures_[id]; }
    std::size_t size() const noexcept { return signatures_.size(); }

  private:
    StringPool pool_;
    std::vector<text::Signature> signatures_;
};

/// Tells whether Jaro-Winkler similarity reaches `threshold`; reads the texts only where their signatures leave it
/// open.
bool jaro_winkler_reaches(const TextTerms& terms, std::uint32_t a, std::uint32_t b, double threshold);

}  // namespace caseweave
