#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "fault/rest_service.hpp"
#include "fault/served_target.hpp"

namespace caseweave::testing {

/// A job of four systems, of which three can fail while they are read: a PostgreSQL server of its own behind a link
/// (early_years), a REST service (early_help) and delivered files (send); education, a database file, does not. It
/// loads into the served target.
///
/// Waits that are long in production are seconds here.
class FailingSources {
  public:
    FailingSources();

    PrivatePostgres& database() noexcept { return database_; }
    LinkProxy& link() noexcept { return link_; }
    RestService& rest() noexcept { return rest_; }
    /// Folder of the files that send delivers.
    std::filesystem::path files() const { return folder_.path() / "send"; }

    /// Asks and changes the database past the link.
    void execute(const std::string& sql) const { database_.execute(sql, kDatabase); }
    /// Makes the systems sound again, with what they held at first.
    void restore();
    void restore_link();
    /// Changes rows of every database, as a day does.
    void change();

    /// Starts a command ("bulk", "nightly") of the job. @param on_failure of a source: "stop" or "continue".
    /// @param systems to take part. A night reads them whole.
    RunningProgram start(const std::string& command, const std::string& on_failure = "stop",
                         const std::vector<std::string>& systems = {kSystems.begin(), kSystems.end()}) const;

    static constexpr std::array kSystems = {"education", "early_help", "early_years", "send"};

    /// Bytes of answers after which a link is in the middle of early_years' attendance, and of no other entity.
    static constexpr std::uint64_t kInAttendance = 100'000;

  private:
    static constexpr const char* kDatabase = "early_years_source";
    std::string job_text(const std::string& on_failure, const std::vector<std::string>& systems) const;

    TemporaryFolder folder_;
    std::filesystem::path education_ = folder_.path() / "education.sqlite";
    PrivatePostgres database_;
    LinkProxy link_{database_.socket_folder()};
    RestService rest_;
};

}  // namespace caseweave::testing
