#include "connectors/formats/fixed_width.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "support/source_reading.hpp"

namespace caseweave {
namespace {

using testing::make_connector;
using testing::MemoryDocuments;
using testing::read_documents;
using testing::ReadRows;
using Rows = std::vector<std::vector<std::string>>;

EntityDefinition applicant() {
    EntityDefinition entity = testing::make_entity("applicant", {"REF", "NAME"});
    entity.column_extents = {{1, 4}, {5, 6}};
    return entity;
}

ReadRows read_lines(const std::string& text, const std::string& settings = {},
                    const EntityDefinition& entity = applicant()) {
    return read_documents(*make_fixed_width_format(), entity, make_connector(entity, settings), {{"a.dat", text}});
}

TEST(FixedWidth, CutsLinesAtTheirExtents) {
    EXPECT_EQ(read_lines("0001Amy   \r\n0002  Bo  \n0003      \n").rows,
              (Rows{{"0001", "Amy"}, {"0002", "Bo"}, {"0003", "<empty>"}}));
}

TEST(FixedWidth, DecodesWindows1252ByBytes) {
    EXPECT_EQ(read_lines("0001Zo\xEB   \n").rows, (Rows{{"0001", "Zoë"}}));
}

TEST(FixedWidth, AUtf16FileIsSaidToBeOne) {
    try {
        read_lines(
            std::string("\xFF\xFE"
                        "0\0"
                        "0\0",
                        6));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(std::string(error.what()).find("a.dat is UTF-16"), 0U) << error.what();
    }
}

TEST(FixedWidth, CountsCodePointsInUtf8) {
    EXPECT_EQ(read_lines("0001Zoë   \n0002Amy   \n", "encoding = \"utf-8\"").rows,
              (Rows{{"0001", "Zoë"}, {"0002", "Amy"}}));
}

TEST(FixedWidth, CountsLinesThatAreNotEmpty) {
    const auto count = [](const std::string& text, const std::string& settings = {}) {
        return testing::count_rows(*make_fixed_width_format(), make_connector(applicant(), settings), text);
    };
    EXPECT_EQ(count("0001Amy   \r\n\r\n0002Bo\r\n0003\x81     "), 3U);
    EXPECT_EQ(count("HEADER\n0001Amy   \n" + std::string(600'000, 'x') + "\n0002Bo    \n", "header_lines = 1"), 3U);
    EXPECT_EQ(count(""), 0U);
}

TEST(FixedWidth, RejectsLinesOfAnotherLengthAndBadBytes) {
    const ReadRows read = read_lines("0001Amy   \n0002Bo\n0003Cy       \n0004D\x81    \n0005E" + std::string(1, '\0') +
                                     "    \n0006Fay   \n");
    EXPECT_EQ(read.rows, (Rows{{"0001", "Amy"}, {"0006", "Fay"}}));
    ASSERT_EQ(read.rejects.size(), 4U);
    EXPECT_EQ(read.rejects[0].reason, RejectReason::wrong_width);
    EXPECT_EQ(read.rejects[0].position.line, 2U);
    EXPECT_EQ(read.rejects[0].raw, "0002Bo");
    EXPECT_EQ(read.rejects[1].reason, RejectReason::wrong_width);
    EXPECT_EQ(read.rejects[2].reason, RejectReason::undecodable);
    EXPECT_EQ(read.rejects[2].field, "NAME");
    EXPECT_EQ(read.rejects[3].reason, RejectReason::undecodable);
}

TEST(FixedWidth, AnUndecodableLineKeepsTheKeyThatCanBeRead) {
    EntityDefinition entity = applicant();
    entity.key = {"REF"};
    const std::string lines =
        "0001Amy   \n 002D\x81    \n00\x81"
        "3Eve   \n";
    const ReadRows read = read_lines(lines, {}, entity);
    ASSERT_EQ(read.rejects.size(), 2U);
    EXPECT_EQ(read.rejects[0].key, "002");
    EXPECT_EQ(read.rejects[1].key, "");
    EXPECT_EQ(read_lines(lines, "encoding = \"utf-8\"", entity).rejects.at(0).key, "002");
    entity.key = {"NAME"};
    EXPECT_EQ(read_lines("0001Amy   \n\xC3\xAB\xFF"
                         "0Eve   \n",
                         "encoding = \"utf-8\"", entity)
                  .rejects.at(0)
                  .key,
              "")
        << "behind bytes that are no characters nobody can tell where a column begins";
}

TEST(FixedWidth, KeepsWhatANewColumnAppends) {
    const ReadRows read = read_lines("0001Amy   NEW\n0002Bo    OLD\n");
    EXPECT_EQ(read.columns, (std::vector<std::string>{"REF", "NAME", "@11"}));
    EXPECT_EQ(read.rows, (Rows{{"0001", "Amy", "NEW"}, {"0002", "Bo", "OLD"}}));
}

TEST(FixedWidth, KeepsWhatStandsBetweenExtents) {
    EntityDefinition entity = applicant();
    entity.column_extents = {{1, 4}, {7, 4}};
    const ReadRows read = read_lines("0001xxAmy \n", {}, entity);
    EXPECT_EQ(read.columns, (std::vector<std::string>{"REF", "NAME", "@5-6"}));
    EXPECT_EQ(read.rows, (Rows{{"0001", "Amy", "xx"}}));
}

TEST(FixedWidth, NamesTheColumnThatDoesNotFit) {
    try {
        read_lines("0001\n0002\n");
        FAIL();
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("NAME"), std::string::npos);
    }
}

TEST(FixedWidth, AnEmptyFileHasNoRows) {
    EXPECT_TRUE(read_lines("").rows.empty());
}

TEST(FixedWidth, BoundsALineWithoutEnd) {
    const ReadRows read = read_lines("0001Amy   \n" + std::string(1'000'000, 'x') + "\n0002Bo    \n");
    EXPECT_EQ(read.rows.size(), 2U);
    ASSERT_EQ(read.rejects.size(), 1U);
    EXPECT_EQ(read.rejects[0].reason, RejectReason::too_large);
}

TEST(FixedWidth, ResumesFromEveryCheckpoint) {
    const EntityDefinition entity = applicant();
    const ConnectorDefinition connector = make_connector(entity);
    MemoryDocuments::Documents documents;
    for (int file = 0; file < 3; ++file) {
        std::string text;
        for (int row = 1000; row < 7000; ++row) text += std::to_string(row) + (row % 60 == 0 ? "cut\n" : "name  \n");
        documents.emplace_back("f" + std::to_string(file), std::move(text));
    }
    const auto format = make_fixed_width_format();
    testing::expect_resumes_everywhere([&](std::string_view checkpoint) {
        return format->open(entity, connector,
                            std::make_unique<MemoryDocuments>(documents, checkpoint.substr(0, checkpoint.find('\n'))),
                            checkpoint);
    });
}

}  // namespace
}  // namespace caseweave
