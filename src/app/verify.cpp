#include <fmt/format.h>

#include <optional>

#include "app/commands.hpp"
#include "attest/pack_check.hpp"
#include "attest/private_file.hpp"
#include "core/error.hpp"
#include "reconcile/published_count.hpp"

namespace caseweave {

namespace {

std::optional<PublicKey> read_public_key(const std::filesystem::path& file) {
    if (file.empty()) return std::nullopt;
    const auto pem = read_file_whole(file);
    if (!pem) throw Error(ErrorKind::usage, "there is no public key " + file.string());
    return PublicKey::parse(*pem, file.string());
}

}  // namespace

ExitCode run_pack_key(const PackKeyOptions& options) {
    const SigningKey key = SigningKey::make();
    const std::filesystem::path public_file = options.output.string() + ".pub";
    if (std::filesystem::exists(public_file) || !make_private_file(options.output, key.pem()))
        throw Error(ErrorKind::usage, fmt::format("{} or {} is there already, and no key is written over: name another "
                                                  "--out",
                                                  options.output.string(), public_file.string()));
    write_file_whole(public_file, key.public_key().pem());
    fmt::print(
        "private key, for this account alone: {}\npublic key, for those who verify packs: {}\nfingerprint (SHA-256): "
        "{}\n",
        options.output.string(), public_file.string(), key.public_key().fingerprint());
    return ExitCode::done;
}

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
               manifest.files.size(), manifest.run, manifest.target, manifest.made_at, manifest.program);
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
