#include "attest/keyed_digest.hpp"

#include <fmt/core.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>

#include "attest/openssl_error.hpp"
#include "core/error.hpp"

namespace caseweave {

namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string hex(const unsigned char* bytes, std::size_t count) {
    return hex_digits({reinterpret_cast<const char*>(bytes), count});
}

}  // namespace

std::string hex_digits(std::string_view bytes) {
    std::string digits;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        digits += kDigits[byte >> 4U];
        digits += kDigits[byte & 15U];
    }
    return digits;
}

std::string sha256_hex(std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
        fail_at_openssl("digest with SHA-256");
    return hex(digest.data(), size);
}

DigestKey DigestKey::make() {
    std::string bytes(kBytes, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(kBytes)) != 1)
        fail_at_openssl("draw a digest key");
    return DigestKey(std::move(bytes));
}

DigestKey DigestKey::parse(std::string_view text, std::string_view where) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
    std::string bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        const std::size_t high = kDigits.find(text[i]);
        const std::size_t low = kDigits.find(text[i + 1]);
        if (high == kDigits.npos || low == kDigits.npos) break;
        bytes += static_cast<char>(high * 16 + low);
    }
    if (text.size() != 2 * kBytes || bytes.size() != kBytes)
        throw Error(ErrorKind::usage, fmt::format("{} is no digest key: it holds {} lower-case hexadecimal digits, as "
                                                  "openssl rand -hex {} writes them",
                                                  where, 2 * kBytes, kBytes));
    return DigestKey(std::move(bytes));
}

DigestKey::~DigestKey() {
    OPENSSL_cleanse(bytes_.data(), bytes_.size());
}

std::string DigestKey::text() const {
    return hex_digits(bytes_) + "\n";
}

std::string DigestKey::digest(std::string_view bytes) const {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (HMAC(EVP_sha256(), bytes_.data(), static_cast<int>(bytes_.size()), bytes_of(bytes), bytes.size(), digest.data(),
             &size) == nullptr)
        fail_at_openssl("digest with HMAC-SHA-256");
    return hex(digest.data(), size);
}

std::string DigestKey::name() const {
    constexpr std::size_t kShown = 16;  // enough to tell keys apart; of the digest, not of the key
    return digest("caseweave digest key").substr(0, kShown);
}

}  // namespace caseweave
