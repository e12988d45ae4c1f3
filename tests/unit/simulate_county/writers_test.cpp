#include "simulate_county/writers/writers.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <fstream>
#include <iterator>

#include "simulate_county/writers/encoding.hpp"
#include "simulate_county/writers/manifest.hpp"

namespace simulate {
namespace {

class Writers : public ::testing::Test {
  protected:
    void SetUp() override {
        const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
        folder_ = std::filesystem::path(CASEWEAVE_BINARY_DIR) / "writers_test" / test->name();
        std::filesystem::remove_all(folder_);
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    std::string read(const std::string& name) const {
        std::ifstream in(folder_ / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    }

    static Table people() {
        Table table{.name = "people", .columns = {"ID", "NAME"}, .rows = {}};
        table.add({"1", "Zoë O'Hara"});
        table.add({"2", "Say \"hi\", Bob"});
        table.add({"3", std::nullopt});
        table.add({"4", ""});
        return table;
    }

    std::filesystem::path folder_;
};

TEST_F(Writers, CsvQuotesWhatNeedsItAndTellsNullFromEmpty) {
    write_csv_drop({"s", {people()}}, folder_);
    EXPECT_EQ(read("people.csv"), "ID,NAME\r\n1,Zoë O'Hara\r\n2,\"Say \"\"hi\"\", Bob\"\r\n3,\r\n4,\"\"\r\n");
    const std::string bytes = read("people.csv");
    EXPECT_EQ(read("manifest.csv"),
              "file,bytes,rows,sha256\npeople.csv," + std::to_string(bytes.size()) + ",4," + sha256_hex(bytes) + "\n");
}

TEST_F(Writers, CsvBreaksRowsOnRequest) {
    Table table = people();
    table.defects = {{0, DefectKind::undecodable_byte, 1}, {1, DefectKind::over_wide}, {2, DefectKind::too_narrow}};
    write_csv_drop({"s", {table}}, folder_);
    const std::string bytes = read("people.csv");
    EXPECT_NE(bytes.find('\xFF'), std::string::npos);
    EXPECT_NE(bytes.find(",surplus\r\n"), std::string::npos);
    EXPECT_NE(bytes.find("\r\n3\r\n"), std::string::npos);
}

TEST_F(Writers, Sha256MatchesThePublishedVector) {
    EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_F(Writers, FixedWidthPadsCutsAndEncodes) {
    Table table = people();
    table.widths = {3, 6};
    write_fixed_width({"s", {table}}, folder_);
    EXPECT_EQ(read("people.dat").substr(0, 24), "1  Zo\xEB O'\r\n2  Say \"h\r\n3 ");
    EXPECT_EQ(to_windows_1252("Łucja €5 – ễ"),
              "Lucja \x80"
              "5 \x96 e");
}

TEST_F(Writers, FixedWidthNeedsAWidthPerColumn) {
    EXPECT_THROW(write_fixed_width({"s", {people()}}, folder_), std::logic_error);
}

TEST_F(Writers, LedgerClosesWithCountAndTotal) {
    Table clients{.name = "clients", .columns = {"ID"}, .rows = {{"C|1"}, {"C2"}}, .file = "run", .record_type = "CL"};
    Table payments{.name = "payments",
                   .columns = {"ID", "AMOUNT"},
                   .rows = {{"P1", "10.05"}, {"P2", "-0.5"}, {"P3", std::nullopt}, {"P4", "7"}},
                   .file = "run",
                   .record_type = "PY",
                   .amount_column = "AMOUNT"};
    write_ledger({"finance", {clients, payments}}, folder_);
    EXPECT_EQ(read("run.psv"),
              "H|finance|run|20260331\nCL|C 1\nCL|C2\nPY|P1|10.05\nPY|P2|-0.5\nPY|P3|\nPY|P4|7\nT|6|16.55\n");
}

TEST_F(Writers, XmlNestsChildrenAndEscapes) {
    Table person{.name = "person",
                 .columns = {"ID", "GIVEN", "FAMILY"},
                 .rows = {{"1", "A&B", std::nullopt}, {"2", "C", "D"}},
                 .file = "out",
                 .path = "Export/People/Person",
                 .column_paths = {"@id", "Name/Given", "Name/Family"}};
    Table offence{.name = "offence",
                  .columns = {"PERSON", "CODE"},
                  .rows = {{"1", "x"}, {"1", "y"}, {"9", "lost"}},
                  .parent = "person",
                  .parent_link = "PERSON",
                  .parent_key = "ID",
                  .path = "Offences/Offence",
                  .column_paths = {"", "."}};
    write_xml({"s", {person, offence}}, folder_);
    EXPECT_EQ(read("out.xml"),
              "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Export>\n  <People>\n"
              "    <Person id=\"1\">\n      <Name>\n        <Given>A&amp;B</Given>\n      </Name>\n"
              "      <Offences>\n        <Offence>x</Offence>\n        <Offence>y</Offence>\n      </Offences>\n"
              "    </Person>\n"
              "    <Person id=\"2\">\n      <Name>\n        <Given>C</Given>\n        <Family>D</Family>\n"
              "      </Name>\n    </Person>\n"
              "  </People>\n</Export>\n");
}

TEST_F(Writers, XmlBreaksBytesAndNothingElse) {
    Table person{.name = "person",
                 .columns = {"ID", "NOTE"},
                 .rows = {{"1", "a&b"}, {"2", "plain"}},
                 .file = "out",
                 .path = "A/B",
                 .column_paths = {"@id", "Note"}};
    Table offence{.name = "offence",
                  .columns = {"PERSON", "CODE"},
                  .rows = {{"2", std::nullopt}},
                  .parent = "person",
                  .parent_link = "PERSON",
                  .parent_key = "ID",
                  .path = "C",
                  .column_paths = {"", "."}};
    person.defects = {{0, DefectKind::undecodable_byte, 1}, {1, DefectKind::undecodable_byte, 0}};
    offence.defects = {{0, DefectKind::nul_byte, 1}};
    write_xml({"s", {person, offence}}, folder_);
    EXPECT_EQ(read("out.xml").substr(39), std::string("<A>\n  <B id=\"1\">\n    <Note>a\xFF&amp;b</Note>\n  </B>\n"
                                                      "  <B id=\"\xFF"
                                                      "2\">\n    <Note>plain</Note>\n    <C>") +
                                              '\0' + "x</C>\n  </B>\n</A>\n");
    EXPECT_NE(read("manifest.csv").find(",2,"), std::string::npos) << "a broken row was sent too";
    person.defects = {{0, DefectKind::truncated_line}};
    EXPECT_THROW(write_xml({"s", {person}}, folder_), std::logic_error);
    offence.defects = {{0, DefectKind::undecodable_byte, 0}};
    person.defects.clear();
    EXPECT_THROW(write_xml({"s", {person, offence}}, folder_), std::logic_error) << "the column is not written";
}

TEST_F(Writers, JsonNestsTypesAndEscapes) {
    Table family{.name = "families",
                 .columns = {"id", "size", "open"},
                 .rows = {{"F1", "3", "Y"}, {"F\n2", "about 3", std::nullopt}},
                 .types = {ColumnType::text, ColumnType::integer, ColumnType::boolean},
                 .column_paths = {"/id", "/facts/size", "/facts/open"}};
    Table member{.name = "members",
                 .columns = {"family", "given"},
                 .rows = {{"F1", "Ann"}, {"F1", "Bo"}},
                 .parent = "families",
                 .parent_link = "family",
                 .parent_key = "id",
                 .path = "members",
                 .column_paths = {"", "/name/given"}};
    write_json_pages({"s", {family, member}}, folder_);
    EXPECT_EQ(read("families.json"),
              "[\n{\"id\":\"F1\",\"facts\":{\"size\":3,\"open\":true},\"members\":[{\"name\":{\"given\":\"Ann\"}},"
              "{\"name\":{\"given\":\"Bo\"}}]},\n"
              "{\"id\":\"F\\u000a2\",\"facts\":{\"size\":\"about 3\",\"open\":null},\"members\":[]}\n]\n");
    family.defects = {{1, DefectKind::truncated_line}};
    write_ndjson({"s", {family}}, folder_);
    EXPECT_EQ(read("families.ndjson").substr(0, 48), "{\"id\":\"F1\",\"facts\":{\"size\":3,\"open\":true}}\n{\"id\"");
    EXPECT_NE(read("families.ndjson").back(), '}');
}

TEST_F(Writers, SqliteKeepsNullEmptyAndBrokenBytes) {
    Table table = people();
    table.index = {"ID"};
    table.defects = {{0, DefectKind::undecodable_byte, 1}};
    write_sqlite({"kept", {table}}, folder_);
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open((folder_ / "kept.sqlite").c_str(), &database), SQLITE_OK);
    const auto one = [&](const char* sql) {
        sqlite3_stmt* statement = nullptr;
        sqlite3_prepare_v2(database, sql, -1, &statement, nullptr);
        sqlite3_step(statement);
        const int value = sqlite3_column_int(statement, 0);
        sqlite3_finalize(statement);
        return value;
    };
    EXPECT_EQ(one("SELECT count(*) FROM people"), 4);
    EXPECT_EQ(one("SELECT count(*) FROM people WHERE NAME IS NULL"), 1);
    EXPECT_EQ(one("SELECT count(*) FROM people WHERE NAME = ''"), 1);
    EXPECT_EQ(one("SELECT count(*) FROM people WHERE hex(NAME) LIKE '%FF%'"), 1);
    sqlite3_close(database);
}

TEST_F(Writers, PostgresSqlQuotes) {
    write_postgres_sql({"estart_db", {people()}}, folder_);
    const std::string sql = read("estart_db.sql");
    EXPECT_NE(sql.find("('1','Zoë O''Hara'),\n('2','Say \"hi\", Bob'),\n('3',NULL),\n('4','');\n"), std::string::npos);
}

}  // namespace
}  // namespace simulate
