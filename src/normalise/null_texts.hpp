#pragma once

#include <array>
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
        const std::string_view text = field.text();
        return is_plain(text) ? field : trimmed_value_of(text);
    }
    /// Tells whether a value is surely the text as it stands. Nearly every value is: it begins and ends with a
    /// printable ASCII character, so that there is nothing to trim, and no null text begins as it does.
    bool is_plain(std::string_view text) const noexcept {
        return !text.empty() && begins_plain_[static_cast<unsigned char>(text.front())] && is_graphic(text.back());
    }
    /// Trims and compares, whatever the text: the slow obvious twin of value_of().
    FieldView trimmed_value_of(std::string_view text) const noexcept;

  private:
    static constexpr bool is_graphic(char c) noexcept { return c > ' ' && c <= '~'; }

    std::vector<std::string> texts_;
    std::array<bool, 256> begins_plain_{};
};

}  // namespace caseweave
