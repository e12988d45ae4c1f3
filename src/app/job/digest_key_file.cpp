#include "app/job/digest_key_file.hpp"

#include "attest/private_file.hpp"
#include "core/log.hpp"

namespace caseweave {

DigestKey open_digest_key(const StateFolder& state) {
    const std::filesystem::path file = state.digest_key_file();
    if (make_private_file(file, DigestKey::make().text()))
        log::info("digests are keyed with a new secret, {}: keep it as the target is kept", file.string());
    return read_digest_key(file);
}

DigestKey read_digest_key(const std::filesystem::path& file) {
    constexpr std::size_t kLargest = 1024;
    return DigestKey::parse(read_private_file(file, "the digest key", kLargest), file.string());
}

}  // namespace caseweave
