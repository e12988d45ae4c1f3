#include "normalise/identifiers.hpp"

#include <algorithm>
#include <array>

#include "core/ascii.hpp"

namespace caseweave {

namespace {

/// Drops blanks and hyphens and makes letters capital.
void compact(std::string_view text, std::string& out) {
    out.clear();
    for (const char c : text) {
        if (c != ' ' && c != '-') out += ascii::to_upper(c);
    }
}

bool all_digits(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), ascii::is_digit);
}

bool all_equal(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [&](char c) { return c == text.front(); });
}

unsigned weighted_sum(std::string_view digits, unsigned first_weight) noexcept {
    unsigned sum = 0;
    for (const char c : digits) sum += first_weight-- * static_cast<unsigned>(c - '0');
    return sum;
}

bool nhs_check_holds(std::string_view ten) noexcept {
    const unsigned check = 11 - weighted_sum(ten.substr(0, 9), 10) % 11;
    return check != 10 && check % 11 == static_cast<unsigned>(ten[9] - '0');
}

bool uln_check_holds(std::string_view ten) noexcept {
    return ten[0] != '0' && weighted_sum(ten, 10) % 11 == 10;
}

/// Issued ranges of ten-digit numbers, by the leading three digits.
bool is_issued_range(std::string_view ten) noexcept {
    const unsigned group = static_cast<unsigned>((ten[0] - '0') * 100 + (ten[1] - '0') * 10 + (ten[2] - '0'));
    return (group >= 320 && group <= 499) || (group >= 600 && group <= 799);
}

constexpr std::string_view kUpnLetters = "ABCDEFGHJKLMNPQRTUVWXYZ";
constexpr std::size_t kUpnLength = 13;

}  // namespace

namespace {

/// Tells whether a text is one of the words that stand for "nothing".
bool is_placeholder_word(std::string_view text) noexcept {
    static constexpr std::array<std::string_view, 22> kWords = {
        "-1",        "-",   "--",  ".",       "?",         "N/A",          "NA", "NONE", "NULL",
        "NIL",       "TBC", "TBA", "UNKNOWN", "NOT KNOWN", "NOT RECORDED", "NK", "N/K",  "NOT PROVIDED",
        "NOT GIVEN", "X",   "XX",  "XXX"};
    std::array<char, 16> buffer{};
    if (text.empty() || text.size() > buffer.size()) return false;
    // Nearly every value is told from all of the words by its first character.
    static constexpr std::string_view kFirst = "-.?NTUX";
    if (kFirst.find(ascii::to_upper(text.front())) == kFirst.npos) return false;
    std::transform(text.begin(), text.end(), buffer.begin(), ascii::to_upper);
    return std::find(kWords.begin(), kWords.end(), std::string_view(buffer.data(), text.size())) != kWords.end();
}

/// Tells whether a text is one character over and over, whatever its letter case.
bool is_one_character(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(),
                       [&](char c) { return ascii::to_upper(c) == ascii::to_upper(text.front()); });
}

/// Tells whether a supplier's own id says that there is none. One of equal digits or letters ("11111") is as good a key
/// as any other: nobody checks such an id, and its supplier gave it to somebody.
bool says_none(std::string_view text) noexcept {
    if (is_placeholder_word(text)) return true;
    const char first = text.empty() ? '0' : ascii::to_upper(text.front());
    const bool may_be_id = (first >= '1' && first <= '9') || (first >= 'A' && first <= 'Z' && first != 'X');
    return !text.empty() && !may_be_id && is_one_character(text);
}

}  // namespace

bool is_placeholder_text(std::string_view text) noexcept {
    constexpr std::size_t kLongest = 16;
    return is_placeholder_word(text) || (text.size() > 3 && text.size() <= kLongest && is_one_character(text));
}

Parsed<std::string_view> check_nhs_number(std::string_view text, const IdentifierOptions& options, std::string& out) {
    static constexpr std::array<std::string_view, 3> kDummies = {"0123456789", "1234567881", "9876543210"};
    if (text == "-1" || text == "0") return IssueRule::placeholder;
    compact(text, out);
    if (is_placeholder_text(out)) return IssueRule::placeholder;
    if (out.size() != 10 || !all_digits(out)) return IssueRule::bad_format;
    if (all_equal(out) || std::find(kDummies.begin(), kDummies.end(), out) != kDummies.end())
        return IssueRule::placeholder;
    if (!nhs_check_holds(out)) return uln_check_holds(out) ? IssueRule::wrong_column : IssueRule::bad_check_digit;
    if (out.starts_with("999")) {
        if (!options.accept_test_numbers) return IssueRule::test_number;
    } else if (!is_issued_range(out)) {
        return IssueRule::out_of_range;
    }
    return std::string_view(out);
}

Parsed<std::string_view> check_upn(std::string_view text, std::string& out) {
    compact(text, out);
    if (is_placeholder_text(text) || is_placeholder_text(out)) return IssueRule::placeholder;
    if (out.size() != kUpnLength || !all_digits(std::string_view(out).substr(1, 11))) return IssueRule::bad_format;
    const std::size_t check = kUpnLetters.find(out[0]);
    std::size_t last = kUpnLetters.find(out[12]);
    if (ascii::is_digit(out[12])) last = static_cast<std::size_t>(out[12] - '0');
    if (check == kUpnLetters.npos || last == kUpnLetters.npos) return IssueRule::bad_format;
    std::size_t sum = 13 * last;
    for (std::size_t position = 2; position <= 12; ++position)
        sum += position * static_cast<std::size_t>(out[position - 1] - '0');
    if (sum % kUpnLetters.size() != check) return IssueRule::bad_check_digit;
    return std::string_view(out);
}

Parsed<std::string_view> check_uln(std::string_view text, std::string& out) {
    if (text == "-1" || text == "0") return IssueRule::placeholder;
    compact(text, out);
    if (is_placeholder_text(out)) return IssueRule::placeholder;
    if (out.size() != 10 || !all_digits(out)) return IssueRule::bad_format;
    if (!uln_check_holds(out)) return nhs_check_holds(out) ? IssueRule::wrong_column : IssueRule::bad_check_digit;
    return std::string_view(out);
}

Parsed<std::string_view> check_la_child_id(std::string_view text, std::string& out) {
    constexpr std::size_t kLongest = 20;  // CIN census and SSDA903: an20
    if (says_none(text)) return IssueRule::placeholder;
    if (text.size() > kLongest) return IssueRule::bad_format;
    out = text;
    return std::string_view(out);
}

Parsed<std::string_view> check_identifier(std::string_view kind, std::string_view text,
                                          const IdentifierOptions& options, std::string& out) {
    if (kind == "nhs_number") return check_nhs_number(text, options, out);
    if (kind == "upn" || kind == "former_upn") return check_upn(text, out);
    if (kind == "uln") return check_uln(text, out);
    if (kind == "la_child_id") return check_la_child_id(text, out);
    if (says_none(text)) return IssueRule::placeholder;
    out = text;
    return std::string_view(out);
}

Parsed<std::string_view> check_uprn(std::string_view text, std::string& out) {
    constexpr std::size_t kLongest = 12;
    if (text == "-1" || text == "0") return IssueRule::placeholder;
    compact(text, out);
    if (out.size() > kLongest || !all_digits(out)) return IssueRule::bad_format;
    out.erase(0, std::min(out.find_first_not_of('0'), out.size()));
    if (out.empty()) return IssueRule::placeholder;
    return std::string_view(out);
}

}  // namespace caseweave
