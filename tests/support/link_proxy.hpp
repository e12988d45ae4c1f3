#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <list>
#include <string>
#include <thread>

#include "support/temporary_folder.hpp"

namespace caseweave::testing {

/// Stands between clients of a PostgreSQL server and its socket, and fails as links fail: cut, or silent for ever.
///
/// A link that is held is neither read nor closed: each end goes on believing in the other, as over a router that drops
/// packets.
class LinkProxy {
  public:
    /// What does not get through on the links that are open at the moment.
    enum class Hold { nothing, the_end, answers, everything };

    /// @param server folder of the server's socket.
    explicit LinkProxy(const std::filesystem::path& server);
    LinkProxy(const LinkProxy&) = delete;
    LinkProxy& operator=(const LinkProxy&) = delete;
    ~LinkProxy();

    /// Folder to connect to instead of the server's.
    const std::filesystem::path& folder() const noexcept { return folder_.path(); }

    /// Each takes effect before it returns.
    void hold_open_links(Hold what);
    /// Takes links that come from now on and is silent on them.
    void hold_new_links(bool hold);
    /// Ends the links that are open.
    void cut();
    /// Ends every link once it has carried so many bytes of answers; 0 = never.
    void cut_each(std::uint64_t answer_bytes) { cut_each_ = answer_bytes; }
    /// Holds everything on every link once it has carried so many bytes of answers; 0 = never.
    void hold_each(std::uint64_t answer_bytes) {
        holds_one_ = false;
        hold_each_ = answer_bytes;
    }
    /// Waits until hold_each() has held a link. @return false when none is after ten seconds.
    bool wait_until_held() const;
    /// Lets so many bytes of answers through a hundredth of a second on each link; 0 = as many as come.
    void slow_to(std::uint64_t answer_bytes) { slow_to_ = answer_bytes; }

  private:
    struct Way {
        int from = -1, to = -1;
        std::string waiting;  // read and not yet written
    };
    struct Link {
        Way question, answer;
        Hold hold = Hold::nothing;
        std::uint64_t answered = 0;
        bool ended = false;
    };

    void run();
    void pass_on(Link& link);
    void accept_link();
    void ask(std::atomic<int>& request, int value);

    TemporaryFolder folder_;
    std::string server_;
    int listener_ = -1;
    std::list<Link> links_;  // of the thread
    std::atomic<int> hold_open_{-1}, hold_new_request_{-1}, cut_request_{-1};
    bool hold_new_ = false;
    std::atomic<std::uint64_t> cut_each_{0}, hold_each_{0}, slow_to_{0};
    std::atomic<bool> holds_one_{false};
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

}  // namespace caseweave::testing
