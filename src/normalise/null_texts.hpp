#pragma once

#include <bitset>
#include <string>
#include <string_view>
#include <vector>

#include "core/field_view.hpp"

namespace caseweave {

/// Knows the texts by which a source says NULL, and gives its values as mappings see them.
class NullTexts {
  public:
    explicit NullTexts(std::vector<std::string> texts);

    /// Trims a value; one that is nothing but blanks is Missing::empty, a null text Missing::null.
    FieldView value_of(const FieldView& field) const noexcept {
        if (!field.has_value()) return field;
        // Nearly every value begins and ends with a printable ASCII character: there is nothing to trim then.
        const std::string_view text = field.text();
        const bool plain = !text.empty() && is_graphic(text.front()) && is_graphic(text.back()) &&
                           !starts_[static_cast<unsigned char>(text.front())];
        return plain ? field : trimmed_value_of(text);
    }

  private:
    static constexpr bool is_graphic(char c) noexcept { return c > ' ' && c <= '~'; }
    FieldView trimmed_value_of(std::string_view text) const noexcept;

    std::vector<std::string> texts_;
    std::bitset<256> starts_;  // first bytes of texts_: most values need no comparison
};

}  // namespace caseweave
