#pragma once

#include <cstddef>
#include <limits>
#include <string_view>

/// String similarity over folded texts. Everything works on bytes: fold first, so that bytes are letters.
///
/// Up to kWordBytes bytes, which is every real name, the functions are bit-parallel and allocate nothing. Longer
/// texts take the plain dynamic programme over a scratch buffer and may throw std::bad_alloc. All are pure and safe
/// to call from several threads. A missing value is not an empty text: do not compare it.
namespace caseweave::text {

/// Bounds the bit-parallel paths, in bytes: one machine word holds one bit for each byte of the shorter text.
inline constexpr std::size_t kWordBytes = 64;

/// Means "no bound" for the distances.
inline constexpr std::size_t kNoMaxDistance = std::numeric_limits<std::size_t>::max();

/// Computes Jaro similarity, 0 to 1. Half transpositions round down, as in the Census Bureau's strcmp95.
/// Two empty texts give 1, one empty text 0. (Jaro 1989, JASA 84(406).)
[[nodiscard]] double jaro(std::string_view a, std::string_view b);

/// Computes Jaro-Winkler similarity, 0 to 1: Jaro, and where that exceeds 0.7, a tenth of the remaining distance
/// for each of up to four equal leading bytes. The threshold follows strcmp95 (as rapidfuzz, DuckDB and Splink
/// do), so thresholds published for those hold here. (Winkler 1990, ASA Section on Survey Research Methods.)
[[nodiscard]] double jaro_winkler(std::string_view a, std::string_view b);

/// Counts the fewest insertions, deletions and substitutions that turn `a` into `b`.
/// Beyond `max_distance` it stops early and returns max_distance + 1. O(n) up to kWordBytes (Myers 1999, in
/// Hyyrö's 2001 form), else O(n * min(max_distance, n)).
[[nodiscard]] std::size_t levenshtein_distance(std::string_view a, std::string_view b,
                                               std::size_t max_distance = kNoMaxDistance);

/// Counts edits as Levenshtein does, with the swap of two neighbours as one more edit: Damerau-Levenshtein in its
/// optimal string alignment form, where no part is edited twice ("ca" to "abc" is 3, not 2).
/// Beyond `max_distance` it stops early and returns max_distance + 1. (Hyyrö 2003, A bit-vector algorithm for
/// computing Levenshtein and Damerau edit distances.)
[[nodiscard]] std::size_t osa_distance(std::string_view a, std::string_view b,
                                       std::size_t max_distance = kNoMaxDistance);

/// Turns the OSA distance into a similarity, 0 to 1: 1 - distance / longer length. Two empty texts give 1.
[[nodiscard]] double osa_similarity(std::string_view a, std::string_view b);

/// Computes Dice's coefficient over the multisets of neighbouring byte pairs, 0 to 1; order matters little, so it
/// suits addresses. Texts of fewer than two bytes give 1 when equal, else 0. (Dice 1945; Adamson & Boreham 1974.)
[[nodiscard]] double bigram_dice(std::string_view a, std::string_view b);

/// Computes Jaccard's coefficient over the same multisets, 0 to 1: shared pairs over all pairs.
[[nodiscard]] double bigram_jaccard(std::string_view a, std::string_view b);

/// Counts the equal leading bytes.
[[nodiscard]] std::size_t common_prefix_length(std::string_view a, std::string_view b) noexcept;

/// Counts the equal trailing bytes.
[[nodiscard]] std::size_t common_suffix_length(std::string_view a, std::string_view b) noexcept;

}  // namespace caseweave::text
