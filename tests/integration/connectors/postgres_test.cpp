#include "connectors/transports/postgres.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/error.hpp"
#include "support/private_postgres.hpp"
#include "support/source_reading.hpp"

namespace caseweave {
namespace {

using testing::PrivatePostgres;
using Rows = std::vector<std::vector<std::string>>;

class Postgres : public ::testing::Test {
  protected:
    Postgres() : server_(PrivatePostgres::shared()), database_(server_.new_database()) {
        entity_ = testing::make_entity("child", {"ID", "NAME"});
        entity_.query = "SELECT id, name FROM child ORDER BY id COLLATE \"C\";";
        entity_.ordered_by_key = true;
        connector_ = testing::make_connector(entity_);
        execute("CREATE TABLE child (id text, name text, note text)");
    }
    void execute(const std::string& sql) const { server_.execute(sql, database_); }
    std::unique_ptr<Transport> transport(const std::string& settings = {}, const std::string& connection = {}) const {
        const std::string where = connection.empty() ? server_.connection(database_) : connection;
        return make_postgres_transport({connector_,
                                        TomlTable::parse("connection = \"" + where + "\"\n" + settings, "job.toml"),
                                        [](std::string_view) { return std::string("right horse"); }});
    }
    testing::ReadRows read(std::string_view checkpoint = {}) const {
        const auto opened = transport();
        return testing::read_all(*opened->open_rows(entity_, checkpoint));
    }
    template <typename Run>
    static std::pair<ExitCode, std::string> failure(Run run) {
        try {
            run();
        } catch (const Error& error) {
            return {error.exit_code(), error.what()};
        }
        return {ExitCode::done, ""};
    }

    PrivatePostgres& server_;
    std::string database_;
    EntityDefinition entity_;
    ConnectorDefinition connector_;
};

TEST_F(Postgres, ReadsEveryKindOfText) {
    execute(
        R"(INSERT INTO child VALUES ('1', E'tab\there', NULL), ('2', NULL, NULL), ('3', '', NULL), ('4', E'back\\slash\nline\r\b\f\x0b', NULL),
               ('5', '\N', NULL), ('6', 'Zoë', NULL), ('7', '   ', NULL))");
    EXPECT_EQ(read().rows, (Rows{{"1", "tab\there"},
                                 {"2", "<null>"},
                                 {"3", "<empty>"},
                                 {"4", "back\\slash\nline\r\b\f\v"},
                                 {"5", "\\N"},
                                 {"6", "Zoë"},
                                 {"7", "<empty>"}}));
}

TEST_F(Postgres, ReadsOtherTypesAsTheirText) {
    entity_.query = "SELECT 7::bigint AS id, DATE '2026-03-31' AS name, 1.50::numeric(8,2) AS amount, true AS flag";
    const auto result = read();
    EXPECT_EQ(result.columns, (std::vector<std::string>{"ID", "NAME", "amount", "flag"}));
    EXPECT_EQ(result.rows, (Rows{{"7", "2026-03-31", "1.50", "t"}}));
}

TEST_F(Postgres, NamesAColumnThatIsMissing) {
    entity_.query = "SELECT id FROM child";
    const auto [code, message] = failure([&] { read(); });
    EXPECT_EQ(code, ExitCode::failed);
    EXPECT_NE(message.find("NAME"), std::string::npos);
    EXPECT_NE(message.find("child"), std::string::npos);
}

TEST_F(Postgres, StreamsManyRowsAndResumesFromEveryCheckpoint) {
    execute("INSERT INTO child SELECT lpad((i / 2)::text, 8, '0'), 'name ' || i FROM generate_series(1, 20000) i");
    const auto opened = transport();
    testing::expect_resumes_everywhere(
        [&](std::string_view checkpoint) { return opened->open_rows(entity_, checkpoint); });
}

TEST_F(Postgres, ResumesByKeyWhenRowsBeforeHaveChanged) {
    execute("INSERT INTO child SELECT lpad(i::text, 8, '0'), 'name ' || i FROM generate_series(1, 9000) i");
    const auto whole = read();
    execute("DELETE FROM child WHERE id = '00000005'");
    const auto rest = read(whole.batches[0].checkpoint);
    EXPECT_EQ(rest.rows.size(), 9000 - whole.batches[1].rows_before);
    EXPECT_EQ(rest.rows.front(), whole.rows[whole.batches[1].rows_before]);
}

TEST_F(Postgres, RejectsBytesThatAreNotUtf8) {
    server_.execute("CREATE DATABASE " + database_ + "_ascii ENCODING SQL_ASCII LOCALE 'C' TEMPLATE template0");
    database_ += "_ascii";
    execute("CREATE TABLE child (id text, name text); INSERT INTO child VALUES ('1', E'a\\xFFb'), ('2', 'B')");
    const auto result = read();
    EXPECT_EQ(result.rows, (Rows{{"2", "B"}}));
    ASSERT_EQ(result.rejects.size(), 1U);
    EXPECT_EQ(result.rejects[0].reason, RejectReason::undecodable);
    EXPECT_EQ(result.rejects[0].field, "NAME");
}

TEST_F(Postgres, LogsInWithASecretAndSaysWhenItIsWrong) {
    server_.execute("CREATE ROLE reader_" + database_ + " LOGIN PASSWORD 'right horse' IN ROLE password_roles");
    execute("GRANT SELECT ON child TO reader_" + database_);
    const std::string connection = server_.connection(database_, "reader_" + database_);
    EXPECT_EQ(failure([&] { transport("use_password = true", connection)->check_reachable(); }).second, "");
    server_.execute("ALTER ROLE reader_" + database_ + " PASSWORD 'other horse'");
    const auto [code, message] = failure([&] { transport("use_password = true", connection)->check_reachable(); });
    EXPECT_EQ(code, ExitCode::failed);
    EXPECT_NE(message.find("wrong user or password"), std::string::npos);
    EXPECT_EQ(message.find("right horse"), std::string::npos);
    EXPECT_NE(failure([&] { transport({}, connection)->check_reachable(); }).second.find("wrong user or password"),
              std::string::npos);
    EXPECT_EQ(failure([&] { transport({}, connection + " password=x"); }).first, ExitCode::usage);
}

TEST_F(Postgres, SaysWhatIsWrong) {
    EXPECT_EQ(failure([&] { transport({}, "host=/nonexistent dbname=x")->check_reachable(); }).first,
              ExitCode::try_later);
    EXPECT_NE(failure([&] {
                  transport({}, server_.connection("no_such"))->check_reachable();
              }).second.find("no such database"),
              std::string::npos);
    entity_.query = "SELECT id, name FROM no_such_table";
    const auto [code, message] = failure([&] { read(); });
    EXPECT_EQ(code, ExitCode::failed);
    EXPECT_NE(message.find("42P01"), std::string::npos);
    entity_.query = "SELECT id, (name::int)::text AS name FROM child";
    execute("INSERT INTO child VALUES ('1', 'a secret name', NULL)");
    EXPECT_EQ(failure([&] { read(); }).second.find("a secret name"), std::string::npos);
}

TEST_F(Postgres, DoesNotWaitForAServerThatIsSilent) {
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
    ASSERT_EQ(::listen(listener, 1), 0);
    ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
    const auto start = std::chrono::steady_clock::now();
    const auto [code, message] = failure([&] {
        transport("connect_timeout_seconds = 1",
                  "host=127.0.0.1 port=" + std::to_string(ntohs(address.sin_port)) + " dbname=x user=y")
            ->check_reachable();
    });
    ::close(listener);
    EXPECT_EQ(code, ExitCode::try_later);
    EXPECT_NE(message.find("in time"), std::string::npos);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST_F(Postgres, AQueryThatHangsEndsAtItsDeadline) {
    entity_.query = "SELECT 'x' AS id, pg_sleep(30)::text AS name";
    const auto opened = transport("read_timeout_seconds = 1");
    const auto source = opened->open_rows(entity_, {});
    RecordBatch batch;
    EXPECT_EQ(failure([&] { source->next(batch); }).first, ExitCode::try_later);
}

TEST_F(Postgres, AServerThatDiesInTheMiddleIsUnavailable) {
    PrivatePostgres own;
    const auto opened = transport({}, own.connection());
    entity_.query = "SELECT i AS id, repeat('x', 1000) AS name FROM generate_series(1, 2000000) i";
    const auto source = opened->open_rows(entity_, {});
    RecordBatch batch;
    ASSERT_TRUE(source->next(batch));
    own.crash();
    EXPECT_EQ(failure([&] {
                  while (source->next(batch)) {
                  }
              }).first,
              ExitCode::try_later);
}

}  // namespace
}  // namespace caseweave
