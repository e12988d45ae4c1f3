#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/error.hpp"

namespace caseweave {

/// Says which server is meant and how it proves itself.
struct HttpsEndpoint {
    std::string system;  ///< stands for the server in errors
    std::string host;
    std::uint16_t port = 443;
    std::string ca_file;  ///< "" = the system's authorities
    std::chrono::seconds connect_timeout{10};
    std::chrono::seconds read_timeout{60};
    std::chrono::seconds answer_timeout{1800};  ///< all waiting for one answer, head and body
};

/// Reports an answer that came too slowly as a whole: asking for it again would take as long.
class AnswerTooSlow : public Error {
  public:
    explicit AnswerTooSlow(const std::string& message) : Error(ErrorKind::unavailable, message) {}
};

struct HttpsRequest {
    std::string method = "GET";
    std::string target;  ///< path and query, percent-encoded
    std::string body;
    std::string content_type;
    std::string authorization;
    std::string accept;
};

struct HttpsHead {
    unsigned status = 0;
    std::string retry_after;
};

/// Speaks HTTP/1.1 over one TLS connection at a time; connects when needed and keeps it while the server does.
///
/// Each step has a deadline, and so has all waiting for one answer. Peer and host name are verified always; TLS is 1.2
/// or newer. A response whose framing is ambiguous is refused. One thread at a time.
/// @throws Error(unavailable) for what may pass (refused, timed out, lost), Error(source) for what an operator must
/// change (certificate, name, protocol).
class HttpsConnection {
  public:
    explicit HttpsConnection(HttpsEndpoint endpoint);
    ~HttpsConnection();

    /// Connects and shakes hands without asking for anything.
    void connect();
    /// Sends a request and reads the head of its response; what was left of the last one is dropped.
    HttpsHead send(const HttpsRequest& request);
    /// Reads the next bytes of the body; 0 is its proper end. A body that breaks off is Error(unavailable).
    std::size_t read_body(std::span<char> buffer);

  private:
    struct Stream;
    /// @throws AnswerTooSlow where the time for the answer under way is used up.
    void fail_if_too_slow();

    HttpsEndpoint endpoint_;
    std::unique_ptr<Stream> stream_;
};

}  // namespace caseweave
