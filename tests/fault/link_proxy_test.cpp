// What the faults of other tests rest on: a link that fails does so at the byte it is told to.
#include "support/link_proxy.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "support/temporary_folder.hpp"

namespace caseweave::testing {
namespace {

/// Opens a socket at the place where libpq looks for a server in `folder`.
int socket_in(const std::filesystem::path& folder, sockaddr_un& address) {
    address = {};
    address.sun_family = AF_UNIX;
    (folder / ".s.PGSQL.5432").string().copy(address.sun_path, sizeof address.sun_path - 1);
    return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

/// Answers the one client there is with so many bytes at once.
class OneAnswer {
  public:
    explicit OneAnswer(std::size_t bytes) {
        sockaddr_un address;
        listener_ = socket_in(folder_.path(), address);
        EXPECT_EQ(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        EXPECT_EQ(::listen(listener_, 1), 0);
        answers_ = std::jthread([this, bytes] {
            const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
            const std::string answer(bytes, 'x');
            for (std::size_t sent = 0; sent < bytes;) {
                const ssize_t size = ::send(client, answer.data() + sent, bytes - sent, MSG_NOSIGNAL);
                if (size <= 0) break;
                sent += static_cast<std::size_t>(size);
            }
            ::close(client);
        });
    }
    OneAnswer(const OneAnswer&) = delete;
    OneAnswer& operator=(const OneAnswer&) = delete;
    ~OneAnswer() {
        answers_.join();
        ::close(listener_);
    }
    const std::filesystem::path& folder() const { return folder_.path(); }

  private:
    TemporaryFolder folder_;
    int listener_ = -1;
    std::jthread answers_;
};

TEST(LinkProxy, CutsALinkAtTheByteItIsToldTo) {
    // An answer of a little less than two of the pieces that a link passes on: all of it came through when the server
    // was quick.
    constexpr std::size_t kAnswer = 131'000, kCarried = 100'000;
    const OneAnswer server(kAnswer);
    LinkProxy link(server.folder());
    link.cut_each(kCarried);
    sockaddr_un address;
    const int client = socket_in(link.folder(), address);
    ASSERT_EQ(::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    std::size_t came = 0;
    std::string piece(65536, '\0');
    for (ssize_t size = 1; size > 0; came += size > 0 ? static_cast<std::size_t>(size) : 0)
        size = ::read(client, piece.data(), piece.size());
    ::close(client);
    EXPECT_EQ(came, kCarried);
}

}  // namespace
}  // namespace caseweave::testing
