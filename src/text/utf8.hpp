#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// UTF-8 (RFC 3629, Unicode 15 table 3-7) and the clean-up every incoming text passes: nothing here
/// allocates except through the caller's `out`, and nothing here throws except std::bad_alloc.
namespace caseweave::text {

/// Says "no such offset" wherever a function returns a byte offset.
inline constexpr std::size_t kNoOffset = std::string_view::npos;

/// Stands in for what cannot be represented (U+FFFD REPLACEMENT CHARACTER).
inline constexpr char32_t kReplacementCharacter = U'\uFFFD';

/// Holds one decoding step: the code point, how many bytes it took, and whether those bytes were well-formed.
/// An ill-formed step carries kReplacementCharacter and the length of the maximal ill-formed subpart (1 to 3).
struct DecodedCodePoint {
    char32_t code_point = kReplacementCharacter;
    std::uint8_t length_bytes = 1;
    bool valid = false;
};

/// Tells whether every byte is below 0x80; reads eight bytes at a time.
[[nodiscard]] bool is_ascii(std::string_view text) noexcept;

/// Finds the byte offset of the first ill-formed sequence, or kNoOffset when `text` is valid UTF-8.
/// Overlong forms, surrogates and values above U+10FFFF are ill-formed. O(n), ASCII at eight bytes a step.
[[nodiscard]] std::size_t find_invalid_utf8(std::string_view text) noexcept;

/// Tells whether `text` is valid UTF-8. The empty text is.
[[nodiscard]] bool is_valid_utf8(std::string_view text) noexcept;

/// Overwrites with DEL every byte that no text of people holds (ill-formed UTF-8, control characters but tab and line
/// ends), so that what stands around them can be read; every offset stays. @return their offsets, ascending.
[[nodiscard]] std::vector<std::size_t> replace_unreadable_bytes(std::span<char> text);

/// Decodes the code point that starts at byte `offset`; needs offset < text.size().
/// Dirty bytes are a value (see DecodedCodePoint), so that a loop over any input ends.
[[nodiscard]] DecodedCodePoint decode_code_point(std::string_view text, std::size_t offset) noexcept;

/// Appends `code_point` to `out` in UTF-8; a surrogate or a value above U+10FFFF is appended as U+FFFD.
void append_code_point(std::string& out, char32_t code_point);

/// Counts code points; each maximal ill-formed subpart counts as one. For a column's character limit this is
/// the number PostgreSQL's char_length reports.
[[nodiscard]] std::size_t count_code_points(std::string_view text) noexcept;

/// Cuts `text` to at most `max_bytes` bytes without splitting a code point. The view lives as long as `text`.
[[nodiscard]] std::string_view truncate_bytes(std::string_view text, std::size_t max_bytes) noexcept;

/// Cuts `text` to at most `max_code_points` code points. The view lives as long as `text`.
[[nodiscard]] std::string_view truncate_code_points(std::string_view text, std::size_t max_code_points) noexcept;

/// Appends `bytes`, read as Windows-1252 (WHATWG index, but strict), to `out` as UTF-8.
/// Returns kNoOffset, or the offset of the first of the five undefined bytes 81 8D 8F 90 9D; `out` then holds
/// what came before it.
[[nodiscard]] std::size_t windows1252_to_utf8(std::string_view bytes, std::string& out);

/// Tells whether `code_point` is white space or invisible: Unicode White_Space, the zero-width characters
/// (U+200B..U+200F, U+2060, U+FEFF), U+00AD SOFT HYPHEN, U+180E and the bidirectional controls.
[[nodiscard]] bool is_space_or_invisible(char32_t code_point) noexcept;

/// Trims white space and invisible characters from both ends. The view lives as long as `text`.
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;

/// Writes `text` to `out` (replacing it), trimmed, with each inner run of white space as one space.
/// A run of invisible characters only (a zero-width space in the middle of a word) vanishes without a space.
/// `out` may not alias `text`. Ill-formed bytes are kept as they are: judging them is find_invalid_utf8's task.
void collapse_whitespace(std::string_view text, std::string& out);

/// Writes `text` to `out` (replacing it) without control characters: C0, DEL and C1 vanish, but tab, line feed
/// and carriage return become one space each. NUL, which PostgreSQL text cannot hold, vanishes too.
/// `out` may not alias `text`. Ill-formed bytes are kept.
void strip_controls(std::string_view text, std::string& out);

}  // namespace caseweave::text
