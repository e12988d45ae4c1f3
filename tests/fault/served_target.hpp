#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "integration/program/program.hpp"
#include "support/link_proxy.hpp"
#include "support/private_postgres.hpp"

namespace caseweave::testing {

/// A server of its own behind a link that can fail, and a job that loads the county's systems of files and SQLite
/// there.
///
/// The job waits four seconds for an answer, so that what waits for ever in production ends within a test.
class ServedTarget {
  public:
    ServedTarget();

    PrivatePostgres& server() noexcept { return server_; }
    LinkProxy& link() noexcept { return link_; }
    const ProgramState& state() const noexcept { return state_; }
    const std::filesystem::path& job() const noexcept { return job_; }
    const std::filesystem::path& sources() const noexcept { return sources_; }

    /// The target's database made anew: empty, or as a database kept by keep_as().
    void reset(const std::string& kept = "template0");
    void keep_as(const std::string& name);

    /// Starts a command ("bulk", "nightly") of the job in the build with fault points, with one of them armed or none.
    RunningProgram start(std::vector<std::string> words, const std::string& fault = {},
                         const Environment& more = {}) const;
    ProgramOutcome run(std::vector<std::string> words, const std::string& fault = {}) const {
        return start(std::move(words), fault).wait();
    }

    /// Asks the server past the link, as a superuser of the target's database.
    std::string value(const std::string& sql) const { return server_.value(sql, kDatabase); }
    void execute(const std::string& sql) const { server_.execute(sql, kDatabase); }

    /// What is in the target, with the books of every run.
    std::string everything() const;

    static constexpr const char* kDatabase = "council";

  private:
    PrivatePostgres server_;
    LinkProxy link_{server_.socket_folder()};
    ProgramState state_;
    TemporaryFolder folder_;
    std::filesystem::path sources_, job_;
};

/// The one server of the test binary.
ServedTarget& served_target();

/// Waits until a program that armed "stop" has stopped itself. @return false when it ended before.
bool wait_until_stopped(RunningProgram& program);

/// Names every fault point of src/.
std::vector<std::string> fault_points_of_the_source();

/// Reads a number of a campaign (CASEWEAVE_FAULT_SEED, CASEWEAVE_FAULT_TRIALS) from the environment.
std::uint64_t number_from(const char* variable, std::uint64_t otherwise);

/// Reads what CASEWEAVE_FAULT_PASSAGES wrote.
std::map<std::string, long> read_passages(const std::filesystem::path& file);

}  // namespace caseweave::testing
