#include <fmt/format.h>

#include <optional>

#include "app/commands.hpp"
#include "attest/pack_check.hpp"
#include "core/error.hpp"

namespace caseweave {

namespace {

std::optional<PublicKey> read_public_key(const std::filesystem::path& file) {
    if (file.empty()) return std::nullopt;
    const auto pem = read_file_whole(file);
    if (!pem) throw Error(ErrorKind::usage, "there is no public key " + file.string());
    return PublicKey::parse(*pem, file.string());
}

}  // namespace

ExitCode run_verify(const VerifyOptions& options) {
    const std::optional<PublicKey> signer = read_public_key(options.public_key);
    const PackCheck check = check_pack(options.folder, signer);
    if (!check.problems.empty()) {
        for (const std::string& problem : check.problems) fmt::print("{}\n", problem);
        throw Error(
            ErrorKind::integrity,
            fmt::format("{} is not the pack that was signed: {}; do not rely on it, and ask whoever sent it for "
                        "it again",
                        options.folder.string(), check.problems.front()));
    }
    const PackManifest& manifest = check.manifest;
    fmt::print("{}: {} files as they were signed\nrun {}, {}, made {} by caseweave {}\n", options.folder.string(),
               manifest.files.size(), manifest.run, printable(manifest.target), printable(manifest.made_at),
               printable(manifest.program));
    if (signer) {
        fmt::print("signed by the key given, fingerprint (SHA-256) {}\n", check.fingerprint);
    } else {
        fmt::print(
            "signed by the pack's own key, fingerprint (SHA-256) {}\nThis proves that the files belong together, not "
            "who signed them: give --public-key FILE with the signer's key, from elsewhere than the pack.\n",
            check.fingerprint);
    }
    return ExitCode::done;
}

}  // namespace caseweave
