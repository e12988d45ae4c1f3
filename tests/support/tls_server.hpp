#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "support/temporary_folder.hpp"

namespace caseweave::testing {

/// Paths of a certificate and its key in PEM.
struct CertificateFiles {
    std::string certificate, key;
};

/// Makes certificates for tests, under an authority of its own.
class TestAuthority {
  public:
    TestAuthority();
    ~TestAuthority();
    /// PEM file of the authority's certificate: what a client must trust.
    const std::string& ca_file() const noexcept { return ca_.certificate; }
    /// Issues a server certificate for a host name (or address), valid from `from_days` to `to_days` from now.
    CertificateFiles issue(const std::string& host, int from_days = -1, int to_days = 30);

  private:
    struct Keys;
    TemporaryFolder folder_;
    std::unique_ptr<Keys> keys_;
    CertificateFiles ca_;
    unsigned issued_ = 0;
};

struct TlsRequest {
    std::string method, target, body;
    std::map<std::string, std::string> headers;  ///< names in lower case
};

/// What a server sends: raw bytes, so that tests can send what no proper server would.
struct TlsReply {
    std::string bytes;
    bool close = false;  ///< cut the connection after them, without a TLS goodbye
    bool drip = false;   ///< send them one at a time, fifty a second
};

/// Answers each request of TLS connections on 127.0.0.1 with what a function says. The function runs on the server's
/// threads, one request at a time.
class TlsServer {
  public:
    using Handler = std::function<TlsReply(const TlsRequest&)>;
    TlsServer(const CertificateFiles& files, Handler handler);
    TlsServer(const TlsServer&) = delete;
    TlsServer& operator=(const TlsServer&) = delete;
    ~TlsServer();

    std::uint16_t port() const noexcept { return port_; }
    std::string url(const std::string& host = "localhost") const {
        return "https://" + host + ":" + std::to_string(port_);
    }

  private:
    void accept_connections();
    void serve(int connection);
    /// @param connection an SSL. @return false where it is gone.
    bool send(void* connection, const TlsReply& reply) const;

    Handler handler_;
    std::mutex handler_mutex_;
    void* context_ = nullptr;  // SSL_CTX
    int listener_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<bool> stopping_{false};
    std::thread acceptor_;
    std::mutex connections_mutex_;
    std::vector<std::pair<int, std::thread>> connections_;
};

/// Writes a proper response with a Content-Length.
std::string http_response(unsigned status, const std::string& body, const std::string& more_fields = {});

}  // namespace caseweave::testing
