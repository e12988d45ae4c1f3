#include "attest/signing_key.hpp"

#include <fmt/core.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "attest/keyed_digest.hpp"
#include "attest/openssl_error.hpp"
#include "attest/private_file.hpp"
#include "core/error.hpp"

namespace caseweave {

namespace {

/// Far more than a PEM file of an Ed25519 key (119 bytes) with comments in front of it.
constexpr std::size_t kLargestKeyFile = 16 * 1024;

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

Bio reading(std::string_view text) {
    return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free};
}

/// Takes what was written into memory.
std::string written(const Bio& bio, bool worked, std::string_view what) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    if (!worked || size <= 0) fail_at_openssl(what);
    return {data, static_cast<std::size_t>(size)};
}

Ed25519Handle owned(EVP_PKEY* key) {
    return {key, EVP_PKEY_free};
}

/// A key that asks for a passphrase is refused: nobody sits at a nightly run.
int no_passphrase(char*, int, int, void*) {
    return -1;
}

const unsigned char* unsigned_bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

PublicKey PublicKey::parse(std::string_view pem, std::string_view where) {
    const Bio in = reading(pem.substr(0, kLargestKeyFile));
    const Ed25519Handle key = owned(PEM_read_bio_PUBKEY(in.get(), nullptr, no_passphrase, nullptr));
    ERR_clear_error();
    if (key == nullptr || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519)
        throw Error(ErrorKind::usage, fmt::format("{} holds no Ed25519 public key (PEM, BEGIN PUBLIC KEY)", where));
    return PublicKey(key);
}

bool PublicKey::verify(std::string_view bytes, std::string_view signature) const {
    if (signature.size() != kSignatureBytes) return false;
    const DigestContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    if (context == nullptr || EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1)
        fail_at_openssl("check a signature");
    const bool holds = EVP_DigestVerify(context.get(), unsigned_bytes(signature), signature.size(),
                                        unsigned_bytes(bytes), bytes.size()) == 1;
    ERR_clear_error();
    return holds;
}

std::string PublicKey::pem() const {
    const Bio out(BIO_new(BIO_s_mem()), BIO_free);
    return written(out, PEM_write_bio_PUBKEY(out.get(), key_.get()) == 1, "write a public key");
}

std::string PublicKey::fingerprint() const {
    const Bio out(BIO_new(BIO_s_mem()), BIO_free);
    return sha256_hex(written(out, i2d_PUBKEY_bio(out.get(), key_.get()) == 1, "write a public key"));
}

SigningKey SigningKey::make() {
    Ed25519Handle key = owned(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    if (key == nullptr) fail_at_openssl("make an Ed25519 key");
    return SigningKey(std::move(key));
}

SigningKey SigningKey::load(const std::filesystem::path& file) {
    std::string pem = read_private_file(file, "the signing key", kLargestKeyFile);
    const Bio in = reading(pem);
    Ed25519Handle key = owned(PEM_read_bio_PrivateKey(in.get(), nullptr, no_passphrase, nullptr));
    OPENSSL_cleanse(pem.data(), pem.size());
    ERR_clear_error();
    if (key == nullptr || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519)
        throw Error(ErrorKind::usage,
                    fmt::format("cannot use the signing key {}: it is no Ed25519 private key without passphrase; make "
                                "one with caseweave pack-key --out FILE, or openssl genpkey -algorithm ed25519",
                                file.string()));
    return SigningKey(std::move(key));
}

std::string SigningKey::sign(std::string_view bytes) const {
    const DigestContext context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    std::string signature(PublicKey::kSignatureBytes, '\0');
    std::size_t size = signature.size();
    if (context == nullptr || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, unsigned_bytes(bytes),
                       bytes.size()) != 1 ||
        size != signature.size())
        fail_at_openssl("sign");
    return signature;
}

PublicKey SigningKey::public_key() const {
    return PublicKey(key_);  // OpenSSL writes only the public half of it
}

std::string SigningKey::pem() const {
    const Bio out(BIO_new(BIO_s_mem()), BIO_free);
    return written(out, PEM_write_bio_PrivateKey(out.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
                   "write a private key");
}

}  // namespace caseweave
