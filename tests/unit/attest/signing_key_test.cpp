#include "attest/signing_key.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "attest/private_file.hpp"
#include "core/error.hpp"
#include "support/temporary_folder.hpp"

namespace caseweave {
namespace {

/// The key of RFC 8032, section 7.1, test 2.
constexpr std::string_view kRfcKey =
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n-----END PRIVATE "
    "KEY-----\n";

std::string refusal(const std::filesystem::path& file) {
    try {
        SigningKey::load(file);
    } catch (const Error& error) {
        EXPECT_EQ(error.exit_code(), ExitCode::usage);
        return error.what();
    }
    return "taken";
}

TEST(SigningKey, SignsAsRfc8032Says) {
    const testing::TemporaryFolder folder;
    const auto file = folder.path() / "rfc.pem";
    std::string pem(kRfcKey);
    ASSERT_TRUE(make_private_file(file, pem));
    const SigningKey key = SigningKey::load(file);
    EXPECT_EQ(key.pem(), kRfcKey);
    const std::string signature = key.sign("\x72");
    EXPECT_TRUE(signature.starts_with("\x92\xa0\x09\xa9\xf0\xd4\xca\xb8\x72\x0e\x82\x0b\x5f\x64\x25\x40"));
    EXPECT_TRUE(key.public_key().verify("\x72", signature));
}

TEST(SigningKey, ASignatureHoldsForItsBytesAndItsKeyOnly) {
    const SigningKey key = SigningKey::make();
    const PublicKey reader = PublicKey::parse(key.public_key().pem(), "test");
    const std::string signature = key.sign("the manifest");
    EXPECT_TRUE(reader.verify("the manifest", signature));
    EXPECT_FALSE(reader.verify("the manifesT", signature));
    EXPECT_FALSE(SigningKey::make().public_key().verify("the manifest", signature));
    for (std::size_t byte = 0; byte < signature.size(); ++byte) {
        std::string wrong = signature;
        wrong[byte] = static_cast<char>(wrong[byte] ^ 1);
        EXPECT_FALSE(reader.verify("the manifest", wrong)) << byte;
    }
    EXPECT_FALSE(reader.verify("the manifest", signature + "x"));
    EXPECT_FALSE(reader.verify("the manifest", ""));
    EXPECT_EQ(reader.fingerprint(), key.public_key().fingerprint());
    EXPECT_EQ(reader.pem().find("PRIVATE"), std::string::npos);
}

TEST(SigningKey, IsReadOnlyFromAFileOfItsOwnerAlone) {
    const testing::TemporaryFolder folder;
    const auto file = folder.path() / "signing.pem";
    ASSERT_TRUE(make_private_file(file, SigningKey::make().pem()));
    EXPECT_EQ(refusal(file), "taken");
    EXPECT_FALSE(make_private_file(file, "another")) << "it writes over a key";
    EXPECT_EQ(refusal(file), "taken");
    for (const mode_t mode : {0640U, 0604U, 0620U}) {
        ::chmod(file.c_str(), mode);
        EXPECT_NE(refusal(file).find("chmod 600"), std::string::npos) << mode;
    }
    EXPECT_NE(refusal(folder.path() / "missing.pem").find("No such file"), std::string::npos);
    EXPECT_NE(refusal(folder.path()).find("not a file"), std::string::npos);
    const auto wrong = folder.path() / "wrong.pem";
    ASSERT_TRUE(make_private_file(wrong, SigningKey::make().public_key().pem()));
    EXPECT_NE(refusal(wrong).find("no Ed25519 private key"), std::string::npos);
    const auto large = folder.path() / "large.pem";
    ASSERT_TRUE(make_private_file(large, std::string(100'000, 'x')));
    EXPECT_NE(refusal(large).find("too large"), std::string::npos);
}

TEST(PrivateFile, OfManyThatMakeOneAtOnceOneDoesAndAllReadItWhole) {
    const testing::TemporaryFolder folder;
    const auto file = folder.path() / "digest.key";
    constexpr std::size_t kThreads = 8;
    std::array<std::string, kThreads> read;
    std::atomic<int> makers = 0;
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < kThreads; ++i) {
        threads.emplace_back([&, i] {
            if (make_private_file(file, std::string(500, static_cast<char>('a' + i)))) ++makers;
            read[i] = read_private_file(file, "the digest key", 1024);
        });
    }
    threads.clear();
    EXPECT_EQ(makers, 1);
    for (const std::string& content : read) {
        EXPECT_EQ(content.size(), 500U);
        EXPECT_EQ(content, read[0]);
    }
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1) << "something is left";
    EXPECT_EQ(std::filesystem::status(file).permissions() & std::filesystem::perms::all, std::filesystem::perms(0600));
}

TEST(PublicKey, TakesEd25519Only) {
    constexpr std::string_view kP256 =
        "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\n6zOg9KE5RdiYwpZP"
        "40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n-----END PUBLIC KEY-----\n";
    EXPECT_THROW(PublicKey::parse(kP256, "test"), Error);
    EXPECT_THROW(PublicKey::parse("", "test"), Error);
    EXPECT_THROW(PublicKey::parse("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "test"), Error);
}

}  // namespace
}  // namespace caseweave
