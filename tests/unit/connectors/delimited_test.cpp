#include "connectors/formats/delimited.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "support/source_reading.hpp"

namespace caseweave {
namespace {

using testing::error_of;
using testing::make_connector;
using testing::make_entity;
using testing::MemoryDocuments;
using testing::read_documents;
using testing::ReadRows;
using Rows = std::vector<std::vector<std::string>>;

ReadRows read_csv(const std::string& text, const std::string& settings = {},
                  std::vector<std::string> columns = {"ID", "NAME"}) {
    const EntityDefinition entity = make_entity("child", std::move(columns));
    return read_documents(*make_delimited_format(), entity, make_connector(entity, settings), {{"children.csv", text}});
}

TEST(Delimited, FindsColumnsByNameInAnyOrder) {
    EXPECT_EQ(read_csv("NAME,ID\nAmy,1\n").rows, (Rows{{"1", "Amy"}}));
}

TEST(Delimited, KeepsAColumnThatOnlyTheSourceKnows) {
    const ReadRows read = read_csv("ID,NEW,NAME\n1,x,Amy\n");
    EXPECT_EQ(read.columns, (std::vector<std::string>{"ID", "NAME", "NEW"}));
    EXPECT_EQ(read.rows, (Rows{{"1", "Amy", "x"}}));
}

TEST(Delimited, NamesAColumnThatIsMissing) {
    const std::string message = error_of([] { read_csv("ID\n1\n"); });
    EXPECT_NE(message.find("child"), std::string::npos);
    EXPECT_NE(message.find("NAME"), std::string::npos);
    EXPECT_NE(message.find("children.csv"), std::string::npos);
}

TEST(Delimited, AUtf16FileIsSaidToBeOne) {
    const auto wide = [](std::string_view text, bool little) {
        std::string bytes;
        for (const char c : text) bytes += little ? std::string{c, '\0'} : std::string{'\0', c};
        return bytes;
    };
    for (const bool little : {true, false}) {
        const std::string text = wide("ID,NAME\n1,Amy\n", little);
        for (const std::string& file : {text, (little ? "\xFF\xFE" : "\xFE\xFF") + text}) {
            const std::string message = error_of([&] { read_csv(file); });
            EXPECT_EQ(message.find("children.csv is UTF-16"), 0U) << message;
            EXPECT_NE(message.find("as UTF-8"), std::string::npos) << message;
            const auto count = [&] {
                testing::count_rows(*make_delimited_format(), make_connector(make_entity("child", {"ID"}), ""), file);
            };
            EXPECT_NE(error_of(count).find("is UTF-16"), std::string::npos);
        }
    }
}

TEST(Delimited, AFileWithoutItsLineOfColumnNamesTellsNoValue) {
    const std::string message = error_of([] { read_csv("Amy,Amy\nBen,Cole\n"); });
    EXPECT_EQ(message.find("Amy"), std::string::npos) << "the first record is no header";
    EXPECT_NE(message.find("ID"), std::string::npos) << message;
    EXPECT_NE(message.find("children.csv"), std::string::npos) << message;
}

TEST(Delimited, AColumnThatStandsTwiceIsNamedOnlyWhereItIsDeclared) {
    const std::string declared = error_of([] { read_csv("ID,NAME,ID\n1,Amy,2\n"); });
    EXPECT_NE(declared.find("column ID stands twice"), std::string::npos) << declared;
    const std::string unknown = error_of([] { read_csv("ID,Amy,NAME,Amy\n1,x,Amy,y\n"); });
    EXPECT_EQ(unknown.find("Amy"), std::string::npos) << "a name nobody declared may be somebody's";
    EXPECT_NE(unknown.find("columns 2 and 4"), std::string::npos) << unknown;
}

TEST(Delimited, AnOptionalColumnMayBeMissing) {
    EntityDefinition entity = make_entity("child", {"ID", "NAME"});
    entity.optional_columns = {"NAME"};
    EXPECT_EQ(read_documents(*make_delimited_format(), entity, make_connector(entity), {{"a.csv", "ID\n1\n"}}).rows,
              (Rows{{"1", "<absent>"}}));
}

TEST(Delimited, PassesOverAByteOrderMark) {
    EXPECT_EQ(read_csv("\xEF\xBB\xBFID,NAME\n1,Amy\n").rows, (Rows{{"1", "Amy"}}));
}

TEST(Delimited, SaysWhyAValueIsMissing) {
    EXPECT_EQ(read_csv("ID,NAME\n1,\n2,\"\"\n3,  \n").rows,
              (Rows{{"1", "<empty>"}, {"2", "<empty>"}, {"3", "<empty>"}}));
}

TEST(Delimited, RejectsWhatCannotBeARowAndReadsTheRest) {
    const ReadRows read =
        read_csv("ID,NAME\n1,Amy\n2\n3,B,C\n4,\"open\n5,\xFFx\n6,a" + std::string(1, '\0') + "b\n7,Zoë\n");
    EXPECT_EQ(read.rows, (Rows{{"1", "Amy"}, {"7", "Zoë"}}));
    ASSERT_EQ(read.rejects.size(), 5U);
    EXPECT_EQ(read.rejects[0].reason, RejectReason::wrong_width);
    EXPECT_EQ(read.rejects[0].position.line, 3U);
    EXPECT_EQ(read.rejects[0].raw, "2");
    EXPECT_EQ(read.rejects[0].document, "children.csv");
    EXPECT_EQ(read.rejects[1].reason, RejectReason::wrong_width);
    EXPECT_EQ(read.rejects[2].reason, RejectReason::wrong_width);
    EXPECT_EQ(read.rejects[2].raw, "4,\"open");
    EXPECT_EQ(read.rejects[3].reason, RejectReason::undecodable);
    EXPECT_EQ(read.rejects[3].field, "NAME");
    EXPECT_EQ(read.rejects[4].reason, RejectReason::undecodable);
    EXPECT_EQ(read.positions[1].line, 8U);
}

TEST(Delimited, DecodesWindows1252) {
    const ReadRows read = read_csv("ID,NAME\n1,Zo\xEB \x80\n2,a\x81\n3,plain\n", "encoding = \"windows-1252\"");
    EXPECT_EQ(read.rows, (Rows{{"1", "Zoë €"}, {"3", "plain"}}));
    ASSERT_EQ(read.rejects.size(), 1U);
    EXPECT_EQ(read.rejects[0].reason, RejectReason::undecodable);
}

TEST(Delimited, AnUndecodableRowKeepsTheKeyThatCanBeRead) {
    EntityDefinition entity = make_entity("child", {"ID", "DATE", "NAME"});
    entity.key = {"ID", "DATE"};
    const ReadRows read =
        read_documents(*make_delimited_format(), entity, make_connector(entity, "encoding = \"windows-1252\""),
                       {{"a.csv", "NAME,DATE,ID\na\x81,5,\"Zo\xEB \"\"2\"\"\"\nb,\x81,7\n\x81,6,\n"}});
    ASSERT_EQ(read.rejects.size(), 3U);
    EXPECT_EQ(read.rejects[0].key, std::string("Zoë \"2\"") + kKeySeparator + "5");
    EXPECT_EQ(read.rejects[1].key, "") << "the bad byte is in the key";
    EXPECT_EQ(read.rejects[2].key, "") << "half a key is none";
}

TEST(Delimited, AFileWithoutRowsIsEmptyAndOneWithoutHeaderIsAnError) {
    EXPECT_TRUE(read_csv("ID,NAME\n").rows.empty());
    EXPECT_NE(error_of([] { read_csv(""); }).find("empty"), std::string::npos);
}

TEST(Delimited, RefusesUnknownAndWrongSettings) {
    EXPECT_NE(error_of([] { read_csv("ID,NAME\n", "separater = \";\""); }).find("separator"), std::string::npos);
    EXPECT_NE(error_of([] { read_csv("ID,NAME\n", "separator = \"::\""); }).find("one byte"), std::string::npos);
    EXPECT_NE(error_of([] { read_csv("ID,NAME\n", "encoding = \"ebcdic\""); }).find("ebcdic"), std::string::npos);
}

TEST(Delimited, SeesAColumnThatAppearsInALaterFile) {
    const EntityDefinition entity = make_entity("child", {"ID", "NAME"});
    const ReadRows read = read_documents(*make_delimited_format(), entity, make_connector(entity),
                                         {{"a.csv", "ID,NAME\n1,A\n"}, {"b.csv", "NEW,NAME,ID\nx,B,2\n"}});
    EXPECT_EQ(read.rows, (Rows{{"1", "A"}, {"2", "B", "x"}}));
}

TEST(Delimited, ResumesFromEveryCheckpoint) {
    const EntityDefinition entity = make_entity("child", {"ID", "NAME"});
    const ConnectorDefinition connector = make_connector(entity);
    MemoryDocuments::Documents documents;
    for (int file = 0; file < 3; ++file) {
        std::string text = file == 2 ? "ID,NAME,EXTRA\n" : "ID,NAME\n";
        for (int row = 0; row < 6000; ++row) {
            text += std::to_string(file * 10000 + row) +
                    (row % 50 == 7  ? ""
                     : row % 3 == 0 ? ",\"two\nlines\""
                                    : ",plain") +
                    (file == 2 ? ",e\n" : "\n");
        }
        documents.emplace_back("f" + std::to_string(file) + ".csv", std::move(text));
    }
    const auto format = make_delimited_format();
    testing::expect_resumes_everywhere([&](std::string_view checkpoint) {
        return format->open(entity, connector,
                            std::make_unique<MemoryDocuments>(documents, checkpoint.substr(0, checkpoint.find('\n'))),
                            checkpoint);
    });
}

TEST(Delimited, CountsRecordsAndNotLines) {
    const ConnectorDefinition connector = make_connector(make_entity("child", {"ID", "NOTE"}));
    const auto count = [&](const std::string& text) {
        return testing::count_rows(*make_delimited_format(), connector, text);
    };
    EXPECT_EQ(count("ID,NOTE\r\n1,\"two\r\nlines, a \"\"quote\"\" and\r\n\r\na blank\"\r\n2,plain\r\n"), 2U);
    EXPECT_EQ(count("\xEF\xBB\xBFID,NOTE\n1,x\n\n2,y"), 2U) << "an empty line is no row, a last line needs no end";
    EXPECT_EQ(count("ID,NOTE\n1\n2,\"x\n3,\xFF\n"), 3U) << "what will be rejected was sent too";
    EXPECT_EQ(count("ID,NOTE\n"), 0U);
    EXPECT_EQ(count(""), 0U);
    const ConnectorDefinition bare = make_connector(make_entity("child", {"ID", "NOTE"}), "header = false");
    EXPECT_EQ(testing::count_rows(*make_delimited_format(), bare, "1,x\n2,y\n"), 2U);
    EXPECT_EQ(testing::count_rows(*make_delimited_format(), connector, "ID,NOTE\n1,x\n", std::nullopt), std::nullopt)
        << "nobody asked";
}

// ---- ledgers

constexpr const char* kLedger = "separator = \"|\"\nquote = \"\"\nrecord_types = true\ntotal_columns = [\"AMOUNT\"]";

struct Ledger {
    EntityDefinition payment = make_entity("payment", {"ID", "AMOUNT"});
    EntityDefinition contract = make_entity("contract", {"ID", "PROVIDER", "START"});
    ConnectorDefinition connector;
    Ledger() {
        payment.record = "PY";
        contract.record = "CT";
        connector = make_connector(payment, kLedger);
        connector.entities.push_back(contract);
    }
    ReadRows read(const EntityDefinition& entity, const std::string& text) const {
        return read_documents(*make_delimited_format(), entity, connector, {{"ledger.psv", text}});
    }
    std::string verify(const std::string& text) const {
        return error_of([&] { testing::count_rows(*make_delimited_format(), connector, text); });
    }
};

TEST(Ledger, EachEntityReadsItsRecordType) {
    const Ledger ledger;
    const std::string text = "H|x\nPY|1|2.50\nCT|7|Downs|20260101\nPY|2|-1\nT|3|1.50\n";
    EXPECT_EQ(ledger.read(ledger.payment, text).rows, (Rows{{"1", "2.50"}, {"2", "-1"}}));
    EXPECT_EQ(ledger.read(ledger.contract, text).rows, (Rows{{"7", "Downs", "20260101"}}));
    EXPECT_EQ(ledger.verify(text), "");
}

TEST(Ledger, AnUndecodableLineKeepsTheKeyThatCanBeRead) {
    Ledger ledger;
    ledger.contract.key = {"ID"};
    const ReadRows read = ledger.read(ledger.contract, "H|x\nCT|7|D\xFF|20260101\nT|1|0\n");
    ASSERT_EQ(read.rejects.size(), 1U);
    EXPECT_EQ(read.rejects[0].field, "PROVIDER");
    EXPECT_EQ(read.rejects[0].key, "7");
}

TEST(Ledger, TheFirstEntityReportsWhatNoEntityKnows) {
    const Ledger ledger;
    const std::string text = "H|x\nPY|1|2\nXX|9\nT|2|2\n";
    const ReadRows read = ledger.read(ledger.payment, text);
    ASSERT_EQ(read.rejects.size(), 1U);
    EXPECT_EQ(read.rejects[0].reason, RejectReason::unknown_type);
    EXPECT_EQ(read.rejects[0].raw, "XX|9");
    EXPECT_TRUE(ledger.read(ledger.contract, text).rejects.empty());
}

TEST(Ledger, HoldsTheFileAgainstItsTrailer) {
    const Ledger ledger;
    EXPECT_NE(ledger.verify("H|x\nPY|1|2.50\nT|2|2.50\n").find("promises 2"), std::string::npos);
    EXPECT_NE(ledger.verify("H|x\nPY|1|2.50\nT|1|2.51\n").find("control total"), std::string::npos);
    EXPECT_NE(ledger.verify("H|x\nPY|1|2.50\n").find("cut off"), std::string::npos);
    EXPECT_NE(ledger.verify("PY|1|2.50\nT|1|2.50\n").find("header"), std::string::npos);
    EXPECT_NE(ledger.verify("H|x\nT|0|0\nPY|1|2\n").find("after the trailer"), std::string::npos);
    EXPECT_NE(ledger.verify("").find("empty"), std::string::npos);
    EXPECT_NE(ledger.verify("H|x\nPY|1|2.50\nT|1\n").find("no field 3"), std::string::npos);
}

TEST(Ledger, CountsWhatStandsBetweenHeaderAndTrailer) {
    const Ledger ledger;
    EXPECT_EQ(testing::count_rows(*make_delimited_format(), ledger.connector,
                                  "H|x\nPY|1|2.50\nXX|9\n\nCT|7|Downs|20260101\nT|3|2.50\n"),
              3U);
}

TEST(Ledger, ARecordWithASurplusFieldIsRejectedButANewColumnIsKept) {
    const Ledger ledger;
    const ReadRows odd = ledger.read(ledger.payment, "H\nPY|1|2\nPY|2|2|x\nPY|3|2\nT|3|6\n");
    EXPECT_EQ(odd.rows.size(), 2U);
    ASSERT_EQ(odd.rejects.size(), 1U);
    EXPECT_EQ(odd.rejects[0].reason, RejectReason::wrong_width);
    const ReadRows wider = ledger.read(ledger.payment, "H\nPY|1|2|x\nPY|2|2|y\nT|2|4\n");
    EXPECT_EQ(wider.columns, (std::vector<std::string>{"ID", "AMOUNT", "field_3"}));
    EXPECT_EQ(wider.rows, (Rows{{"1", "2", "x"}, {"2", "2", "y"}}));
    EXPECT_NE(error_of([&] { ledger.read(ledger.payment, "H\nPY|1\nPY|2\nT|2|0\n"); }).find("AMOUNT"),
              std::string::npos);
}

}  // namespace
}  // namespace caseweave
