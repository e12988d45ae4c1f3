#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "support/temporary_folder.hpp"
#include "support/tls_server.hpp"

namespace caseweave::testing {

/// Serves the simulated county's early help over HTTPS, page by page, and fails as told.
class RestService {
  public:
    struct Page {
        unsigned number;     ///< of the request since fail_with(); from 1
        std::string target;  ///< path and query
        std::string proper;  ///< what the service would say
    };
    /// Answers a request for a page otherwise than properly. @return nullopt to answer as proper.
    using Fault = std::function<std::optional<TlsReply>(const Page&)>;

    /// @param folder the system's files, as simulate_county writes them.
    explicit RestService(const std::filesystem::path& folder);

    void fail_with(Fault fault);
    void heal() { fail_with({}); }
    /// Requests for pages since fail_with().
    unsigned pages_asked() const noexcept { return pages_asked_; }
    /// Tokens it has given so far.
    unsigned tokens_given() const noexcept { return tokens_given_; }

    /// The system's part of a job. @param settings more lines of its transport.
    std::string job_text(const std::string& settings) const;

  private:
    TlsReply answer(const TlsRequest& request);
    std::string page_of(const std::string& target) const;

    std::map<std::string, std::vector<std::string>> records_;  // by resource
    TemporaryFolder folder_;
    std::string secret_file_ = folder_.write("secret", "s3cret\n");
    TestAuthority authority_;
    std::mutex mutex_;
    Fault fault_;
    std::atomic<unsigned> pages_asked_{0}, tokens_given_{0};
    TlsServer server_;
};

}  // namespace caseweave::testing
