#include "connectors/transports/https_client.hpp"

#include <openssl/evp.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/shutdown.hpp"

namespace caseweave {

namespace {

/// First wait of a retry; doubles each time: a busy server gets air, and a short break costs little.
constexpr std::chrono::milliseconds kFirstWait{250};
/// Longest single wait a server may ask for: more is a job for the next night.
constexpr std::chrono::seconds kLongestWait{120};

/// An answer that says "not now".
struct Busy {
    std::string retry_after;
    std::string what;
};

std::string base64(const std::string& text) {
    std::vector<unsigned char> out((text.size() + 2) / 3 * 4 + 1);
    const int size =
        EVP_EncodeBlock(out.data(), reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    return {reinterpret_cast<const char*>(out.data()), static_cast<std::size_t>(size)};
}

/// A token goes into a header: visible ASCII only.
bool is_token_text(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 8192 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 127; });
}

bool is_busy(unsigned status) noexcept {
    return status == 429 || (status >= 500 && status != 501 && status != 505);
}

}  // namespace

std::string percent_encode(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                           c == '.' || c == '_' || c == '~';
        if (plain) {
            out.push_back(c);
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out.push_back('%');
            out.push_back(kDigits[byte >> 4U]);
            out.push_back(kDigits[byte & 15U]);
        }
    }
    return out;
}

std::string TokenCache::get() const {
    const std::lock_guard lock(mutex_);
    return Clock::now() < ends_ ? token_ : std::string();
}

void TokenCache::put(std::string token, std::chrono::seconds lifetime) {
    const std::lock_guard lock(mutex_);
    token_ = std::move(token);
    ends_ = Clock::now() + lifetime;
}

void TokenCache::drop(const std::string& refused) {
    const std::lock_guard lock(mutex_);
    if (token_ == refused) ends_ = {};
}

HttpsClient::HttpsClient(const HttpsSettings& settings, TokenCache& tokens)
    : settings_(settings),
      tokens_(&tokens),
      connection_(settings.endpoint),
      jitter_(static_cast<std::minstd_rand::result_type>(std::chrono::steady_clock::now().time_since_epoch().count())) {
}

void HttpsClient::wait_before_retry(unsigned tried, const std::string& retry_after, std::chrono::milliseconds& waited,
                                    const std::string& failure) {
    std::chrono::milliseconds wait = kFirstWait * (1U << std::min(tried - 1, 10U));
    // Half of it at random, so that clients that failed together do not come back together.
    wait = wait / 2 +
           std::chrono::milliseconds(static_cast<long>(jitter_() % static_cast<unsigned>(wait.count() / 2 + 1)));
    unsigned seconds = 0;
    const auto [stop, error] = std::from_chars(retry_after.data(), retry_after.data() + retry_after.size(), seconds);
    if (error == std::errc() && stop == retry_after.data() + retry_after.size()) {
        wait = std::max(wait, std::chrono::milliseconds(std::chrono::seconds(
                                  std::min<unsigned>(seconds, static_cast<unsigned>(kLongestWait.count())))));
    }
    if (tried >= settings_.attempts || waited + wait > settings_.retry_budget) {
        throw Error(ErrorKind::unavailable, failure + " (tried " + std::to_string(tried) + " times)");
    }
    waited += wait;
    wait_or_stop(wait);
}

template <typename Attempt>
auto HttpsClient::persist(Attempt attempt) {
    std::chrono::milliseconds waited{0};
    for (unsigned tried = 1;; ++tried) {
        std::string failure, retry_after;
        try {
            return attempt();
        } catch (const Busy& busy) {
            failure = busy.what;
            retry_after = busy.retry_after;
        } catch (const AnswerTooSlow&) {
            throw;
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::unavailable) throw;
            failure = error.what();
        }
        wait_before_retry(tried, retry_after, waited, failure);
    }
}

void HttpsClient::fail_status(unsigned status, const std::string& target) const {
    const std::string path = target.substr(0, target.find('?'));
    std::string message =
        settings_.endpoint.system + ": the server answered " + std::to_string(status) + " for " + path + "; ";
    if (status == 401) {
        message += "it refuses a token it has just given: ask the supplier, and check the clocks of both machines";
    } else if (status == 403) {
        message += "the client may not read it: check scope, and the rights of client_id with the supplier";
    } else if (status == 404) {
        message += "check url and the entity's resource";
    } else if (status >= 300 && status < 400) {
        message += "redirects are not followed: give the final address as url";
    } else {
        message += "ask the supplier what it expects";
    }
    throw Error(ErrorKind::source, message);
}

std::string HttpsClient::read_whole_body() {
    std::string body;
    for (;;) {
        const std::size_t size = body.size();
        body.resize(size + 64 * 1024);
        const std::size_t got = connection_.read_body({body.data() + size, body.size() - size});
        body.resize(size + got);
        if (got == 0) return body;
        if (body.size() > settings_.max_body_bytes) {
            throw Error(
                ErrorKind::source,
                settings_.endpoint.system + ": an answer is larger than " + std::to_string(settings_.max_body_bytes) +
                    " bytes; ask for smaller pages (limit), or raise max_body_bytes in [transport] of the system");
        }
    }
}

std::string HttpsClient::fetch_token() {
    HttpsRequest request;
    request.method = "POST";
    request.target = settings_.base_path + settings_.token_path;
    request.content_type = "application/x-www-form-urlencoded";
    request.body = "grant_type=client_credentials";
    if (!settings_.scope.empty()) request.body += "&scope=" + percent_encode(settings_.scope);
    // RFC 6749, 2.3.1: both are form-encoded first.
    request.authorization =
        "Basic " + base64(percent_encode(settings_.client_id) + ":" + percent_encode(settings_.client_secret));
    const HttpsHead head = connection_.send(request);
    if (is_busy(head.status)) {
        throw Busy{head.retry_after, settings_.endpoint.system + ": the server that issues tokens is busy or broken (" +
                                         std::to_string(head.status) + "); try again later"};
    }
    const std::string body = read_whole_body();
    if (head.status == 400 || head.status == 401 || head.status == 403) {
        throw Error(ErrorKind::source, settings_.endpoint.system + ": the server refused the login (" +
                                           std::to_string(head.status) +
                                           "): wrong client_id or client_secret, or a scope the client may not have; "
                                           "check them with the supplier");
    }
    if (head.status != 200) fail_status(head.status, request.target);
    simdjson::dom::parser parser;
    simdjson::dom::element answer;
    std::string_view token;
    if (parser.parse(body).get(answer) != simdjson::SUCCESS || answer["access_token"].get(token) != simdjson::SUCCESS ||
        !is_token_text(token)) {
        throw Error(ErrorKind::source,
                    settings_.endpoint.system + ": the server's answer to the login holds no token; check token_path");
    }
    std::int64_t lifetime = 0;
    if (answer["expires_in"].get(lifetime) != simdjson::SUCCESS || lifetime <= 0) lifetime = 300;
    // Renewed a little early, so that a token does not end on its way.
    tokens_->put(std::string(token), std::chrono::seconds(std::clamp<std::int64_t>(lifetime - 10, 1, 86'400)));
    return std::string(token);
}

std::string HttpsClient::token() {
    if (settings_.client_id.empty() || settings_.token_path.empty()) return {};
    std::string token = tokens_->get();
    return token.empty() ? fetch_token() : token;
}

void HttpsClient::request(const std::string& target) {
    for (bool renewed = false;; renewed = true) {
        HttpsRequest request;
        request.target = target;
        const std::string bearer = token();
        if (!bearer.empty()) request.authorization = "Bearer " + bearer;
        const HttpsHead head = connection_.send(request);
        if (head.status == 200) return;
        if (head.status == 401 && !renewed && !bearer.empty()) {
            tokens_->drop(bearer);
            (void)read_whole_body();
            continue;
        }
        if (is_busy(head.status)) {
            throw Busy{head.retry_after, settings_.endpoint.system + ": the server is busy or broken (" +
                                             std::to_string(head.status) + "); try again later"};
        }
        fail_status(head.status, target);
    }
}

void HttpsClient::check() {
    persist([&] {
        connection_.connect();
        (void)token();
        return true;
    });
}

std::string HttpsClient::get(const std::string& target) {
    return persist([&] {
        request(target);
        return read_whole_body();
    });
}

void HttpsClient::open(const std::string& target) {
    persist([&] {
        request(target);
        return true;
    });
}

}  // namespace caseweave
