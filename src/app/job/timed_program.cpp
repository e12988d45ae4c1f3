#include "app/job/timed_program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace caseweave {

namespace {

/// Time between asking a program to end and ending it.
constexpr std::chrono::seconds kGrace{5};

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

/// Starts the words in a session of their own, so that what they start can be ended with them.
/// @return the process, or an errno as a negative number.
pid_t start(std::vector<std::string> words, std::vector<std::string> environment, ProgramOutput output) {
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (output == ProgramOutput::nowhere)
        posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
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

ProgramEnd run_timed(const std::vector<std::string>& words, const std::vector<std::string>& environment,
                     std::chrono::seconds time_limit, ProgramOutput output) {
    ProgramEnd end;
    const pid_t process = start(words, environment, output);
    if (process < 0) {
        end.error = -process;
        return end;
    }
    const int descriptor = static_cast<int>(::syscall(SYS_pidfd_open, process, 0));
    if (descriptor < 0 || !wait_for(descriptor, time_limit)) {
        end.out_of_time = true;
        ::kill(-process, SIGTERM);
        if (descriptor < 0 || !wait_for(descriptor, kGrace)) ::kill(-process, SIGKILL);
    }
    if (descriptor >= 0) ::close(descriptor);
    int status = 0;
    while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status)) end.code = WEXITSTATUS(status);
    return end;
}

}  // namespace caseweave
