#include "app/reading/stored_content.hpp"

#include <gtest/gtest.h>

#include <string>

namespace caseweave {
namespace {

using Answer = StoredContent::Answer;

Digest128 digest(const std::string& text) {
    return digest_bytes(text);
}

TEST(StoredContent, ARowIsFreshTheSameOrChanged) {
    StoredContent stored;
    stored.add("1", "referral", digest("one"));
    stored.add("1", "worker", digest("two"));
    const std::uint64_t both =
        StoredContent::content_of("worker", digest("two")) + StoredContent::content_of("referral", digest("one"));
    EXPECT_EQ(stored.compare("2", both), Answer::fresh);
    EXPECT_EQ(stored.compare("1", both), Answer::same);
    EXPECT_EQ(stored.compare("1", both + 1), Answer::changed);
    EXPECT_EQ(stored.compare("1", StoredContent::content_of("referral", digest("one"))), Answer::changed);
}

TEST(StoredContent, TheSameRowInAnotherTableIsAnotherRow) {
    StoredContent stored;
    stored.add("1", "referral", digest("one"));
    EXPECT_EQ(stored.compare("1", StoredContent::content_of("contact", digest("one"))), Answer::changed);
}

TEST(StoredContent, KeysThatCameAreRememberedWhileOthersAreAdded) {
    // As a night that reads an entity in part does: batch by batch, what the target has of its keys, then the rows.
    StoredContent stored;
    const auto key_of = [](int i) { return "key" + std::to_string(i); };
    for (int batch = 0; batch < 40; ++batch) {
        for (int i = batch * 500; i < (batch + 1) * 500; ++i)
            stored.add(key_of(i), "referral", digest(std::to_string(i)));
        for (int i = batch * 500; i < (batch + 1) * 500; i += 2)
            EXPECT_EQ(stored.compare(key_of(i), StoredContent::content_of("referral", digest(std::to_string(i)))),
                      Answer::same);
    }
    EXPECT_EQ(stored.unseen(), 10'000U);
    for (int i = 0; i < 20'000; ++i) EXPECT_EQ(stored.is_unseen(key_of(i)), i % 2 == 1) << i;
}

TEST(StoredContent, KeysThatNoRowCameForAreUnseen) {
    StoredContent stored;
    EXPECT_FALSE(stored.is_unseen("1"));
    EXPECT_EQ(stored.compare("1", 0), Answer::fresh);
    for (int i = 0; i < 5000; ++i) stored.add("key" + std::to_string(i), "referral", digest(std::to_string(i)));
    EXPECT_EQ(stored.keys(), 5000U);
    for (int i = 0; i < 5000; i += 2) {
        EXPECT_EQ(
            stored.compare("key" + std::to_string(i), StoredContent::content_of("referral", digest(std::to_string(i)))),
            Answer::same);
    }
    EXPECT_EQ(stored.unseen(), 2500U);
    EXPECT_TRUE(stored.is_unseen("key1"));
    EXPECT_FALSE(stored.is_unseen("key2"));
    EXPECT_FALSE(stored.is_unseen("another"));
}

}  // namespace
}  // namespace caseweave
