#include "support/link_proxy.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <vector>

namespace caseweave::testing {

namespace {

constexpr int kTickMilliseconds = 10;
constexpr std::size_t kPieceBytes = 64UL * 1024;

int open_socket(const std::string& path, sockaddr_un& address) {
    address = {};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) throw std::runtime_error("socket path too long: " + path);
    path.copy(address.sun_path, path.size());
    return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

const sockaddr* plain(const sockaddr_un& address) {
    return reinterpret_cast<const sockaddr*>(&address);
}

void do_not_block(int socket) {
    ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) | O_NONBLOCK);
}

}  // namespace

LinkProxy::LinkProxy(const std::filesystem::path& server) : server_((server / ".s.PGSQL.5432").string()) {
    const std::string path = folder_.path() / ".s.PGSQL.5432";
    sockaddr_un address;
    listener_ = open_socket(path, address);
    if (::bind(listener_, plain(address), sizeof address) != 0 || ::listen(listener_, 64) != 0)
        throw std::runtime_error("cannot listen at " + path);
    do_not_block(listener_);
    thread_ = std::thread([this] { run(); });
}

LinkProxy::~LinkProxy() {
    stopping_ = true;
    thread_.join();
    ::close(listener_);
}

void LinkProxy::ask(std::atomic<int>& request, int value) {
    request = value;
    while (request != -1) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

void LinkProxy::hold_open_links(Hold what) {
    ask(hold_open_, static_cast<int>(what));
}
void LinkProxy::hold_new_links(bool hold) {
    ask(hold_new_request_, hold ? 1 : 0);
}
void LinkProxy::cut() {
    ask(cut_request_, 1);
}

bool LinkProxy::wait_until_held() const {
    constexpr auto kPatience = std::chrono::seconds(10);
    for (const auto until = std::chrono::steady_clock::now() + kPatience; std::chrono::steady_clock::now() < until;) {
        if (holds_one_) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return false;
}

void LinkProxy::accept_link() {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (client < 0) return;
    sockaddr_un address;
    const int server = open_socket(server_, address);
    if (::connect(server, plain(address), sizeof address) != 0) {  // the server is down: so is the link
        ::close(client);
        ::close(server);
        return;
    }
    do_not_block(server);
    Link& link = links_.emplace_back();
    link.question = {client, server, {}};
    link.answer = {server, client, {}};
    link.hold = hold_new_ ? Hold::everything : Hold::nothing;
}

void LinkProxy::pass_on(Link& link) {
    const auto move = [&](Way& way, std::size_t most) {
        std::string piece(std::min(most, kPieceBytes), '\0');
        if (way.waiting.empty()) {
            const ssize_t size = ::read(way.from, piece.data(), piece.size());
            if (size == 0 || (size < 0 && errno != EAGAIN)) link.ended = true;
            if (size > 0) way.waiting.assign(piece, 0, static_cast<std::size_t>(size));
        }
        if (way.waiting.empty()) return std::size_t{0};
        const ssize_t size = ::send(way.to, way.waiting.data(), std::min(way.waiting.size(), most), MSG_NOSIGNAL);
        if (size < 0 && errno != EAGAIN) link.ended = true;
        const std::size_t sent = size < 0 ? 0 : static_cast<std::size_t>(size);
        way.waiting.erase(0, sent);
        return sent;
    };
    if (link.hold == Hold::everything) return;
    move(link.question, kPieceBytes);
    if (link.hold == Hold::answers) {
        link.ended = false;  // that the server has gone does not come through either
        return;
    }
    const auto keep_up = [&] {
        if (link.hold == Hold::the_end) link.ended = false;
    };
    keep_up();
    const std::uint64_t slow = slow_to_, cut = cut_each_, hold = hold_each_;
    // Not a byte more than a link is to carry: what is left over may be the rest of all that was asked for.
    std::uint64_t most = slow != 0 ? slow : kPieceBytes;
    for (const std::uint64_t limit : {cut, hold})
        if (limit != 0) most = std::min(most, limit - std::min(limit, link.answered));
    if (most != 0) link.answered += move(link.answer, most);
    keep_up();
    if (cut != 0 && link.answered >= cut) link.ended = true;
    if (hold != 0 && link.answered >= hold) {
        link.hold = Hold::everything;
        holds_one_ = true;
    }
}

void LinkProxy::run() {
    while (!stopping_) {
        std::vector<pollfd> sockets{{listener_, POLLIN, 0}};
        for (const Link& link : links_) {
            if (slow_to_ != 0 || link.hold == Hold::everything) continue;
            for (const Way* way : {&link.question, &link.answer}) {
                if (way == &link.answer && link.hold == Hold::answers) continue;
                if (way->waiting.empty())
                    sockets.push_back({way->from, POLLIN, 0});
                else
                    sockets.push_back({way->to, POLLOUT, 0});
            }
        }
        ::poll(sockets.data(), sockets.size(), kTickMilliseconds);
        if (slow_to_ != 0) std::this_thread::sleep_for(std::chrono::milliseconds(kTickMilliseconds));
        accept_link();
        if (hold_open_ != -1) {
            for (Link& link : links_) link.hold = static_cast<Hold>(hold_open_.load());
            hold_open_ = -1;
        }
        if (hold_new_request_ != -1) {
            hold_new_ = hold_new_request_ == 1;
            hold_new_request_ = -1;
        }
        // Asked once: a request that comes while links are gone through is for the next round, and is not lost.
        const bool cut_now = cut_request_ != -1;
        for (Link& link : links_) {
            if (cut_now)
                link.ended = true;
            else
                pass_on(link);
        }
        std::erase_if(links_, [](const Link& link) {
            if (!link.ended) return false;
            ::close(link.question.from);
            ::close(link.question.to);
            return true;
        });
        if (cut_now) cut_request_ = -1;
    }
    for (const Link& link : links_) {
        ::close(link.question.from);
        ::close(link.question.to);
    }
}

}  // namespace caseweave::testing
