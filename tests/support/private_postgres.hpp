#pragma once

#include <memory>
#include <string>

#include "support/child_process.hpp"
#include "support/temporary_folder.hpp"

namespace caseweave::testing {

/// Owns a PostgreSQL cluster that only the tests' own machine can reach (a socket, no network) and that is thrown away.
///
/// About two seconds to start: one instance a test binary, see shared(). Local connections are trusted, but for members
/// of the role "password_roles", which need their password.
class PrivatePostgres {
  public:
    /// @throws std::runtime_error when PostgreSQL is not installed or does not start.
    PrivatePostgres();
    ~PrivatePostgres();

    /// Connection keywords of libpq for a database, as the superuser "postgres" or as `user`.
    std::string connection(const std::string& database = "postgres", const std::string& user = "postgres") const;
    const std::filesystem::path& socket_folder() const noexcept { return folder_.path(); }

    /// Runs SQL. @throws std::runtime_error with the server's words.
    void execute(const std::string& sql, const std::string& database = "postgres") const;
    /// Gives the first field of the first row of a query.
    std::string value(const std::string& sql, const std::string& database = "postgres") const;
    /// Makes a database of its own for one test and returns its name.
    std::string new_database();
    /// Stops the server as a power cut would, and starts it again.
    void crash();
    void start();

    /// The instance of this test binary, started at its first use.
    static PrivatePostgres& shared();

  private:
    TemporaryFolder folder_;
    Account account_;
    std::string program_folder_;
    std::unique_ptr<ChildProcess> server_;
    unsigned databases_ = 0;
};

}  // namespace caseweave::testing
