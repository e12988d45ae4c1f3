#include "attest/pack_manifest.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"

namespace caseweave {
namespace {

PackManifest sample() {
    PackManifest manifest;
    manifest.program = "0.1.0";
    manifest.run = 7;
    manifest.target = "database \"x\"";
    manifest.made_at = "2026-11-27 06:42 UTC";
    manifest.digest_key = "0123456789abcdef";
    manifest.public_key = "-----BEGIN\nx\n";
    manifest.files = {{std::string(kPublicKeyFile), std::string(64, 'a'), 113},
                      {"counts.csv", std::string(64, '0'), 0}};
    return manifest;
}

std::string refusal(std::string_view json) {
    try {
        read_manifest(json);
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::integrity);
        return error.what();
    }
    return "taken";
}

std::string with(std::string_view what, std::string_view instead) {
    std::string json = write_manifest(sample());
    const std::size_t at = json.find(what);
    EXPECT_NE(at, json.npos) << what;
    return json.replace(at, what.size(), instead);
}

TEST(PackManifest, IsReadAsItWasWritten) {
    EXPECT_EQ(read_manifest(write_manifest(sample())), sample());
}

TEST(PackManifest, OfAnyCutIsRefused) {
    const std::string json = write_manifest(sample());
    for (std::size_t bytes = 0; bytes + 2 < json.size(); ++bytes)
        EXPECT_NE(refusal(std::string_view(json).substr(0, bytes)), "taken") << bytes;
}

TEST(PackManifest, NamesFilesOfItsFolderOnly) {
    for (const char* name : {"../counts.csv", "/etc/passwd", "a/b", ".hidden", "", "..", "manifest.json",
                             "manifest.sig", "a\\\\b", "a\\u0000b", "caf\u00e9", "a b"})
        EXPECT_NE(refusal(with("counts.csv", name)).find("names a file"), std::string::npos) << name;
    EXPECT_FALSE(is_pack_file_name(std::string(101, 'a')));
    EXPECT_TRUE(is_pack_file_name("control_totals.csv"));
}

TEST(PackManifest, RefusesWhatIsMalformed) {
    EXPECT_NE(refusal(with("counts.csv", kPublicKeyFile)).find("twice"), std::string::npos);
    EXPECT_NE(refusal(with("public_key.pem", "other.pem")).find("does not list"), std::string::npos);
    EXPECT_NE(refusal(with("\"format\": 1", "\"format\": 2")).find("version that made it"), std::string::npos);
    EXPECT_NE(refusal(with("\"format\": 1", "\"format\": 0")).find("unknown"), std::string::npos);
    EXPECT_NE(refusal(with("\"bytes\": 0", "\"bytes\": -1")).find("number"), std::string::npos);
    EXPECT_NE(refusal(with("\"bytes\": 0", "\"bytes\": 1e3")).find("number"), std::string::npos);
    EXPECT_NE(refusal(with("\"run\": 7", "\"run\": 7, \"run\": 8")).find("members"), std::string::npos);
    EXPECT_NE(refusal(with("\"run\": 7", "\"note\": 7")).find("no number \"run\""), std::string::npos);
    EXPECT_NE(refusal(with(std::string(64, 'a'), std::string(64, 'A'))).find("SHA-256"), std::string::npos);
    EXPECT_NE(refusal(with(std::string(64, 'a'), std::string(63, 'a'))).find("SHA-256"), std::string::npos);
    EXPECT_NE(refusal("[1]").find("no JSON object"), std::string::npos);
    EXPECT_NE(refusal(std::string(100'000, '[')).find("no JSON object"), std::string::npos);
}

TEST(PackManifest, RefusesWhatIsHuge) {
    EXPECT_NE(refusal(std::string(kLargestManifest + 1, ' ')).find("too large"), std::string::npos);
    PackManifest many = sample();
    for (std::size_t i = 0; i < kMostPackFiles; ++i) many.files.push_back({std::to_string(i), std::string(64, 'a'), 1});
    EXPECT_NE(refusal(write_manifest(many)).find("more than 1000"), std::string::npos);
}

}  // namespace
}  // namespace caseweave
