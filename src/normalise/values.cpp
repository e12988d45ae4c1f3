#include "normalise/values.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>

#include "core/ascii.hpp"
#include "normalise/identifiers.hpp"
#include "text/utf8.hpp"

namespace caseweave {

namespace {

std::string upper_text(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), ascii::to_upper);
    return result;
}

/// Tells whether a name can be used as it is: printable ASCII, no double or outer blanks.
bool is_plain(std::string_view text) noexcept {
    if (text.empty() || text.front() == ' ' || text.back() == ' ') return false;
    char previous = 'x';
    for (const char c : text) {
        if (c < ' ' || c > '~' || (c == ' ' && previous == ' ')) return false;
        previous = c;
    }
    return true;
}

constexpr std::array<std::string_view, 5> kMarkers = {"DO NOT USE", "DUPLICATED", "DUPLICATE", "DUPLICAT", "*DUP*"};

/// Cuts every marker out of a name; true when there was one.
bool cut_markers(std::string& name) {
    std::string capital = upper_text(name);
    bool found = false;
    for (const std::string_view word : kMarkers) {
        for (std::size_t at = capital.find(word); at != std::string::npos; at = capital.find(word)) {
            name.replace(at, word.size(), " ");
            capital.replace(at, word.size(), " ");
            found = true;
        }
    }
    if (found) {
        std::replace_if(
            name.begin(), name.end(), [](char c) { return c == '(' || c == ')' || c == '*' || c == '[' || c == ']'; },
            ' ');
        while (!name.empty() && (name.back() == '-' || name.back() == ' ')) name.pop_back();
        const std::size_t start = name.find_first_not_of(" -");
        name.erase(0, std::min(start, name.size()));
    }
    return found;
}

constexpr void make_digit(char& c) noexcept {
    if (c == 'O') c = '0';
    if (c == 'I') c = '1';
}
constexpr void make_letter(char& c) noexcept {
    if (c == '0') c = 'O';
    if (c == '1') c = 'I';
}

/// Puts O, 0, I and 1 right where the shapes A9, A99, A9A, AA9, AA99 and AA9A leave one reading only.
void put_postcode_right(std::string& code, std::size_t inward) noexcept {
    make_digit(code[inward]);
    make_letter(code[0]);
    if (inward == 2) make_digit(code[1]);
    if (inward == 4) {
        make_letter(code[1]);
        make_digit(code[2]);
    }
    if (inward == 3 && ascii::is_upper(code[1]) && ascii::is_upper(code[2])) {  // AA9 or A9A, but not AAA
        if (code[2] == 'O' || code[2] == 'I') {
            make_digit(code[2]);
        } else {
            make_digit(code[1]);
        }
    }
}

/// Tells whether a text is A9, A99, A9A, AA9, AA99 or AA9A.
bool is_outward_code(std::string_view code) noexcept {
    if (!ascii::is_upper(code[0])) return false;
    code.remove_prefix(ascii::is_upper(code[1]) ? 2 : 1);
    if (code.empty() || code.size() > 2 || !ascii::is_digit(code[0])) return false;
    return code.size() == 1 || ascii::is_digit(code[1]) || ascii::is_upper(code[1]);
}

/// Reads one to eight digits, all at a time: how many there are differs from row to row, and a loop over them costs a
/// branch that no processor foresees. Nothing where the text is anything else.
std::optional<std::int64_t> read_few_digits(std::string_view text) noexcept {
    constexpr std::size_t kMost = sizeof(std::uint64_t);
    constexpr std::uint64_t kEachByte = 0x0101010101010101;
    if constexpr (std::endian::native != std::endian::little) return std::nullopt;
    if (text.empty() || text.size() > kMost) return std::nullopt;
    const auto byte = [&](std::size_t at) { return std::uint64_t{static_cast<unsigned char>(text[at])} << (8 * at); };
    std::uint64_t word = 0;
    if (text.size() >= 4) {
        std::uint32_t first = 0, last = 0;
        std::memcpy(&first, text.data(), sizeof first);
        std::memcpy(&last, text.data() + text.size() - sizeof last, sizeof last);
        word = first | std::uint64_t{last} << (8 * (text.size() - sizeof last));
    } else {
        word = byte(0) | byte(text.size() / 2) | byte(text.size() - 1);
    }
    // The last digit to the last byte: zeros in front. A byte that is no digit is 10 or more, or has the highest bit.
    word = (word ^ ('0' * kEachByte)) << (8 * (kMost - text.size()));
    if ((((word + 0x76 * kEachByte) | word) & (0x80 * kEachByte)) != 0) return std::nullopt;
    word = word * 10 + (word >> 8U);  // pairs of digits, in every other byte
    constexpr std::uint64_t kPairs = 0x000000FF000000FF;
    return static_cast<std::int64_t>(((word & kPairs) * (100 + (std::uint64_t{1'000'000} << 32U)) +
                                      ((word >> 16U) & kPairs) * (1 + (std::uint64_t{10'000} << 32U))) >>
                                     32U);
}

/// Tells whether a placeholder's word is written as the name that it also is.
constexpr bool is_written_as_name(std::string_view text, NameKind kind) noexcept {
    return text == "Na" || text == "Nil" || (kind == NameKind::family && text == "NA");
}

}  // namespace

Parsed<std::string_view> clean_name(std::string_view text, std::string& out, bool& marker, NameKind kind) {
    marker = false;
    if (is_plain(text)) {
        out = text;
    } else {
        std::string stripped;
        text::strip_controls(text, stripped);
        text::collapse_whitespace(stripped, out);
    }
    // Every marker has a D: a cheap look before the search. What is left may close up to a marker, so look again.
    while (out.size() >= 5 && out.find_first_of("Dd") != std::string::npos && cut_markers(out)) {
        marker = true;
        std::string collapsed;
        text::collapse_whitespace(out, collapsed);
        out.swap(collapsed);
        if (out.empty()) return IssueRule::duplicate_marker;
    }
    if (out.empty() || (is_placeholder_text(out) && out.size() != 1 && !is_written_as_name(out, kind)) || out == "-" ||
        out == "." || out == "?")
        return IssueRule::placeholder;
    return std::string_view(out);
}

bool is_spreadsheet_error(std::string_view text) noexcept {
    static constexpr std::array<std::string_view, 9> kErrors = {"#REF!",  "#N/A",  "#VALUE!", "#DIV/0!", "#NAME?",
                                                                "#NULL!", "#NUM!", "#SPILL!", "#CALC!"};
    return text.starts_with('#') && std::find(kErrors.begin(), kErrors.end(), text) != kErrors.end();
}

Parsed<std::string_view> check_postcode(std::string_view text, std::string& out) {
    if (is_placeholder_text(text) || is_address_placeholder(text)) return IssueRule::placeholder;
    out.clear();
    for (const char c : text) {
        if (c != ' ' && c != '-' && c != '\t') out += ascii::to_upper(c);
    }
    constexpr std::size_t kShortest = 5;
    constexpr std::size_t kLongest = 7;
    if (out.size() < kShortest || out.size() > kLongest) return IssueRule::not_a_postcode;
    // Whatever follows: the usual ones ("ZZ99 3CZ") would not pass as postcodes.
    if (out.starts_with("ZZ99")) return IssueRule::placeholder;
    const std::size_t inward = out.size() - 3;
    put_postcode_right(out, inward);
    if (!is_outward_code(std::string_view(out).substr(0, inward)) || !ascii::is_digit(out[inward]))
        return IssueRule::not_a_postcode;
    constexpr std::string_view kNeverInward = "CIKMOV";  // too like digits or each other in handwriting
    for (const std::size_t at : {inward + 1, inward + 2}) {
        if (!ascii::is_upper(out[at]) || kNeverInward.find(out[at]) != kNeverInward.npos)
            return IssueRule::not_a_postcode;
    }
    out.insert(inward, 1, ' ');
    return std::string_view(out);
}

Parsed<std::string_view> check_phone(std::string_view text, std::string& out) {
    if (is_placeholder_text(text)) return IssueRule::placeholder;
    out.clear();
    for (const char c : text) {
        if (ascii::is_digit(c) || (c == '+' && out.empty())) {
            out += c;
        } else if (c != ' ' && c != '-' && c != '(' && c != ')' && c != '.') {
            return IssueRule::bad_format;
        }
    }
    if (out.starts_with("00")) out.replace(0, 2, "+");
    if (out.starts_with("+440")) out.erase(3, 1);  // "+44 (0)1243"
    if (out.starts_with("+44")) out.replace(0, 3, "0");
    constexpr std::size_t kShortest = 10;
    constexpr std::size_t kLongest = 16;
    if (is_placeholder_text(out)) return IssueRule::placeholder;
    if (out.size() < kShortest || out.size() > kLongest || (out[0] != '0' && out[0] != '+') || out[1] == '0')
        return IssueRule::bad_format;
    return std::string_view(out);
}

Parsed<std::string_view> check_foreign_postcode(std::string_view text, std::string& out) {
    auto checked = check_postcode(text, out);
    if (checked || checked.issue() != IssueRule::not_a_postcode) return checked;
    constexpr std::size_t kLongest = 12;
    out.clear();
    for (const char c : text) {
        if (ascii::is_digit(c) || ascii::is_letter(c)) {
            out += ascii::to_upper(c);
        } else if (c != ' ' && c != '-') {
            return checked;
        }
    }
    if (out.size() > kLongest || std::none_of(out.begin(), out.end(), ascii::is_digit)) return checked;
    return std::string_view(out);
}

Parsed<std::string_view> check_foreign_phone(std::string_view text, std::string& out) {
    auto checked = check_phone(text, out);
    if (checked || checked.issue() != IssueRule::bad_format) return checked;
    constexpr std::size_t kFewest = 5;
    constexpr std::size_t kMost = 15;  // ITU-T E.164
    out.clear();
    for (const char c : text) {
        if (ascii::is_digit(c)) {
            out += c;
        } else if (std::string_view(" -+().").find(c) == std::string_view::npos) {
            return checked;
        }
    }
    if (out.size() < kFewest || out.size() > kMost) return checked;
    return std::string_view(out);
}

Parsed<std::string_view> check_email(std::string_view text, std::string& out) {
    if (is_placeholder_text(text)) return IssueRule::placeholder;
    out.clear();
    for (const char c : text) {
        if (c <= ' ' || c == ',' || c == ';') return IssueRule::bad_format;
        out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    const std::size_t at = out.find('@');
    if (at == 0 || at == out.npos || out.find('@', at + 1) != out.npos) return IssueRule::bad_format;
    const std::size_t dot = out.find('.', at + 2);
    if (dot == out.npos || dot + 1 == out.size()) return IssueRule::bad_format;
    return std::string_view(out);
}

Parsed<bool> parse_boolean(std::string_view text) noexcept {
    if (text.size() == 1) {
        switch (ascii::to_upper(text.front())) {
            case 'Y':
            case 'T':
            case '1':
            case 'X':  // a ticked box
                return true;
            case 'N':
            case 'F':
            case '0':
                return false;
            default:
                return IssueRule::unknown_code;
        }
    }
    static constexpr std::array<std::string_view, 6> kTrue = {"YES", "TRUE", "ON", "-1", "\u2713", "\u2714"};
    static constexpr std::array<std::string_view, 3> kFalse = {"NO", "FALSE", "OFF"};
    const auto is = [&](std::string_view word) {
        return word.size() == text.size() && std::equal(word.begin(), word.end(), text.begin(),
                                                        [](char a, char b) { return a == ascii::to_upper(b); });
    };
    if (std::any_of(kTrue.begin(), kTrue.end(), is)) return true;
    if (std::any_of(kFalse.begin(), kFalse.end(), is)) return false;
    return IssueRule::unknown_code;
}

Parsed<std::int64_t> parse_integer(std::string_view text) noexcept {
    // Nearly every number is a few digits; what is not ends in from_chars.
    if (const auto number = read_few_digits(text)) return *number;
    if (text.starts_with('+')) text.remove_prefix(1);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range) return IssueRule::out_of_range;
    if (error != std::errc()) return IssueRule::not_a_number;
    const std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
    if (!rest.empty() && (rest.front() != '.' || rest.find_first_not_of('0', 1) != rest.npos))
        return IssueRule::not_a_number;
    return value;
}

Parsed<std::string_view> check_number(std::string_view text, std::string& out) {
    if (text.starts_with('+') && text.size() > 1 && text[1] != '-') text.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range) return IssueRule::out_of_range;
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return IssueRule::not_a_number;
    if (value == 0) value = 0;             // "-0" is 0
    constexpr std::size_t kLongest = 400;  // 10^308 in full, or 10^-308
    out.resize(kLongest);
    const auto written = std::to_chars(out.data(), out.data() + out.size(), value, std::chars_format::fixed);
    out.resize(static_cast<std::size_t>(written.ptr - out.data()));
    return std::string_view(out);
}

bool is_address_placeholder(std::string_view text) noexcept {
    static constexpr std::array<std::string_view, 9> kWords = {
        "ADDRESS NOT FOUND", "ADDRESS UNKNOWN",   "NOT FOUND",        "NO FIXED ABODE", "NFA",
        "NO ADDRESS",        "ADDRESS NOT KNOWN", "ADDRESS WITHHELD", "CONFIDENTIAL"};
    if (is_placeholder_text(text)) return true;
    static constexpr std::string_view kFirst = "ANC";
    if (text.empty() || kFirst.find(ascii::to_upper(text.front())) == kFirst.npos) return false;
    return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) {
        return word.size() == text.size() && std::equal(word.begin(), word.end(), text.begin(),
                                                        [](char a, char b) { return a == ascii::to_upper(b); });
    });
}

}  // namespace caseweave
