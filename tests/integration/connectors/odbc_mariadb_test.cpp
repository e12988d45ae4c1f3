#include <gtest/gtest.h>

#include <algorithm>

#include "connectors/transports/odbc.hpp"
#include "core/error.hpp"
#include "support/private_mariadb.hpp"
#include "support/source_reading.hpp"

namespace caseweave {
namespace {

using testing::PrivateMariadb;
using Rows = std::vector<std::vector<std::string>>;

class OdbcOnMariadb : public ::testing::Test {
  protected:
    OdbcOnMariadb() : server_(PrivateMariadb::shared()), database_(server_.new_database()) {
        entity_ = testing::make_entity("pupil", {"ID", "NAME"});
        entity_.query = "SELECT ID, NAME FROM PUPIL ORDER BY BINARY ID";
        connector_ = testing::make_connector(entity_);
        execute("CREATE TABLE PUPIL (ID VARCHAR(20), NAME VARCHAR(100), NOTE LONGTEXT)");
    }
    void execute(const std::string& sql) const { server_.execute("USE " + database_ + ";" + sql + ";"); }
    std::unique_ptr<Transport> transport(const std::string& settings = {}, const std::string& user = "root") const {
        // root has no password, and the transport asks for a secret only where a user is set: UID stands in the
        // connection.
        const std::string connection = server_.odbc_connection(database_) + (user == "root" ? ";UID=root" : "");
        const std::string login = user == "root" ? "" : "user = \"" + user + "\"\n";
        return make_odbc_transport(
            {connector_, TomlTable::parse("connection = \"" + connection + "\"\n" + login + settings, "job.toml"),
             [](std::string_view) { return std::string("right; horse}"); }});
    }
    testing::ReadRows read(const std::string& settings = {}) const {
        const auto opened = transport(settings);
        return testing::read_all(*opened->open_rows(entity_, {}));
    }
    PrivateMariadb& server_;
    std::string database_;
    EntityDefinition entity_;
    ConnectorDefinition connector_;
};

TEST_F(OdbcOnMariadb, ReadsValuesNullsAndEmptyTexts) {
    execute("INSERT INTO PUPIL VALUES ('1', 'Zoë \xF0\x9F\x99\x82', NULL), ('2', NULL, NULL), ('3', '', NULL)");
    for (const char* settings : {"", "page_by_key = 2"}) {
        EXPECT_EQ(read(settings).rows, (Rows{{"1", "Zoë \xF0\x9F\x99\x82"}, {"2", "<null>"}, {"3", "<empty>"}}))
            << settings;
    }
}

TEST_F(OdbcOnMariadb, ReadsOtherTypesAsTheirText) {
    execute(
        "CREATE TABLE T (ID BIGINT, D DATE, S DATETIME, A DECIMAL(8,2), B TINYINT); INSERT INTO T VALUES (7, "
        "'2026-03-31', '2026-03-31 09:30:00', 1.50, 1)");
    entity_.query = "SELECT ID, D AS NAME, S, A, B FROM T";
    EXPECT_EQ(read().rows, (Rows{{"7", "2026-03-31", "2026-03-31 09:30:00", "1.50", "1"}}));
}

TEST_F(OdbcOnMariadb, FetchesLongTexts) {
    execute("INSERT INTO PUPIL VALUES ('1', 'A', REPEAT('ä', 100000)), ('2', 'B', 'short')");
    entity_.query = "SELECT ID, NAME, NOTE FROM PUPIL ORDER BY ID";
    const auto result = read();
    ASSERT_EQ(result.rows.size(), 2U);
    EXPECT_EQ(result.rows[0][2].size(), 200'000U);
    EXPECT_EQ(result.rows[1][2], "short");
}

TEST_F(OdbcOnMariadb, PagesLoseNoRowWhateverTheCollationThinksEqual) {
    // For utf8mb4_general_ci all of these keys are the same.
    execute("INSERT INTO PUPIL SELECT ELT(1 + seq % 4, 'ab', 'AB', 'Ab', 'äb'), seq, NULL FROM seq_1_to_40");
    execute("INSERT INTO PUPIL SELECT LPAD(seq, 6, '0'), seq, NULL FROM seq_1_to_5000");
    auto whole = read().rows;
    auto paged = read("page_by_key = 25").rows;
    ASSERT_EQ(whole.size(), 5040U);
    std::sort(whole.begin(), whole.end());
    std::sort(paged.begin(), paged.end());
    EXPECT_EQ(paged, whole);
}

TEST_F(OdbcOnMariadb, PagesByCompositeAndNumericKeys) {
    execute("CREATE TABLE S (A INT, B VARCHAR(10), C INT)");
    execute("INSERT INTO S SELECT CAST(seq AS SIGNED) DIV 10 - 100, CONCAT('k', seq % 5), seq FROM seq_1_to_6000");
    entity_ = testing::make_entity("session", {"A", "B", "C"});
    entity_.key = {"A", "B"};
    entity_.query = "SELECT A, B, C FROM S WHERE 1 = 1 /*PAGE*/";
    auto paged = read("page_by_key = 7");
    EXPECT_EQ(paged.rows.size(), 6000U);
    std::sort(paged.rows.begin(), paged.rows.end());
    EXPECT_EQ(std::unique(paged.rows.begin(), paged.rows.end()), paged.rows.end());
}

TEST_F(OdbcOnMariadb, ResumesFromEveryCheckpoint) {
    execute("INSERT INTO PUPIL SELECT LPAD(seq, 8, '0'), seq, NULL FROM seq_1_to_20000");
    for (const char* settings : {"", "page_by_key = 3000"}) {
        const auto opened = transport(settings);
        testing::expect_resumes_everywhere(
            [&](std::string_view checkpoint) { return opened->open_rows(entity_, checkpoint); });
    }
}

TEST_F(OdbcOnMariadb, NamesAColumnThatIsMissing) {
    entity_.query = "SELECT ID FROM PUPIL";
    try {
        read();
        FAIL();
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("NAME"), std::string::npos);
    }
}

TEST_F(OdbcOnMariadb, LogsInWithASecretAndSaysWhenItIsWrong) {
    const std::string user = "reader_" + database_;
    execute("CREATE USER " + user + "@localhost IDENTIFIED BY 'right; horse}'; GRANT SELECT ON " + database_ +
            ".* TO " + user + "@localhost");
    EXPECT_NO_THROW(transport({}, user)->check_reachable());
    execute("ALTER USER " + user + "@localhost IDENTIFIED BY 'other'");
    try {
        transport({}, user)->check_reachable();
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.exit_code(), ExitCode::failed);
        EXPECT_NE(std::string(error.what()).find("wrong user or password"), std::string::npos);
        EXPECT_EQ(std::string(error.what()).find("horse"), std::string::npos);
    }
}

TEST_F(OdbcOnMariadb, AServerThatIsNotThereMayComeBack) {
    const TomlTable job =
        TomlTable::parse("connection = \"Driver=MariaDB Unicode;Socket=/nonexistent/s;UID=root\"", "job.toml");
    try {
        make_odbc_transport({connector_, job, {}})->check_reachable();
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.exit_code(), ExitCode::try_later);
    }
}

}  // namespace
}  // namespace caseweave
