#include "connectors/transports/https_connection.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <optional>
#include <string_view>

#include "connectors/transports/http_gate.hpp"
#include "core/error.hpp"
#include "core/shutdown.hpp"

namespace caseweave {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

asio::ssl::context make_tls(const HttpsEndpoint& endpoint) {
    asio::ssl::context context(asio::ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    context.set_verify_mode(asio::ssl::verify_peer);
    error_code failure;
    if (endpoint.ca_file.empty()) {
        context.set_default_verify_paths(failure);
    } else {
        context.load_verify_file(endpoint.ca_file, failure);
    }
    if (failure) {
        throw Error(ErrorKind::usage, endpoint.system + ": cannot read ca_file " + endpoint.ca_file +
                                          "; give the PEM file of the server's certificate authority");
    }
    return context;
}

std::string address(const HttpsEndpoint& endpoint) {
    const bool is_ipv6 = endpoint.host.find(':') != std::string::npos;
    return (is_ipv6 ? "[" + endpoint.host + "]" : endpoint.host) + ":" + std::to_string(endpoint.port);
}

/// Says in one sentence what was wrong with the server's certificate.
[[noreturn]] void fail_certificate(const HttpsEndpoint& endpoint, long verdict) {
    std::string what;
    switch (verdict) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            what = "has expired; have the supplier renew it";
            break;
        case X509_V_ERR_CERT_NOT_YET_VALID:
            what = "is not valid yet; check the clocks of both machines";
            break;
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            what = "is for another host name; check the host in url";
            break;
        case X509_V_ERR_CERT_REVOKED:
            what = "was revoked; ask the supplier";
            break;
        default:
            what = std::string("is not signed by an authority in ") +
                   (endpoint.ca_file.empty() ? "the system's list" : endpoint.ca_file) + "; check ca_file (" +
                   X509_verify_cert_error_string(verdict) + ")";
    }
    throw Error(ErrorKind::source, endpoint.system + ": the certificate of " + address(endpoint) + " " + what);
}

}  // namespace

struct HttpsConnection::Stream {
    using Duration = std::chrono::steady_clock::duration;

    asio::io_context loop;
    asio::ssl::context tls;
    beast::ssl_stream<beast::tcp_stream> tls_stream;
    beast::flat_buffer buffer{kMaxHeadBytes + 64 * 1024};
    std::optional<http::response_parser<http::buffer_body>> parser;
    bool reusable = true;
    Duration answer_left = std::chrono::hours(24);  // for steps of one answer; send() sets it

    explicit Stream(const HttpsEndpoint& endpoint) : tls(make_tls(endpoint)), tls_stream(loop, tls) {}
    ~Stream() { beast::get_lowest_layer(tls_stream).close(); }

    /// Runs one asynchronous step to its end or the deadline.
    template <typename Start>
    error_code run(std::chrono::seconds timeout, Start start) {
        const auto started = std::chrono::steady_clock::now();
        error_code result = beast::error::timeout;
        beast::get_lowest_layer(tls_stream).expires_after(std::min<Duration>(timeout, answer_left));
        start([&result](error_code code, auto&&...) { result = code; });
        loop.restart();
        while (loop.run_for(kShutdownSlice), !loop.stopped()) {
            if (!shutdown_requested()) continue;
            beast::get_lowest_layer(tls_stream).close();
            loop.run();  // what was begun ends, and lets go of what it refers to
            throw_if_shutdown_requested();
        }
        answer_left -= std::min<Duration>(std::chrono::steady_clock::now() - started, answer_left);
        return result;
    }
};

HttpsConnection::HttpsConnection(HttpsEndpoint endpoint) : endpoint_(std::move(endpoint)) {}
HttpsConnection::~HttpsConnection() = default;

void HttpsConnection::connect() {
    stream_.reset();
    auto stream = std::make_unique<Stream>(endpoint_);
    SSL* const native = stream->tls_stream.native_handle();
    error_code not_an_address;
    asio::ip::make_address(endpoint_.host, not_an_address);
    X509_VERIFY_PARAM* const checks = SSL_get0_param(native);
    if (not_an_address) {
        // The macro SSL_set_tlsext_host_name holds an old-style cast.
        SSL_ctrl(native, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, endpoint_.host.data());
        X509_VERIFY_PARAM_set_hostflags(checks, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        X509_VERIFY_PARAM_set1_host(checks, endpoint_.host.c_str(), 0);
    } else {
        X509_VERIFY_PARAM_set1_ip_asc(checks, endpoint_.host.c_str());
    }

    asio::ip::tcp::resolver resolver(stream->loop);
    asio::ip::tcp::resolver::results_type addresses;
    error_code resolved = beast::error::timeout;
    resolver.async_resolve(endpoint_.host, std::to_string(endpoint_.port), [&](error_code code, auto found) {
        resolved = code;
        addresses = std::move(found);
    });
    for (const auto until = std::chrono::steady_clock::now() + endpoint_.connect_timeout;
         !stream->loop.stopped() && std::chrono::steady_clock::now() < until; throw_if_shutdown_requested())
        stream->loop.run_for(kShutdownSlice);
    if (resolved) {
        throw Error(ErrorKind::unavailable, endpoint_.system + ": the name " + endpoint_.host +
                                                " cannot be resolved; check the host in url and the name service");
    }
    const error_code connected = stream->run(endpoint_.connect_timeout, [&](auto done) {
        beast::get_lowest_layer(stream->tls_stream).async_connect(addresses, std::move(done));
    });
    if (connected) {
        throw Error(ErrorKind::unavailable, endpoint_.system + ": cannot connect to " + address(endpoint_) + " (" +
                                                connected.message() +
                                                "); check that the service is up and the port in url");
    }
    const error_code shaken = stream->run(endpoint_.connect_timeout, [&](auto done) {
        stream->tls_stream.async_handshake(asio::ssl::stream_base::client, std::move(done));
    });
    if (shaken) {
        const long verdict = SSL_get_verify_result(native);
        if (verdict != X509_V_OK) fail_certificate(endpoint_, verdict);
        const bool lost = shaken == beast::error::timeout || shaken == asio::error::eof ||
                          shaken == asio::error::connection_reset || shaken == asio::ssl::error::stream_truncated;
        throw Error(lost ? ErrorKind::unavailable : ErrorKind::source,
                    endpoint_.system + ": the TLS handshake with " + address(endpoint_) + " failed (" +
                        shaken.message() + "); check that the port speaks TLS 1.2 or newer");
    }
    stream_ = std::move(stream);
}

void HttpsConnection::fail_if_too_slow() {
    if (stream_->answer_left > Stream::Duration::zero()) return;
    stream_.reset();
    throw AnswerTooSlow(endpoint_.system + ": " + address(endpoint_) +
                        " did not finish its answer within answer_timeout_seconds; ask the supplier why it is slow, "
                        "ask for smaller pages (limit), or raise the bound");
}

HttpsHead HttpsConnection::send(const HttpsRequest& request) {
    const bool usable = stream_ && stream_->reusable &&
                        (!stream_->parser || (stream_->parser->is_done() && stream_->parser->keep_alive()));
    if (!usable) connect();
    Stream& stream = *stream_;
    stream.reusable = false;
    stream.answer_left = endpoint_.answer_timeout;
    stream.parser.reset();
    stream.buffer.clear();

    http::request<http::string_body> message;
    message.method_string(request.method);
    message.target(request.target);
    message.version(11);
    message.set(http::field::host, endpoint_.port == 443 ? endpoint_.host : address(endpoint_));
    message.set(http::field::user_agent, "caseweave");
    message.set(http::field::accept, request.accept.empty() ? "application/json" : request.accept);
    if (!request.authorization.empty()) message.set(http::field::authorization, request.authorization);
    if (!request.body.empty()) {
        message.set(http::field::content_type, request.content_type);
        message.body() = request.body;
        message.prepare_payload();
    }
    const auto fail_lost = [&](const error_code& code, const char* when) {
        fail_if_too_slow();
        stream_.reset();
        throw Error(ErrorKind::unavailable, endpoint_.system + ": the connection to " + address(endpoint_) +
                                                " was lost " + when + " (" + code.message() + "); try again later");
    };
    if (const error_code sent = stream.run(endpoint_.read_timeout, [&](auto done) {
            http::async_write(stream.tls_stream, message, std::move(done));
        })) {
        fail_lost(sent, "while asking");
    }
    // The head is read by hand: it is judged before the parser, which is more lenient, sees it.
    std::size_t head_size = 0;
    for (;;) {
        const auto held = stream.buffer.cdata();
        const std::string_view text(static_cast<const char*>(held.data()), held.size());
        const std::size_t end = text.find("\r\n\r\n");
        if (end != std::string_view::npos) head_size = end + 4;
        if (head_size > 0 || text.size() > kMaxHeadBytes) break;
        std::size_t got = 0;
        const error_code read = stream.run(endpoint_.read_timeout, [&](auto done) {
            stream.tls_stream.async_read_some(
                stream.buffer.prepare(16 * 1024),
                [done = std::move(done), &got](error_code code, std::size_t size) mutable {
                    got = size;
                    done(code);
                });
        });
        if (read) fail_lost(read, "before its answer");
        stream.buffer.commit(got);
    }
    const auto held = stream.buffer.cdata();
    const std::string_view head(static_cast<const char*>(held.data()), head_size > 0 ? head_size : held.size());
    if (const std::string_view fault = judge_response_head(head); !fault.empty()) {
        stream_.reset();
        throw Error(ErrorKind::source, endpoint_.system + ": the answer of " + address(endpoint_) + " is refused: " +
                                           std::string(fault) + "; a proxy in between may be at fault");
    }
    stream.parser.emplace();
    stream.parser->header_limit(static_cast<std::uint32_t>(kMaxHeadBytes));
    stream.parser->body_limit(boost::none);
    stream.parser->eager(false);
    if (const error_code parsed = stream.run(endpoint_.read_timeout, [&](auto done) {
            http::async_read_header(stream.tls_stream, stream.buffer, *stream.parser, std::move(done));
        })) {
        fail_lost(parsed, "before its answer");
    }
    HttpsHead result;
    result.status = stream.parser->get().result_int();
    result.retry_after = std::string(stream.parser->get()[http::field::retry_after]);
    if (stream.parser->need_eof() && result.status != 204) {
        stream_.reset();
        throw Error(
            ErrorKind::source,
            endpoint_.system + ": the answer of " + address(endpoint_) +
                " does not say where it ends, so that a cut one cannot be told; a proxy in between may be at fault");
    }
    stream.reusable = true;
    return result;
}

std::size_t HttpsConnection::read_body(std::span<char> buffer) {
    if (!stream_ || !stream_->parser || stream_->parser->is_done() || buffer.empty()) return 0;
    Stream& stream = *stream_;
    auto& body = stream.parser->get().body();
    body.data = buffer.data();
    body.size = buffer.size();
    body.more = true;
    error_code code = stream.run(endpoint_.read_timeout, [&](auto done) {
        http::async_read(stream.tls_stream, stream.buffer, *stream.parser, std::move(done));
    });
    if (code == http::error::need_buffer) code = {};
    if (code) {
        fail_if_too_slow();
        stream_.reset();
        throw Error(ErrorKind::unavailable, endpoint_.system + ": the answer of " + address(endpoint_) +
                                                " broke off (" + code.message() + "); try again later");
    }
    return buffer.size() - body.size;
}

}  // namespace caseweave
