#include "connectors/formats/xml.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "support/source_reading.hpp"

namespace caseweave {
namespace {

using testing::make_connector;
using testing::make_entity;
using testing::MemoryDocuments;
using testing::read_documents;
using testing::ReadRows;
using Rows = std::vector<std::vector<std::string>>;

EntityDefinition child() {
    EntityDefinition entity = make_entity("child", {"id", "given"}, {"@id", "Name/Given"});
    entity.record = "Children/Child";
    return entity;
}

ReadRows read_xml(const std::string& text, const EntityDefinition& entity = child(), const std::string& settings = {}) {
    return read_documents(*make_xml_format(), entity, make_connector(entity, settings), {{"children.xml", text}});
}

std::string error_of(const std::function<void()>& run) {
    try {
        run();
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

TEST(Xml, ReadsElementsAndAttributesAtTheirPaths) {
    EXPECT_EQ(
        read_xml(
            "<?xml version='1.0'?><Children><Child id='1'><Name><Given>\n  Zo&#xEB; &amp; Co </Given></Name></Child>"
            "<Child id='2'><Name><Given><![CDATA[<Bo>]]></Given></Name></Child></Children>")
            .rows,
        (Rows{{"1", "Zoë & Co"}, {"2", "<Bo>"}}));
}

TEST(Xml, ReadsOtherEncodings) {
    EXPECT_EQ(read_xml("<?xml version='1.0' encoding='windows-1252'?><Children><Child "
                       "id='1'><Name><Given>Zo\xEB</Given></Name></Child></Children>")
                  .rows,
              (Rows{{"1", "Zoë"}}));
}

TEST(Xml, SaysWhyAValueIsMissing) {
    EXPECT_EQ(
        read_xml(
            "<Children xmlns:i='http://www.w3.org/2001/XMLSchema-instance'><Child id='1'><Name><Given/></Name></Child>"
            "<Child id='2'><Name><Given i:nil='true'/></Name></Child><Child id='3'/></Children>")
            .rows,
        (Rows{{"1", "<empty>"}, {"2", "<null>"}, {"3", "<absent>"}}));
}

TEST(Xml, IgnoresNamespacePrefixes) {
    EXPECT_EQ(
        read_xml(
            "<c:Children xmlns:c='urn:x'><c:Child id='1'><c:Name><c:Given>A</c:Given></c:Name></c:Child></c:Children>")
            .rows,
        (Rows{{"1", "A"}}));
}

TEST(Xml, KeepsWhatNoPathNames) {
    const ReadRows read = read_xml(
        "<Children><Child id='1' new='n'><Name><Given>A</Given><Title>Ms</Title></Name><Other><Deep "
        "a='x'>d</Deep></Other></Child></Children>");
    EXPECT_EQ(read.columns,
              (std::vector<std::string>{"id", "given", "@new", "Name/Title", "Other/Deep/@a", "Other/Deep"}));
    EXPECT_EQ(read.rows, (Rows{{"1", "A", "n", "Ms", "x", "d"}}));
}

TEST(Xml, KeepsRepeatedElementsInOneMoreColumn) {
    const ReadRows read = read_xml(
        "<Children><Child id='1'><Name><Given>A</Given><Given>B</Given><Given>C</Given></Name></Child></Children>");
    EXPECT_EQ(read.columns, (std::vector<std::string>{"id", "given", "given[more]"}));
    EXPECT_EQ(read.rows, (Rows{{"1", "A", "B\nC"}}));
}

TEST(Xml, ReachesEnclosingElementsAndOrdinals) {
    EntityDefinition plan =
        make_entity("plan", {"child", "n", "start", "type"}, {"^Child/Ids/Id", "#", "Start", "^Case/@type"});
    plan.record = "Children/Child/Case/Plan";
    EXPECT_EQ(read_xml("<Children><Child><Ids><Id>7</Id></Ids><Case "
                       "type='a'><Plan><Start>x</Start></Plan><Plan><Start>y</Start></Plan></Case>"
                       "<Case type='b'><Plan><Start>z</Start></Plan></Case></Child><Child><Case "
                       "type='c'><Plan><Start>w</Start></Plan></Case></Child></Children>",
                       plan)
                  .rows,
              (Rows{{"7", "1", "x", "a"}, {"7", "2", "y", "a"}, {"7", "1", "z", "b"}, {"<absent>", "1", "w", "c"}}));
}

TEST(Xml, LeavesRecordsOfOtherEntitiesToThem) {
    EntityDefinition plan = make_entity("plan", {"start"}, {"Start"});
    plan.record = "Children/Child/Plans/Plan";
    ConnectorDefinition connector = make_connector(child());
    connector.entities.push_back(plan);
    const MemoryDocuments::Documents documents = {
        {"c.xml",
         "<Children><Child "
         "id='1'><Name><Given>A</Given></Name><Plans><Plan><Start>x</Start></Plan></Plans></Child></Children>"}};
    EXPECT_EQ(read_documents(*make_xml_format(), child(), connector, documents).columns,
              (std::vector<std::string>{"id", "given"}));
    EXPECT_EQ(read_documents(*make_xml_format(), plan, connector, documents).rows, (Rows{{"x"}}));
}

TEST(Xml, RefusesDocumentTypesAndEntities) {
    const std::string external =
        "<!DOCTYPE Children [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><Children><Child "
        "id='1'><Name><Given>&x;</Given></Name></Child></Children>";
    EXPECT_NE(error_of([&] { read_xml(external); }).find("document type"), std::string::npos);
    std::string laughs = "<!DOCTYPE Children [<!ENTITY a0 'ha'>";
    for (int i = 1; i < 30; ++i) {
        const std::string before = "&a" + std::to_string(i - 1) + ";";
        laughs += "<!ENTITY a" + std::to_string(i) + " '" + before + before + before + before + "'>";
    }
    EXPECT_NE(error_of([&] { read_xml(laughs + "]><Children><Child id='&a29;'/></Children>"); }).find("document type"),
              std::string::npos);
    EXPECT_NE(error_of([&] {
                  read_xml("<Children><Child id='1'><Name><Given>&unknown;</Given></Name></Child></Children>");
              }).find("not well-formed"),
              std::string::npos);
}

TEST(Xml, VerifyFindsADocumentThatIsCutOffBeforeARowIsLoaded) {
    const ConnectorDefinition connector = make_connector(child());
    const auto verify = [&](const std::string& text) {
        return error_of([&] { testing::count_rows(*make_xml_format(), connector, text, std::nullopt); });
    };
    EXPECT_EQ(verify("<Children><Child id='1'/></Children>"), "");
    EXPECT_NE(verify("<Children><Child id='1'/>").find("cut off"), std::string::npos);
    EXPECT_NE(verify("<Children><Child id='1'></Children>").find("document line 1"), std::string::npos);
    EXPECT_NE(verify("<Children><Child id='\xFF'/></Children>").find("not well-formed"), std::string::npos);
    EXPECT_NE(verify("").find("not well-formed"), std::string::npos);
    std::string deep;
    for (int i = 0; i < 100; ++i) deep += "<a>";
    EXPECT_NE(verify(deep).find("max_depth"), std::string::npos);
}

TEST(Xml, CountsTheOutermostRecords) {
    EntityDefinition plan = make_entity("plan", {"start"}, {"Start"});
    plan.record = "Children/Child/Plans/Plan";
    EntityDefinition team = make_entity("team", {"id"}, {"@id"});
    team.record = "Children/Teams/Team";
    EntityDefinition same = child();
    same.name = "again";
    ConnectorDefinition connector = make_connector(plan);
    connector.entities.insert(connector.entities.end(), {child(), team, same});
    EXPECT_EQ(
        testing::count_rows(*make_xml_format(), connector,
                            "<Children><Child id='1'><Child/><Plans><Plan/><Plan/></Plans></Child><Other><Child/>"
                            "<Teams><Team/></Teams></Other><Child/><Teams><Team/><Other/><Team/></Teams></Children>"),
        4U);
    EXPECT_EQ(testing::count_rows(*make_xml_format(), connector, "<Children/>"), 0U);
}

TEST(Xml, RejectsARecordOverTheBounds) {
    const ReadRows read =
        read_xml("<Children><Child id='1'><Name><Given>" + std::string(5000, 'x') +
                     "</Given></Name></Child><Child id='2'><Name><Given>B</Given></Name></Child></Children>",
                 child(), "max_text_bytes = 1000");
    EXPECT_EQ(read.rows, (Rows{{"2", "B"}}));
    ASSERT_EQ(read.rejects.size(), 1U);
    EXPECT_EQ(read.rejects[0].reason, RejectReason::too_large);
}

TEST(Xml, NamesAColumnThatNoRecordHasAndARootThatIsAnother) {
    EXPECT_NE(error_of([] { read_xml("<Children><Child id='1'/></Children>"); }).find("given"), std::string::npos);
    EXPECT_NE(error_of([] { read_xml("<Kids><Child id='1'/></Kids>"); }).find("Kids"), std::string::npos);
    EXPECT_TRUE(read_xml("<Children/>").rows.empty());
}

TEST(Xml, ResumesFromEveryCheckpoint) {
    const EntityDefinition entity = child();
    const ConnectorDefinition connector = make_connector(entity, "max_text_bytes = 100");
    MemoryDocuments::Documents documents;
    for (int file = 0; file < 3; ++file) {
        std::string text = "<Children>\n";
        for (int row = 0; row < 5000; ++row) {
            const std::string name = row % 70 == 3 ? std::string(200, 'x') : "A";
            text += "<Child id='" + std::to_string(row) + "'" + (file == 1 && row == 700 ? " late='1'" : "") +
                    "><Name><Given>" + name + "</Given></Name></Child>\n";
        }
        documents.emplace_back("f" + std::to_string(file), text + "</Children>");
    }
    const auto format = make_xml_format();
    testing::expect_resumes_everywhere([&](std::string_view checkpoint) {
        return format->open(entity, connector,
                            std::make_unique<MemoryDocuments>(documents, checkpoint.substr(0, checkpoint.find('\n'))),
                            checkpoint);
    });
}

}  // namespace
}  // namespace caseweave
