#include "text/similarity.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <vector>

namespace caseweave::text {
namespace {

/// Below this Jaro similarity a common prefix earns nothing (strcmp95).
constexpr double kWinklerThreshold = 0.7;
/// Each equal leading byte closes this share of the distance left to 1, for at most four bytes (strcmp95).
constexpr double kWinklerPrefixWeight = 0.1;
constexpr std::size_t kWinklerMaxPrefix = 4;

std::size_t index_of(char c) noexcept {
    return static_cast<unsigned char>(c);
}

std::uint64_t low_bits(std::size_t count) noexcept {
    return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

std::size_t lowest_bit(std::uint64_t word) noexcept {
    return static_cast<std::size_t>(std::countr_zero(word));
}

/// Maps each byte to the positions where it stands in a pattern of at most 64 bytes.
/// Only the entries of bytes that occur in `pattern` or `text` are ever written or read: clearing all 2 KiB
/// would cost more than comparing two names.
class PatternMask {
  public:
    PatternMask(std::string_view pattern, std::string_view text) noexcept {
        for (const char c : text) masks_[index_of(c)] = 0;
        for (const char c : pattern) masks_[index_of(c)] = 0;
        for (std::size_t i = 0; i < pattern.size(); ++i) masks_[index_of(pattern[i])] |= std::uint64_t{1} << i;
    }
    [[nodiscard]] std::uint64_t operator[](char c) const noexcept { return masks_[index_of(c)]; }

  private:
    std::array<std::uint64_t, 256> masks_;  // uninitialised on purpose, see above
};

std::size_t jaro_window(std::size_t a, std::size_t b) noexcept {
    const std::size_t half = std::max(a, b) / 2;
    return half == 0 ? 0 : half - 1;
}

double jaro_formula(std::size_t matches, std::size_t half_transpositions, std::size_t a, std::size_t b) noexcept {
    if (matches == 0) return 0.0;
    const auto m = static_cast<double>(matches);
    const auto t = static_cast<double>(half_transpositions / 2);
    return (m / static_cast<double>(a) + m / static_cast<double>(b) + (m - t) / m) / 3.0;
}

double jaro_in_words(std::string_view a, std::string_view b) noexcept {
    const PatternMask positions_in_b(b, a);
    const std::size_t window = jaro_window(a.size(), b.size());
    std::uint64_t matched_a = 0;
    std::uint64_t matched_b = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const std::uint64_t in_window = low_bits(i + window + 1) & ~low_bits(i > window ? i - window : 0);
        const std::uint64_t candidates = positions_in_b[a[i]] & in_window & ~matched_b;
        matched_b |= candidates & (~candidates + 1);
        matched_a |= std::uint64_t{candidates != 0} << i;
    }
    const auto matches = static_cast<std::size_t>(std::popcount(matched_a));
    std::size_t half_transpositions = 0;
    for (; matched_a != 0; matched_a &= matched_a - 1, matched_b &= matched_b - 1) {
        half_transpositions += a[lowest_bit(matched_a)] != b[lowest_bit(matched_b)] ? 1U : 0U;
    }
    return jaro_formula(matches, half_transpositions, a.size(), b.size());
}

double jaro_in_vectors(std::string_view a, std::string_view b) {
    const std::size_t window = jaro_window(a.size(), b.size());
    std::vector<bool> taken(b.size(), false);
    std::vector<char> matched_a;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const std::size_t end = std::min(b.size(), i + window + 1);
        for (std::size_t j = i > window ? i - window : 0; j < end; ++j) {
            if (taken[j] || a[i] != b[j]) continue;
            taken[j] = true;
            matched_a.push_back(a[i]);
            break;
        }
    }
    std::size_t half_transpositions = 0;
    std::size_t k = 0;
    for (std::size_t j = 0; j < b.size(); ++j) {
        if (taken[j]) half_transpositions += matched_a[k++] != b[j] ? 1U : 0U;
    }
    return jaro_formula(matched_a.size(), half_transpositions, a.size(), b.size());
}

/// Says "more than the bound" the way the public functions do.
std::size_t beyond(std::size_t max_distance) noexcept {
    return max_distance == kNoMaxDistance ? kNoMaxDistance : max_distance + 1;
}

/// Neither distance can change by dropping what both texts share at either end.
void strip_common_ends(std::string_view& a, std::string_view& b) noexcept {
    const std::size_t prefix = common_prefix_length(a, b);
    a.remove_prefix(prefix);
    b.remove_prefix(prefix);
    const std::size_t suffix = common_suffix_length(a, b);
    a.remove_suffix(suffix);
    b.remove_suffix(suffix);
}

/// Holds a column of the distance matrix as vertical differences, one bit a row.
/// Swaps = true adds Hyyrö's term for transpositions to Myers' recurrence.
template <bool Swaps>
std::size_t distance_in_words(std::string_view pattern, std::string_view text, std::size_t max_distance) noexcept {
    const PatternMask masks(pattern, text);
    const std::uint64_t last_row = std::uint64_t{1} << (pattern.size() - 1);
    std::uint64_t vertical_up = ~std::uint64_t{0};
    std::uint64_t vertical_down = 0;
    std::uint64_t diagonal_zero = 0;
    std::uint64_t previous_mask = 0;
    std::size_t distance = pattern.size();
    std::size_t columns_left = text.size();
    for (const char c : text) {
        const std::uint64_t mask = masks[c];
        std::uint64_t swap = 0;
        if constexpr (Swaps) swap = (((~diagonal_zero) & mask) << 1U) & previous_mask;
        diagonal_zero = ((((mask & vertical_up) + vertical_up) ^ vertical_up) | mask | vertical_down) | swap;
        std::uint64_t horizontal_up = vertical_down | ~(diagonal_zero | vertical_up);
        std::uint64_t horizontal_down = diagonal_zero & vertical_up;
        distance += (horizontal_up & last_row) != 0 ? 1U : 0U;
        distance -= (horizontal_down & last_row) != 0 ? 1U : 0U;
        horizontal_up = (horizontal_up << 1U) | 1U;
        horizontal_down <<= 1U;
        vertical_up = horizontal_down | ~(diagonal_zero | horizontal_up);
        vertical_down = horizontal_up & diagonal_zero;
        previous_mask = mask;
        --columns_left;
        // The last row can fall by one a column at most.
        if (distance > columns_left && distance - columns_left > max_distance) return beyond(max_distance);
    }
    return distance;
}

/// Fills only the diagonal band that a distance of at most `max_distance` can touch (Ukkonen 1985).
template <bool Swaps>
std::size_t distance_in_band(std::string_view a, std::string_view b, std::size_t max_distance) {
    const std::size_t band = std::min(max_distance, std::max(a.size(), b.size()));
    const std::size_t far = band + 1;
    std::vector<std::size_t> two_back(b.size() + 1, far);
    std::vector<std::size_t> previous(b.size() + 1, far);
    std::vector<std::size_t> current(b.size() + 1, far);
    for (std::size_t j = 0; j <= std::min(band, b.size()); ++j) previous[j] = j;
    std::size_t previous_best = 0;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        const std::size_t first = i > band ? i - band : 0;
        const std::size_t last = std::min(b.size(), i + band);
        // The cells just outside the band are read by this row and the two after it.
        if (first > 0) current[first - 1] = far;
        std::size_t best = far;
        for (std::size_t j = first; j <= last; ++j) {
            std::size_t cell = far;
            if (j == 0) {
                cell = i;
            } else {
                cell =
                    std::min({previous[j - 1] + (a[i - 1] != b[j - 1] ? 1U : 0U), previous[j] + 1, current[j - 1] + 1});
                if constexpr (Swaps) {
                    if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                        cell = std::min(cell, two_back[j - 2] + 1);
                    }
                }
            }
            current[j] = std::min(cell, far);
            best = std::min(best, current[j]);
        }
        if (last < b.size()) current[last + 1] = far;
        // No path climbs down again; but a swap steps over a row, so with swaps it takes two rows to decide.
        if (best > band && (!Swaps || previous_best > band)) return beyond(max_distance);
        previous_best = best;
        std::swap(two_back, previous);
        std::swap(previous, current);
    }
    return previous[b.size()] > max_distance ? beyond(max_distance) : previous[b.size()];
}

template <bool Swaps>
std::size_t bounded_distance(std::string_view a, std::string_view b, std::size_t max_distance) {
    if (a.size() > b.size()) std::swap(a, b);
    if (b.size() - a.size() > max_distance) return beyond(max_distance);
    strip_common_ends(a, b);
    if (a.empty()) return b.size();
    if (max_distance == 0) return 1;
    return a.size() <= kWordBytes ? distance_in_words<Swaps>(a, b, max_distance)
                                  : distance_in_band<Swaps>(a, b, max_distance);
}

/// Holds the sorted byte pairs of a text: on the stack for real names, on the heap for anything longer.
class Bigrams {
  public:
    explicit Bigrams(std::string_view text) {
        size_ = text.size() - 1;
        std::uint16_t* pairs = in_place_.data();
        if (size_ > kWordBytes) {
            on_heap_.resize(size_);
            pairs = on_heap_.data();
        }
        for (std::size_t i = 0; i < size_; ++i) {
            pairs[i] = static_cast<std::uint16_t>(index_of(text[i]) << 8U | index_of(text[i + 1]));
        }
        std::sort(pairs, pairs + size_);
    }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] const std::uint16_t* begin() const noexcept {
        return size_ > kWordBytes ? on_heap_.data() : in_place_.data();
    }
    [[nodiscard]] const std::uint16_t* end() const noexcept { return begin() + size_; }

  private:
    std::array<std::uint16_t, kWordBytes> in_place_;
    std::vector<std::uint16_t> on_heap_;
    std::size_t size_ = 0;
};

std::size_t count_shared(const Bigrams& a, const Bigrams& b) noexcept {
    std::size_t shared = 0;
    const std::uint16_t* i = a.begin();
    const std::uint16_t* j = b.begin();
    while (i != a.end() && j != b.end()) {
        if (*i == *j) ++shared;
        const bool step_a = *i <= *j;
        const bool step_b = *j <= *i;
        i += step_a ? 1 : 0;
        j += step_b ? 1 : 0;
    }
    return shared;
}

}  // namespace

double jaro(std::string_view a, std::string_view b) {
    if (a.empty() || b.empty()) return a.empty() && b.empty() ? 1.0 : 0.0;
    return std::max(a.size(), b.size()) <= kWordBytes ? jaro_in_words(a, b) : jaro_in_vectors(a, b);
}

double jaro_winkler(std::string_view a, std::string_view b) {
    const double similarity = jaro(a, b);
    if (similarity <= kWinklerThreshold) return similarity;
    const std::size_t prefix = std::min(common_prefix_length(a, b), kWinklerMaxPrefix);
    return similarity + static_cast<double>(prefix) * kWinklerPrefixWeight * (1.0 - similarity);
}

std::size_t levenshtein_distance(std::string_view a, std::string_view b, std::size_t max_distance) {
    return bounded_distance<false>(a, b, max_distance);
}

std::size_t osa_distance(std::string_view a, std::string_view b, std::size_t max_distance) {
    return bounded_distance<true>(a, b, max_distance);
}

double osa_similarity(std::string_view a, std::string_view b) {
    const std::size_t longer = std::max(a.size(), b.size());
    if (longer == 0) return 1.0;
    return 1.0 - static_cast<double>(osa_distance(a, b)) / static_cast<double>(longer);
}

double bigram_dice(std::string_view a, std::string_view b) {
    if (a.size() < 2 || b.size() < 2) return a == b ? 1.0 : 0.0;
    const Bigrams pairs_a(a);
    const Bigrams pairs_b(b);
    return 2.0 * static_cast<double>(count_shared(pairs_a, pairs_b)) /
           static_cast<double>(pairs_a.size() + pairs_b.size());
}

double bigram_jaccard(std::string_view a, std::string_view b) {
    if (a.size() < 2 || b.size() < 2) return a == b ? 1.0 : 0.0;
    const Bigrams pairs_a(a);
    const Bigrams pairs_b(b);
    const std::size_t shared = count_shared(pairs_a, pairs_b);
    return static_cast<double>(shared) / static_cast<double>(pairs_a.size() + pairs_b.size() - shared);
}

std::size_t common_prefix_length(std::string_view a, std::string_view b) noexcept {
    const std::size_t shorter = std::min(a.size(), b.size());
    std::size_t length = 0;
    while (length < shorter && a[length] == b[length]) ++length;
    return length;
}

std::size_t common_suffix_length(std::string_view a, std::string_view b) noexcept {
    const std::size_t shorter = std::min(a.size(), b.size());
    std::size_t length = 0;
    while (length < shorter && a[a.size() - 1 - length] == b[b.size() - 1 - length]) ++length;
    return length;
}

}  // namespace caseweave::text
