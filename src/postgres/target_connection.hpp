#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"

struct pg_conn;
struct pg_result;

namespace caseweave {

/// Holds the answer of one statement. Views of its texts live as long as it does. Move-only.
class TargetResult {
  public:
    TargetResult() = default;
    explicit TargetResult(pg_result* result) noexcept : result_(result) {}

    std::size_t rows() const noexcept;
    std::size_t columns() const noexcept;
    bool empty() const noexcept { return rows() == 0; }
    bool is_null(std::size_t row, std::size_t column) const noexcept;
    /// The value in PostgreSQL's text form; "" when null.
    std::string_view text(std::size_t row, std::size_t column) const noexcept;
    /// @throws Error(target) when the text is not an integer.
    std::int64_t integer(std::size_t row, std::size_t column) const;
    /// What count() and sums of counts give. @throws as integer().
    std::uint64_t count(std::size_t row, std::size_t column) const {
        return static_cast<std::uint64_t>(integer(row, column));
    }
    bool boolean(std::size_t row, std::size_t column) const noexcept { return text(row, column) == "t"; }
    /// Rows inserted, updated, deleted or copied by the statement.
    std::uint64_t affected_rows() const noexcept;

  private:
    struct Clear {
        void operator()(pg_result* result) const noexcept;
    };
    std::unique_ptr<pg_result, Clear> result_;
};

/// Talks to the target over one libpq connection, with a deadline of its own on every call.
///
/// libpq is used directly, and not libpqxx, because rows go by binary COPY (private in libpqxx 6.4.5) and the
/// ledger has to share their transaction, hence their connection. Every wait is a poll() with a deadline: neither
/// libpq's blocking calls nor `tcp_user_timeout` return from a black-holed link.
///
/// A statement may take longer than the server may be silent: after each silence the server is asked, over another
/// connection, whether it is still at work on it. A dead link is known then, whatever the statement's own deadline.
///
/// After a lost link, an expired deadline or a session that the server ended the connection is broken: every call
/// throws Error(unavailable), or Error(lost) once its settings' run writes; the server rolls back.
/// No message holds a value of a row. Not thread-safe: one thread, one connection. Move-only.
class TargetConnection {
  public:
    using Milliseconds = std::chrono::milliseconds;
    /// A text parameter; nullopt is NULL.
    using Parameter = std::optional<std::string_view>;

    /// Long enough for a statement that touches one batch on a busy disk; index builds pass their own. No longer
    /// silence is believed without asking the server.
    static constexpr Milliseconds kCallDeadline{120'000};
    /// A target that does not answer within this is away.
    static constexpr Milliseconds kConnectDeadline{10'000};
    /// For statements over whole tables (indexes, read-back): two hours are more than any county needs.
    static constexpr Milliseconds kLongDeadline{7'200'000};

    /// Long enough to roll back and to write into the books that a run was stopped.
    static constexpr Milliseconds kStopPatience{2'000};

    struct Settings {
        /// libpq keywords and values ("host", "dbname", "user", "service", "passfile", ...).
        std::vector<std::pair<std::string, std::string>> keywords;
        Milliseconds connect_deadline = kConnectDeadline;
        /// A lock that another session holds is waited for half as long.
        Milliseconds call_deadline = kCallDeadline;
        /// Set by the operator's Ctrl-C. A statement that may take longer than a call is given up at once then, and
        /// none is begun; any other call, and connecting, has kStopPatience left. Both throw Error(interrupted), after
        /// which the connection can be used where the server answered. A commit is always waited for. May be null.
        const std::atomic<bool>* interrupted = nullptr;
        /// Set by begin_to_write() of any connection that was given a copy of these settings: where the target cannot
        /// be reached from then on, the run is one that has failed, and none that never began.
        std::shared_ptr<std::atomic<bool>> writing = std::make_shared<std::atomic<bool>>(false);
    };

    /// Connects. @throws Error(unavailable), or Error(lost) once its settings' run writes, when nothing answers in
    /// time, Error(target) when it refuses, Error(usage) when libpq's service file does not know the service.
    explicit TargetConnection(const Settings& settings);
    ~TargetConnection();
    TargetConnection(TargetConnection&&) noexcept;
    TargetConnection& operator=(TargetConnection&&) noexcept;

    /// Runs one or several statements without parameters; gives the last answer.
    TargetResult execute(const std::string& sql) { return execute(sql, settings_.call_deadline); }
    TargetResult execute(const std::string& sql, Milliseconds deadline);
    /// Runs one statement with text parameters $1, $2, ...
    TargetResult query(const std::string& sql, std::span<const Parameter> parameters);
    TargetResult query(const std::string& sql, std::span<const Parameter> parameters, Milliseconds deadline);
    TargetResult query(const std::string& sql, std::initializer_list<Parameter> parameters) {
        return query(sql, std::span<const Parameter>(parameters.begin(), parameters.size()), settings_.call_deadline);
    }
    TargetResult query(const std::string& sql, std::initializer_list<Parameter> parameters, Milliseconds deadline) {
        return query(sql, std::span<const Parameter>(parameters.begin(), parameters.size()), deadline);
    }

    /// Says that the run writes from here on; see Settings::writing.
    void begin_to_write() const noexcept { *settings_.writing = true; }
    void begin() { execute("BEGIN"); }
    /// Commits. @throws Error(in_doubt) when the link breaks before the answer: read the ledger before deciding.
    void commit();
    /// Rolls back if a transaction is open and the link still stands; never throws.
    void roll_back() noexcept;
    bool in_transaction() const noexcept;
    bool broken() const noexcept;

    /// Starts `COPY ... FROM STDIN`.
    void copy_in_begin(const std::string& sql);
    /// Sends bytes of the copy; returns when the kernel has them, while the server still reads.
    void copy_in_put(std::string_view bytes);
    /// Ends the copy. @return rows the server took.
    std::uint64_t copy_in_end();
    /// Runs `COPY ... TO STDOUT` and hands every message's bytes to `take`. The deadline is per message.
    void copy_out(const std::string& sql, const std::function<void(std::string_view)>& take);

    /// Quotes an identifier or literal the way the server reads it.
    static std::string quote_identifier(std::string_view name);
    static std::string quote_literal(std::string_view text);

    /// Names the server for messages: "host /run/x, database caseweave".
    const std::string& place() const noexcept { return place_; }
    /// Silence after which the server is asked; also how long a call without a deadline of its own may take.
    Milliseconds call_deadline() const noexcept { return settings_.call_deadline; }
    /// Process id of the backend, as the connection was told; a pooler tells one of its own.
    int backend_pid() const noexcept;
    /// Server version as libpq numbers it (150020).
    int server_version() const noexcept;

  private:
    using TimePoint = std::chrono::steady_clock::time_point;
    enum class Wait { readable, readable_or_writable };
    void begin_call(Milliseconds deadline);
    void heed_interruption();
    bool cancel_statement() noexcept;
    bool moves(Wait what, TimePoint until);
    void wait(Wait what, TimePoint until);
    void know_session(Milliseconds deadline);
    bool server_is_at_work() noexcept;
    /// Ends a COPY into the target so that it fails. @return false where none is under way.
    bool give_up_copy();
    void flush(TimePoint until);
    pg_result* next_result(TimePoint until);
    TargetResult collect(TimePoint until);
    /// Kind of an error that says that the target cannot be reached.
    ErrorKind away() const noexcept { return *settings_.writing ? ErrorKind::lost : ErrorKind::unavailable; }
    [[noreturn]] void lost(const std::string& what);
    [[noreturn]] void refuse(const pg_result* result);
    void drop() noexcept;

    pg_conn* connection_ = nullptr;
    std::string place_;
    Settings settings_;
    bool gives_up_at_once_ = false;  // of the call under way
    bool heeds_interruption_ = true;
    std::optional<TimePoint> patience_ends_;  // once the call under way has seen the operator's wish
    std::string session_;                     // the server's own process id; "" until a statement may outlast a silence
};

/// Opens a transaction that writes, and rolls it back unless commit() was called.
class TargetTransaction {
  public:
    explicit TargetTransaction(TargetConnection& connection) : connection_(connection) {
        connection_.begin_to_write();
        connection_.begin();
    }
    ~TargetTransaction() {
        if (!done_) connection_.roll_back();
    }
    TargetTransaction(const TargetTransaction&) = delete;
    TargetTransaction& operator=(const TargetTransaction&) = delete;

    /// Commits; see TargetConnection::commit.
    void commit() {
        done_ = true;
        connection_.commit();
    }

  private:
    TargetConnection& connection_;
    bool done_ = false;
};

/// Opens a transaction that leaves nothing, and rolls it back: for what is read as of one instant, or tried out.
class PassingTransaction {
  public:
    explicit PassingTransaction(TargetConnection& connection) : connection_(connection) { connection_.begin(); }
    ~PassingTransaction() { connection_.roll_back(); }
    PassingTransaction(const PassingTransaction&) = delete;
    PassingTransaction& operator=(const PassingTransaction&) = delete;

  private:
    TargetConnection& connection_;
};

}  // namespace caseweave
