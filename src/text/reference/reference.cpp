#include "text/reference/reference.hpp"

#include <unicode/translit.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

namespace caseweave::text::reference {
namespace {

using Matrix = std::vector<std::vector<std::size_t>>;

Matrix fill_matrix(std::string_view a, std::string_view b, bool swaps) {
    Matrix cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
    for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t substitution = a[i - 1] == b[j - 1] ? 0 : 1;
            cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + substitution});
            if (swaps && i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
            }
        }
    }
    return cost;
}

using PairCounts = std::map<std::string, std::size_t>;

PairCounts count_pairs(std::string_view text) {
    PairCounts counts;
    for (std::size_t i = 0; i + 1 < text.size(); ++i) ++counts[std::string(text.substr(i, 2))];
    return counts;
}

std::size_t shared_pairs(std::string_view a, std::string_view b) {
    const PairCounts counts_a = count_pairs(a);
    const PairCounts counts_b = count_pairs(b);
    std::size_t shared = 0;
    for (const auto& [pair, count] : counts_a) {
        const auto found = counts_b.find(pair);
        if (found != counts_b.end()) shared += std::min(count, found->second);
    }
    return shared;
}

char soundex_digit(char letter) {
    static const std::map<char, std::string> groups = {{'1', "BFPV"}, {'2', "CGJKQSXZ"}, {'3', "DT"},
                                                       {'4', "L"},    {'5', "MN"},       {'6', "R"}};
    for (const auto& [digit, letters] : groups) {
        if (letters.find(letter) != std::string::npos) return digit;
    }
    return '0';
}

}  // namespace

bool is_valid_utf8(std::string_view text) {
    std::size_t i = 0;
    while (i < text.size()) {
        const auto lead = static_cast<unsigned char>(text[i]);
        std::size_t length = 0;
        std::uint32_t value = 0;
        if ((lead & 0x80U) == 0) {
            length = 1;
            value = lead;
        } else if ((lead & 0xE0U) == 0xC0U) {
            length = 2;
            value = lead & 0x1FU;
        } else if ((lead & 0xF0U) == 0xE0U) {
            length = 3;
            value = lead & 0x0FU;
        } else if ((lead & 0xF8U) == 0xF0U) {
            length = 4;
            value = lead & 0x07U;
        } else {
            return false;
        }
        if (i + length > text.size()) return false;
        for (std::size_t k = 1; k < length; ++k) {
            const auto next = static_cast<unsigned char>(text[i + k]);
            if ((next & 0xC0U) != 0x80U) return false;
            value = value * 64 + (next & 0x3FU);
        }
        const std::uint32_t least = length == 1 ? 0 : length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
        if (value < least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return false;
        i += length;
    }
    return true;
}

double jaro(std::string_view a, std::string_view b) {
    if (a.empty() && b.empty()) return 1.0;
    if (a.empty() || b.empty()) return 0.0;
    const auto length_a = static_cast<long>(a.size());
    const auto length_b = static_cast<long>(b.size());
    const long window = std::max(0L, std::max(length_a, length_b) / 2 - 1);
    std::vector<bool> used_a(a.size(), false);
    std::vector<bool> used_b(b.size(), false);
    for (long i = 0; i < length_a; ++i) {
        for (long j = 0; j < length_b; ++j) {
            const auto ui = static_cast<std::size_t>(i);
            const auto uj = static_cast<std::size_t>(j);
            if (std::abs(i - j) <= window && !used_a[ui] && !used_b[uj] && a[ui] == b[uj]) {
                used_a[ui] = true;
                used_b[uj] = true;
            }
        }
    }
    std::string matched_a;
    std::string matched_b;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (used_a[i]) matched_a += a[i];
    }
    for (std::size_t j = 0; j < b.size(); ++j) {
        if (used_b[j]) matched_b += b[j];
    }
    if (matched_a.empty()) return 0.0;
    std::size_t out_of_order = 0;
    for (std::size_t k = 0; k < matched_a.size(); ++k) {
        if (matched_a[k] != matched_b[k]) ++out_of_order;
    }
    const auto m = static_cast<double>(matched_a.size());
    const auto t = static_cast<double>(out_of_order / 2);
    return (m / static_cast<double>(a.size()) + m / static_cast<double>(b.size()) + (m - t) / m) / 3.0;
}

double jaro_winkler(std::string_view a, std::string_view b) {
    const double base = jaro(a, b);
    if (base <= 0.7) return base;
    double prefix = 0;
    for (std::size_t i = 0; i < 4 && i < a.size() && i < b.size() && a[i] == b[i]; ++i) prefix += 1;
    return base + prefix * 0.1 * (1.0 - base);
}

std::size_t levenshtein_distance(std::string_view a, std::string_view b) {
    return fill_matrix(a, b, false)[a.size()][b.size()];
}

std::size_t osa_distance(std::string_view a, std::string_view b) {
    return fill_matrix(a, b, true)[a.size()][b.size()];
}

double bigram_dice(std::string_view a, std::string_view b) {
    if (a.size() < 2 || b.size() < 2) return a == b ? 1.0 : 0.0;
    return 2.0 * static_cast<double>(shared_pairs(a, b)) / static_cast<double>(a.size() - 1 + b.size() - 1);
}

double bigram_jaccard(std::string_view a, std::string_view b) {
    if (a.size() < 2 || b.size() < 2) return a == b ? 1.0 : 0.0;
    const std::size_t shared = shared_pairs(a, b);
    return static_cast<double>(shared) / static_cast<double>(a.size() - 1 + b.size() - 1 - shared);
}

std::string soundex(std::string_view name) {
    std::string letters;
    for (const char c : name) {
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
            letters += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        }
    }
    if (letters.empty()) return "";
    // H and W are as if not written, except at the beginning.
    std::string spoken(1, letters[0]);
    for (std::size_t i = 1; i < letters.size(); ++i) {
        if (letters[i] != 'H' && letters[i] != 'W') spoken += letters[i];
    }
    std::string codes;
    for (const char letter : spoken) codes += soundex_digit(letter);
    std::string merged(1, codes[0]);
    for (std::size_t i = 1; i < codes.size(); ++i) {
        if (codes[i] != codes[i - 1]) merged += codes[i];
    }
    std::string key(1, letters[0]);
    for (std::size_t i = 1; i < merged.size(); ++i) {
        if (merged[i] != '0') key += merged[i];
    }
    key.resize(4, '0');
    return key;
}

std::string fold_latin_name(std::string_view name) {
    static const std::unique_ptr<icu::Transliterator> rules = [] {
        UErrorCode status = U_ZERO_ERROR;
        std::unique_ptr<icu::Transliterator> made(icu::Transliterator::createInstance(
            "NFKD; [:Mn:] Remove; Lower; Latin-ASCII; Lower", UTRANS_FORWARD, status));
        if (U_FAILURE(status)) throw std::runtime_error("ICU has no Latin-ASCII");
        return made;
    }();
    icu::UnicodeString text =
        icu::UnicodeString::fromUTF8(icu::StringPiece(name.data(), static_cast<int>(name.size())));
    rules->transliterate(text);
    std::string ascii;
    text.toUTF8String(ascii);

    std::string spaced;
    for (const char c : ascii) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
            spaced += c;
        } else if (c == '\'' || c == '`' ||
                   (std::iscntrl(static_cast<unsigned char>(c)) != 0 && std::isspace(c) == 0)) {
            continue;
        } else {
            spaced += ' ';
        }
    }
    std::string folded;
    for (const char c : spaced) {
        if (c == ' ' && (folded.empty() || folded.back() == ' ')) continue;
        folded += c;
    }
    if (!folded.empty() && folded.back() == ' ') folded.pop_back();
    return folded;
}

}  // namespace caseweave::text::reference
