#include "simulate_county/server/source_server.hpp"

#include <openssl/rand.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "simulate_county/server/query_string.hpp"
#include "simulate_county/server/updated_since.hpp"

namespace simulate {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;
using Stream = asio::ssl::stream<tcp::socket>;
using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

constexpr std::size_t kDefaultLimit = 200;
constexpr std::size_t kGreatestLimit = 1000;
constexpr std::uint64_t kGreatestRequestBytes = 16 * 1024;
constexpr auto kTokenLife = std::chrono::seconds(3600);
// A silent client must not hold its thread for ever.
constexpr int kSocketTimeoutSeconds = 60;

std::string read_text(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + file.string() + ": run 'simulate_county generate' first");
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// A resource's records as they stand in its file, one a line.
struct Resource {
    std::vector<std::string> records;
    bool paged = false;  // a .json file, of records that are whole; else .ndjson, for export only
};

Resource read_resource(const std::filesystem::path& file) {
    Resource resource;
    resource.paged = file.extension() == ".json";
    const std::string text = read_text(file);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string line = text.substr(at, end - at);
        at = end + 1;
        if (resource.paged && (line == "[" || line == "]" || line.empty())) continue;
        if (resource.paged && line.back() == ',') line.pop_back();
        resource.records.push_back(std::move(line));
    }
    return resource;
}

struct Client {
    std::string secret;
    std::string system;
};

struct Token {
    std::string system;
    std::chrono::steady_clock::time_point expires;
    std::uint64_t requests = 0;
};

// The server's state: immutable sources, and tokens behind a mutex.
class Sources {
  public:
    explicit Sources(const ServerOptions& options) : options_(options) {
        for (const std::string system : {"early_help", "youth_support"}) {
            std::string secret = read_text(options.sources / "server" / (system + ".secret"));
            while (!secret.empty() && secret.back() == '\n') secret.pop_back();
            clients_["caseweave-" + system] = {secret, system};
            const std::filesystem::path folder = options.sources / system;
            if (!std::filesystem::is_directory(folder)) continue;
            for (const auto& entry : std::filesystem::directory_iterator(folder)) {
                const auto extension = entry.path().extension();
                if (extension == ".json" || extension == ".ndjson")
                    resources_[system][entry.path().stem().string()] = read_resource(entry.path());
            }
        }
    }

    std::optional<std::string> issue_token(const std::string& id, const std::string& secret) {
        const auto client = clients_.find(id);
        if (client == clients_.end() || client->second.secret != secret) return std::nullopt;
        std::array<unsigned char, 24> bytes{};
        if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return std::nullopt;
        constexpr std::string_view kDigits = "0123456789abcdef";
        std::string token;
        for (const unsigned char byte : bytes) {
            token += kDigits[byte >> 4U];
            token += kDigits[byte & 15U];
        }
        const std::scoped_lock lock(mutex_);
        tokens_[token] = {client->second.system, std::chrono::steady_clock::now() + kTokenLife, 0};
        return token;
    }

    /// Gives the system a token opens, and counts its use.
    std::optional<std::string> system_of(const std::string& token) {
        const std::scoped_lock lock(mutex_);
        const auto found = tokens_.find(token);
        if (found == tokens_.end() || found->second.expires < std::chrono::steady_clock::now()) return std::nullopt;
        if (options_.expire_token_after > 0 && ++found->second.requests > options_.expire_token_after) {
            tokens_.erase(found);
            return std::nullopt;
        }
        return found->second.system;
    }

    const Resource* find(const std::string& system, const std::string& name) const {
        const auto resources = resources_.find(system);
        if (resources == resources_.end()) return nullptr;
        const auto found = resources->second.find(name);
        return found == resources->second.end() ? nullptr : &found->second;
    }

    bool must_fail() { return options_.fail_every > 0 && ++requests_ % options_.fail_every == 0; }
    const ServerOptions& options() const { return options_; }

  private:
    ServerOptions options_;
    std::map<std::string, Client> clients_;
    std::map<std::string, std::map<std::string, Resource>> resources_;
    std::mutex mutex_;
    std::map<std::string, Token> tokens_;
    std::atomic<std::uint64_t> requests_{0};
};

Response answer(const Request& request, http::status status, std::string body, const char* type = "application/json") {
    Response response(status, request.version());
    response.set(http::field::server, "simulated-county");
    response.set(http::field::content_type, type);
    response.set(http::field::cache_control, "no-store");
    response.keep_alive(request.keep_alive());
    response.body() = std::move(body);
    response.prepare_payload();
    return response;
}

Response refuse(const Request& request, http::status status, std::string_view error) {
    Response response = answer(request, status, "{\"error\":\"" + std::string(error) + "\"}");
    if (status == http::status::unauthorized) response.set(http::field::www_authenticate, "Bearer");
    return response;
}

Response give_token(Sources& sources, const Request& request) {
    if (request.method() != http::verb::post)
        return refuse(request, http::status::method_not_allowed, "method_not_allowed");
    const QueryString form(request.body());
    if (form.value("grant_type") != "client_credentials")
        return refuse(request, http::status::bad_request, "unsupported_grant_type");
    std::string id = form.value("client_id").value_or("");
    std::string secret = form.value("client_secret").value_or("");
    const auto basic = basic_credentials(std::string(request[http::field::authorization]));
    if (basic) std::tie(id, secret) = *basic;
    const auto token = sources.issue_token(id, secret);
    if (!token) return refuse(request, http::status::unauthorized, "invalid_client");
    const auto life = std::to_string(kTokenLife.count());
    return answer(request, http::status::ok,
                  "{\"access_token\":\"" + *token + "\",\"token_type\":\"Bearer\",\"expires_in\":" + life + "}");
}

std::optional<std::size_t> parse_number(std::string_view text) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// The records a request asks for: all, or those saved since.
std::vector<const std::string*> records_since(const Resource& resource, const std::optional<std::string>& since) {
    std::vector<const std::string*> wanted;
    for (const std::string& record : resource.records) {
        if (!since || is_updated_since(record, *since)) wanted.push_back(&record);
    }
    return wanted;
}

Response give_page(const Request& request, const Resource& resource, const QueryString& query,
                   const std::optional<std::string>& since) {
    const std::vector<const std::string*> records = records_since(resource, since);
    std::size_t limit = kDefaultLimit;
    if (const auto text = query.value("limit"); text && !text->empty()) {
        const auto wanted = parse_number(*text);
        if (!wanted || *wanted == 0 || *wanted > kGreatestLimit)
            return refuse(request, http::status::bad_request, "invalid_limit");
        limit = *wanted;
    }
    std::size_t first = 0;
    if (const auto cursor = query.value("cursor"); cursor && !cursor->empty()) {
        const auto offset = cursor->starts_with("p") ? parse_number(std::string_view(*cursor).substr(1)) : std::nullopt;
        if (!offset || *offset > records.size()) return refuse(request, http::status::bad_request, "invalid_cursor");
        first = *offset;
    }
    const std::size_t last = std::min(records.size(), first + limit);
    std::string body = "{\"data\":[";
    for (std::size_t i = first; i < last; ++i) {
        if (i > first) body += ',';
        body += *records[i];
    }
    body += "],\"next_cursor\":";
    body += last < records.size() ? "\"p" + std::to_string(last) + "\"" : "null";
    return answer(request, http::status::ok, body + "}");
}

Response give_export(const Request& request, const Resource& resource, const std::optional<std::string>& since) {
    std::string body;
    for (const std::string* record : records_since(resource, since)) body += *record + "\n";
    return answer(request, http::status::ok, std::move(body), "application/x-ndjson");
}

Response give_data(Sources& sources, const Request& request, std::string_view path, const QueryString& query) {
    if (request.method() != http::verb::get)
        return refuse(request, http::status::method_not_allowed, "method_not_allowed");
    constexpr std::string_view kBearer = "Bearer ";
    const std::string authorization(request[http::field::authorization]);
    if (!authorization.starts_with(kBearer)) return refuse(request, http::status::unauthorized, "missing_token");
    const auto system = sources.system_of(authorization.substr(kBearer.size()));
    if (!system) return refuse(request, http::status::unauthorized, "invalid_token");
    if (sources.must_fail()) return refuse(request, http::status::internal_server_error, "failed_on_purpose");
    std::optional<std::string> since;
    if (const auto text = query.value("updated_since"); text && !text->empty()) {
        since = read_since(*text);
        if (!since) return refuse(request, http::status::bad_request, "invalid_updated_since");
    }
    constexpr std::string_view kApi = "/api/v1/";
    constexpr std::string_view kExport = "/export/";
    constexpr std::string_view kLines = ".ndjson";
    if (path.starts_with(kApi)) {
        const Resource* resource = sources.find(*system, std::string(path.substr(kApi.size())));
        if (resource != nullptr && resource->paged) return give_page(request, *resource, query, since);
    }
    if (path.starts_with(kExport) && path.ends_with(kLines)) {
        const std::size_t size = path.size() - kExport.size() - kLines.size();
        const Resource* resource = sources.find(*system, std::string(path.substr(kExport.size(), size)));
        if (resource != nullptr) return give_export(request, *resource, since);
    }
    return refuse(request, http::status::not_found, "not_found");
}

struct Reply {
    Response response;
    bool data = false;
};

Reply reply_to(Sources& sources, const Request& request) {
    const std::string target(request.target());
    const std::size_t mark = std::min(target.find('?'), target.size());
    const std::string path = target.substr(0, mark);
    const QueryString query(mark < target.size() ? std::string_view(target).substr(mark + 1) : std::string_view());
    if (path == "/health") return {answer(request, http::status::ok, "{\"status\":\"ok\"}"), false};
    if (path == "/oauth/token") return {give_token(sources, request), false};
    return {give_data(sources, request, path, query), true};
}

// Sends the head and the first bytes of the body, and hangs up: what a failing proxy does.
void send_truncated(Stream& stream, const Response& response, std::size_t bytes) {
    std::string text = "HTTP/1.1 " + std::to_string(response.result_int()) + " OK\r\n";
    for (const auto& field : response)
        text += std::string(field.name_string()) + ": " + std::string(field.value()) + "\r\n";
    text += "\r\n" + response.body().substr(0, bytes);
    boost::system::error_code ignored;
    asio::write(stream, asio::buffer(text), ignored);
}

void converse(Sources& sources, Stream& stream) {
    boost::system::error_code error;
    stream.handshake(asio::ssl::stream_base::server, error);
    boost::beast::flat_buffer buffer;
    while (!error) {
        http::request_parser<http::string_body> parser;
        parser.body_limit(kGreatestRequestBytes);
        http::read(stream, buffer, parser, error);
        if (error) break;
        const Request request = parser.release();
        Reply reply = reply_to(sources, request);
        const std::uint64_t limit = sources.options().truncate_after_bytes;
        if (reply.data && limit > 0 && reply.response.body().size() > limit) {
            send_truncated(stream, reply.response, limit);
            return;
        }
        http::write(stream, reply.response, error);
        if (!reply.response.keep_alive()) break;
    }
    stream.shutdown(error);
}

// Runs conversations on threads and knows their sockets, so that a stop can wake every one of them.
class Conversations {
  public:
    void start(Sources& sources, tcp::socket socket, asio::ssl::context& tls) {
        const std::scoped_lock lock(mutex_);
        const int handle = socket.native_handle();
        const timeval timeout{kSocketTimeoutSeconds, 0};
        setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
        setsockopt(handle, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
        handles_.insert(handle);
        ++running_;
        std::thread([this, &sources, &tls, handle, own = std::move(socket)]() mutable {
            {
                Stream stream(std::move(own), tls);
                converse(sources, stream);
                const std::scoped_lock closing(mutex_);
                handles_.erase(handle);  // before the stream closes it and the number is used again
            }
            const std::scoped_lock done(mutex_);
            --running_;
            ended_.notify_all();
        }).detach();
    }

    void stop() {
        std::unique_lock lock(mutex_);
        for (const int handle : handles_) ::shutdown(handle, SHUT_RDWR);
        ended_.wait(lock, [this] { return running_ == 0; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable ended_;
    std::set<int> handles_;
    std::size_t running_ = 0;
};

void accept_next(tcp::acceptor& acceptor, Conversations& conversations, Sources& sources, asio::ssl::context& tls) {
    acceptor.async_accept([&](const boost::system::error_code& error, tcp::socket socket) {
        if (error) return;
        conversations.start(sources, std::move(socket), tls);
        accept_next(acceptor, conversations, sources, tls);
    });
}

void announce(const std::filesystem::path& ready_file, std::uint16_t port) {
    if (ready_file.empty()) return;
    // Written aside and renamed: a reader sees the whole number or no file.
    const std::filesystem::path aside = ready_file.string() + ".new";
    std::ofstream out(aside);
    out << port << '\n';
    out.close();
    if (!out) throw std::runtime_error("cannot write " + aside.string());
    std::filesystem::rename(aside, ready_file);
}

}  // namespace

void serve(const ServerOptions& options) {
    Sources sources(options);
    asio::ssl::context tls(asio::ssl::context::tls_server);
    tls.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                    asio::ssl::context::no_tlsv1_1);
    const std::filesystem::path keys = options.sources / "server";
    try {
        tls.use_certificate_chain_file((keys / "server.pem").string());
        tls.use_private_key_file((keys / "server.key").string(), asio::ssl::context::pem);
    } catch (const boost::system::system_error& failed) {
        throw std::runtime_error("cannot use the certificate in " + keys.string() + ": " + failed.what());
    }
    asio::io_context context(1);
    tcp::acceptor acceptor(context);
    try {
        const tcp::endpoint endpoint(asio::ip::make_address("127.0.0.1"), options.port);
        acceptor.open(endpoint.protocol());
        acceptor.set_option(tcp::acceptor::reuse_address(true));
        acceptor.bind(endpoint);
        acceptor.listen();
    } catch (const boost::system::system_error& failed) {
        throw std::runtime_error("cannot listen on port " + std::to_string(options.port) + ": " + failed.what());
    }
    Conversations conversations;
    asio::signal_set signals(context, SIGINT, SIGTERM);
    signals.async_wait([&](const boost::system::error_code&, int) { context.stop(); });
    accept_next(acceptor, conversations, sources, tls);
    announce(options.ready_file, acceptor.local_endpoint().port());
    context.run();
    conversations.stop();
}

}  // namespace simulate
