#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// The slow, obvious version of each fast algorithm in text/, straight from its textbook definition. Tests and
/// fuzzers hold the fast versions against these; nothing else may call them.
namespace caseweave::text::reference {

/// Tells whether `text` is valid UTF-8 by decoding each sequence with plain arithmetic and re-checking its range.
[[nodiscard]] bool is_valid_utf8(std::string_view text);

/// Computes Jaro similarity with two arrays of flags, as in strcmp95.
[[nodiscard]] double jaro(std::string_view a, std::string_view b);

/// Computes Jaro-Winkler similarity over reference::jaro.
[[nodiscard]] double jaro_winkler(std::string_view a, std::string_view b);

/// Fills the whole Wagner-Fischer matrix (Levenshtein).
[[nodiscard]] std::size_t levenshtein_distance(std::string_view a, std::string_view b);

/// Fills the whole matrix with the swap of neighbours (optimal string alignment).
[[nodiscard]] std::size_t osa_distance(std::string_view a, std::string_view b);

/// Counts byte pairs in a map and computes Dice's coefficient.
[[nodiscard]] double bigram_dice(std::string_view a, std::string_view b);

/// Counts byte pairs in a map and computes Jaccard's coefficient.
[[nodiscard]] double bigram_jaccard(std::string_view a, std::string_view b);

/// Computes Soundex in the passes the National Archives describe: code, merge, drop, pad.
[[nodiscard]] std::string soundex(std::string_view name);

/// Folds a name in the Latin script with ICU alone (decompose, drop marks, lower-case, Latin-ASCII), then treats
/// punctuation byte by byte. Agrees with fold_name on valid text in ASCII, Latin-1, Latin Extended-A and U+1E00..1EFF
/// apart from `&` and the like, which both read as a space.
[[nodiscard]] std::string fold_latin_name(std::string_view name);

}  // namespace caseweave::text::reference
