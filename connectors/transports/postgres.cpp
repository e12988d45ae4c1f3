#include "connectors/transports/postgres.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <memory>

#include "connectors/transports/query_source.hpp"
#include "connectors/transports/transport_settings.hpp"
#include "core/bounded_call.hpp"
#include "core/error.hpp"
#include "core/shutdown.hpp"
#include "settings/connection_string.hpp"

namespace caseweave {

const std::vector<OptionDescriptor>& postgres_options() {
    static const std::vector<OptionDescriptor> options = {
        {"connection", "string", "",
         "Keywords of libpq without password, for instance \"host=db.example dbname=estart user=reader "
         "sslmode=verify-full\"."},
        {"service", "string", "", "Service name of pg_service.conf, instead or besides."},
        {"use_password", "boolean", "false",
         "Whether to log in with the secret `password`; else by peer, certificate or password file."},
        {"password", "secret", "", "Given as a connection parameter.", true},
        {"connect_timeout_seconds", "integer", "15", "How long a login may take."},
        {"read_timeout_seconds", "integer", "600", "How long the database may be silent."},
        {"entity_timeout_seconds", "integer", "14400",
         "How long waiting for the database may take in all while one entity is read, however steadily its rows "
         "trickle."},
        {"max_row_bytes", "integer", "67108864", "Largest row; a larger one fails the source."},
    };
    return options;
}

namespace {

using Clock = std::chrono::steady_clock;

struct PostgresSettings {
    std::string system, connection, service, password;
    std::chrono::seconds connect_timeout{}, read_timeout{}, entity_timeout{};
    std::size_t max_row_bytes = 0;
    TomlTable job_settings;  // to point at its keys
};

struct ResultDeleter {
    void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, ResultDeleter>;

/// One connection that never blocks without a deadline. libpq's own timeouts do not cover a link that swallows packets.
class PostgresSession {
  public:
    explicit PostgresSession(const PostgresSettings& settings) : settings_(settings) { connect(); }
    PostgresSession(const PostgresSession&) = delete;
    PostgresSession& operator=(const PostgresSession&) = delete;

    /// Names the columns of a query without running it.
    std::vector<std::string> describe(const std::string& query, const std::string& entity);
    void start_copy(const std::string& query, const std::string& entity);
    /// Gives the next line of a COPY; false at its end. The line lives until the next call.
    bool next_line(std::string_view& line, const std::string& entity);
    bool copying() const noexcept { return copying_; }

  private:
    void connect();
    void cancel_statement() noexcept;
    void wait(bool for_write, Clock::time_point deadline, const char* what);
    Result next_result(const char* what);
    Result only_result(const char* what);
    [[noreturn]] void fail_connect() const;
    [[noreturn]] void fail(const PGresult* result, const std::string& what, bool with_message) const;

    PostgresSettings settings_;
    PGconn* connection_ = nullptr;
    // Of its own, since a constructor that throws runs no destructor of its class.
    struct ConnectionGuard {
        PGconn** connection;
        ~ConnectionGuard() { PQfinish(*connection); }
    } connection_guard_{&connection_};
    char* line_ = nullptr;
    bool copying_ = false;
    Clock::duration copy_wait_left_{};  // of the COPY under way

    struct LineGuard {
        char** line;
        ~LineGuard() { PQfreemem(*line); }
    } line_guard_{&line_};
};

/// Asks the server to give up what it is at; a query that waits for a lock would not notice that nobody listens.
void PostgresSession::cancel_statement() noexcept {
    if (PQstatus(connection_) != CONNECTION_OK) return;
    PGcancel* const cancel = PQgetCancel(connection_);
    if (cancel == nullptr) return;
    // libpq asks over a connection of its own, and waits as long as the kernel does where nothing answers.
    call_for_at_most(std::chrono::seconds(1), [owner = std::shared_ptr<PGcancel>(cancel, &PQfreeCancel)] {
        std::array<char, 256> reason{};
        PQcancel(owner.get(), reason.data(), static_cast<int>(reason.size()));
    });
}

void PostgresSession::wait(bool for_write, Clock::time_point deadline, const char* what) {
    for (;;) {
        if (shutdown_requested()) {
            cancel_statement();
            throw_if_shutdown_requested();
        }
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
        pollfd descriptor{PQsocket(connection_), static_cast<short>(for_write ? POLLIN | POLLOUT : POLLIN), 0};
        const auto slice = std::min<long long>(left, kShutdownSlice.count());
        const int ready = left > 0 ? ::poll(&descriptor, 1, static_cast<int>(slice)) : 0;
        if (ready > 0) return;
        if (ready < 0 && errno != EINTR)
            throw Error(ErrorKind::unavailable, settings_.system + ": waiting for the database failed");
        if (Clock::now() >= deadline) {
            throw Error(ErrorKind::unavailable,
                        settings_.system + ": the database did not answer in time while " + what +
                            "; check that it is up and that the network lets its packets through");
        }
    }
}

void PostgresSession::connect() {
    // Keywords given later override earlier ones; the connection string is expanded by libpq itself.
    std::vector<const char*> keywords, values;
    const auto add = [&](const char* keyword, const std::string& value) {
        if (value.empty()) return;
        keywords.push_back(keyword);
        values.push_back(value.c_str());
    };
    const std::string encoding = "UTF8", application = "caseweave", replaces_dbname = settings_.connection;
    add("dbname", replaces_dbname);
    add("service", settings_.service);
    add("password", settings_.password);
    add("client_encoding", encoding);
    add("application_name", application);
    keywords.push_back(nullptr);
    values.push_back(nullptr);
    connection_ = PQconnectStartParams(keywords.data(), values.data(), 1);
    if (connection_ == nullptr) throw Error(ErrorKind::source, settings_.system + ": out of memory for a connection");
    if (PQstatus(connection_) == CONNECTION_BAD) fail_connect();
    // Notices would go to standard error, and some quote rows.
    PQsetNoticeProcessor(
        connection_, [](void*, const char*) {}, nullptr);
    PQsetErrorVerbosity(connection_, PQERRORS_VERBOSE);  // with SQLSTATE, also while connecting
    PQsetErrorContextVisibility(connection_, PQSHOW_CONTEXT_NEVER);
    const auto deadline = Clock::now() + settings_.connect_timeout;
    for (PostgresPollingStatusType status = PGRES_POLLING_WRITING; status != PGRES_POLLING_OK;
         status = PQconnectPoll(connection_)) {
        if (status == PGRES_POLLING_FAILED) fail_connect();
        wait(status == PGRES_POLLING_WRITING, deadline, "connecting");
    }
    PQsetnonblocking(connection_, 1);
    const char* const encoding_of_server = PQparameterStatus(connection_, "server_encoding");
    if (encoding_of_server != nullptr && std::string_view(encoding_of_server) == "SQL_ASCII") {
        // Such a database keeps any bytes, and a server asked for UTF-8 fails at the first bad one: they are judged row
        // by row here instead.
        const char* const what = "choosing the encoding";
        if (PQsendQuery(connection_, "SET client_encoding TO 'SQL_ASCII'") == 0) fail(nullptr, what, false);
        if (const Result set = only_result(what); PQresultStatus(set.get()) != PGRES_COMMAND_OK)
            fail(set.get(), what, false);
    }
}

void PostgresSession::fail_connect() const {
    const std::string message = PQerrorMessage(connection_);
    const bool refused = message.find("28P01") != std::string::npos || message.find("28000") != std::string::npos ||
                         message.find("no password supplied") != std::string::npos;
    if (refused) {
        throw Error(
            ErrorKind::source,
            settings_.system +
                ": the database refused the login: wrong user or password; check user and the secret `password`");
    }
    if (message.find("3D000") != std::string::npos) {
        throw Error(ErrorKind::source,
                    settings_.system + ": the server has no such database; check dbname in the connection");
    }
    if (message.find("certificate") != std::string::npos) {
        throw Error(
            ErrorKind::source,
            settings_.system + ": the database's certificate is not trusted; check sslrootcert and the host name");
    }
    // libpq looks a service up before it connects; its words name the service, or the file and line that is wrong.
    if (message.find("definition of service") != std::string::npos ||
        message.find("service file") != std::string::npos) {
        settings_.job_settings.fail(settings_.service.empty() ? "connection" : "service",
                                    message.substr(0, message.find('\n')) +
                                        ": give the service in pg_service.conf (that of the user, of PGSERVICEFILE or "
                                        "of PGSYSCONFDIR), or a connection here");
    }
    throw Error(
        ErrorKind::unavailable,
        settings_.system + ": cannot reach the database; check that it is up and the host and port of its connection");
}

void PostgresSession::fail(const PGresult* result, const std::string& what, bool with_message) const {
    const char* const state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const std::string_view code = state == nullptr ? std::string_view() : std::string_view(state);
    const bool gone = code.empty() || code.starts_with("08") || code.starts_with("57P") || code.starts_with("53");
    // The server's own words may quote a value once rows flow; only its words about the query's text are passed on.
    const char* const words =
        with_message && result != nullptr ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : nullptr;
    std::string message = settings_.system + ": " + what;
    if (gone) {
        message += " failed: the connection to the database was lost; try again when it is up";
    } else {
        message += " failed (SQLSTATE " + std::string(code) + ")";
        if (words != nullptr) message += std::string(": ") + words;
        message += code.starts_with("42501") ? "; give the reader the right to select"
                                             : "; check the query against the database's tables";
    }
    throw Error(gone ? ErrorKind::unavailable : ErrorKind::source, message);
}

Result PostgresSession::next_result(const char* what) {
    auto deadline = Clock::now() + settings_.read_timeout;
    for (;;) {
        const int unsent = PQflush(connection_);
        if (unsent < 0) fail(nullptr, what, false);
        if (unsent == 0 && PQisBusy(connection_) == 0) return Result(PQgetResult(connection_));
        wait(unsent == 1, deadline, what);
        if (PQconsumeInput(connection_) == 0) fail(nullptr, what, false);
    }
}

Result PostgresSession::only_result(const char* what) {
    Result first = next_result(what);
    while (Result more = next_result(what)) {
        if (PQresultStatus(more.get()) == PGRES_FATAL_ERROR) first = std::move(more);
    }
    return first;
}

std::vector<std::string> PostgresSession::describe(const std::string& query, const std::string& entity) {
    const std::string what = "preparing the query of entity " + entity;
    if (PQsendPrepare(connection_, "", query.c_str(), 0, nullptr) == 0) fail(nullptr, what, false);
    const Result prepared = only_result(what.c_str());
    if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK) fail(prepared.get(), what, true);
    if (PQsendDescribePrepared(connection_, "") == 0) fail(nullptr, what, false);
    const Result described = only_result(what.c_str());
    if (PQresultStatus(described.get()) != PGRES_COMMAND_OK) fail(described.get(), what, true);
    std::vector<std::string> names;
    for (int i = 0; i < PQnfields(described.get()); ++i) names.emplace_back(PQfname(described.get(), i));
    return names;
}

void PostgresSession::start_copy(const std::string& query, const std::string& entity) {
    const std::string what = "running the query of entity " + entity;
    if (PQsendQuery(connection_, ("COPY (" + query + "\n) TO STDOUT").c_str()) == 0) fail(nullptr, what, false);
    const Result result = next_result(what.c_str());
    if (PQresultStatus(result.get()) != PGRES_COPY_OUT) fail(result.get(), what, true);
    copying_ = true;
    copy_wait_left_ = settings_.entity_timeout;
}

bool PostgresSession::next_line(std::string_view& line, const std::string& entity) {
    const auto deadline = Clock::now() + settings_.read_timeout;
    PQfreemem(line_);
    line_ = nullptr;
    for (;;) {
        const int size = PQgetCopyData(connection_, &line_, 1);
        if (size > 0) {
            line = {line_, static_cast<std::size_t>(size)};
            if (line.size() > settings_.max_row_bytes) {
                throw Error(ErrorKind::source,
                            settings_.system + ": a row of entity " + entity + " is over max_row_bytes");
            }
            if (line.ends_with('\n')) line.remove_suffix(1);
            return true;
        }
        const std::string what = "reading entity " + entity;
        if (size == -2) fail(nullptr, what, false);
        if (size == -1) {
            copying_ = false;
            const Result result = only_result(what.c_str());
            if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) fail(result.get(), what, false);
            return false;
        }
        const auto started = Clock::now();
        if (copy_wait_left_ <= Clock::duration::zero()) {
            throw Error(ErrorKind::unavailable,
                        settings_.system + ": " + what +
                            " took longer than entity_timeout_seconds; see what slows the database or the network "
                            "down, or raise the bound");
        }
        wait(false, deadline, what.c_str());
        copy_wait_left_ -= Clock::now() - started;
        if (PQconsumeInput(connection_) == 0) fail(nullptr, what, false);
    }
}

/// Splits one line of COPY's text format; unescaped bytes go to `scratch`, which must not move while `row` is used.
void split_copy_line(std::string_view line, std::string& scratch, std::vector<RowField>& row) {
    row.clear();
    scratch.clear();
    scratch.reserve(line.size());
    for (std::size_t begin = 0; begin <= line.size();) {
        const std::size_t end = std::min(line.find('\t', begin), line.size());
        const std::string_view field = line.substr(begin, end - begin);
        begin = end + 1;
        if (field == "\\N") {
            row.push_back({.bytes = {}, .null = true});
            continue;
        }
        if (field.find('\\') == std::string_view::npos) {
            row.push_back({.bytes = field});
            continue;
        }
        const std::size_t start = scratch.size();
        for (std::size_t i = 0; i < field.size(); ++i) {
            if (field[i] != '\\' || i + 1 == field.size()) {
                scratch.push_back(field[i]);
                continue;
            }
            constexpr std::string_view kLetters = "bfnrtv";
            constexpr std::string_view kBytes = "\b\f\n\r\t\v";
            const std::size_t letter = kLetters.find(field[++i]);
            scratch.push_back(letter == std::string_view::npos ? field[i] : kBytes[letter]);
        }
        row.push_back({.bytes = {scratch.data() + start, scratch.size() - start}});
    }
}

class PostgresCursor final : public RowCursor {
  public:
    PostgresCursor(const PostgresSettings& settings, const EntityDefinition& entity)
        : settings_(settings),
          entity_(entity.name),
          query_(entity.query),
          session_(std::make_unique<PostgresSession>(settings)) {
        while (!query_.empty() && std::string_view("; \t\r\n").find(query_.back()) != std::string_view::npos)
            query_.pop_back();
        columns_ = session_->describe(query_, entity_);
    }
    const std::vector<std::string>& columns() const override { return columns_; }
    void start(const RowKey&) override {
        // A COPY in flight cannot be started again: the connection is given up with it.
        if (session_->copying()) session_ = std::make_unique<PostgresSession>(settings_);
        session_->start_copy(query_, entity_);
    }
    bool next(std::vector<RowField>& row) override {
        std::string_view line;
        if (!session_->next_line(line, entity_)) return false;
        split_copy_line(line, scratch_, row);
        if (row.size() == columns_.size()) return true;
        throw Error(ErrorKind::source,
                    settings_.system + ": entity " + entity_ + " gave a row of another width than its query describes");
    }

  private:
    PostgresSettings settings_;
    std::string entity_, query_;
    std::unique_ptr<PostgresSession> session_;
    std::vector<std::string> columns_;
    std::string scratch_;
};

class PostgresTransport final : public Transport {
  public:
    explicit PostgresTransport(const TransportContext& context) {
        const TransportSettings settings(context, postgres_options());
        settings_.system = context.connector.name;
        settings_.connection = settings.string("connection");
        settings_.service = settings.string("service");
        settings_.connect_timeout = std::chrono::seconds(settings.integer("connect_timeout_seconds", 1, 3600));
        settings_.read_timeout = std::chrono::seconds(settings.integer("read_timeout_seconds", 1, 86'400));
        settings_.entity_timeout = std::chrono::seconds(settings.integer("entity_timeout_seconds", 1, 86'400));
        settings_.max_row_bytes = static_cast<std::size_t>(settings.integer("max_row_bytes", 1024, 1'000'000'000));
        settings_.job_settings = context.job_settings;
        const ConnectionString connection = parse_connection_string(settings_.connection);
        if (connection.holds_password) {
            settings.fail("connection",
                          "a password does not stand in a connection; set use_password and give it as a secret");
        }
        if (!connection.fault.empty()) settings.fail("connection", connection.fault);
        if (settings_.connection.empty() && settings_.service.empty()) {
            settings.fail("connection", "system " + settings_.system + " needs a connection or a service");
        }
        if (settings.boolean("use_password")) settings_.password = settings.secret("password");
        settings.finish();
    }
    void check_reachable() override { PostgresSession session(settings_); }
    std::unique_ptr<Source> open_rows(const EntityDefinition& entity, std::string_view checkpoint) override {
        return std::make_unique<QuerySource>(entity, settings_.system,
                                             std::make_unique<PostgresCursor>(settings_, entity), checkpoint);
    }
    bool yields_documents() const override { return false; }

  private:
    PostgresSettings settings_;
};

}  // namespace

std::unique_ptr<Transport> make_postgres_transport(const TransportContext& context) {
    return std::make_unique<PostgresTransport>(context);
}

}  // namespace caseweave
