#pragma once

#include <sql.h>
#include <sqlext.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "core/error.hpp"
#include "core/shutdown.hpp"

namespace caseweave {

/// Lists the drivers whose habits this transport knows.
enum class OdbcDriver { other, sqlite, mariadb, postgres };

struct OdbcSettings {
    std::string system;
    std::string connection;  ///< without user and password
    std::string user, password;
    std::uint32_t login_timeout_seconds = 0, query_timeout_seconds = 0;
    std::size_t page_rows = 0;
    std::size_t max_field_bytes = 0;
};

/// Tells whether a connection string holds a password, by either of the keywords that drivers know it by.
bool holds_odbc_password(std::string_view connection);

/// What a driver said about a call that failed.
struct OdbcDiagnosis {
    std::string state;    ///< SQLSTATE
    std::string message;  ///< the driver's words: may quote a value once rows flow
};
OdbcDiagnosis diagnose(SQLSMALLINT handle_type, SQLHANDLE handle);

/// Owns one connection. One thread at a time.
///
/// Options are appended that keep drivers from holding whole results, from creating a database that is not there, and
/// from giving text in another encoding than UTF-8.
class OdbcSession {
  public:
    explicit OdbcSession(const OdbcSettings& settings);

    SQLHDBC handle() const noexcept { return link_->connection; }
    OdbcDriver driver() const noexcept { return driver_; }

    /// Makes a call of the driver, and again as long as another process holds the SQLite file that it needs, until the
    /// connection's own Timeout is over. @param handle of the call, for its diagnosis. @throws Error(interrupted) once
    /// the operator asks to stop.
    template <typename Call>
    SQLRETURN call_until_free(SQLSMALLINT handle_type, SQLHANDLE handle, const Call& call) const {
        const auto is_done = [](SQLRETURN code) {
            return code == SQL_SUCCESS || code == SQL_SUCCESS_WITH_INFO || code == SQL_NO_DATA;
        };
        SQLRETURN code = call();
        if (is_done(code)) return code;
        const auto until = std::chrono::steady_clock::now() + lock_patience_;
        while (!is_done(code) && is_held(handle_type, handle) && std::chrono::steady_clock::now() < until) {
            wait_or_stop(kShutdownSlice);
            code = call();
        }
        return code;
    }

  private:
    /// Owns the two handles a connection takes, connected or not.
    struct Link {
        SQLHENV environment = SQL_NULL_HENV;
        SQLHDBC connection = SQL_NULL_HDBC;
        bool connected = false;
        Link() = default;
        Link(const Link&) = delete;
        Link& operator=(const Link&) = delete;
        ~Link();
    };
    void connect(const OdbcSettings& settings);
    OdbcDriver ask_driver() const;
    bool is_held(SQLSMALLINT handle_type, SQLHANDLE handle) const;

    std::unique_ptr<Link> link_;
    OdbcDriver driver_ = OdbcDriver::other;
    std::chrono::milliseconds lock_patience_{};
};

/// Owns one statement of a session, which must outlive it. Where the driver can be told to, what the statement waits
/// for is given up when the operator asks to stop.
class OdbcStatement {
  public:
    explicit OdbcStatement(const OdbcSession& session);
    OdbcStatement(const OdbcStatement&) = delete;
    OdbcStatement& operator=(const OdbcStatement&) = delete;
    ~OdbcStatement();
    SQLHSTMT handle() const noexcept { return statement_; }

  private:
    SQLHSTMT statement_ = SQL_NULL_HSTMT;
    std::jthread canceller_;
};

/// Makes the Error for a failed statement. `with_message` only while no row has been read.
[[noreturn]] void fail_statement(const OdbcSettings& settings, SQLHSTMT statement, const std::string& what,
                                 bool with_message);

inline bool succeeded(SQLRETURN code) noexcept {
    return code == SQL_SUCCESS || code == SQL_SUCCESS_WITH_INFO;
}

/// ODBC takes text as non-const unsigned characters and does not change it.
inline SQLCHAR* sql_text(const std::string& text) noexcept {
    return reinterpret_cast<SQLCHAR*>(const_cast<char*>(text.c_str()));
}

/// ODBC passes numbers as pointers.
inline SQLPOINTER sql_number(std::uintptr_t number) noexcept {
    return reinterpret_cast<SQLPOINTER>(number);  // NOLINT(performance-no-int-to-ptr)
}

}  // namespace caseweave
