#include "load/account.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <grp.h>
#include <pwd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "core/error.hpp"

namespace caseweave {

namespace {

std::optional<Account> to_account(const passwd* entry) {
    if (entry == nullptr) return std::nullopt;
    return Account{entry->pw_uid, entry->pw_gid, entry->pw_name};
}

/// Runs in the child, between fork and exec: only async-signal-safe calls.
[[noreturn]] void become(const Account& account, bool change, const char* log, char* const* arguments,
                         char* const* environment) {
    setsid();
    umask(077);
    if (change && (setgroups(1, &account.group) != 0 || setgid(account.group) != 0 || setuid(account.user) != 0))
        _exit(126);
    if (chdir("/") != 0) _exit(126);
    const int input = open("/dev/null", O_RDONLY);
    const int output = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (input < 0 || output < 0) _exit(126);
    dup2(input, 0);
    dup2(output, 1);
    dup2(output, 2);
    close_range(3, ~0U, 0);
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT}) ::signal(signal, SIG_DFL);
    sigset_t all_clear;
    sigemptyset(&all_clear);
    sigprocmask(SIG_SETMASK, &all_clear, nullptr);
    execve(arguments[0], arguments, environment);
    _exit(127);
}

}  // namespace

Account current_account() {
    return find_account(geteuid()).value_or(Account{geteuid(), getegid(), std::to_string(geteuid())});
}

std::optional<Account> find_account(const std::string& name) {
    return to_account(getpwnam(name.c_str()));
}
std::optional<Account> find_account(uid_t user) {
    return to_account(getpwuid(user));
}

pid_t start_detached(const Command& command) {
    std::vector<char*> arguments;
    for (const std::string& argument : command.arguments) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    // PG* variables of the caller must not reach initdb or postgres.
    std::array<char*, 4> environment{const_cast<char*>("PATH=/usr/bin:/bin"), const_cast<char*>("LANG=C.UTF-8"),
                                     const_cast<char*>("HOME=/"), nullptr};
    const bool change = geteuid() == 0 && command.account.user != 0;
    const std::string log = command.log.string();
    const pid_t child = fork();
    if (child < 0)
        throw Error(ErrorKind::target,
                    fmt::format("{} cannot be started: {}.", command.arguments.front(), std::strerror(errno)));
    if (child == 0) become(command.account, change, log.c_str(), arguments.data(), environment.data());
    return child;
}

int run_to_end(const Command& command) {
    const pid_t child = start_detached(command);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace caseweave
