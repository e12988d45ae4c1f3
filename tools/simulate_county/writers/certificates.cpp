#include "simulate_county/writers/certificates.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

#include "simulate_county/writers/encoding.hpp"

namespace simulate {
namespace {

template <auto Free>
struct Release {
    template <typename T>
    void operator()(T* object) const {
        Free(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Release<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Release<X509_EXTENSION_free>>;
using Memory = std::unique_ptr<BIO, Release<BIO_free_all>>;

// A demo's keys live no longer than a demo.
constexpr long kValidSeconds = 90L * 24 * 3600;
constexpr long kClockSkewSeconds = 3600;

void expect(bool done, const char* what) {
    if (!done)
        throw std::runtime_error(std::string("OpenSSL cannot ") + what + ": " +
                                 ERR_error_string(ERR_get_error(), nullptr));
}

Key make_key() {
    Key key(EVP_EC_gen("P-256"));
    expect(key != nullptr, "make a key");
    return key;
}

void add_extension(X509* certificate, X509* issuer, int nid, const char* value) {
    X509V3_CTX context{};
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
    expect(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1, "add an extension");
}

Certificate start_certificate(EVP_PKEY* key, const char* common_name, X509* issuer) {
    Certificate certificate(X509_new());
    expect(certificate != nullptr && X509_set_version(certificate.get(), 2) == 1, "make a certificate");
    std::uint64_t serial = 0;
    expect(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1, "draw a serial number");
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1U);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kClockSkewSeconds);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kValidSeconds);
    expect(X509_set_pubkey(certificate.get(), key) == 1, "set the public key");
    X509_NAME* name = X509_get_subject_name(certificate.get());
    const auto add = [&](const char* field, const char* text) {
        expect(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text), -1,
                                          -1, 0) == 1,
               "name the subject");
    };
    add("O", "Simulated County");
    add("CN", common_name);
    X509* signer = issuer == nullptr ? certificate.get() : issuer;
    expect(X509_set_issuer_name(certificate.get(), X509_get_subject_name(signer)) == 1, "name the issuer");
    return certificate;
}

std::string pem(X509* certificate) {
    const Memory memory(BIO_new(BIO_s_mem()));
    expect(PEM_write_bio_X509(memory.get(), certificate) == 1, "write a certificate");
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string pem(EVP_PKEY* key) {
    const Memory memory(BIO_new(BIO_s_mem()));
    expect(PEM_write_bio_PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1, "write a key");
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

}  // namespace

void write_certificates(const std::filesystem::path& folder) {
    make_folder(folder);
    const Key ca_key = make_key();
    const Certificate ca = start_certificate(ca_key.get(), "Simulated County CA", nullptr);
    add_extension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add_extension(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(ca.get(), ca.get(), NID_subject_key_identifier, "hash");
    expect(X509_sign(ca.get(), ca_key.get(), EVP_sha256()) > 0, "sign the authority's certificate");

    const Key key = make_key();
    const Certificate server = start_certificate(key.get(), "localhost", ca.get());
    add_extension(server.get(), ca.get(), NID_basic_constraints, "critical,CA:FALSE");
    add_extension(server.get(), ca.get(), NID_key_usage, "critical,digitalSignature");
    add_extension(server.get(), ca.get(), NID_ext_key_usage, "serverAuth");
    add_extension(server.get(), ca.get(), NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
    add_extension(server.get(), ca.get(), NID_authority_key_identifier, "keyid");
    expect(X509_sign(server.get(), ca_key.get(), EVP_sha256()) > 0, "sign the server's certificate");

    write_file(folder / "ca.pem", pem(ca.get()));
    write_file(folder / "server.pem", pem(server.get()));
    const std::filesystem::path key_file = folder / "server.key";
    write_file(key_file, "");
    std::filesystem::permissions(key_file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    write_file(key_file, pem(key.get()));
}

}  // namespace simulate
