#include "app/failure_command.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "core/log.hpp"

namespace caseweave {

namespace {

/// Time between asking the command to end and ending it.
constexpr std::chrono::seconds kGrace{5};

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

std::vector<std::string> environment_of(const FailedRun& run) {
    std::vector<std::string> environment = {
        "CASEWEAVE_JOB=" + run.job,
        "CASEWEAVE_RUN_ID=" + (run.run_id == 0 ? std::string() : std::to_string(run.run_id)),
        fmt::format("CASEWEAVE_EXIT_CODE={}", static_cast<int>(run.code)),
        "CASEWEAVE_SUMMARY=" + run.summary.string(),
    };
    for (const char* name : {"PATH", "HOME", "LANG"}) {
        if (const char* value = std::getenv(name); value != nullptr)
            environment.push_back(std::string(name) + "=" + value);
    }
    return environment;
}

/// Starts the words in a session of their own, so that what they start can be ended with them.
/// @return the process, or an errno as a negative number.
pid_t start(std::vector<std::string> words, std::vector<std::string> environment) {
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t all;
    sigfillset(&all);
    posix_spawnattr_setsigdefault(&attributes, &all);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    pid_t process = 0;
    const int error = ::posix_spawn(&process, words.front().c_str(), &files, &attributes, pointers_to(words).data(),
                                    pointers_to(environment).data());
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    return error == 0 ? process : -error;
}

/// Waits for the process to end. @return false when time ran out first.
bool wait_for(int process_descriptor, std::chrono::milliseconds patience) {
    const auto until = std::chrono::steady_clock::now() + patience;
    for (;;) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        if (left.count() <= 0) return false;
        pollfd wanted{process_descriptor, POLLIN, 0};
        if (::poll(&wanted, 1, static_cast<int>(left.count())) > 0) return true;
    }
}

}  // namespace

bool is_failure(ExitCode code) noexcept {
    switch (code) {
        case ExitCode::failed:
        case ExitCode::usage:
        case ExitCode::unbalanced:
        case ExitCode::try_later:
            return true;
        case ExitCode::done:
        case ExitCode::quarantined:
        case ExitCode::interrupted:
            return false;
    }
    return true;
}

void run_failure_command(const FailureCommand& command, const FailedRun& run) {
    if (command.words.empty()) return;
    const std::string& program = command.words.front();
    const pid_t process = start(command.words, environment_of(run));
    if (process < 0) {
        log::error("[on_failure] command: {} cannot be started: {}", program, std::strerror(-process));
        return;
    }
    const int descriptor = static_cast<int>(::syscall(SYS_pidfd_open, process, 0));
    if (descriptor < 0 || !wait_for(descriptor, command.time_limit)) {
        log::error("[on_failure] command: {} took longer than {} s and was ended", program, command.time_limit.count());
        ::kill(-process, SIGTERM);
        if (descriptor < 0 || !wait_for(descriptor, kGrace)) ::kill(-process, SIGKILL);
    }
    if (descriptor >= 0) ::close(descriptor);
    int status = 0;
    while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
        log::error("[on_failure] command: {} ended with {}", program, WEXITSTATUS(status));
}

}  // namespace caseweave
