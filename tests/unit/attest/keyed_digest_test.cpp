#include "attest/keyed_digest.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"

namespace caseweave {
namespace {

TEST(KeyedDigest, IsHmacSha256) {
    // RFC 4231, test case 2 has a key of four bytes; padded with zeros it is the same key to HMAC.
    const DigestKey key = DigestKey::parse("4a656665" + std::string(56, '0'), "test");
    EXPECT_EQ(key.digest("what do ya want for nothing?"),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(KeyedDigest, KeysDifferAndAreReadBack) {
    const DigestKey key = DigestKey::make();
    const DigestKey other = DigestKey::make();
    EXPECT_NE(key.digest("x"), other.digest("x"));
    EXPECT_NE(key.name(), other.name());
    const DigestKey again = DigestKey::parse(key.text(), "test");
    EXPECT_EQ(again.digest("x"), key.digest("x"));
    EXPECT_EQ(again.name(), key.name());
    EXPECT_EQ(key.text().find(key.name()), std::string::npos) << "the name tells of the key";
}

TEST(KeyedDigest, RefusesWhatIsNoKey) {
    const std::string good = DigestKey::make().text();
    for (const std::string& text : {std::string(), std::string("secret"), good.substr(0, 62), "00" + good,
                                    std::string(63, '0') + "G", std::string(64, 'A')}) {
        try {
            DigestKey::parse(text, "state/digest.key");
            ADD_FAILURE() << "taken: " << text.size();
        } catch (const Error& error) {
            EXPECT_EQ(error.exit_code(), ExitCode::usage);
            EXPECT_NE(std::string(error.what()).find("state/digest.key"), std::string::npos);
            EXPECT_TRUE(text.empty() || std::string(error.what()).find(text) == std::string::npos) << "it is told";
        }
    }
}

}  // namespace
}  // namespace caseweave
