#include "connectors/transports/https.hpp"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <functional>
#include <set>
#include <string_view>
#include <unordered_set>

#include "connectors/transports/https_client.hpp"
#include "connectors/transports/transport_settings.hpp"
#include "core/error.hpp"
#include "text/utf8.hpp"

namespace caseweave {

const std::vector<OptionDescriptor>& https_options() {
    static const std::vector<OptionDescriptor> options = {
        {"url", "string", "required",
         "Base address, \"https://host[:port][/path]\"; an entity's `resource` is appended."},
        {"ca_file", "string", "",
         "PEM file of the authority that signed the server's certificate; \"\" = the system's."},
        {"token_path", "string", "/oauth/token",
         "Where tokens are issued (OAuth2 client credentials), under the base address; \"\" = no OAuth2."},
        {"client_id", "string", "", "Id of this client."},
        {"client_secret", "secret", "", "Needed with a client id.", true},
        {"scope", "string", "", "Scope to ask for."},
        {"paging", "string", "cursor", "cursor: pages until one has no next cursor; none: one document."},
        {"cursor_parameter", "string", "cursor", "Query parameter that takes the cursor."},
        {"next_pointer", "string", "/next_cursor",
         "JSON pointer to the next cursor in a page; null, \"\" or absent ends."},
        {"limit_parameter", "string", "limit", "Query parameter that takes the page size."},
        {"limit", "integer", "0", "Records a page to ask for; 0 = as the server likes."},
        {"health_path", "string", "",
         "Resource that check asks for, without personal data; \"\" = only connect and get a token."},
        {"connect_timeout_seconds", "integer", "10", "How long name, connection and TLS handshake may take."},
        {"read_timeout_seconds", "integer", "60", "How long the server may be silent."},
        {"answer_timeout_seconds", "integer", "1800",
         "How long waiting for one whole answer may take, however steadily it trickles; it is not asked for again."},
        {"attempts", "integer", "5", "How often a request is tried when the server is busy, broken or gone."},
        {"retry_budget_seconds", "integer", "60", "How long all waiting of one request may take together."},
        {"max_body_bytes", "integer", "67108864",
         "Largest page; an export without paging is streamed and has no bound."},
    };
    return options;
}

namespace {

/// Pages in a row that may hold what an earlier page held: a service that looks for records may give empty ones, of
/// which some hundred cost seconds.
constexpr std::uint64_t kMostRepeatedPages = 500;

struct PagingSettings {
    bool by_cursor = true;
    std::string cursor_parameter, next_pointer, limit_parameter;
    std::int64_t limit = 0;
};

/// A whole page in memory.
class PageStream final : public ByteStream {
  public:
    PageStream(std::string name, std::string text) : name_(std::move(name)), text_(std::move(text)) {}
    std::size_t read(std::span<char> buffer) override {
        const std::size_t size = std::min(buffer.size(), text_.size() - at_);
        if (size > 0) std::memcpy(buffer.data(), text_.data() + at_, size);
        at_ += size;
        return size;
    }
    const std::string& name() const override { return name_; }
    std::string_view whole() const override { return text_; }

  private:
    std::string name_, text_;
    std::size_t at_ = 0;
};

/// A document that is read while it arrives.
class ExportStream final : public ByteStream {
  public:
    ExportStream(std::string name, HttpsClient& client) : name_(std::move(name)), client_(&client) {}
    std::size_t read(std::span<char> buffer) override { return client_->read(buffer); }
    const std::string& name() const override { return name_; }

  private:
    std::string name_;
    HttpsClient* client_;
};

std::string with_parameter(std::string target, const std::string& name, std::string_view value) {
    target += target.find('?') == std::string::npos ? '?' : '&';
    return target + percent_encode(name) + "=" + percent_encode(value);
}

/// Yields the pages of a resource. Checkpoints: "" before the first, "page <n> <cursor>" before page n + 1, "end".
class PageSequence final : public DocumentSequence {
  public:
    PageSequence(const HttpsSettings& settings, const PagingSettings& paging, TokenCache& tokens, std::string resource,
                 std::string_view checkpoint)
        : system_(settings.endpoint.system),
          paging_(paging),
          resource_(std::move(resource)),
          target_(settings.base_path + resource_),
          client_(settings, tokens) {
        if (checkpoint.empty()) return;
        ended_ = checkpoint == "end";
        if (ended_) return;
        constexpr std::string_view kPage = "page ";
        bool readable = checkpoint.starts_with(kPage);
        if (readable) {
            checkpoint.remove_prefix(kPage.size());
            const auto [stop, error] =
                std::from_chars(checkpoint.data(), checkpoint.data() + checkpoint.size(), pages_);
            const auto digits = static_cast<std::size_t>(stop - checkpoint.data());
            readable = error == std::errc() && digits < checkpoint.size() && checkpoint[digits] == ' ';
            if (readable) cursor_ = checkpoint.substr(digits + 1);
        }
        if (!readable)
            throw Error(ErrorKind::integrity, system_ + ": a checkpoint of " + resource_ +
                                                  " cannot be read; start the entity from the beginning");
    }

    std::unique_ptr<ByteStream> next() override {
        if (ended_) return nullptr;
        std::string target = target_;
        if (paging_.limit > 0)
            target = with_parameter(std::move(target), paging_.limit_parameter, std::to_string(paging_.limit));
        if (!cursor_.empty()) target = with_parameter(std::move(target), paging_.cursor_parameter, cursor_);
        ++pages_;
        std::string name = resource_ + " page " + std::to_string(pages_);
        std::string page = client_.get(target);
        take_next_cursor(page, name);
        return std::make_unique<PageStream>(std::move(name), std::move(page));
    }

    std::string checkpoint() const override {
        if (ended_) return "end";
        return pages_ == 0 ? std::string() : "page " + std::to_string(pages_) + " " + cursor_;
    }

  private:
    void take_next_cursor(const std::string& page, const std::string& name) {
        simdjson::dom::parser parser;
        simdjson::dom::element document;
        simdjson::error_code fault = simdjson::SUCCESS;
        const auto parse = [&](const std::string& text) {
            fault = parser.parse(text).get(document);
            return fault == simdjson::SUCCESS;
        };
        // A byte that no text holds costs the record it stands in: that is the format's business.
        std::string around;
        const auto parse_around = [&] {
            around = page;
            return !text::replace_unreadable_bytes(around).empty() && parse(around);
        };
        if (!parse(page) && !parse_around()) {
            const std::string what =
                fault == simdjson::DEPTH_ERROR
                    ? " is nested deeper than " + std::to_string(parser.max_depth()) + ", which no setting raises"
                    : " is not JSON";
            throw Error(ErrorKind::integrity, system_ + ": " + name + what + "; ask the supplier");
        }
        simdjson::dom::element next;
        std::string cursor;
        if (document.at_pointer(paging_.next_pointer).get(next) == simdjson::SUCCESS) {
            std::string_view text;
            if (next.get(text) == simdjson::SUCCESS) {
                cursor = text;
            } else if (!next.is_null()) {
                cursor = simdjson::minify(next);
            }
        }
        const bool plain = cursor.size() <= 4096 &&
                           std::all_of(cursor.begin(), cursor.end(), [](char c) { return c > ' ' && c < 127; });
        if (!plain)
            throw Error(ErrorKind::source,
                        system_ + ": " + name + " gives a cursor that cannot stand in a request; check next_pointer");
        ended_ = cursor.empty();
        if (!ended_ && !seen_.insert(cursor).second) {
            throw Error(ErrorKind::source, system_ + ": " + name +
                                               " gives a cursor that was given before: the pages would never end; "
                                               "check cursor_parameter and ask the supplier");
        }
        require_another_page(page, cursor, name);
        cursor_ = std::move(cursor);
    }

    /// A service that pays no heed to the cursor may give the same records under ever new ones.
    void require_another_page(std::string page, const std::string& cursor, const std::string& name) {
        if (ended_) return;
        if (const std::size_t at = page.rfind(cursor); at != std::string::npos) page.erase(at, cursor.size());
        repeated_ = pages_seen_.insert(std::hash<std::string>()(page)).second ? 0 : repeated_ + 1;
        if (repeated_ < kMostRepeatedPages) return;
        throw Error(ErrorKind::source, system_ + ": " + name + " is the " + std::to_string(kMostRepeatedPages) +
                                           "th in a row that holds what an earlier one held: the pages would never "
                                           "end; check cursor_parameter and ask the supplier");
    }

    std::string system_;
    PagingSettings paging_;
    std::string resource_, target_, cursor_;
    HttpsClient client_;
    std::set<std::string> seen_;
    std::unordered_set<std::size_t> pages_seen_;  // hashes, without their cursors
    std::uint64_t repeated_ = 0;                  // pages in a row that were seen before
    std::uint64_t pages_ = 0;
    bool ended_ = false;
};

/// Yields a resource as one document. Checkpoints: "" before it, "end" after it.
class ExportSequence final : public DocumentSequence {
  public:
    ExportSequence(const HttpsSettings& settings, TokenCache& tokens, std::string resource, std::string_view checkpoint)
        : resource_(std::move(resource)),
          target_(settings.base_path + resource_),
          client_(settings, tokens),
          ended_(checkpoint == "end") {}
    std::unique_ptr<ByteStream> next() override {
        if (ended_) return nullptr;
        client_.open(target_);
        ended_ = true;
        return std::make_unique<ExportStream>(resource_, client_);
    }
    std::string checkpoint() const override { return ended_ ? "end" : ""; }

  private:
    std::string resource_, target_;
    HttpsClient client_;
    bool ended_;
};

class HttpsTransport final : public Transport {
  public:
    explicit HttpsTransport(const TransportContext& context) {
        const TransportSettings settings(context, https_options());
        settings_.endpoint.system = context.connector.name;
        read_url(settings);
        settings_.endpoint.ca_file = settings.string("ca_file");
        settings_.endpoint.connect_timeout = std::chrono::seconds(settings.integer("connect_timeout_seconds", 1, 600));
        settings_.endpoint.read_timeout = std::chrono::seconds(settings.integer("read_timeout_seconds", 1, 86'400));
        settings_.endpoint.answer_timeout = std::chrono::seconds(settings.integer("answer_timeout_seconds", 1, 86'400));
        settings_.token_path = settings.string("token_path");
        settings_.client_id = settings.string("client_id");
        settings_.scope = settings.string("scope");
        if (!settings_.client_id.empty()) settings_.client_secret = settings.secret("client_secret");
        settings_.attempts = static_cast<unsigned>(settings.integer("attempts", 1, 100));
        settings_.retry_budget = std::chrono::seconds(settings.integer("retry_budget_seconds", 0, 86'400));
        settings_.max_body_bytes =
            static_cast<std::size_t>(settings.integer("max_body_bytes", 1024, std::int64_t{4} * 1024 * 1024 * 1024));
        health_path_ = settings.string("health_path");
        const std::string paging = settings.string("paging");
        if (paging != "cursor" && paging != "none")
            settings.fail("paging", "unknown paging \"" + paging + "\"; known: cursor none");
        paging_.by_cursor = paging == "cursor";
        paging_.cursor_parameter = settings.string("cursor_parameter");
        paging_.next_pointer = settings.string("next_pointer");
        paging_.limit_parameter = settings.string("limit_parameter");
        paging_.limit = settings.integer("limit", 0, 1'000'000);
        settings.finish();
    }

    void check_reachable() override {
        HttpsClient client(settings_, tokens_);
        client.check();
        if (!health_path_.empty()) (void)client.get(settings_.base_path + health_path_);
    }
    std::unique_ptr<DocumentSequence> open_documents(const EntityDefinition& entity,
                                                     std::string_view checkpoint) override {
        std::string resource = entity.resource.starts_with('/') ? entity.resource : "/" + entity.resource;
        if (paging_.by_cursor)
            return std::make_unique<PageSequence>(settings_, paging_, tokens_, std::move(resource), checkpoint);
        return std::make_unique<ExportSequence>(settings_, tokens_, std::move(resource), checkpoint);
    }
    bool yields_documents() const override { return true; }

  private:
    void read_url(const TransportSettings& settings) {
        const std::string url = settings.string("url");
        constexpr std::string_view kScheme = "https://";
        if (!url.starts_with(kScheme))
            settings.fail("url", "url must start with https://: records are read over TLS only");
        const std::string rest = url.substr(kScheme.size());
        const std::size_t slash = std::min(rest.find('/'), rest.size());
        std::string authority = rest.substr(0, slash);
        settings_.base_path = rest.substr(slash);
        while (settings_.base_path.ends_with('/')) settings_.base_path.pop_back();
        const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : std::string::npos;
        const std::size_t colon = authority.find(':', bracket == std::string::npos ? 0 : bracket);
        if (colon != std::string::npos) {
            const std::string port = authority.substr(colon + 1);
            const auto [stop, error] = std::from_chars(port.data(), port.data() + port.size(), settings_.endpoint.port);
            if (error != std::errc() || stop != port.data() + port.size() || settings_.endpoint.port == 0)
                settings.fail("url", "url has a port that is none");
            authority.resize(colon);
        }
        if (bracket != std::string::npos) authority = authority.substr(1, bracket - 1);
        const bool plain = !authority.empty() && url.find_first_of("@?# \"<>\\") == std::string::npos;
        if (!plain) settings.fail("url", "url must be https://host[:port][/path], without user, query or blanks");
        settings_.endpoint.host = authority;
    }

    HttpsSettings settings_;
    PagingSettings paging_;
    std::string health_path_;
    TokenCache tokens_;
};

}  // namespace

std::unique_ptr<Transport> make_https_transport(const TransportContext& context) {
    return std::make_unique<HttpsTransport>(context);
}

}  // namespace caseweave
