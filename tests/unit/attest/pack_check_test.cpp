#include "attest/pack_check.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "core/error.hpp"
#include "support/temporary_folder.hpp"

namespace caseweave {
namespace {

namespace fs = std::filesystem;

/// A pack of two files, signed.
struct SmallPack {
    SmallPack() {
        write(kPublicKeyFile, key.public_key().pem());
        write("counts.csv", "system,read\neducation,12\n");
        manifest.program = "0.1.0";
        manifest.public_key = key.public_key().pem();
        for (const std::string_view name : {kPublicKeyFile, std::string_view("counts.csv")})
            manifest.files.push_back(digest_pack_file(path(), std::string(name)));
        sign();
    }
    const fs::path& path() const { return folder.path(); }
    void write(std::string_view name, std::string_view content) const {
        std::ofstream(path() / name, std::ios::binary) << content;
    }
    std::string read(std::string_view name) const {
        std::ostringstream text;
        text << std::ifstream(path() / name, std::ios::binary).rdbuf();
        return text.str();
    }
    void sign() const {
        write(kManifestFile, write_manifest(manifest));
        write(kSignatureFile, key.sign(write_manifest(manifest)));
    }
    /// The one problem found, or the refusal.
    std::string found(const std::optional<PublicKey>& signer = {}) const {
        try {
            const PackCheck check = check_pack(path(), signer);
            EXPECT_LE(check.problems.size(), 1U);
            return check.problems.empty() ? "" : check.problems.front();
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::integrity);
            return error.what();
        }
    }

    testing::TemporaryFolder folder;
    SigningKey key = SigningKey::make();
    PackManifest manifest;
};

bool tells(const std::string& problem, std::string_view what) {
    return problem.find(what) != problem.npos;
}

TEST(PackCheck, PassesAPackAsItWasSigned) {
    const SmallPack pack;
    EXPECT_EQ(pack.found(), "");
    EXPECT_EQ(pack.found(pack.key.public_key()), "");
    EXPECT_EQ(check_pack(pack.path(), {}).fingerprint, pack.key.public_key().fingerprint());
}

TEST(PackCheck, FindsAnyChangedByte) {
    const SmallPack pack;
    for (const std::string_view name :
         {std::string_view("counts.csv"), kPublicKeyFile, kManifestFile, kSignatureFile}) {
        const std::string whole = pack.read(name);
        for (std::size_t at = 0; at < whole.size(); ++at) {
            std::string changed = whole;
            changed[at] = static_cast<char>(changed[at] ^ 1);
            pack.write(name, changed);
            EXPECT_NE(pack.found(), "") << name << " byte " << at;
        }
        pack.write(name, whole);
    }
    EXPECT_EQ(pack.found(), "");
}

TEST(PackCheck, NamesTheFileThatIsNotAsItWas) {
    const SmallPack pack;
    const std::string whole = pack.read("counts.csv");
    pack.write("counts.csv", "system,read\neducation,13\n");
    EXPECT_TRUE(tells(pack.found(), "counts.csv is not the file that was signed"));
    pack.write("counts.csv", whole + "x");
    EXPECT_TRUE(tells(pack.found(), "counts.csv has 26 bytes, and had 25"));
    fs::remove(pack.path() / "counts.csv");
    EXPECT_TRUE(tells(pack.found(), "counts.csv is missing"));
    fs::create_directory(pack.path() / "counts.csv");
    EXPECT_TRUE(tells(pack.found(), "counts.csv is no file"));
    fs::remove(pack.path() / "counts.csv");
    ASSERT_EQ(::mkfifo((pack.path() / "counts.csv").c_str(), 0600), 0);
    EXPECT_TRUE(tells(pack.found(), "counts.csv is no file"));
    fs::remove(pack.path() / "counts.csv");
    const testing::TemporaryFolder elsewhere;
    std::ofstream(elsewhere.path() / "counts.csv") << whole;
    fs::create_symlink(elsewhere.path() / "counts.csv", pack.path() / "counts.csv");
    EXPECT_TRUE(tells(pack.found(), "counts.csv is a link"));
}

TEST(PackCheck, FindsWhatWasAdded) {
    const SmallPack pack;
    pack.write("extra\033[2J.csv", "");
    EXPECT_TRUE(tells(pack.found(), "extra\\x1B[2J.csv is not of the pack")) << pack.found();
    fs::remove(pack.path() / "extra\033[2J.csv");
    fs::create_directory(pack.path() / "sub");
    EXPECT_TRUE(tells(pack.found(), "sub is not of the pack"));
}

TEST(PackCheck, RefusesASignatureThatDoesNotHold) {
    const SmallPack pack;
    const SmallPack other;
    pack.write(kSignatureFile, other.read(kSignatureFile));
    EXPECT_TRUE(tells(pack.found(), "manifest.sig does not fit manifest.json"));
    pack.write(kSignatureFile, "");
    EXPECT_TRUE(tells(pack.found(), "does not fit"));
    pack.write(kSignatureFile, std::string(65, 'x'));
    EXPECT_TRUE(tells(pack.found(), "more than any pack's"));
    fs::remove(pack.path() / kSignatureFile);
    EXPECT_TRUE(tells(pack.found(), "manifest.sig of"));
    pack.sign();
    fs::remove(pack.path() / kManifestFile);
    EXPECT_TRUE(tells(pack.found(), "is missing"));
    pack.write(kManifestFile, std::string(kLargestManifest + 1, ' '));
    EXPECT_TRUE(tells(pack.found(), "more than any pack's"));
}

TEST(PackCheck, TellsAnotherSignerFromATamperedPack) {
    SmallPack pack;
    const PublicKey expected = SigningKey::make().public_key();
    EXPECT_TRUE(tells(pack.found(expected), "not signed by the key given (SHA-256 " + expected.fingerprint()));
    // Signed anew by a forger with a key of their own: whole without --public-key, and refused with it.
    const PublicKey right = pack.key.public_key();
    pack.key = SigningKey::make();
    pack.manifest.public_key = pack.key.public_key().pem();
    pack.sign();
    EXPECT_TRUE(tells(pack.found(), "public_key.pem is not the key"));
    pack.write(kPublicKeyFile, pack.key.public_key().pem());
    pack.manifest.files.front() = digest_pack_file(pack.path(), std::string(kPublicKeyFile));
    pack.sign();
    EXPECT_EQ(pack.found(), "");
    EXPECT_TRUE(tells(pack.found(right), "not signed by the key given"));
}

TEST(PackCheck, NeedsAFolder) {
    const testing::TemporaryFolder folder;
    try {
        check_pack(folder.path() / "missing", {});
        ADD_FAILURE();
    } catch (const Error& error) {
        EXPECT_EQ(error.exit_code(), ExitCode::usage);
    }
}

}  // namespace
}  // namespace caseweave
