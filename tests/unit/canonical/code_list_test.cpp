#include "canonical/code_list.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>
#include <string>

#include "core/error.hpp"

namespace caseweave {
namespace {

class CodeListFile : public testing::Test {
  protected:
    CodeListFile() {
        std::string name = (std::filesystem::temp_directory_path() / "caseweave-codes-XXXXXX").string();
        const int file = mkstemp(name.data());
        if (file < 0) throw std::runtime_error("cannot make a file for the test");
        close(file);
        path_ = name;
    }
    ~CodeListFile() override {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }
    CodeList load(std::string_view content, int year = 0) {
        std::ofstream(path_, std::ios::binary | std::ios::trunc) << content;
        return CodeList::load(path_, year);
    }
    std::filesystem::path path_;
};

TEST_F(CodeListFile, ComparesWithoutRegardToCaseAndOuterBlanks) {
    const CodeList list = load("code,label\nWBri,White British\nM,Male\n");
    ASSERT_NE(list.find("WBri"), nullptr);
    EXPECT_EQ(*list.find("wbri"), "White British");
    EXPECT_EQ(*list.find(" WBRI "), "White British");
    EXPECT_EQ(*list.spelling("wbri"), "WBri") << "the list's own spelling";
    EXPECT_EQ(list.find("W"), nullptr);
    EXPECT_EQ(list.spelling(""), nullptr);
    EXPECT_EQ(list.entries().size(), 2U);
}

TEST_F(CodeListFile, ReadsQuotesAndCarriageReturns) {
    const CodeList list = load("code,label\r\nA,\"One, and \"\"two\"\"\"\r\n\"B,C\",Both\r\n\r\nD,\r\n");
    EXPECT_EQ(*list.find("a"), "One, and \"two\"");
    EXPECT_EQ(*list.find("B,C"), "Both");
    EXPECT_EQ(*list.find("D"), "");
    EXPECT_EQ(list.entries().size(), 3U);
}

TEST_F(CodeListFile, ACodeThatStandsTwiceIsRefusedAtItsLine) {
    try {
        load("code,label\nM,Male\nF,Female\nm,Man\n");
        FAIL() << "loaded";
    } catch (const SettingsError& error) {
        EXPECT_EQ(std::string(error.what()), path_.string() + ":4:1: code \"m\" stands twice");
        EXPECT_EQ(error.exit_code(), ExitCode::usage);
    }
}

TEST_F(CodeListFile, SaysWhichCodesMeanThatNothingIsKnown) {
    const CodeList list =
        load("code,label,meaning\nM,Male,\nF,Female\nX,\"No, thanks\",refused\nU,Unknown,not_known\n");
    EXPECT_EQ(list.meaning("M"), CodeMeaning::known);
    EXPECT_EQ(list.meaning("F"), CodeMeaning::known);
    EXPECT_EQ(list.meaning("x"), CodeMeaning::refused);
    EXPECT_EQ(list.meaning(" u "), CodeMeaning::not_known);
    EXPECT_EQ(list.meaning("not listed"), CodeMeaning::known);
    EXPECT_EQ(load("source,canonical,valid_from,valid_to\nU,U,2020,\n").meaning("U"), CodeMeaning::known);
}

TEST_F(CodeListFile, AMeaningThatIsNoneIsRefusedAtItsLine) {
    try {
        load("code,label,meaning\nM,Male,\nU,Unknown,unknown\n");
        FAIL() << "loaded";
    } catch (const SettingsError& error) {
        EXPECT_EQ(std::string(error.what()),
                  path_.string() + ":3:1: meaning \"unknown\" is not one of not_known refused");
    }
}

TEST_F(CodeListFile, AYearTakesItsOwnCodes) {
    constexpr std::string_view kContent =
        "source,canonical,valid_from,valid_to\n1,M,,2024\nM,M,2025,\n2,F,,2024\n2,Z,2025,2025\nU,U,,\n";
    const CodeList before = load(kContent, 2024);
    EXPECT_EQ(*before.find("1"), "M");
    EXPECT_EQ(*before.find("2"), "F");
    EXPECT_EQ(before.find("M"), nullptr);
    const CodeList after = load(kContent, 2025);
    EXPECT_EQ(after.find("1"), nullptr);
    EXPECT_EQ(*after.find("2"), "Z") << "the last year counts";
    EXPECT_EQ(*after.find("m"), "M");
    const CodeList later = load(kContent, 2026);
    EXPECT_EQ(later.find("2"), nullptr);
    EXPECT_NE(later.find("U"), nullptr) << "no bounds: every year";
    EXPECT_THROW(load(kContent), SettingsError) << "without a year 2 would mean two things";
}

TEST_F(CodeListFile, AMissingFileSaysSo) {
    EXPECT_THROW(CodeList::load(path_.string() + ".gone"), Error);
}

}  // namespace
}  // namespace caseweave
