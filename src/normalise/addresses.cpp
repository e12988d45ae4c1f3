#include "normalise/addresses.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/ascii.hpp"
#include "text/utf8.hpp"

namespace caseweave {

namespace {

constexpr bool is_between(char c) noexcept {
    return c == ' ' || c == ',' || c == '\t';
}

bool is_word(std::string_view text, std::string_view word) noexcept {
    return text.size() == word.size() &&
           std::equal(text.begin(), text.end(), word.begin(), [](char a, char b) { return ascii::to_lower(a) == b; });
}

/// Takes what stands up to the next blank or comma off the front, and the blanks and commas behind it.
std::string_view take_word(std::string_view& text) noexcept {
    const auto end = std::find_if(text.begin(), text.end(), is_between);
    const std::string_view word = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(word.size());
    while (!text.empty() && is_between(text.front())) text.remove_prefix(1);
    return word;
}

/// Tells whether a word is a number of a house: "14", "14a", "12-14".
bool is_house_number(std::string_view word) noexcept {
    const auto take_number = [&word] {
        const auto end = std::find_if_not(word.begin(), word.end(), ascii::is_digit);
        const auto digits = static_cast<std::size_t>(end - word.begin());
        word.remove_prefix(digits);
        if (!word.empty() && (ascii::is_letter(word.front()))) word.remove_prefix(digits > 0);
        return digits > 0;
    };
    if (!take_number()) return false;
    if (word.empty()) return true;
    if (word.front() != '-') return false;
    word.remove_prefix(1);
    return take_number() && word.empty();
}

bool is_flat_word(std::string_view word) noexcept {
    static constexpr std::array<std::string_view, 5> kFlats = {"flat", "apartment", "apt", "unit", "room"};
    return std::any_of(kFlats.begin(), kFlats.end(), [&](std::string_view flat) { return is_word(word, flat); });
}

std::string_view trim(std::string_view text) noexcept {
    constexpr std::string_view kEdges = " ,.;\t";
    while (!text.empty() && kEdges.find(text.front()) != kEdges.npos) text.remove_prefix(1);
    while (!text.empty() && kEdges.find(text.back()) != kEdges.npos) text.remove_suffix(1);
    return text;
}

/// Writes words with capital initials. A word with a digit is a number with a letter ("14A") and is all capital.
void write_with_initials(std::string& text) {
    static constexpr std::array<std::string_view, 6> kSmallWords = {"of", "the", "and", "on", "in", "le"};
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find_first_of(" -,.", begin), text.size());
        const std::string_view word = std::string_view(text).substr(begin, end - begin);
        const bool number = std::any_of(word.begin(), word.end(), ascii::is_digit);
        const bool stays_small = begin > 0 && std::any_of(kSmallWords.begin(), kSmallWords.end(),
                                                          [&](std::string_view known) { return is_word(word, known); });
        for (std::size_t at = begin; at < end; ++at) {
            // "O'Connor" has a second initial, "John's" has not.
            const bool initial = at == begin || (at == begin + 2 && text[begin + 1] == '\'');
            text[at] = number || (initial && !stays_small) ? ascii::to_upper(text[at]) : ascii::to_lower(text[at]);
        }
        begin = end + 1;
    }
}

}  // namespace

HouseAndStreet split_house(std::string_view text) noexcept {
    const std::string_view whole = trim(text);
    std::string_view rest = whole;
    std::string_view ahead = rest;
    bool house = false;
    if (is_flat_word(take_word(ahead))) {
        const std::string_view name = take_word(ahead);
        if (name.size() == 1 || is_house_number(name)) {
            rest = ahead;
            house = true;
        }
    }
    ahead = rest;
    if (is_house_number(take_word(ahead))) {
        rest = ahead;
        house = true;
    }
    const auto letters =
        std::count_if(rest.begin(), rest.end(), [](char c) { return !ascii::is_digit(c) && !is_between(c); });
    if (!house || letters < 2) return {{}, whole};
    return {trim(whole.substr(0, whole.size() - rest.size())), rest};
}

std::string tidy_address_part(std::string_view text) {
    std::string stripped;
    text::strip_controls(text, stripped);
    std::string tidy;
    text::collapse_whitespace(trim(stripped), tidy);
    const bool mixed = std::any_of(tidy.begin(), tidy.end(), ascii::is_upper) &&
                       std::any_of(tidy.begin(), tidy.end(), ascii::is_lower);
    if (!mixed && text::is_ascii(tidy)) write_with_initials(tidy);
    return tidy;
}

std::string tidy_street(std::string_view text) {
    using Pair = std::pair<std::string_view, std::string_view>;
    static constexpr std::array<Pair, 20> kLastWords = {{
        {"st", "Street"},      {"rd", "Road"},     {"ave", "Avenue"},   {"av", "Avenue"},  {"cl", "Close"},
        {"ln", "Lane"},        {"dr", "Drive"},    {"gdns", "Gardens"}, {"gdn", "Garden"}, {"cres", "Crescent"},
        {"cresc", "Crescent"}, {"ct", "Court"},    {"sq", "Square"},    {"pk", "Park"},    {"tce", "Terrace"},
        {"terr", "Terrace"},   {"ter", "Terrace"}, {"pl", "Place"},     {"gr", "Grove"},   {"gro", "Grove"},
    }};
    std::string street = tidy_address_part(text);
    const std::size_t blank = street.find_last_of(' ');
    if (blank == std::string::npos) return street;
    const std::string_view last = std::string_view(street).substr(blank + 1);
    const auto known =
        std::find_if(kLastWords.begin(), kLastWords.end(), [&](const Pair& pair) { return is_word(last, pair.first); });
    if (known != kLastWords.end()) street.replace(blank + 1, last.size(), known->second);
    return street;
}

}  // namespace caseweave
