#include "connectors/transports/odbc_session.hpp"

#include <odbcinst.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "core/ascii.hpp"
#include "core/shutdown.hpp"
#include "text/utf8.hpp"

namespace caseweave {

namespace {

// How often, and after what pause, a driver is looked for again that odbcinst.ini did not name.
constexpr int kDriverAttempts = 4;
constexpr auto kDriverPause = std::chrono::milliseconds(250);

// How long a SQLite file that another process holds is waited for where its connection has no Timeout: a write is over
// in seconds.
constexpr std::chrono::milliseconds kLockPatience{10'000};

OdbcDriver driver_named(std::string_view lower_name) {
    if (lower_name.find("sqlite") != std::string::npos) return OdbcDriver::sqlite;
    if (lower_name.find("maria") != std::string::npos || lower_name.find("mysql") != std::string::npos ||
        lower_name.find("maodbc") != std::string::npos) {
        return OdbcDriver::mariadb;
    }
    if (lower_name.find("postgres") != std::string::npos || lower_name.find("psqlodbc") != std::string::npos)
        return OdbcDriver::postgres;
    return OdbcDriver::other;
}

/// Value of a keyword of a connection string; nothing when it is not there.
std::string_view keyword_value(std::string_view lower_connection, std::string_view keyword) {
    for (std::size_t begin = 0; begin < lower_connection.size();) {
        const std::size_t end = std::min(lower_connection.find(';', begin), lower_connection.size());
        const std::string_view part = lower_connection.substr(begin, end - begin);
        const std::size_t equals = part.find('=');
        if (equals != std::string_view::npos && text::trim(part.substr(0, equals)) == keyword)
            return part.substr(equals + 1);
        begin = end + 1;
    }
    return {};
}

/// Wraps a value that holds what a connection string gives a meaning to.
std::string quoted_value(const std::string& value) {
    if (value.find_first_of(";{}[]()?*=!@ ") == std::string::npos) return value;
    std::string quoted = "{";
    for (const char c : value) {
        quoted.push_back(c);
        if (c == '}') quoted.push_back('}');
    }
    return quoted + "}";
}

std::string full_connection(const OdbcSettings& settings, OdbcDriver driver) {
    std::string connection = settings.connection;
    const std::string given = ascii::to_lower(connection);
    if (!connection.empty() && connection.back() != ';') connection.push_back(';');
    const auto append = [&](std::string_view keyword, const std::string& value) {
        if (keyword_value(given, ascii::to_lower(keyword)).empty())
            connection.append(keyword).append("=").append(value).append(";");
    };
    switch (driver) {
        case OdbcDriver::sqlite:
            append("StepAPI", "1");  // else libsqliteodbc 0.9998 holds the whole result: 600 MB a million rows
            append("NoCreat", "1");  // else a mistyped path makes an empty database
            // Of a keyword that stands twice the driver takes the first.
            connection.insert(0, "Timeout=" + std::to_string(kShutdownSlice.count()) + ";");
            break;
        case OdbcDriver::postgres:
            append("UseDeclareFetch", "1");  // else psqlodbc holds the whole result: 800 MB a million rows
            append("Fetch", "10000");
            append("MaxVarcharSize", "4096");
            break;
        case OdbcDriver::mariadb:
            append("CHARSET", "utf8mb4");
            break;
        case OdbcDriver::other:
            break;
    }
    if (!settings.user.empty()) {
        append("UID", quoted_value(settings.user));
        append("PWD", quoted_value(settings.password));
    }
    return connection;
}

/// How long a SQLite file that another process holds is waited for: the connection's Timeout, in milliseconds.
std::chrono::milliseconds lock_patience(const OdbcSettings& settings) {
    const std::string given = ascii::to_lower(settings.connection);
    const std::string_view timeout = keyword_value(given, "timeout");
    std::int64_t patience = kLockPatience.count();
    std::from_chars(timeout.data(), timeout.data() + timeout.size(), patience);
    return std::chrono::milliseconds(patience);
}

bool driver_is_missing(const OdbcDiagnosis& diagnosis) {
    return diagnosis.state.starts_with("IM") || diagnosis.state == "01000";
}

/// Library of a driver by name, as odbcinst.ini has it now; "" where it has none.
///
/// unixODBC keeps answers for 20 seconds by section, key and default, those it had while the file could not be read
/// too: the default given here is another each time.
std::string library_of(const std::string& driver) {
    static std::atomic<unsigned> times{0};
    const std::string none = "?" + std::to_string(++times);
    std::array<char, 1024> library{};
    SQLGetPrivateProfileString(driver.c_str(), "Driver", none.c_str(), library.data(), static_cast<int>(library.size()),
                               "odbcinst.ini");
    return none == library.data() ? std::string() : std::string(library.data());
}

/// The drivers this machine has, for a message.
std::string installed_drivers() {
    std::array<char, 4096> names{};
    WORD length = 0;
    SQLGetInstalledDrivers(names.data(), static_cast<WORD>(names.size()), &length);
    std::string list;
    for (const char* name = names.data(); *name != '\0'; name += std::string_view(name).size() + 1)
        list += (list.empty() ? "" : ", ") + std::string(name);
    return list.empty() ? "odbcinst.ini names no driver" : "odbcinst.ini names " + list;
}

[[noreturn]] void fail_connect(const OdbcSettings& settings, const OdbcDiagnosis& diagnosis) {
    const std::string& state = diagnosis.state;
    std::string words = diagnosis.message;
    if (!settings.password.empty()) {
        for (std::size_t at = words.find(settings.password); at != std::string::npos;
             at = words.find(settings.password)) {
            words.replace(at, settings.password.size(), "(password)");
        }
    }
    const bool refused =
        state == "28000" || state == "28P01" || words.find("password authentication failed") != std::string::npos;
    if (refused) {
        throw Error(
            ErrorKind::source,
            settings.system +
                ": the database refused the login: wrong user or password; check user and the secret `password`");
    }
    if (driver_is_missing(diagnosis)) {
        throw Error(ErrorKind::source, settings.system + ": the ODBC driver cannot be loaded (SQLSTATE " + state +
                                           "): " + words + "; install it, or correct Driver in the connection (" +
                                           installed_drivers() + ")");
    }
    throw Error(ErrorKind::unavailable, settings.system + ": cannot open the database (SQLSTATE " + state + "): " +
                                            words + "; check that it is up and the server or path of its connection");
}

}  // namespace

bool holds_odbc_password(std::string_view connection) {
    const std::string given = ascii::to_lower(connection);
    return !keyword_value(given, "pwd").empty() || !keyword_value(given, "password").empty();
}

OdbcDiagnosis diagnose(SQLSMALLINT handle_type, SQLHANDLE handle) {
    std::array<SQLCHAR, 6> state{};
    std::array<SQLCHAR, 1024> message{};
    SQLINTEGER native = 0;
    SQLSMALLINT length = 0;
    if (!succeeded(SQLGetDiagRec(handle_type, handle, 1, state.data(), &native, message.data(),
                                 static_cast<SQLSMALLINT>(message.size()), &length))) {
        return {"HY000", "no diagnosis"};
    }
    return {reinterpret_cast<const char*>(state.data()), reinterpret_cast<const char*>(message.data())};
}

OdbcSession::Link::~Link() {
    if (connected) SQLDisconnect(connection);
    if (connection != SQL_NULL_HDBC) SQLFreeHandle(SQL_HANDLE_DBC, connection);
    if (environment != SQL_NULL_HENV) SQLFreeHandle(SQL_HANDLE_ENV, environment);
}

OdbcSession::OdbcSession(const OdbcSettings& settings)
    : driver_(driver_named(keyword_value(ascii::to_lower(settings.connection), "driver"))),
      lock_patience_(lock_patience(settings)) {
    connect(settings);
    if (driver_ != OdbcDriver::other) return;
    // Behind a DSN the driver, and so the options it needs, is known only now.
    driver_ = ask_driver();
    if (driver_ != OdbcDriver::other) connect(settings);
}

void OdbcSession::connect(const OdbcSettings& settings) {
    throw_if_shutdown_requested();
    link_ = std::make_unique<Link>();
    {
        // unixODBC 2.3.11 finds out where odbcinst.ini is while the first environment is made, without a lock.
        static std::mutex first_environment;
        const std::lock_guard lock(first_environment);
        SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &link_->environment);
    }
    SQLSetEnvAttr(link_->environment, SQL_ATTR_ODBC_VERSION, sql_number(SQL_OV_ODBC3), 0);
    if (!succeeded(SQLAllocHandle(SQL_HANDLE_DBC, link_->environment, &link_->connection))) {
        throw Error(ErrorKind::source, settings.system + ": the ODBC driver manager gives no connection");
    }
    SQLSetConnectAttr(link_->connection, SQL_ATTR_LOGIN_TIMEOUT, sql_number(settings.login_timeout_seconds), 0);
    // Not every driver knows it; those that do not answer with an error that changes nothing.
    SQLSetConnectAttr(link_->connection, SQL_ATTR_CONNECTION_TIMEOUT, sql_number(settings.query_timeout_seconds), 0);
    const auto try_once = [this](const std::string& connection) {
        link_->connected = succeeded(call_until_free(SQL_HANDLE_DBC, link_->connection, [&] {
            return SQLDriverConnect(link_->connection, nullptr, sql_text(connection), SQL_NTS, nullptr, 0, nullptr,
                                    SQL_DRIVER_NOPROMPT);
        }));
    };
    std::string connection = full_connection(settings, driver_);
    try_once(connection);
    if (link_->connected) return;
    const OdbcDiagnosis first = diagnose(SQL_HANDLE_DBC, link_->connection);
    if (!driver_is_missing(first)) fail_connect(settings, first);
    // odbcinst.ini is read anew for each connection, and may be in the hands of a package's script at the moment.
    const std::string known = ascii::to_lower(connection);
    const std::string_view driver = keyword_value(known, "driver");
    for (int attempt = 0; attempt < kDriverAttempts && !driver.empty(); ++attempt) {
        wait_or_stop(kDriverPause);
        const std::string library = library_of(std::string(driver));
        if (library.empty()) continue;
        connection.replace(static_cast<std::size_t>(driver.data() - known.data()), driver.size(), library);
        try_once(connection);
        if (link_->connected) return;
        fail_connect(settings, diagnose(SQL_HANDLE_DBC, link_->connection));
    }
    fail_connect(settings, first);
}

bool OdbcSession::is_held(SQLSMALLINT handle_type, SQLHANDLE handle) const {
    return driver_ == OdbcDriver::sqlite &&
           diagnose(handle_type, handle).message.find("database is locked") != std::string::npos;
}

OdbcDriver OdbcSession::ask_driver() const {
    std::array<char, 256> name{};
    SQLSMALLINT length = 0;
    SQLGetInfo(link_->connection, SQL_DRIVER_NAME, name.data(), static_cast<SQLSMALLINT>(name.size()), &length);
    return driver_named(ascii::to_lower(name.data()));
}

OdbcStatement::OdbcStatement(const OdbcSession& session) {
    if (!succeeded(SQLAllocHandle(SQL_HANDLE_STMT, session.handle(), &statement_))) {
        throw Error(ErrorKind::unavailable, "the ODBC driver gives no statement: the connection was lost; try again");
    }
    // These two say that another thread may cancel. SQLite's closes the cursor under the one that reads it; there
    // nothing is waited for but a lock, see call_until_free.
    if (session.driver() != OdbcDriver::mariadb && session.driver() != OdbcDriver::postgres) return;
    canceller_ = std::jthread([statement = statement_](const std::stop_token& done) {
        std::mutex mutex;
        std::condition_variable_any ended;
        std::unique_lock lock(mutex);
        while (!ended.wait_for(lock, done, kShutdownSlice, [&] { return done.stop_requested(); })) {
            if (shutdown_requested()) SQLCancel(statement);
        }
    });
}

OdbcStatement::~OdbcStatement() {
    canceller_ = {};
    SQLFreeHandle(SQL_HANDLE_STMT, statement_);
}

void fail_statement(const OdbcSettings& settings, SQLHSTMT statement, const std::string& what, bool with_message) {
    throw_if_shutdown_requested();  // it was cancelled
    const OdbcDiagnosis diagnosis = diagnose(SQL_HANDLE_STMT, statement);
    const std::string& state = diagnosis.state;
    const bool gone = state.starts_with("08") || state.starts_with("HYT") || state.starts_with("57P") ||
                      diagnosis.message.find("gone away") != std::string::npos ||
                      diagnosis.message.find("Lost connection") != std::string::npos;
    if (gone) {
        throw Error(ErrorKind::unavailable,
                    settings.system + ": " + what + " failed (SQLSTATE " + state +
                        "): the database was lost or did not answer in time; try again when it is up");
    }
    // SQLite opens a file without looking into it, and says so at the first statement.
    for (const char* const damage : {"file is not a database", "database disk image is malformed"}) {
        if (diagnosis.message.find(damage) == std::string::npos) continue;
        throw Error(ErrorKind::integrity, settings.system + ": " + what + " failed: " + damage +
                                              "; the file that its connection names is damaged or another kind of "
                                              "file: have it copied again");
    }
    std::string message = settings.system + ": " + what + " failed (SQLSTATE " + state + ")";
    if (with_message) message += ": " + diagnosis.message;
    throw Error(ErrorKind::source, message + "; check the query against the database's tables and the reader's rights");
}

}  // namespace caseweave
