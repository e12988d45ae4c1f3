#include <fmt/format.h>

#include "app/commands.hpp"
#include "attest/private_file.hpp"
#include "attest/signing_key.hpp"
#include "core/error.hpp"

namespace caseweave {

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

}  // namespace caseweave
