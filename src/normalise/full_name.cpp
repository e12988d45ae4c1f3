#include "normalise/full_name.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include "core/ascii.hpp"

namespace caseweave {

namespace {

constexpr std::array<std::string_view, 16> kTitles = {"mr",  "mrs",  "ms",  "miss", "mx",   "master", "mstr", "dr",
                                                      "rev", "prof", "sir", "dame", "lady", "lord",   "revd", "fr"};
constexpr std::array<std::string_view, 5> kSuffixes = {"jr", "jnr", "sr", "snr", "esq"};
constexpr std::array<std::string_view, 40> kParticles = {
    "van", "von", "der", "den", "de",   "het", "ten", "ter", "te",  "zu",      "zum", "zur",    "vom", "af",
    "av",  "la",  "le",  "du",  "des",  "da",  "das", "do",  "dos", "di",      "del", "dal",    "dei", "st",
    "al",  "el",  "bin", "ibn", "bint", "ap",  "mac", "mc",  "o'",  "o\u2019", "d'",  "d\u2019"};

/// Compares with a lower-case word; a full stop behind the text does not count.
bool is_listed_word(std::string_view text, std::string_view word) noexcept {
    if (text.ends_with('.')) text.remove_suffix(1);
    return text.size() == word.size() &&
           std::equal(text.begin(), text.end(), word.begin(), [](char a, char b) { return ascii::to_lower(a) == b; });
}

bool is_one_of(std::string_view text, std::span<const std::string_view> words) noexcept {
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return is_listed_word(text, word); });
}

constexpr bool is_separator(char c) noexcept {
    return c == ' ' || c == '\t' || c == ',';
}

std::string_view trim_separators(std::string_view text) noexcept {
    while (!text.empty() && is_separator(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_separator(text.back())) text.remove_suffix(1);
    return text;
}

/// Gives the first word of a trimmed text, or all of it.
std::string_view first_word(std::string_view text) noexcept {
    return text.substr(0,
                       static_cast<std::size_t>(std::find_if(text.begin(), text.end(), is_separator) - text.begin()));
}

std::string_view last_word(std::string_view text) noexcept {
    std::size_t begin = text.size();
    while (begin > 0 && !is_separator(text[begin - 1])) --begin;
    return text.substr(begin);
}

std::string_view behind(std::string_view text, std::string_view word) noexcept {
    return trim_separators(text.substr(word.size()));
}

std::string_view without_titles(std::string_view text) noexcept {
    for (;;) {
        const std::string_view word = first_word(text);
        if (word.size() == text.size() || !is_one_of(word, kTitles)) return text;
        text = behind(text, word);
    }
}

std::string_view without_suffix(std::string_view text) noexcept {
    const std::string_view word = last_word(text);
    const std::string_view before = trim_separators(text.substr(0, text.size() - word.size()));
    // "Sammy Junior" may be a whole name; a suffix stands behind two words at least.
    if (before.empty() || first_word(before).size() == before.size() || !is_one_of(word, kSuffixes)) return text;
    return before;
}

}  // namespace

FullName split_full_name(std::string_view text) noexcept {
    FullName name;
    if (const std::size_t comma = text.find(','); comma != std::string_view::npos) {
        const std::string_view family = without_titles(trim_separators(text.substr(0, comma)));
        const std::string_view rest = without_suffix(without_titles(trim_separators(text.substr(comma + 1))));
        if (!family.empty() && !is_one_of(rest, kSuffixes)) {
            name.family = family;
            name.given = first_word(rest);
            name.middle = behind(rest, name.given);
            return name;
        }
        // "John Smith, Jr": the comma parts no family name.
        text = family.empty() ? rest : family;
    }
    text = without_suffix(without_titles(trim_separators(text)));
    name.given = first_word(text);
    const std::string_view rest = behind(text, name.given);
    if (rest.empty()) return name;
    // The family name begins at the first particle that has a word behind it.
    name.family = last_word(rest);
    for (std::string_view here = rest; here.size() > name.family.size(); here = behind(here, first_word(here))) {
        if (!is_one_of(first_word(here), kParticles)) continue;
        name.family = here;
        break;
    }
    name.middle = trim_separators(rest.substr(0, rest.size() - name.family.size()));
    return name;
}

}  // namespace caseweave
