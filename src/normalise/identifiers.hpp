#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/parsed.hpp"

namespace caseweave {

/// Says which numbers are accepted beyond the ordinary.
struct IdentifierOptions {
    bool accept_test_numbers = false;  ///< NHS numbers 999 000 0000 to 999 999 9999 (demo)
};

/// Checks an NHS number: ten digits (blanks and hyphens between them are dropped), modulus 11, not on the
/// denylist of dummies that pass the check, in an issued range. A valid ULN is wrong_column: the two checks exclude
/// each other. Source: NHS Data Dictionary "NHS NUMBER"; ranges in DOMAIN notes. Writes the ten digits to `out`.
Parsed<std::string_view> check_nhs_number(std::string_view text, const IdentifierOptions& options, std::string& out);

/// Checks a unique pupil number: permanent (letter + 12 digits) or temporary (letter + 11 digits + letter).
/// Source: DfE, "Unique pupil numbers", annex on the check letter. Writes it in capitals to `out`.
Parsed<std::string_view> check_upn(std::string_view text, std::string& out);
/// Tells whether a checked UPN is temporary.
inline bool is_temporary_upn(std::string_view upn) noexcept {
    return upn.size() == 13 && (upn.back() < '0' || upn.back() > '9');
}

/// Checks a unique learner number: ten digits, first not 0, weighted sum mod 11 = 10. Source: LRS, "ULN check digit".
Parsed<std::string_view> check_uln(std::string_view text, std::string& out);

/// Checks a local authority child id: 1 to 20 characters that do not say "none" ("0", "0000", "N/A", "UNKNOWN"). Equal
/// characters ("11111") are a good id: no check digit could tell otherwise, and it names a child.
Parsed<std::string_view> check_la_child_id(std::string_view text, std::string& out);

/// Checks an identifier by the canonical code of its kind (code list identifier_type); kinds without a rule of
/// their own are trimmed and held against what says "none", as a child id is.
Parsed<std::string_view> check_identifier(std::string_view kind, std::string_view text,
                                          const IdentifierOptions& options, std::string& out);

/// Checks a UPRN: 1 to 12 digits, leading zeros dropped.
Parsed<std::string_view> check_uprn(std::string_view text, std::string& out);

/// Tells whether a text stands for "nothing": -1, 0, NONE, N/A, NOT KNOWN, UNKNOWN, TBC, XXXX, 9999999999 ...
bool is_placeholder_text(std::string_view text) noexcept;

}  // namespace caseweave
