#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace caseweave {

/// Sums 128-bit row digests modulo 2^128. A sum shows a row that is there twice; an XOR would hide it.
struct Digest128 {
    std::uint64_t high = 0;
    std::uint64_t low = 0;

    constexpr Digest128& operator+=(Digest128 other) noexcept {
        low += other.low;
        high += other.high + (low < other.low ? 1 : 0);
        return *this;
    }
    constexpr Digest128& operator-=(Digest128 other) noexcept {
        high -= other.high + (low < other.low ? 1 : 0);
        low -= other.low;
        return *this;
    }
    constexpr bool operator==(const Digest128&) const noexcept = default;
};

/// Digests one row's bytes (XXH3-128).
Digest128 digest_bytes(std::string_view bytes) noexcept;
/// Hashes to 64 bits (XXH3-64); for keys and shards, not for proof.
std::uint64_t hash64(std::string_view bytes, std::uint64_t seed = 0) noexcept;
/// Writes 32 lower-case hexadecimal digits.
std::string to_hex(Digest128 digest);
/// Reads to_hex's form; anything else gives {0, 0}.
Digest128 digest_from_hex(std::string_view hex) noexcept;

/// Segments of the key space that digests are kept by, so that a difference points at 1/64 of the rows.
inline constexpr unsigned kSegments = 64;
/// Gives the segment of a natural key.
inline unsigned segment_of(std::string_view source_key) noexcept {
    return static_cast<unsigned>(hash64(source_key) % kSegments);
}

/// Counts rows and sums their digests, both modulo their width: a tally of what a change took away and added is as good
/// as any, and summed with the tally before it gives the tally after.
struct RowTally {
    std::uint64_t rows = 0;
    Digest128 digest;
    void add(Digest128 row) noexcept {
        ++rows;
        digest += row;
    }
    void take_away(Digest128 row) noexcept {
        --rows;
        digest -= row;
    }
    RowTally& operator+=(const RowTally& other) noexcept {
        rows += other.rows;
        digest += other.digest;
        return *this;
    }
    RowTally& operator-=(const RowTally& other) noexcept {
        rows -= other.rows;
        digest -= other.digest;
        return *this;
    }
    bool operator==(const RowTally&) const noexcept = default;
};

}  // namespace caseweave
