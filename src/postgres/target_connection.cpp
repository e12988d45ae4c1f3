#include "postgres/target_connection.hpp"

#include <fmt/core.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "core/bounded_call.hpp"

namespace caseweave {

namespace {

using Clock = std::chrono::steady_clock;

/// How often a wait looks at the operator's interrupt flag.
constexpr std::chrono::milliseconds kInterruptSlice{100};

/// How long an answer may still take to arrive once the server says that it has given it.
constexpr std::chrono::milliseconds kInFlight{1000};

/// How long a server may take to give up a statement; a connection that it keeps busy for longer is closed.
constexpr std::chrono::milliseconds kCancelDeadline{1000};

constexpr const char* kStopped = "stopped as asked; what was committed stays, run again to resume";

/// What tells a dead peer on a link that carries nothing, on both ends: 60 seconds; the kernels' own default is two
/// hours, for which a server would keep the locks of a run whose machine is gone. Without effect on a Unix socket.
constexpr std::pair<const char*, const char*> kKeepalives[] = {
    {"keepalives_idle", "30"}, {"keepalives_interval", "10"}, {"keepalives_count", "3"}};
constexpr std::string_view kServerKeepalives =
    " -c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3";

std::string one_line(const char* message) {
    std::string line;
    for (const char* c = message; *c != '\0'; ++c) line += (*c == '\n' || *c == '\t') ? ' ' : *c;
    while (!line.empty() && line.back() == ' ') line.pop_back();
    return line;
}

/// Says whether the primary message of this class of SQLSTATE is free of row values: connection, authorisation,
/// catalogue, resource, lock, operator and system errors are; data (22), integrity (23) and raised (P0) errors quote
/// rows.
bool message_is_free_of_values(std::string_view state) {
    constexpr std::string_view kClasses[] = {"08", "0A", "25", "28", "3D", "3F", "40",
                                             "42", "53", "54", "55", "57", "58", "XX"};
    return std::any_of(std::begin(kClasses), std::end(kClasses),
                       [&](std::string_view c) { return state.substr(0, 2) == c; });
}

std::string_view field(const PGresult* result, int code) {
    const char* text = PQresultErrorField(result, code);
    return text == nullptr ? std::string_view() : std::string_view(text);
}

/// Says what to do about a refusal; "" where the message has to do.
std::string_view advice_for(std::string_view state) {
    if (state == "53100") return " Make room on the server's disk, then run the same command again.";
    if (state == "55P03")
        return " Another session holds a lock (pg_locks names it): let it end, then run the same command again.";
    if (state == "57014")
        return " Was it the server's statement_timeout? Raise it for this login, then run the same command again.";
    if (state.substr(0, 3) == "57P") return " Check the server, then run the same command again.";
    return "";
}

}  // namespace

void TargetResult::Clear::operator()(pg_result* result) const noexcept {
    PQclear(result);
}

std::size_t TargetResult::rows() const noexcept {
    return static_cast<std::size_t>(PQntuples(result_.get()));
}
std::size_t TargetResult::columns() const noexcept {
    return static_cast<std::size_t>(PQnfields(result_.get()));
}

bool TargetResult::is_null(std::size_t row, std::size_t column) const noexcept {
    return PQgetisnull(result_.get(), static_cast<int>(row), static_cast<int>(column)) != 0;
}

std::string_view TargetResult::text(std::size_t row, std::size_t column) const noexcept {
    const int r = static_cast<int>(row);
    const int c = static_cast<int>(column);
    return {PQgetvalue(result_.get(), r, c), static_cast<std::size_t>(PQgetlength(result_.get(), r, c))};
}

std::int64_t TargetResult::integer(std::size_t row, std::size_t column) const {
    const std::string_view digits = text(row, column);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size())
        throw Error(
            ErrorKind::target,
            "The target answered with something that is not a number; its schema may have been changed by hand.");
    return value;
}

std::uint64_t TargetResult::affected_rows() const noexcept {
    const std::string_view digits = PQcmdTuples(result_.get());
    std::uint64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

TargetConnection::TargetConnection(const Settings& settings) : settings_(settings) {
    std::vector<const char*> names;
    std::vector<const char*> values;
    const auto add = [&](const char* name, const char* value) {
        names.push_back(name);
        values.push_back(value);
    };
    // Of a keyword that stands twice libpq takes the last: the operator's own keepalives and options win.
    for (const auto& [name, value] : kKeepalives) add(name, value);
    std::string options = fmt::format("-c client_connection_check_interval=2s -c lock_timeout={}{}",
                                      settings.call_deadline.count() / 2, kServerKeepalives);
    for (const auto& [name, value] : settings.keywords) {
        if (name == "options")
            options += " " + value;
        else
            add(name.c_str(), value.c_str());
    }
    add("options", options.c_str());
    add("client_encoding", "UTF8");
    names.push_back(nullptr);
    values.push_back(nullptr);

    connection_ = PQconnectStartParams(names.data(), values.data(), 0);
    if (connection_ == nullptr)
        throw Error(ErrorKind::unavailable, "There is no memory left to open a connection to the target.");
    const auto text = [&](const char* value) { return value == nullptr ? std::string() : std::string(value); };
    place_ = fmt::format("host {}, database {}", text(PQhost(connection_)), text(PQdb(connection_)));

    const auto until = Clock::now() + settings.connect_deadline;
    try {
        PostgresPollingStatusType status = PGRES_POLLING_WRITING;
        while (status != PGRES_POLLING_OK) {
            if (PQstatus(connection_) == CONNECTION_BAD || status == PGRES_POLLING_FAILED) {
                const std::string reason = one_line(PQerrorMessage(connection_));
                const auto says = [&](std::string_view part) { return reason.find(part) != std::string::npos; };
                if (says("definition of service") || says("service file"))
                    throw Error(ErrorKind::usage,
                                fmt::format("The target cannot be opened: {}. Name a service that stands in the "
                                            "service file of libpq (pg_service.conf, or the file that PGSERVICEFILE "
                                            "names), or add it there.",
                                            reason));
                const bool refused = says("authentication failed") || says("does not exist") ||
                                     says("no password supplied") || says("no pg_hba.conf entry");
                throw Error(
                    refused ? ErrorKind::target : away(),
                    fmt::format("The target ({}) cannot be opened: {}. {}", place_, reason,
                                refused ? "Check the user and the password file of the job, which holds the password "
                                          "alone."
                                        : "Check that the server runs and is reachable, then try again."));
            }
            pollfd descriptor{PQsocket(connection_),
                              static_cast<short>(status == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
            heed_interruption();
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
            if (left.count() <= 0)
                throw Error(away(), fmt::format("The target ({}) did not answer within {} seconds. "
                                                "Check that it runs and is reachable, then try again.",
                                                place_, settings.connect_deadline.count() / 1000));
            poll(&descriptor, 1, static_cast<int>(std::min(left, kInterruptSlice).count()));
            if (descriptor.revents != 0) status = PQconnectPoll(connection_);
        }
    } catch (const Error&) {  // the destructor of a half-built object does not run
        drop();
        throw;
    }
    PQsetnonblocking(connection_, 1);
    // Notices would go to standard error, and some quote rows.
    PQsetNoticeProcessor(
        connection_, [](void*, const char*) {}, nullptr);
}

TargetConnection::~TargetConnection() {
    drop();
}

TargetConnection::TargetConnection(TargetConnection&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)),
      place_(std::move(other.place_)),
      settings_(std::move(other.settings_)),
      gives_up_at_once_(other.gives_up_at_once_),
      heeds_interruption_(other.heeds_interruption_),
      patience_ends_(other.patience_ends_),
      session_(std::move(other.session_)) {}

TargetConnection& TargetConnection::operator=(TargetConnection&& other) noexcept {
    if (this != &other) {
        drop();
        connection_ = std::exchange(other.connection_, nullptr);
        place_ = std::move(other.place_);
        settings_ = std::move(other.settings_);
        gives_up_at_once_ = other.gives_up_at_once_;
        heeds_interruption_ = other.heeds_interruption_;
        patience_ends_ = other.patience_ends_;
        session_ = std::move(other.session_);
    }
    return *this;
}

void TargetConnection::drop() noexcept {
    if (connection_ != nullptr) PQfinish(connection_);
    connection_ = nullptr;
}

void TargetConnection::lost(const std::string& what) {
    drop();
    throw Error(away(), fmt::format("The connection to the target ({}) {}. Nothing of the open batch is kept; "
                                    "check the server and run the same command again to resume.",
                                    place_, what));
}

void TargetConnection::refuse(const pg_result* result) {
    const std::string_view state = field(result, PG_DIAG_SQLSTATE);
    std::string where;
    if (const auto table = field(result, PG_DIAG_TABLE_NAME); !table.empty())
        where += fmt::format(", table {}.{}", field(result, PG_DIAG_SCHEMA_NAME), table);
    if (const auto column = field(result, PG_DIAG_COLUMN_NAME); !column.empty())
        where += fmt::format(", column {}", column);
    if (const auto constraint = field(result, PG_DIAG_CONSTRAINT_NAME); !constraint.empty())
        where += fmt::format(", constraint {}", constraint);
    const std::string reason = message_is_free_of_values(state)
                                   ? one_line(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) != nullptr
                                                  ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY)
                                                  : "")
                                   : std::string("the data does not fit the schema");
    // 57P01-57P03: shut down or starting; 53: out of resources; 55P03 and 40: locks and deadlocks.
    const bool later = state.substr(0, 3) == "57P" || state.substr(0, 2) == "53" || state == "55P03" ||
                       state.substr(0, 2) == "40" || state.substr(0, 2) == "08";
    const std::string sentence = fmt::format("The target ({}) refused a statement: {} (SQLSTATE {}{}).{}", place_,
                                             reason, state, where, advice_for(state));
    // The server ends the session with such an error, whether or not the link is down yet.
    const std::string_view severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    const bool is_over = severity == "FATAL" || severity == "PANIC";
    if (is_over) drop();
    throw Error(!later ? ErrorKind::target : is_over ? away() : ErrorKind::unavailable, sentence);
}

void TargetConnection::begin_call(Milliseconds deadline) {
    patience_ends_.reset();
    gives_up_at_once_ = deadline > settings_.call_deadline;
    if (gives_up_at_once_ && settings_.interrupted != nullptr && settings_.interrupted->load())
        throw Error(ErrorKind::interrupted, kStopped);
}

void TargetConnection::heed_interruption() {
    if (!heeds_interruption_ || settings_.interrupted == nullptr || !settings_.interrupted->load()) return;
    const auto now = Clock::now();
    if (!patience_ends_) patience_ends_ = gives_up_at_once_ ? now : now + kStopPatience;
    if (now < *patience_ends_) return;
    if (!cancel_statement()) drop();
    throw Error(ErrorKind::interrupted, kStopped);
}

/// Has the server give up what it is at, and reads to its end. @return false where the connection cannot be used on.
bool TargetConnection::cancel_statement() noexcept {
    if (PQstatus(connection_) != CONNECTION_OK) return false;
    // libpq asks over a connection of its own, and waits as long as the kernel does where nothing answers.
    if (PGcancel* const cancel = PQgetCancel(connection_); cancel != nullptr) {
        call_for_at_most(kCancelDeadline, [owner = std::shared_ptr<PGcancel>(cancel, &PQfreeCancel)] {
            std::array<char, 256> reason{};
            PQcancel(owner.get(), reason.data(), static_cast<int>(reason.size()));
        });
    }
    const auto until = Clock::now() + kCancelDeadline;
    const auto read_on = [&] {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
        pollfd descriptor{PQsocket(connection_), POLLIN, 0};
        return left.count() > 0 && poll(&descriptor, 1, static_cast<int>(left.count())) > 0 &&
               PQconsumeInput(connection_) != 0;
    };
    for (;;) {
        while (PQisBusy(connection_) != 0)
            if (!read_on()) return false;
        const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQgetResult(connection_), &PQclear);
        if (result == nullptr) return true;
        if (PQresultStatus(result.get()) == PGRES_COPY_IN) return false;
        if (PQresultStatus(result.get()) != PGRES_COPY_OUT) continue;
        for (int size = 1; size >= 0;) {
            char* bytes = nullptr;
            size = PQgetCopyData(connection_, &bytes, 1);
            PQfreemem(bytes);
            if (size == 0 && !read_on()) return false;
        }
    }
}

bool TargetConnection::moves(Wait what, Clock::time_point until) {
    for (;;) {
        heed_interruption();
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
        if (left.count() <= 0) return false;
        pollfd descriptor{PQsocket(connection_), static_cast<short>(what == Wait::readable ? POLLIN : POLLIN | POLLOUT),
                          0};
        const auto slice = settings_.interrupted != nullptr ? std::min(left, kInterruptSlice) : left;
        if (poll(&descriptor, 1, static_cast<int>(std::min<std::int64_t>(slice.count(), 1'000'000))) > 0) return true;
    }
}

void TargetConnection::wait(Wait what, Clock::time_point until) {
    while (!moves(what, std::min(until, Clock::now() + settings_.call_deadline))) {
        if (Clock::now() >= until) lost("did not move within its deadline");
        if (!server_is_at_work() && !moves(what, Clock::now() + kInFlight))
            lost("is dead: the server is not at work on the statement that is waited for");
    }
}

void TargetConnection::know_session(Milliseconds deadline) {
    if (deadline <= settings_.call_deadline || !session_.empty()) return;
    session_ = execute("SELECT pg_backend_pid()").text(0, 0);
}

bool TargetConnection::server_is_at_work() noexcept {
    try {
        TargetConnection other(settings_);
        const TargetResult state = other.query("SELECT state FROM pg_stat_activity WHERE pid = $1", {session_});
        // Where activity may not be seen, or is not tracked, the statement's own deadline has to do.
        return !state.empty() && !state.text(0, 0).starts_with("idle");
    } catch (const Error& error) {
        return error.kind() == ErrorKind::interrupted;  // which the caller finds, too
    }
}

void TargetConnection::flush(Clock::time_point until) {
    for (;;) {
        const int state = PQflush(connection_);
        if (state == 0) return;
        if (state < 0) lost("was lost");
        wait(Wait::readable_or_writable, until);
        // The server may be waiting for its own output to be read before it reads on.
        if (PQconsumeInput(connection_) == 0) lost("was lost");
    }
}

pg_result* TargetConnection::next_result(Clock::time_point until) {
    while (PQisBusy(connection_) != 0) {
        wait(Wait::readable, until);
        if (PQconsumeInput(connection_) == 0) lost("was lost");
    }
    return PQgetResult(connection_);
}

TargetResult TargetConnection::collect(Clock::time_point until) {
    TargetResult last;
    std::unique_ptr<PGresult, decltype(&PQclear)> failure(nullptr, &PQclear);
    while (pg_result* result = next_result(until)) {
        const ExecStatusType status = PQresultStatus(result);
        if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) {
            if (failure == nullptr)
                failure.reset(result);
            else
                PQclear(result);
            if (PQstatus(connection_) == CONNECTION_BAD) lost("was lost");
            continue;
        }
        last = TargetResult(result);
        if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT) break;
    }
    if (failure != nullptr) refuse(failure.get());
    return last;
}

TargetResult TargetConnection::execute(const std::string& sql, Milliseconds deadline) {
    if (connection_ == nullptr) lost("is closed");
    know_session(deadline);
    begin_call(deadline);
    const auto until = Clock::now() + deadline;
    if (PQsendQuery(connection_, sql.c_str()) == 0) lost("was lost");
    flush(until);
    return collect(until);
}

TargetResult TargetConnection::query(const std::string& sql, std::span<const Parameter> parameters) {
    return query(sql, parameters, settings_.call_deadline);
}

TargetResult TargetConnection::query(const std::string& sql, std::span<const Parameter> parameters,
                                     Milliseconds deadline) {
    if (connection_ == nullptr) lost("is closed");
    know_session(deadline);
    begin_call(deadline);
    std::vector<std::string> texts;  // libpq wants terminated strings
    std::vector<const char*> values;
    texts.reserve(parameters.size());
    for (const Parameter& parameter : parameters) {
        texts.emplace_back(parameter.value_or(std::string_view()));
        values.push_back(parameter.has_value() ? texts.back().c_str() : nullptr);
    }
    const auto until = Clock::now() + deadline;
    if (PQsendQueryParams(connection_, sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(), nullptr,
                          nullptr, 0) == 0)
        lost("was lost");
    flush(until);
    return collect(until);
}

void TargetConnection::commit() {
    heeds_interruption_ = false;  // an answer that is not waited for leaves in doubt what is in the target
    try {
        execute("COMMIT");
        heeds_interruption_ = true;
    } catch (const Error& error) {
        heeds_interruption_ = true;
        if (!broken()) throw;
        throw Error(ErrorKind::in_doubt,
                    fmt::format("The connection to the target ({}) was lost while a batch was being committed; "
                                "the ledger tells whether it is there. Run the same command again.",
                                place_));
    }
    if (PQtransactionStatus(connection_) != PQTRANS_IDLE)
        throw Error(ErrorKind::target, "The target did not end the transaction.");
}

void TargetConnection::roll_back() noexcept {
    if (connection_ == nullptr || !in_transaction()) return;
    try {
        if (PQtransactionStatus(connection_) == PQTRANS_ACTIVE && !give_up_copy()) return drop();
        execute("ROLLBACK");
    } catch (const Error&) {
        drop();  // the server rolls back when the link ends
    }
}

bool TargetConnection::give_up_copy() {
    if (PQputCopyEnd(connection_, "the rest of the batch does not come") != 1) return false;
    const auto until = Clock::now() + settings_.call_deadline;
    flush(until);
    while (pg_result* result = next_result(until)) PQclear(result);
    return true;
}

bool TargetConnection::in_transaction() const noexcept {
    return connection_ != nullptr && PQtransactionStatus(connection_) != PQTRANS_IDLE;
}

bool TargetConnection::broken() const noexcept {
    return connection_ == nullptr || PQstatus(connection_) != CONNECTION_OK;
}

void TargetConnection::copy_in_begin(const std::string& sql) {
    execute(sql);
}

void TargetConnection::copy_in_put(std::string_view bytes) {
    if (connection_ == nullptr) lost("is closed");
    begin_call(settings_.call_deadline);
    if (PQputCopyData(connection_, bytes.data(), static_cast<int>(bytes.size())) != 1) lost("was lost during a copy");
    flush(Clock::now() + settings_.call_deadline);
}

std::uint64_t TargetConnection::copy_in_end() {
    if (connection_ == nullptr) lost("is closed");
    begin_call(settings_.call_deadline);
    const auto until = Clock::now() + settings_.call_deadline;
    if (PQputCopyEnd(connection_, nullptr) != 1) lost("was lost during a copy");
    flush(until);
    return collect(until).affected_rows();
}

void TargetConnection::copy_out(const std::string& sql, const std::function<void(std::string_view)>& take) {
    execute(sql, kLongDeadline);
    for (;;) {
        char* bytes = nullptr;
        const int size = PQgetCopyData(connection_, &bytes, 1);
        if (size > 0) {
            const std::unique_ptr<char, decltype(&PQfreemem)> owner(bytes, &PQfreemem);
            take({bytes, static_cast<std::size_t>(size)});
        } else if (size == 0) {
            wait(Wait::readable, Clock::now() + kLongDeadline);
            if (PQconsumeInput(connection_) == 0) lost("was lost during a copy");
        } else if (size == -1) {
            break;
        } else {
            lost("was lost during a copy");
        }
    }
    collect(Clock::now() + settings_.call_deadline);
}

std::string TargetConnection::quote_identifier(std::string_view name) {
    std::string quoted = "\"";
    for (const char c : name) quoted.append(c == '"' ? 2 : 1, c);
    return quoted += '"';
}

std::string TargetConnection::quote_literal(std::string_view text) {
    // standard_conforming_strings is on since PostgreSQL 9.1: only the quote itself needs doubling.
    std::string quoted = "'";
    for (const char c : text) quoted.append(c == '\'' ? 2 : 1, c);
    return quoted += '\'';
}

int TargetConnection::backend_pid() const noexcept {
    return PQbackendPID(connection_);
}
int TargetConnection::server_version() const noexcept {
    return PQserverVersion(connection_);
}

}  // namespace caseweave
