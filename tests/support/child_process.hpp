#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace caseweave::testing {

/// Names an account and its group ids; the one the tests run under where they are not root.
struct Account {
    uid_t user = 0;
    gid_t group = 0;
    /// Picks the account a server is started under: `preferred` (or nobody) where the tests run as root, since database
    /// servers refuse root; else the account of the tests.
    static Account for_server(const std::string& preferred);
    /// Gives a folder to the account.
    void own(const std::filesystem::path& folder) const;
};

/// Owns a process and ends it with its signal when it goes out of scope.
class ChildProcess {
  public:
    /// Starts `command` (first word: path of the program) as `account`; its output goes to `log`, `input` to its stdin.
    ChildProcess(const std::vector<std::string>& command, const Account& account, const std::filesystem::path& log,
                 const std::string& input = {});
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;
    ~ChildProcess();

    /// Waits for its end and gives its exit code (128 + signal where one ended it).
    int wait();
    /// Tells whether it still runs.
    bool running();
    /// Sends a signal, if it still runs.
    void send(int signal);
    pid_t id() const noexcept { return id_; }
    void stop_with(int signal) noexcept { stop_signal_ = signal; }

  private:
    pid_t id_ = -1;
    int stop_signal_ = 15;
    int status_ = -1;
};

/// Runs a command to its end. @throws std::runtime_error with its output unless it exits with 0.
void run_command(const std::vector<std::string>& command, const Account& account, const std::filesystem::path& log,
                 const std::string& input = {});

}  // namespace caseweave::testing
