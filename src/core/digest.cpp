#include "core/digest.hpp"

#include <fmt/core.h>
// Most of what is hashed is a key of a few bytes: inlined, that is a few instructions and no call.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <charconv>

namespace caseweave {

Digest128 digest_bytes(std::string_view bytes) noexcept {
    const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
    return {hash.high64, hash.low64};
}

std::uint64_t hash64(std::string_view bytes, std::uint64_t seed) noexcept {
    return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

std::string to_hex(Digest128 digest) {
    return fmt::format("{:016x}{:016x}", digest.high, digest.low);
}

Digest128 digest_from_hex(std::string_view hex) noexcept {
    Digest128 digest;
    if (hex.size() != 32) return digest;
    const char* middle = hex.data() + 16;
    const auto high = std::from_chars(hex.data(), middle, digest.high, 16);
    const auto low = std::from_chars(middle, middle + 16, digest.low, 16);
    if (high.ptr != middle || low.ptr != middle + 16) return {};
    return digest;
}

}  // namespace caseweave
