// The operator's Ctrl-C while a database is silent: each source is read in a process of its own, which keeps the wish.
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "connectors/transports/odbc.hpp"
#include "connectors/transports/postgres.hpp"
#include "core/error.hpp"
#include "core/shutdown.hpp"
#include "support/private_mariadb.hpp"
#include "support/private_postgres.hpp"
#include "support/source_reading.hpp"
#include "support/temporary_folder.hpp"

namespace caseweave {
namespace {

using testing::PrivateMariadb;
using testing::PrivatePostgres;
using MakeTransport = std::unique_ptr<Transport> (*)(const TransportContext&);

/// Well within the read timeouts, which are minutes.
constexpr std::chrono::seconds kAtOnce{8};

/// Reads a query whose first row does not come, and asks to stop meanwhile. @return exit code of what that gives; 0 for
/// an ordinary end.
int read_and_stop(MakeTransport make, const std::string& connection, const std::string& query) {
    const pid_t reader = fork();
    if (reader == 0) {
        watch_for_shutdown();
        std::jthread operator_asks([] {
            std::this_thread::sleep_for(std::chrono::milliseconds(1000));
            ::kill(::getpid(), SIGINT);
        });
        try {
            EntityDefinition entity = testing::make_entity("pupil", {"ID", "NAME"});
            entity.query = query;
            const ConnectorDefinition connector = testing::make_connector(entity);
            const auto transport =
                make({connector, TomlTable::parse("connection = \"" + connection + "\"\n", "job.toml"),
                      [](std::string_view) { return std::string(); }});
            testing::read_all(*transport->open_rows(entity, {}));
        } catch (const Error& error) {
            _exit(static_cast<int>(error.exit_code()));
        }
        _exit(0);
    }
    int status = 0;
    waitpid(reader, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void expect_stopped(MakeTransport make, const std::string& connection, const std::string& query) {
    const auto started = std::chrono::steady_clock::now();
    EXPECT_EQ(read_and_stop(make, connection, query), static_cast<int>(ExitCode::interrupted));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
    EXPECT_LT(took, kAtOnce);
    EXPECT_GT(took, std::chrono::milliseconds(900)) << "it did not wait";
}

constexpr const char* kSlowOnPostgres = "SELECT '1'::text AS \"ID\", pg_sleep(60)::text AS \"NAME\"";

/// Queries that the server is at work on.
std::string at_work(const PrivatePostgres& server) {
    return server.value(
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%sleep(60)%' AND "
        "pid <> pg_backend_pid()");
}

TEST(StoppingSources, AQueryOfPostgresIsGivenUp) {
    const PrivatePostgres& server = PrivatePostgres::shared();
    expect_stopped(make_postgres_transport, server.connection(), kSlowOnPostgres);
    EXPECT_EQ(at_work(server), "0") << "on the server, too";
}

TEST(StoppingSources, AQueryOfPostgresThroughOdbcIsGivenUp) {
    const PrivatePostgres& server = PrivatePostgres::shared();
    expect_stopped(
        make_odbc_transport,
        "Driver=PostgreSQL Unicode;Servername=" + server.socket_folder().string() + ";Database=postgres;UID=postgres",
        kSlowOnPostgres);
    EXPECT_EQ(at_work(server), "0") << "on the server, too";
}

TEST(StoppingSources, AQueryOfMariadbIsGivenUp) {
    PrivateMariadb& server = PrivateMariadb::shared();
    expect_stopped(
        make_odbc_transport, server.odbc_connection(server.new_database()) + ";UID=root",
        "SELECT 1 AS ID, COUNT(*) AS NAME FROM seq_1_to_1000000 a JOIN seq_1_to_1000000 b ON a.seq <> b.seq");
}

/// A database file that another process holds: the tests' own, while a reader of its own reads.
class LockedFile {
  public:
    LockedFile() {
        EXPECT_EQ(sqlite3_open(path().c_str(), &database_), SQLITE_OK);
        run("CREATE TABLE pupil (ID TEXT, NAME TEXT); INSERT INTO pupil VALUES ('1', 'x')");
        run("BEGIN EXCLUSIVE");
    }
    LockedFile(const LockedFile&) = delete;
    LockedFile& operator=(const LockedFile&) = delete;
    ~LockedFile() { sqlite3_close(database_); }

    void release() { run("COMMIT"); }
    std::string connection() const { return "Driver=SQLite3;Database=" + path(); }

  private:
    std::string path() const { return folder_.path() / "case.sqlite"; }
    void run(const char* sql) { EXPECT_EQ(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sql; }

    testing::TemporaryFolder folder_;
    sqlite3* database_ = nullptr;
};

constexpr const char* kPupils = "SELECT ID, NAME FROM pupil";

TEST(StoppingSources, AnSqliteFileThatIsHeldIsGivenUp) {
    const LockedFile file;
    const auto started = std::chrono::steady_clock::now();
    expect_stopped(make_odbc_transport, file.connection(), kPupils);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
    EXPECT_LT(took, std::chrono::seconds(3)) << "a second until the operator asks, and hardly more";
}

/// Reads the pupils. @return exit code of what that gives; 0 for an ordinary end.
int read_pupils(const LockedFile& file, const std::string& more = {}) {
    EntityDefinition entity = testing::make_entity("pupil", {"ID", "NAME"});
    entity.query = kPupils;
    const ConnectorDefinition connector = testing::make_connector(entity);
    try {
        const auto transport = make_odbc_transport(
            {connector, TomlTable::parse("connection = \"" + file.connection() + more + "\"\n", "job.toml"),
             [](std::string_view) { return std::string(); }});
        const auto rows = testing::read_all(*transport->open_rows(entity, {}));
        EXPECT_EQ(rows.rows.size(), 1U);
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("database is locked"), std::string::npos) << error.what();
        return static_cast<int>(error.exit_code());
    }
    return 0;
}

TEST(HeldSqliteFile, IsReadOnceItIsFree) {
    LockedFile file;
    std::jthread later([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(1500));
        file.release();
    });
    EXPECT_EQ(read_pupils(file), 0);
}

TEST(HeldSqliteFile, IsWaitedForAsLongAsItsConnectionSays) {
    const LockedFile file;
    const auto started = std::chrono::steady_clock::now();
    EXPECT_NE(read_pupils(file, ";Timeout=1500"), 0);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
    EXPECT_GE(took, std::chrono::milliseconds(1500));
    EXPECT_LT(took, std::chrono::seconds(5));
}

}  // namespace
}  // namespace caseweave
