#include "support/tls_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <stdexcept>

namespace caseweave::testing {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Key make_key() {
    return {EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), &EVP_PKEY_free};
}

void add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
    if (extension == nullptr) throw std::runtime_error("cannot make a certificate extension");
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

Certificate make_certificate(EVP_PKEY* key, const std::string& name, long serial, int from_days, int to_days) {
    constexpr long kDay = 86400;
    Certificate certificate(X509_new(), &X509_free);
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), from_days * kDay);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), to_days * kDay);
    X509_set_pubkey(certificate.get(), key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    return certificate;
}

void write_pem(const std::string& path, const std::function<void(FILE*)>& write) {
    FILE* const file = std::fopen(path.c_str(), "w");
    if (file == nullptr) throw std::runtime_error("cannot write " + path);
    write(file);
    std::fclose(file);
}

/// Reads one request; false at the end of the connection.
bool read_request(SSL* tls, TlsRequest& request) {
    std::string text;
    std::size_t head_end = std::string::npos;
    char buffer[4096];
    while ((head_end = text.find("\r\n\r\n")) == std::string::npos) {
        const int got = SSL_read(tls, buffer, sizeof buffer);
        if (got <= 0) return false;
        text.append(buffer, static_cast<std::size_t>(got));
    }
    request = {};
    std::size_t at = text.find("\r\n");
    const std::string first = text.substr(0, at);
    const std::size_t blank = first.find(' ');
    request.method = first.substr(0, blank);
    request.target = first.substr(blank + 1, first.rfind(' ') - blank - 1);
    for (at += 2; at < head_end;) {
        const std::size_t line_end = text.find("\r\n", at);
        const std::size_t colon = text.find(':', at);
        std::string name = text.substr(at, colon - at);
        for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        request.headers[name] =
            text.substr(text.find_first_not_of(' ', colon + 1), line_end - text.find_first_not_of(' ', colon + 1));
        at = line_end + 2;
    }
    const std::size_t length =
        request.headers.contains("content-length") ? std::stoul(request.headers["content-length"]) : 0;
    request.body = text.substr(head_end + 4);
    while (request.body.size() < length) {
        const int got = SSL_read(tls, buffer, sizeof buffer);
        if (got <= 0) return false;
        request.body.append(buffer, static_cast<std::size_t>(got));
    }
    return true;
}

}  // namespace

struct TestAuthority::Keys {
    Key key = make_key();
    Certificate certificate{nullptr, &X509_free};
};

TestAuthority::TestAuthority() : keys_(std::make_unique<Keys>()) {
    keys_->certificate = make_certificate(keys_->key.get(), "caseweave test authority", 1, -400, 400);
    X509* const own = keys_->certificate.get();
    X509_set_issuer_name(own, X509_get_subject_name(own));
    add_extension(own, own, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(own, own, NID_key_usage, "critical,keyCertSign,cRLSign");
    X509_sign(own, keys_->key.get(), EVP_sha256());
    ca_.certificate = folder_.path() / "ca.pem";
    write_pem(ca_.certificate, [&](FILE* file) { PEM_write_X509(file, own); });
}

TestAuthority::~TestAuthority() = default;

CertificateFiles TestAuthority::issue(const std::string& host, int from_days, int to_days) {
    const Key key = make_key();
    const std::string number = std::to_string(++issued_);
    const Certificate certificate =
        make_certificate(key.get(), host, 1 + static_cast<long>(issued_), from_days, to_days);
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(keys_->certificate.get()));
    const bool address = host.find_first_not_of("0123456789.") == std::string::npos;
    add_extension(certificate.get(), keys_->certificate.get(), NID_subject_alt_name, (address ? "IP:" : "DNS:") + host);
    X509_sign(certificate.get(), keys_->key.get(), EVP_sha256());
    CertificateFiles files{folder_.path() / ("server" + number + ".pem"),
                           folder_.path() / ("server" + number + ".key")};
    write_pem(files.certificate, [&](FILE* file) { PEM_write_X509(file, certificate.get()); });
    write_pem(files.key,
              [&](FILE* file) { PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
    return files;
}

TlsServer::TlsServer(const CertificateFiles& files, Handler handler) : handler_(std::move(handler)) {
    std::signal(SIGPIPE, SIG_IGN);
    SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
    context_ = context;
    const bool usable = SSL_CTX_use_certificate_file(context, files.certificate.c_str(), SSL_FILETYPE_PEM) == 1 &&
                        SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) == 1;
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const bool bound = ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                       ::listen(listener_, 16) == 0 &&
                       ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    if (!usable || !bound) throw std::runtime_error("the TLS test server does not start");
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_connections(); });
}

TlsServer::~TlsServer() {
    stopping_ = true;
    acceptor_.join();
    for (auto& [connection, thread] : connections_) {
        ::shutdown(connection, SHUT_RDWR);
        thread.join();
        ::close(connection);
    }
    ::close(listener_);
    SSL_CTX_free(static_cast<SSL_CTX*>(context_));
}

void TlsServer::accept_connections() {
    while (!stopping_) {
        pollfd waiting{listener_, POLLIN, 0};
        if (::poll(&waiting, 1, 20) <= 0) continue;
        const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (connection < 0) continue;
        const std::lock_guard lock(connections_mutex_);
        connections_.emplace_back(connection, std::thread([this, connection] { serve(connection); }));
    }
}

bool TlsServer::send(void* connection, const TlsReply& reply) const {
    constexpr auto kPause = std::chrono::milliseconds(20);
    SSL* const tls = static_cast<SSL*>(connection);
    const std::size_t piece = reply.drip ? 1 : reply.bytes.size();
    for (std::size_t at = 0; at < reply.bytes.size(); at += piece) {
        if (stopping_ || SSL_write(tls, reply.bytes.data() + at, static_cast<int>(piece)) <= 0) return false;
        if (reply.drip) std::this_thread::sleep_for(kPause);
    }
    return true;
}

void TlsServer::serve(int connection) {
    SSL* const tls = SSL_new(static_cast<SSL_CTX*>(context_));
    SSL_set_fd(tls, connection);
    if (SSL_accept(tls) == 1) {
        TlsRequest request;
        while (!stopping_ && read_request(tls, request)) {
            TlsReply reply;
            {
                const std::lock_guard lock(handler_mutex_);
                reply = handler_(request);
            }
            if (!send(tls, reply)) break;
            if (reply.close) break;
        }
    }
    ::shutdown(connection, SHUT_RDWR);
    SSL_free(tls);
}

std::string http_response(unsigned status, const std::string& body, const std::string& more_fields) {
    return "HTTP/1.1 " + std::to_string(status) +
           " Test\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           more_fields + "\r\n" + body;
}

}  // namespace caseweave::testing
