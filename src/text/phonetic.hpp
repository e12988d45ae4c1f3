#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>

/// Phonetic keys for blocking: names that sound alike in English share a key. Each key is a small value without
/// heap memory. Input is any text; only the ASCII letters count, in either case, so folded names fit directly.
/// A text without letters gives the empty key, which must never be blocked on.
namespace caseweave::text {

/// Holds up to Capacity ASCII characters by value: trivially copyable, ordered, hashable through view().
template <std::size_t Capacity>
class InlineKey {
  public:
    /// Appends one character; a full key ignores it.
    constexpr void push_back(char c) noexcept {
        if (size_ < Capacity) characters_[size_++] = c;
    }
    /// Drops the last character of a key that is not empty.
    constexpr void pop_back() noexcept { characters_[--size_] = '\0'; }

    /// Views the characters; the view lives as long as this key.
    [[nodiscard]] constexpr std::string_view view() const noexcept { return {characters_.data(), size_}; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] constexpr char back() const noexcept { return size_ == 0 ? '\0' : characters_[size_ - 1]; }

    friend constexpr bool operator==(const InlineKey& a, const InlineKey& b) noexcept { return a.view() == b.view(); }
    friend constexpr bool operator==(const InlineKey& a, std::string_view b) noexcept { return a.view() == b; }
    friend constexpr std::strong_ordering operator<=>(const InlineKey& a, const InlineKey& b) noexcept {
        return a.view() <=> b.view();
    }

  private:
    std::array<char, Capacity> characters_{};
    std::uint8_t size_ = 0;
};

using SoundexKey = InlineKey<4>;
using NysiisKey = InlineKey<8>;
using MetaphoneKey = InlineKey<8>;

/// Bounds Double Metaphone keys, in characters: four is Philips' own choice and keeps blocks wide enough for
/// misspelled endings; up to MetaphoneKey's eight may be asked for where blocks grow too large.
inline constexpr std::size_t kMetaphoneLength = 4;

/// Carries both readings of a name: `secondary` equals `primary` where there is only one.
struct DoubleMetaphone {
    MetaphoneKey primary;
    MetaphoneKey secondary;

    /// Tells whether the two readings differ.
    [[nodiscard]] constexpr bool ambiguous() const noexcept { return !(primary == secondary); }
    /// Tells whether any reading of this name is a reading of the other; empty keys agree with nothing.
    [[nodiscard]] constexpr bool agrees_with(const DoubleMetaphone& other) const noexcept {
        return !primary.empty() && !other.primary.empty() &&
               (primary == other.primary || primary == other.secondary || secondary == other.primary ||
                secondary == other.secondary);
    }
};

/// Computes the American Soundex key, one letter and three digits, by the rules of the US National Archives:
/// equal codes parted by H or W are one, parted by a vowel two.
[[nodiscard]] SoundexKey soundex(std::string_view name) noexcept;

/// Computes the NYSIIS key (Taft 1970), cut to eight letters: the published six make blocks of common surnames
/// too large here. Words are run together.
[[nodiscard]] NysiisKey nysiis(std::string_view name) noexcept;

/// Computes the Double Metaphone keys (Philips 2000, C/C++ Users Journal 18(6)), each cut to `max_length`
/// characters (at most 8). '0' stands for "th". Words are kept apart, since some rules look at word starts.
[[nodiscard]] DoubleMetaphone double_metaphone(std::string_view name,
                                               std::size_t max_length = kMetaphoneLength) noexcept;

}  // namespace caseweave::text
