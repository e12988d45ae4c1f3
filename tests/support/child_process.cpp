#include "support/child_process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace caseweave::testing {

Account Account::for_server(const std::string& preferred) {
    if (::geteuid() != 0) return {::geteuid(), ::getegid()};
    const passwd* entry = ::getpwnam(preferred.c_str());
    if (entry == nullptr) entry = ::getpwnam("nobody");
    if (entry == nullptr) throw std::runtime_error("no account to run a server under");
    return {entry->pw_uid, entry->pw_gid};
}

void Account::own(const std::filesystem::path& folder) const {
    if (::geteuid() == 0 && ::chown(folder.c_str(), user, group) != 0) throw std::runtime_error("chown failed");
}

ChildProcess::ChildProcess(const std::vector<std::string>& command, const Account& account,
                           const std::filesystem::path& log, const std::string& input) {
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    int pipe_ends[2] = {-1, -1};
    if (::pipe2(pipe_ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe failed");
    const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    id_ = ::fork();
    if (id_ == 0) {
        // Only calls that are safe after fork.
        ::dup2(pipe_ends[0], 0);
        ::dup2(output, 1);
        ::dup2(output, 2);
        const bool dropped =
            ::geteuid() != 0 || account.user == 0 ||
            (::setgroups(0, nullptr) == 0 && ::setgid(account.group) == 0 && ::setuid(account.user) == 0);
        if (dropped && ::chdir("/") == 0) ::execv(arguments[0], arguments.data());
        ::_exit(127);
    }
    ::close(output);
    ::close(pipe_ends[0]);
    if (id_ < 0) throw std::runtime_error("fork failed");
    // A child that ends without reading must not end the test.
    struct sigaction ignore {
    }, before{};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ignore, &before);
    for (std::size_t sent = 0; sent < input.size();) {
        const ssize_t size = ::write(pipe_ends[1], input.data() + sent, input.size() - sent);
        if (size <= 0) break;
        sent += static_cast<std::size_t>(size);
    }
    ::sigaction(SIGPIPE, &before, nullptr);
    ::close(pipe_ends[1]);
}

ChildProcess::~ChildProcess() {
    send(stop_signal_);
    wait();
}

int ChildProcess::wait() {
    if (id_ > 0) {
        while (::waitpid(id_, &status_, 0) < 0 && errno == EINTR) {
        }
        id_ = -1;
    }
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
}

bool ChildProcess::running() {
    if (id_ <= 0) return false;
    if (::waitpid(id_, &status_, WNOHANG) == 0) return true;
    id_ = -1;
    return false;
}

void ChildProcess::send(int signal) {
    if (running()) ::kill(id_, signal);
}

void run_command(const std::vector<std::string>& command, const Account& account, const std::filesystem::path& log,
                 const std::string& input) {
    ChildProcess process(command, account, log, input);
    if (const int code = process.wait(); code != 0) {
        std::ostringstream output;
        output << std::ifstream(log).rdbuf();
        throw std::runtime_error(command.front() + " ended with " + std::to_string(code) + ": " + output.str());
    }
}

}  // namespace caseweave::testing
