#include "connectors/transports/odbc.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>

#include "core/error.hpp"
#include "support/source_reading.hpp"
#include "support/temporary_folder.hpp"

namespace caseweave {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class OdbcOnSqlite : public ::testing::Test {
  protected:
    OdbcOnSqlite() {
        entity_ = testing::make_entity("child", {"ID", "NAME"});
        entity_.query = "SELECT ID, NAME FROM CHILD ORDER BY ID";
        entity_.ordered_by_key = true;
        connector_ = testing::make_connector(entity_);
        execute("CREATE TABLE CHILD (ID TEXT, NAME TEXT, NOTE TEXT)");
    }
    void execute(const std::string& sql) const {
        sqlite3* database = nullptr;
        ASSERT_EQ(sqlite3_open(path().c_str(), &database), SQLITE_OK);
        char* message = nullptr;
        EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &message), SQLITE_OK)
            << (message != nullptr ? message : "");
        sqlite3_close(database);
    }
    void fill(int rows) const {
        execute(
            "INSERT INTO CHILD (ID, NAME) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
            std::to_string(rows) + ") SELECT printf('%08d', i / 2 * 2), 'name ' || i FROM n");
    }
    std::string path() const { return folder_.path() / "case.sqlite"; }
    std::unique_ptr<Transport> transport(const std::string& settings = {}, const std::string& database = {}) const {
        const std::string connection = "Driver=SQLite3;Database=" + (database.empty() ? path() : database);
        return make_odbc_transport({connector_,
                                    TomlTable::parse("connection = \"" + connection + "\"\n" + settings, "job.toml"),
                                    [](std::string_view) { return std::string("secret word"); }});
    }
    testing::ReadRows read(const std::string& settings = {}, std::string_view checkpoint = {}) const {
        const auto opened = transport(settings);
        return testing::read_all(*opened->open_rows(entity_, checkpoint));
    }
    std::string error(const std::string& settings = {}) const {
        try {
            read(settings);
        } catch (const Error& failure) {
            return failure.what();
        }
        return {};
    }

    testing::TemporaryFolder folder_;
    EntityDefinition entity_;
    ConnectorDefinition connector_;
};

TEST_F(OdbcOnSqlite, ReadsValuesNullsAndEmptyTexts) {
    execute("INSERT INTO CHILD VALUES ('1', 'Zoë', NULL), ('2', NULL, NULL), ('3', '', NULL)");
    EXPECT_EQ(read().rows, (Rows{{"1", "Zoë"}, {"2", "<null>"}, {"3", "<empty>"}}));
    EXPECT_EQ(read("page_by_key = 2").rows, (Rows{{"1", "Zoë"}, {"2", "<null>"}, {"3", "<empty>"}}));
}

TEST_F(OdbcOnSqlite, KeepsExtraColumnsAndFindsNamesWithoutCase) {
    entity_.query = "SELECT NOTE, name AS Name, ID AS id FROM CHILD";
    execute("INSERT INTO CHILD VALUES ('1', 'A', 'n')");
    const auto result = read();
    EXPECT_EQ(result.columns, (std::vector<std::string>{"ID", "NAME", "NOTE"}));
    EXPECT_EQ(result.rows, (Rows{{"1", "A", "n"}}));
}

TEST_F(OdbcOnSqlite, NamesAColumnThatIsMissingWithoutRunningTheQuery) {
    entity_.query = "SELECT ID FROM CHILD";
    const auto opened = transport();
    try {
        (void)opened->open_rows(entity_, {});
        FAIL();
    } catch (const Error& failure) {
        EXPECT_NE(std::string(failure.what()).find("NAME"), std::string::npos);
        EXPECT_NE(std::string(failure.what()).find("child"), std::string::npos);
    }
    entity_.optional_columns = {"NAME"};
    EXPECT_TRUE(read().rows.empty());
}

TEST_F(OdbcOnSqlite, FetchesValuesLongerThanTheirBuffers) {
    execute(
        "INSERT INTO CHILD SELECT '1', hex(zeroblob(700)), NULL UNION ALL SELECT '2', hex(zeroblob(200000)), NULL "
        "UNION ALL SELECT '3', 'short', NULL");
    const auto result = read();
    ASSERT_EQ(result.rows.size(), 3U);
    EXPECT_EQ(result.rows[0][1], std::string(1400, '0'));
    EXPECT_EQ(result.rows[1][1], std::string(400'000, '0'));
    EXPECT_EQ(result.rows[2][1], "short");
    const auto bounded = read("max_field_bytes = 4096");
    EXPECT_EQ(bounded.rows.size(), 2U);
    ASSERT_EQ(bounded.rejects.size(), 1U);
    EXPECT_EQ(bounded.rejects[0].reason, RejectReason::too_large);
    EXPECT_EQ(bounded.rejects[0].key, "2");
}

TEST_F(OdbcOnSqlite, RejectsBytesThatAreNotUtf8) {
    execute("INSERT INTO CHILD VALUES ('1', CAST(x'41FF42' AS TEXT), NULL), ('2', 'B', NULL)");
    const auto result = read();
    EXPECT_EQ(result.rows, (Rows{{"2", "B"}}));
    ASSERT_EQ(result.rejects.size(), 1U);
    EXPECT_EQ(result.rejects[0].reason, RejectReason::undecodable);
    EXPECT_EQ(result.rejects[0].field, "NAME");
    EXPECT_EQ(result.rejects[0].position.line, 1U);
}

TEST_F(OdbcOnSqlite, PagesLoseNoRowThatSharesItsKey) {
    fill(10'001);
    const auto whole = read();
    ASSERT_EQ(whole.rows.size(), 10'001U);
    for (const char* settings : {"page_by_key = 7", "page_by_key = 1000", "page_by_key = 10001"}) {
        auto paged = read(settings);
        auto expected = whole.rows;
        std::sort(paged.rows.begin(), paged.rows.end());
        std::sort(expected.begin(), expected.end());
        EXPECT_EQ(paged.rows, expected) << settings;
    }
    entity_.query = "SELECT ID, NAME FROM CHILD WHERE 1 = 1 /*PAGE*/";
    EXPECT_EQ(read("page_by_key = 500").rows.size(), 10'001U);
    EXPECT_NE(error("page_by_key = 2").find("raise page_by_key"), std::string::npos);
}

TEST_F(OdbcOnSqlite, ResumesFromEveryCheckpoint) {
    fill(15'000);
    for (const char* settings : {"", "page_by_key = 700"}) {
        const auto opened = transport(settings);
        testing::expect_resumes_everywhere(
            [&](std::string_view checkpoint) { return opened->open_rows(entity_, checkpoint); });
    }
}

TEST_F(OdbcOnSqlite, NoCheckpointStandsBetweenRowsThatShareAKey) {
    fill(15'000);
    for (const char* settings : {"", "page_by_key = 700"}) {
        const auto result = read(settings);
        for (std::size_t i = 1; i < result.batches.size(); ++i) {
            const std::size_t first = result.batches[i].rows_before;
            EXPECT_NE(result.rows[first - 1][0], result.rows[first][0]) << settings;
        }
    }
}

TEST_F(OdbcOnSqlite, RowsThatShareAKeyComeInOneOrder) {
    execute(
        "INSERT INTO CHILD (ID, NAME) VALUES ('1', 'b'), ('1', 'a'), ('1', NULL), ('2', 'c'), ('3', 'z'), ('3', 'y')");
    const auto given = read().rows;
    execute("CREATE TABLE OTHER AS SELECT ID, NAME FROM CHILD ORDER BY ID, NAME IS NULL DESC, NAME DESC");
    entity_.query = "SELECT ID, NAME FROM OTHER ORDER BY ID";
    EXPECT_EQ(read().rows, given);
    EXPECT_EQ(given[0][1], "a");
    EXPECT_EQ(given[3][1], "c");
    EXPECT_EQ(given[4][1], "y");
    EXPECT_EQ(read("page_by_key = 4").rows, given);
}

// In a process of its own: unixODBC finds out once where odbcinst.ini is.
TEST_F(OdbcOnSqlite, IsOpenedWhereDriversAreNamedAMomentLater) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    fill(10);
    const auto open_with = [&](const char* driver) {
        ::setenv("ODBCSYSINI", folder_.path().c_str(), 1);
        const std::jthread package_script([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(400));
            std::ofstream(folder_.path() / "odbcinst.ini") << "[" << driver << "]\nDriver=libsqlite3odbc.so\n";
        });
        const std::string failure = error();
        std::cerr << (failure.empty() ? "read" : failure) << std::endl;
        std::filesystem::remove_all(folder_.path());
        std::_Exit(0);
    };
    EXPECT_EXIT(open_with("SQLite3"), ::testing::ExitedWithCode(0), "^read");
    EXPECT_EXIT(open_with("Another"), ::testing::ExitedWithCode(0),
                "cannot be loaded.*install it, or correct Driver in the connection .odbcinst.ini names Another");
}

TEST_F(OdbcOnSqlite, ResumesByKeyWhenRowsBeforeHaveChanged) {
    fill(9000);
    const auto whole = read();
    execute("DELETE FROM CHILD WHERE ID = '00000002'");
    const auto rest = read({}, whole.batches[0].checkpoint);
    EXPECT_EQ(rest.rows.size(), 9000 - whole.batches[1].rows_before);
    EXPECT_EQ(rest.rows.front(), whole.rows[whole.batches[1].rows_before]);
    entity_.ordered_by_key = false;
    try {
        read({}, whole.batches[0].checkpoint);
        FAIL();
    } catch (const Error& failure) {
        EXPECT_NE(std::string(failure.what()).find("changed"), std::string::npos);
    }
}

TEST_F(OdbcOnSqlite, SaysWhatIsWrongWithoutSecrets) {
    entity_.query = "SELECT ID, NAME FROM NO_SUCH_TABLE";
    EXPECT_NE(error().find("child"), std::string::npos);
    try {
        transport("user = \"me\"", "/nonexistent/x.sqlite")->check_reachable();
        FAIL();
    } catch (const Error& failure) {
        EXPECT_EQ(failure.exit_code(), ExitCode::try_later);
        EXPECT_EQ(std::string(failure.what()).find("secret word"), std::string::npos);
    }
    EXPECT_FALSE(std::filesystem::exists("/nonexistent"));
    try {
        transport({}, folder_.path() / "absent.sqlite")->check_reachable();
        FAIL();
    } catch (const Error&) {
        EXPECT_FALSE(std::filesystem::exists(folder_.path() / "absent.sqlite"));
    }
    transport()->check_reachable();
}

TEST_F(OdbcOnSqlite, APasswordInTheConnectionIsRefusedAtItsPlace) {
    for (const char* password : {";PWD=abc", "; pwd = abc", ";Password={a;b}"}) {
        try {
            transport({}, path() + password);
            FAIL() << password;
        } catch (const SettingsError& failure) {
            const std::string message = failure.what();
            EXPECT_EQ(message.find("job.toml:1:14: a password does not stand in a connection"), 0U) << message;
        }
    }
    EXPECT_NE(transport({}, path() + ";PWD="), nullptr) << "of an account that has none";
}

TEST_F(OdbcOnSqlite, ADamagedFileIsToldApartFromAWrongQuery) {
    execute("INSERT INTO CHILD VALUES ('1', 'Ann', NULL)");
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(0);
    file << "not a database at all";
    file.close();
    EXPECT_NE(error().find("file is not a database; the file that its connection names is damaged"), std::string::npos)
        << error();
    EXPECT_EQ(error().find("check the query"), std::string::npos) << error();
}

TEST_F(OdbcOnSqlite, AnEmptyTableHasNoRows) {
    EXPECT_TRUE(read().rows.empty());
    EXPECT_TRUE(read("page_by_key = 10").rows.empty());
}

}  // namespace
}  // namespace caseweave
