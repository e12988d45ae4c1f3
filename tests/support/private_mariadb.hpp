#pragma once

#include <memory>
#include <string>

#include "support/child_process.hpp"
#include "support/temporary_folder.hpp"

namespace caseweave::testing {

/// Owns a MariaDB server that only a socket reaches and that is thrown away. About five seconds to start: use shared().
class PrivateMariadb {
  public:
    /// @throws std::runtime_error when MariaDB is not installed or does not start.
    PrivateMariadb();
    ~PrivateMariadb();

    /// ODBC connection string of a database, without user.
    std::string odbc_connection(const std::string& database) const;
    std::string socket() const { return folder_.path() / "s"; }
    /// Runs SQL as root (which needs no password). @throws std::runtime_error with the server's words.
    void execute(const std::string& sql) const;
    /// Makes a database (utf8mb4) of its own for one test and returns its name.
    std::string new_database();

    /// The instance of this test binary, started at its first use.
    static PrivateMariadb& shared();

  private:
    TemporaryFolder folder_;
    Account account_;
    std::unique_ptr<ChildProcess> server_;
    unsigned databases_ = 0;
};

}  // namespace caseweave::testing
