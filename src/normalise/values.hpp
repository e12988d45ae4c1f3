#pragma once

#include <string>
#include <string_view>

#include "core/parsed.hpp"

namespace caseweave {

/// Says what a name is, where that decides whether a text can be one.
enum class NameKind { any, family };

/// Cleans a personal name: blanks collapsed, control characters gone, case and diacritics kept. Writes to `out`.
///
/// A text that stands for "no name" is a placeholder; "NA" is one among forenames, and a family's name. A name with a
/// marker ("DUPLICATE", "DO NOT USE") keeps what else it says; `marker` is set, and a name of markers only is
/// duplicate_marker.
Parsed<std::string_view> clean_name(std::string_view text, std::string& out, bool& marker,
                                    NameKind kind = NameKind::any);

/// Longest name most legacy columns hold; a name of exactly this length was probably cut off there.
inline constexpr std::size_t kNameColumnWidth = 35;

/// Tells whether a cell holds what a spreadsheet writes where a formula fails: #REF!, #N/A, #VALUE! ...
bool is_spreadsheet_error(std::string_view text) noexcept;
/// Tells the texts that is_spreadsheet_error need not look at, which are nearly all.
inline bool may_be_spreadsheet_error(std::string_view text) noexcept {
    return text.starts_with('#');
}

/// Checks a UK postcode and writes its usual form ("PO19 1RQ"). Letter O and digit 0, I and 1 are put right where the
/// position allows one of them only. Pseudo postcodes (ZZ99) are placeholders. Source: BS 7666.
Parsed<std::string_view> check_postcode(std::string_view text, std::string& out);

/// Reduces a telephone number to digits with a leading 0 or +; 10 to 15 digits.
Parsed<std::string_view> check_phone(std::string_view text, std::string& out);

/// Take what a British check refused for a value of another country: a postcode's letters (capital) and digits, of
/// which there is one at least; a telephone number's digits, five or more. Anything else is what the British check
/// says.
Parsed<std::string_view> check_foreign_postcode(std::string_view text, std::string& out);
Parsed<std::string_view> check_foreign_phone(std::string_view text, std::string& out);

/// Checks an e-mail address (one @, a dot in the domain) and lower-cases it.
Parsed<std::string_view> check_email(std::string_view text, std::string& out);

/// Reads Y/N, yes/no, true/false, T/F, 1/0, ticks of any case.
Parsed<bool> parse_boolean(std::string_view text) noexcept;

/// Reads an integer; "12.0" counts as 12.
Parsed<std::int64_t> parse_integer(std::string_view text) noexcept;

/// Reads a number, with or without a fraction or an exponent, and writes it the one shortest way ("7.50" and "+7.5e0"
/// are "7.5"), so that equal numbers are equal texts. Holds what a double does: 15 digits.
Parsed<std::string_view> check_number(std::string_view text, std::string& out);

/// Tells whether an address text says that there is none (ADDRESS NOT FOUND, NO FIXED ABODE, NFA, UNKNOWN ...).
bool is_address_placeholder(std::string_view text) noexcept;

}  // namespace caseweave
