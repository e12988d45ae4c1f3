#include "app/books/quarantine_file.hpp"

#include <gtest/gtest.h>
#include <minizip/unzip.h>

#include <algorithm>

#include "app/job/state_folder.hpp"
#include "core/error.hpp"
#include "support/temporary_folder.hpp"

namespace caseweave {
namespace {

std::string part_of(const std::filesystem::path& package, const char* name) {
    unzFile zip = unzOpen(package.c_str());
    if (zip == nullptr || unzLocateFile(zip, name, 1) != UNZ_OK || unzOpenCurrentFile(zip) != UNZ_OK) return "";
    std::string text;
    char buffer[4096];
    for (int bytes = 0; (bytes = unzReadCurrentFile(zip, buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(bytes));
    unzCloseCurrentFile(zip);
    unzClose(zip);
    return text;
}

std::size_t count(const std::string& text, const std::string& word) {
    std::size_t found = 0;
    for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) ++found;
    return found;
}

QuarantineEntry row_of(std::string owner, std::int64_t number, std::string key) {
    QuarantineEntry row;
    row.owner = std::move(owner);
    row.number = number;
    row.key = std::move(key);
    row.reason = "no_key";
    return row;
}

TEST(QuarantineFile, AWorkbookHasASheetAnOwner) {
    const testing::TemporaryFolder folder;
    const std::filesystem::path file = folder.path() / "rows.xlsx";
    const std::string lengthy = "Special educational needs: EHC requests, ";
    write_quarantine_file(file, {row_of("'It's [ours]'", 1, "=1+1"), row_of("'It's [ours]'", 2, "007"),
                                 row_of(lengthy + "plans", 3, "c"), row_of(lengthy + "PROVISION", 4, "d")});
    const std::string book = part_of(file, "xl/workbook.xml");
    EXPECT_EQ(count(book, "<sheet "), 3U) << book;
    EXPECT_NE(book.find("\"Special educational needs  EHC \""), std::string::npos) << book;
    EXPECT_NE(book.find("\"Special educational needs   (2)\""), std::string::npos) << "no name comes twice\n" << book;
    EXPECT_EQ(count(part_of(file, "xl/worksheets/sheet1.xml"), "<row "), 3U);
    EXPECT_EQ(count(part_of(file, "xl/worksheets/sheet1.xml"), "<f>"), 0U) << "a key is no formula";
    const std::string strings = part_of(file, "xl/sharedStrings.xml");
    EXPECT_NE(strings.find(">=1+1<"), std::string::npos) << strings;
    EXPECT_NE(strings.find(">007<"), std::string::npos) << strings;

    write_quarantine_file(file, {});
    EXPECT_EQ(count(part_of(file, "xl/workbook.xml"), "<sheet "), 1U) << "there whole, with nothing in it";
}

TEST(QuarantineFile, TextNamesTheOwnerFirst) {
    const testing::TemporaryFolder folder;
    const std::filesystem::path file = folder.path() / "rows.csv";
    write_quarantine_file(file, {row_of("A, B", 1, "k")});
    EXPECT_EQ(*read_file_whole(file),
              "owner,number,system,entity,reason,field,key,position,what to do,run\n\"A, B\",1,,,no_key,,k,,,0\n");
    EXPECT_THROW(write_quarantine_file(folder.path() / "rows.pdf", {}), Error);
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "rows.pdf"));
}

}  // namespace
}  // namespace caseweave
