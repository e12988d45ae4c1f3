#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <random>
#include <span>
#include <string>

#include "connectors/transports/https_connection.hpp"

namespace caseweave {

/// Holds the settings of a REST interface; https_options() says what each means.
struct HttpsSettings {
    HttpsEndpoint endpoint;
    std::string base_path;  ///< of the url, without a slash at its end
    std::string token_path, client_id, client_secret, scope;
    unsigned attempts = 5;
    std::chrono::milliseconds retry_budget{60'000};
    std::size_t max_body_bytes = 0;
};

/// Keeps the access token of one system for all its open sources.
class TokenCache {
  public:
    using Clock = std::chrono::steady_clock;
    /// Gives the token, or "" when there is none or it is about to end.
    std::string get() const;
    void put(std::string token, std::chrono::seconds lifetime);
    /// Forgets `refused`, unless another source has renewed it meanwhile.
    void drop(const std::string& refused);

  private:
    mutable std::mutex mutex_;
    std::string token_;
    Clock::time_point ends_;
};

/// Fetches resources: with a token, and again where that may help, within a budget of attempts and time.
///
/// One thread at a time; `tokens` may be shared and must outlive the client.
class HttpsClient {
  public:
    HttpsClient(const HttpsSettings& settings, TokenCache& tokens);

    /// Connects, and logs in where there is a client id.
    void check();
    /// Fetches a whole body. `target` is path and query. @throws Error(source) for an answer that is no success.
    std::string get(const std::string& target);
    /// Starts a body that is read in pieces with read(); what breaks off then is not fetched again.
    void open(const std::string& target);
    std::size_t read(std::span<char> buffer) { return connection_.read_body(buffer); }

  private:
    template <typename Attempt>
    auto persist(Attempt attempt);
    /// Waits before another try, or rethrows what `failure` says when the budget is used up.
    void wait_before_retry(unsigned tried, const std::string& retry_after, std::chrono::milliseconds& waited,
                           const std::string& failure);
    void request(const std::string& target);
    std::string token();
    std::string fetch_token();
    std::string read_whole_body();
    [[noreturn]] void fail_status(unsigned status, const std::string& target) const;

    HttpsSettings settings_;
    TokenCache* tokens_;
    HttpsConnection connection_;
    std::minstd_rand jitter_;  // spreads retries of many clients; has no part in what is read
};

/// Percent-encodes everything but unreserved characters (RFC 3986).
std::string percent_encode(std::string_view text);

}  // namespace caseweave
