#include "core/digest.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace caseweave {
namespace {

std::vector<Digest128> digests_of(int rows) {
    std::vector<Digest128> digests;
    for (int i = 0; i < rows; ++i) digests.push_back(digest_bytes("row " + std::to_string(i)));
    return digests;
}

Digest128 sum_of(const std::vector<Digest128>& digests) {
    Digest128 sum;
    for (const Digest128 digest : digests) sum += digest;
    return sum;
}

TEST(Digest, SumShowsARowThatIsThereTwice) {
    std::vector<Digest128> once = digests_of(100);
    const Digest128 expected = sum_of(once);
    std::vector<Digest128> twice = once;
    twice.push_back(once[41]);
    twice.push_back(once[41]);
    // An XOR of the same rows would not see the pair.
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    for (const Digest128 digest : twice) {
        low ^= digest.low;
        high ^= digest.high;
    }
    for (const Digest128 digest : once) {
        low ^= digest.low;
        high ^= digest.high;
    }
    EXPECT_EQ(low, 0U);
    EXPECT_EQ(high, 0U);
    EXPECT_NE(sum_of(twice), expected);
}

TEST(Digest, SumDoesNotDependOnOrder) {
    std::vector<Digest128> digests = digests_of(1000);
    const Digest128 expected = sum_of(digests);
    std::shuffle(digests.begin(), digests.end(), std::mt19937(7));
    EXPECT_EQ(sum_of(digests), expected);
}

TEST(Digest, SumShowsALostAndAChangedRow) {
    std::vector<Digest128> digests = digests_of(50);
    const Digest128 expected = sum_of(digests);
    std::vector<Digest128> lost(digests.begin(), digests.end() - 1);
    EXPECT_NE(sum_of(lost), expected);
    digests[3] = digest_bytes("row 3 ");
    EXPECT_NE(sum_of(digests), expected);
}

TEST(Digest, SumCarriesIntoTheHighHalf) {
    Digest128 sum{0, 0xFFFFFFFFFFFFFFFF};
    sum += {0, 1};
    EXPECT_EQ(sum, (Digest128{1, 0}));
    sum = {0xFFFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF};
    sum += {0, 1};
    EXPECT_EQ(sum, (Digest128{0, 0})) << "modulo 2^128";
    sum = {5, 0x8000000000000000};
    sum += {7, 0x8000000000000001};
    EXPECT_EQ(sum, (Digest128{13, 1}));
}

TEST(Digest, HexRoundTrips) {
    for (const Digest128 digest : digests_of(200)) {
        const std::string hex = to_hex(digest);
        ASSERT_EQ(hex.size(), 32U);
        ASSERT_EQ(digest_from_hex(hex), digest);
    }
    EXPECT_EQ(to_hex({1, 0xAB}), "000000000000000100000000000000ab");
    EXPECT_EQ(digest_from_hex("00"), Digest128{});
    EXPECT_EQ(digest_from_hex("0000000000000001000000000000 0ab"), Digest128{});
    EXPECT_EQ(digest_from_hex("g0000000000000010000000000000000"), Digest128{});
}

TEST(Digest, IsXxh3SoThatAnyoneCanRecompute) {
    // XXH3-128 and XXH3-64 of the empty input, from the published test vectors of xxHash.
    EXPECT_EQ(to_hex(digest_bytes("")), "99aa06d3014798d86001c324468d497f");
    EXPECT_EQ(hash64(""), 0x2D06800538D394C2U);
}

TEST(Segment, SpreadsKeysOverAllSegments) {
    std::set<unsigned> segments;
    for (int i = 0; i < 2000; ++i) {
        const unsigned segment = segment_of("P" + std::to_string(i));
        ASSERT_LT(segment, kSegments);
        segments.insert(segment);
    }
    EXPECT_EQ(segments.size(), kSegments);
}

TEST(RowTally, CountsAndSums) {
    RowTally a;
    a.add({0, 1});
    a.add({0, 2});
    RowTally b;
    b.add({1, 0});
    a += b;
    EXPECT_EQ(a.rows, 3U);
    EXPECT_EQ(a.digest, (Digest128{1, 3}));
}

}  // namespace
}  // namespace caseweave
