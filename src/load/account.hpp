#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace caseweave {

/// Names an operating-system account a program can be started as.
struct Account {
    uid_t user = 0;
    gid_t group = 0;
    std::string name;
};

/// Gives the account this process runs as.
Account current_account();
/// Finds an account by name or id; nullopt when there is none.
std::optional<Account> find_account(const std::string& name);
std::optional<Account> find_account(uid_t user);

/// Describes a program to start with a clean environment, its output appended to a log file.
struct Command {
    std::vector<std::string> arguments;  ///< [0] is the path of the program
    Account account;                     ///< changed to when this process is root and the account is not
    std::filesystem::path log;           ///< opened by the account itself; created with mode 0600
};

/// Starts the command in a session of its own, with no open files but the log, and without core dumps.
/// @return its process id. @throws Error(target) when it cannot be started.
pid_t start_detached(const Command& command);

/// Runs the command to its end. @return its exit status, 128 + signal when a signal ended it.
int run_to_end(const Command& command);

}  // namespace caseweave
