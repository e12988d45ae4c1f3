#include "connectors/formats/xlsx.hpp"

#include <gtest/gtest.h>
#include <xlsxwriter.h>
#include <zip.h>

#include <fstream>
#include <sstream>

#include "connectors/formats/xlsx_workbook.hpp"
#include "core/error.hpp"
#include "support/source_reading.hpp"
#include "support/temporary_folder.hpp"

namespace caseweave {
namespace {

using testing::make_connector;
using testing::make_entity;
using testing::MemoryDocuments;
using testing::TemporaryFolder;
using Rows = std::vector<std::vector<std::string>>;

EntityDefinition pupil() {
    EntityDefinition entity = make_entity("pupil", {"ID", "Name", "Born", "Score", "Care"});
    entity.record = "Pupils";
    return entity;
}

void write_workbook(const std::string& path, std::uint32_t rows) {
    lxw_workbook* const book = workbook_new(path.c_str());
    workbook_add_worksheet(book, "Cover");
    lxw_worksheet* const sheet = workbook_add_worksheet(book, "Pupils");
    lxw_format* const date = workbook_add_format(book);
    format_set_num_format(date, "dd/mm/yyyy");
    const char* const names[] = {"Name", "ID", "Born", "Score", "Care", "New"};
    for (std::uint16_t i = 0; i < 6; ++i) worksheet_write_string(sheet, 0, i, names[i], nullptr);
    for (std::uint32_t row = 1; row <= rows; ++row) {
        lxw_datetime born = {2014, 2, 28, 0, 0, 0};
        worksheet_write_string(sheet, row, 0, row % 2 == 0 ? "Zoë" : "Amy", nullptr);
        worksheet_write_number(sheet, row, 1, 1000 + row, nullptr);
        worksheet_write_datetime(sheet, row, 2, &born, date);
        if (row != 2) worksheet_write_number(sheet, row, 3, 0.1 + 0.2, nullptr);
        worksheet_write_boolean(sheet, row, 4, 1, nullptr);
        worksheet_write_string(sheet, row, 5, "x", nullptr);
        if (row == 3) worksheet_write_string(sheet, row, 9, "outside", nullptr);
    }
    workbook_close(book);
}

void write_zip(const std::string& path, const std::vector<std::pair<std::string, std::string>>& parts) {
    zipFile file = zipOpen64(path.c_str(), 0);
    for (const auto& [name, bytes] : parts) {
        zipOpenNewFileInZip64(file, name.c_str(), nullptr, nullptr, 0, nullptr, 0, nullptr, Z_DEFLATED, 9, 1);
        zipWriteInFileInZip(file, bytes.data(), static_cast<unsigned>(bytes.size()));
        zipCloseFileInZip(file);
    }
    zipClose(file, nullptr);
}

std::vector<std::pair<std::string, std::string>> small_workbook(const std::string& sheet) {
    return {
        {"xl/workbook.xml", "<workbook xmlns:r='urn:r'><sheets><sheet name='Pupils' r:id='r1'/></sheets></workbook>"},
        {"xl/_rels/workbook.xml.rels",
         "<Relationships><Relationship Id='r1' Target='worksheets/sheet1.xml'/></Relationships>"},
        {"xl/sharedStrings.xml",
         "<sst><si><t>ID</t></si><si><r><t>Na</t></r><r><t>me</t></r><rPh><t>x</t></rPh></si></sst>"},
        {"xl/worksheets/sheet1.xml", sheet}};
}

class Xlsx : public ::testing::Test {
  protected:
    testing::ReadRows read(const std::string& settings = {}, const EntityDefinition& entity = pupil()) const {
        return testing::read_documents(*make_xlsx_format(), entity, make_connector(entity, settings), documents_, {},
                                       folder_.path());
    }
    std::string error(const std::string& settings = {}, const EntityDefinition& entity = pupil()) const {
        try {
            read(settings, entity);
        } catch (const Error& error) {
            return error.what();
        }
        return {};
    }
    std::string path() const { return folder_.path() / "book.xlsx"; }
    TemporaryFolder folder_;
    MemoryDocuments::Documents documents_{{"book.xlsx", ""}};
};

TEST_F(Xlsx, ReadsTypedCellsAsText) {
    write_workbook(path(), 3);
    const auto result = read();
    EXPECT_EQ(result.columns, (std::vector<std::string>{"ID", "Name", "Born", "Score", "Care", "New"}));
    EXPECT_EQ(result.rows, (Rows{{"1001", "Amy", "2014-02-28", "0.3", "TRUE", "x"},
                                 {"1002", "Zoë", "2014-02-28", "<empty>", "TRUE", "x"}}));
    ASSERT_EQ(result.rejects.size(), 1U);
    EXPECT_EQ(result.rejects[0].reason, RejectReason::wrong_width);
    EXPECT_EQ(result.rejects[0].position.line, 4U);
}

TEST_F(Xlsx, ReadsInlineAndSharedStrings) {
    const EntityDefinition entity = [] {
        EntityDefinition made = make_entity("pupil", {"ID", "Name"});
        made.record = "Pupils";
        return made;
    }();
    write_zip(path(),
              small_workbook(
                  "<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='s'><v>1</v></c></row>"
                  "<row r='2'/><row r='5'><c t='inlineStr'><is><t>7</t></is></c><c t='str'><f>1</f><v>Amy</v></c></row>"
                  "<row r='6'><c t='s'><v>99</v></c></row></sheetData></worksheet>"));
    const auto result = read({}, entity);
    EXPECT_EQ(result.rows, (Rows{{"7", "Amy"}}));
    EXPECT_EQ(result.positions[0].line, 5U);
    EXPECT_EQ(result.documents[0], "book.xlsx sheet Pupils") << "a row has its number on its sheet";
    ASSERT_EQ(result.rejects.size(), 1U);
    EXPECT_EQ(result.rejects[0].reason, RejectReason::malformed);
    EXPECT_EQ(result.rejects[0].document, "book.xlsx sheet Pupils");
}

TEST_F(Xlsx, ReadsTheRowBehindAHeaderThatArrivesAlone) {
    const EntityDefinition entity = [] {
        EntityDefinition made = make_entity("pupil", {"ID", "Name"});
        made.record = "Pupils";
        return made;
    }();
    // A cell larger than what is unpacked at a time: the header is all that the first piece completes.
    const std::string large(100'000, 'x');
    write_zip(
        path(),
        small_workbook(
            "<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='s'><v>1</v></c></row>"
            "<row r='2'><c t='inlineStr'><is><t>7</t></is></c><c t='inlineStr'><is><t>" +
            large +
            "</t></is></c></row><row r='3'><c t='inlineStr'><is><t>8</t></is></c></row></sheetData></worksheet>"));
    EXPECT_EQ(read("max_ratio = 100000", entity).rows, (Rows{{"7", large}, {"8", "<empty>"}}));
}

TEST_F(Xlsx, CountsTheRowsBelowTheHeaderOfEachSheetThatIsRead) {
    EntityDefinition again = pupil();
    again.name = "again";
    ConnectorDefinition connector = make_connector(pupil());
    connector.entities.push_back(again);
    for (const std::uint32_t rows : {3U, 0U, 5000U}) {
        write_workbook(path(), rows);
        EXPECT_EQ(testing::count_rows(*make_xlsx_format(), connector, {}, 0, path()), rows);
    }
    connector.entities.back().columns.emplace_back("UPN");
    EXPECT_THROW(testing::count_rows(*make_xlsx_format(), connector, {}, 0, path()), Error);
}

TEST_F(Xlsx, NamesTheSheetOrColumnThatIsMissing) {
    write_workbook(path(), 1);
    EntityDefinition other = pupil();
    other.record = "Staff";
    EXPECT_NE(error({}, other).find("Staff"), std::string::npos);
    EntityDefinition more = pupil();
    more.columns.emplace_back("UPN");
    EXPECT_NE(error({}, more).find("UPN"), std::string::npos);
}

TEST_F(Xlsx, RefusesAZipBomb) {
    write_zip(path(), small_workbook("<worksheet>" + std::string(50'000'000, ' ') + "</worksheet>"));
    for (const char* word : {"more than 200 times", "max_ratio in [format_settings]"})
        EXPECT_NE(error().find(word), std::string::npos) << error();
    const std::string bounds = "max_unpacked_bytes = 1000000\nmax_ratio = 100000";
    for (const char* word : {"larger than 1000000 bytes", "max_unpacked_bytes in [format_settings]"})
        EXPECT_NE(error(bounds).find(word), std::string::npos) << error(bounds);
}

TEST_F(Xlsx, RefusesEntitiesAndDamage) {
    write_zip(path(),
              small_workbook("<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><worksheet>&a;</worksheet>"));
    EXPECT_NE(error().find("document type"), std::string::npos);
    write_workbook(path(), 500);
    std::ostringstream bytes;
    bytes << std::ifstream(path(), std::ios::binary).rdbuf();
    const std::string whole = bytes.str();
    folder_.write("book.xlsx", whole.substr(0, whole.size() / 2));
    EXPECT_NE(error().find("book.xlsx"), std::string::npos);
    folder_.write("book.xlsx", "not a zip");
    EXPECT_NE(error().find("not an XLSX workbook"), std::string::npos);
    for (std::size_t at = 0; at < whole.size(); at += 97) {
        std::string damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
        folder_.write("book.xlsx", damaged);
        (void)error();  // refused or read: never a crash
    }
}

TEST_F(Xlsx, ResumesFromEveryCheckpoint) {
    write_workbook(path(), 10'000);
    const EntityDefinition entity = pupil();
    const ConnectorDefinition connector = make_connector(entity);
    const auto format = make_xlsx_format();
    testing::expect_resumes_everywhere([&](std::string_view checkpoint) {
        return format->open(
            entity, connector,
            std::make_unique<MemoryDocuments>(documents_, checkpoint.substr(0, checkpoint.find('\n')), folder_.path()),
            checkpoint);
    });
}

TEST(XlsxDates, BecomeIsoText) {
    EXPECT_EQ(serial_to_iso(46112, false), "2026-03-31");
    EXPECT_EQ(serial_to_iso(46112.5, false), "2026-03-31 12:00:00");
    EXPECT_EQ(serial_to_iso(1, false), "1900-01-01");
    EXPECT_EQ(serial_to_iso(59, false), "1900-02-28");
    EXPECT_EQ(serial_to_iso(60, false), "");
    EXPECT_EQ(serial_to_iso(61, false), "1900-03-01");
    EXPECT_EQ(serial_to_iso(0.25, false), "06:00:00");
    EXPECT_EQ(serial_to_iso(0, true), "1904-01-01");
    EXPECT_EQ(serial_to_iso(-1, false), "");
    EXPECT_EQ(serial_to_iso(1e300, false), "");
    EXPECT_TRUE(is_date_format("dd/mm/yyyy"));
    EXPECT_TRUE(is_date_format("[$-809]d mmmm yyyy;@"));
    EXPECT_FALSE(is_date_format("0.00\"days\""));
    EXPECT_FALSE(is_date_format("[Red]#,##0"));
    EXPECT_FALSE(is_date_format("\\d0"));
}

}  // namespace
}  // namespace caseweave
