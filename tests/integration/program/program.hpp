#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "postgres/target_connection.hpp"
#include "support/temporary_folder.hpp"

namespace caseweave::testing {

/// Says how a program ended and what it said.
struct ProgramOutcome {
    int code = -1;  ///< exit code; 128 + n for signal n
    std::string out, err;
    std::uint64_t peak_rss_bytes = 0;  ///< of the program, or of a program it waited for if that took more

    std::string last_line() const;
    /// Everything, for the message of a failed assertion.
    std::string all() const;
};

/// Environment variables a program is started with besides the test's own; an empty value unsets one.
using Environment = std::map<std::string, std::string>;

/// Names a program of the build: caseweave, caseweave_with_faults, simulate_county.
std::filesystem::path built_program(std::string_view name = "caseweave");

/// Owns a running program; kills it when it goes out of scope.
class RunningProgram {
  public:
    RunningProgram(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                   const Environment& environment = {});
    RunningProgram(const RunningProgram&) = delete;
    RunningProgram& operator=(const RunningProgram&) = delete;
    ~RunningProgram();

    void send(int signal);
    bool running();
    pid_t id() const noexcept { return id_; }
    std::string err_so_far() const;
    /// Waits until it has written `text` to stderr. @return false when it ended, or time ran out, before that.
    bool wait_for_err(std::string_view text, std::chrono::seconds patience = std::chrono::seconds(120));
    /// Waits for its end; kills it after `patience`.
    ProgramOutcome wait(std::chrono::seconds patience = std::chrono::seconds(240));

  private:
    TemporaryFolder folder_;  // holds what it writes
    pid_t id_ = -1;
    int status_ = -1;
    std::uint64_t peak_rss_bytes_ = 0;
};

/// Runs caseweave to its end.
ProgramOutcome run_caseweave(const std::vector<std::string>& arguments, const Environment& environment = {});

/// Owns a state folder (with a space in its path); removes its cluster and everything else at the end.
class ProgramState {
  public:
    ProgramState();
    ProgramState(const ProgramState&) = delete;
    ProgramState& operator=(const ProgramState&) = delete;
    ~ProgramState();

    const std::filesystem::path& path() const noexcept { return path_; }
    std::filesystem::path sources() const { return path_ / "sources"; }
    const std::filesystem::path& outside() const noexcept { return folder_.path(); }  ///< for files beside the state

    /// Runs a command on this state ("demo", "--scale", "tiny").
    ProgramOutcome run(std::vector<std::string> arguments, const Environment& environment = {}) const;
    /// The arguments with this state's --state.
    std::vector<std::string> with_state(std::vector<std::string> arguments) const;

    /// Connects to the string `caseweave target` prints; as `role` where one is given.
    TargetConnection connect(std::string_view role = {}) const;
    /// Process id of the cluster's postmaster.
    pid_t postmaster() const;

  private:
    TemporaryFolder folder_;
    std::filesystem::path path_;
};

/// The tiny county of seed 1, loaded once a test binary. Tests that change it undo what they changed.
struct LoadedCounty {
    LoadedCounty();
    ProgramState state;
    ProgramOutcome outcome;  ///< of the demo that loaded it
};
const LoadedCounty& loaded_county();

/// Gives the first field of the first row; "" when there is none.
std::string value_of(TargetConnection& connection, const std::string& sql);
/// Gives the first column of every row.
std::vector<std::string> column_of(TargetConnection& connection, const std::string& sql);

/// What two runs of the same county must agree in: the books with their digests, and whose every record is.
std::string books_and_identities(const ProgramState& state, const std::filesystem::path& summary);
/// Path that the last line of stdout names.
std::filesystem::path summary_of(const ProgramOutcome& outcome);
std::string text_of(const std::filesystem::path& file);
void write_text(const std::filesystem::path& file, std::string_view text);

}  // namespace caseweave::testing
