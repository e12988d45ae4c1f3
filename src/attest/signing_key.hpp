#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace caseweave {

/// Owns an Ed25519 key of OpenSSL.
using Ed25519Handle = std::shared_ptr<evp_pkey_st>;

/// Checks Ed25519 signatures (RFC 8032).
class PublicKey {
  public:
    static constexpr std::size_t kSignatureBytes = 64;

    explicit PublicKey(Ed25519Handle key) : key_(std::move(key)) {}
    /// Reads PEM ("BEGIN PUBLIC KEY"). @param where names the text for messages. @throws Error(usage) when it holds no
    /// Ed25519 public key.
    static PublicKey parse(std::string_view pem, std::string_view where);

    bool verify(std::string_view bytes, std::string_view signature) const;
    std::string pem() const;
    /// Names the key as people read it to each other: SHA-256 of its DER form, 64 hexadecimal digits.
    std::string fingerprint() const;

  private:
    Ed25519Handle key_;
};

/// Signs with an Ed25519 private key.
class SigningKey {
  public:
    static SigningKey make();
    /// Reads a PEM file ("BEGIN PRIVATE KEY", as pack-key or openssl genpkey -algorithm ed25519 write it).
    /// @throws Error(usage) when it is missing, others can read it, or it is no such key.
    static SigningKey load(const std::filesystem::path& file);

    /// Gives the signature of the bytes: PublicKey::kSignatureBytes.
    std::string sign(std::string_view bytes) const;
    PublicKey public_key() const;
    std::string pem() const;

  private:
    explicit SigningKey(Ed25519Handle key) : key_(std::move(key)) {}
    Ed25519Handle key_;
};

}  // namespace caseweave
