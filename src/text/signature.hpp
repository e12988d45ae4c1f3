#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace caseweave::text {

/// Sums a folded text up in 16 bytes, so that most comparisons are over before a letter is read: which symbols it has,
/// which letters twice, how long it is, how it begins. Bounds computed from two signatures are never wrong, only loose.
///
/// Bits 0-36 of `symbols` are a-z, 0-9 and the blank, once or more; bits 37-62 are the letters that stand twice or
/// more; bit 63 stands for every other byte (scripts that folding leaves as they are).
struct Signature {
    std::uint64_t symbols = 0;
    std::uint16_t length = 0;    ///< bytes; kLongText says "that or more", and bounds nothing
    std::uint16_t overflow = 0;  ///< bytes that `symbols` does not count: third letters, second digits, other bytes
    char first = 0;
    char second = 0;
    std::uint16_t spare = 0;
};
static_assert(sizeof(Signature) == 16);
inline constexpr std::uint16_t kLongText = 0xFFFF;

/// Computes the signature of a folded text.
Signature make_signature(std::string_view folded) noexcept;

/// Counts the bits of a word. std::popcount is a call into libgcc where the processor is not known to count bits
/// itself.
constexpr std::uint32_t count_bits(std::uint64_t bits) noexcept {
    bits -= (bits >> 1U) & 0x5555555555555555ULL;
    bits = (bits & 0x3333333333333333ULL) + ((bits >> 2U) & 0x3333333333333333ULL);
    bits = (bits + (bits >> 4U)) & 0x0F0F0F0F0F0F0F0FULL;
    return static_cast<std::uint32_t>((bits * 0x0101010101010101ULL) >> 56U);
}

/// Bounds how many bytes of one text can be matched with bytes of the other, each once.
inline std::uint32_t shared_at_most(const Signature& a, const Signature& b) noexcept {
    // What one symbol shares beyond its bits is beyond the bits on both sides.
    const auto counted = count_bits(a.symbols & b.symbols);
    return std::min<std::uint32_t>(counted + std::min(a.overflow, b.overflow), std::min(a.length, b.length));
}

/// Bounds Jaro-Winkler similarity from above (text::jaro_winkler never exceeds it).
inline float jaro_winkler_at_most(const Signature& a, const Signature& b) noexcept {
    if (a.length == kLongText || b.length == kLongText) return 1;
    if (a.length == 0 || b.length == 0) return a.length == b.length ? 1.0F : 0.0F;
    const auto shared = static_cast<float>(shared_at_most(a, b));
    if (shared == 0) return 0;
    const float jaro = (shared / static_cast<float>(a.length) + shared / static_cast<float>(b.length) + 1.0F) / 3.0F;
    const float prefix = a.first != b.first ? 0.0F : a.second != b.second ? 0.1F : 0.4F;
    // A hair above, for the rounding of the exact computation.
    return jaro + prefix * (1.0F - std::min(jaro, 1.0F)) + 1e-5F;
}

/// Bounds the optimal string alignment distance from below: each byte without a partner costs an edit.
inline std::uint32_t osa_distance_at_least(const Signature& a, const Signature& b) noexcept {
    if (a.length == kLongText || b.length == kLongText) return 0;
    return std::max(a.length, b.length) - shared_at_most(a, b);
}

}  // namespace caseweave::text
