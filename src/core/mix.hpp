#pragma once

#include <cstdint>

namespace caseweave {

/// Spreads a number's bits over all 64: the finaliser of SplitMix64 (Steele, Lea, Flood 2014). A bijection; 0 stays 0.
constexpr std::uint64_t mix_bits(std::uint64_t x) noexcept {
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31U);
}

/// Multiplies to 128 bits and folds the halves into one (as wyhash and XXH3 do): every bit of one factor reaches every
/// bit of the result, unless the other factor is 0.
constexpr std::uint64_t multiply_and_fold(std::uint64_t a, std::uint64_t b) noexcept {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

}  // namespace caseweave
