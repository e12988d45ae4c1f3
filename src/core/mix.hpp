#pragma once

#include <cstdint>

namespace caseweave {

/// Spreads a number's bits over all 64: the finaliser of SplitMix64 (Steele, Lea, Flood 2014). A bijection; 0 stays 0.
constexpr std::uint64_t mix_bits(std::uint64_t x) noexcept {
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31U);
}

}  // namespace caseweave
