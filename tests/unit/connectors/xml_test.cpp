#include "connectors/formats/xml.hpp"

#include <gtest/gtest.h>

#include "connectors/formats/xml_byte_marks.hpp"
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

EntityDefinition child() {
    EntityDefinition entity = make_entity("child", {"id", "given"}, {"@id", "Name/Given"});
    entity.record = "Children/Child";
    return entity;
}

ReadRows read_xml(const std::string& text, const EntityDefinition& entity = child(), const std::string& settings = {}) {
    return read_documents(*make_xml_format(), entity, make_connector(entity, settings), {{"children.xml", text}});
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
    EXPECT_NE(verify("<Children><Ch\xFFild id='1'/></Children>").find("not well-formed"), std::string::npos);
    EXPECT_NE(verify("").find("not well-formed"), std::string::npos);
    EXPECT_NE(verify("<Children><Child></Children>").find("an end tag does not fit its start tag"), std::string::npos);
    EXPECT_NE(verify("<Children a=1/>").find("a tag is not written as it must be"), std::string::npos);
    std::string deep;
    for (int i = 0; i < 100; ++i) deep += "<a>";
    for (const char* word : {"nests deeper than 64", "max_depth in [format_settings]"})
        EXPECT_NE(verify(deep).find(word), std::string::npos) << verify(deep);
}

// ---- bytes that are not in the encoding

std::string child_element(const std::string& id, const std::string& given) {
    return "<Child id='" + id + "'><Name><Given>" + given + "</Given></Name></Child>\n";
}

TEST(XmlBytes, ABadByteCostsItsRecord) {
    const ReadRows read =
        read_xml("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Children>" + child_element("1", "Zo\xC3\xAB") +
                 child_element("2", "Zo\xEB") + child_element("3", "<![CDATA[\x80]]>") + child_element("4\xFF", "D") +
                 child_element("5", "vertical\x0Btab") + child_element("6", std::string("nul\0", 4)) +
                 child_element("7", "cut\xE2\x82") + "<Child id='8' new='\xC0'><Name/></Child>" +
                 child_element("9", "tab\tand U+FDD0 \xEF\xB7\x90 stay") + "</Children>");
    EXPECT_EQ(read.rows, (Rows{{"1", "Zoë"}, {"9", "tab\tand U+FDD0 \xEF\xB7\x90 stay"}}));
    std::vector<std::string> rejects;
    for (const Reject& reject : read.rejects) {
        EXPECT_EQ(reject.reason, RejectReason::undecodable);
        EXPECT_EQ(reject.document, "children.xml");
        EXPECT_GT(reject.position.line, 0U);
        rejects.push_back(reject.field + " of " + reject.raw);
    }
    EXPECT_EQ(rejects, (std::vector<std::string>{"given of id=2\ngiven=Zo\xEB", "given of id=3\ngiven=\x80",
                                                 "id of id=4\xFF\ngiven=D", "given of id=5\ngiven=vertical\x0Btab",
                                                 std::string("given of id=6\ngiven=nul\0", 24),
                                                 "given of id=7\ngiven=cut\xE2\x82", "@new of id=8\n@new=\xC0"}));
}

TEST(XmlBytes, ARecordKeepsTheKeyThatCanBeRead) {
    EntityDefinition entity = child();
    entity.key = {"id"};
    const ReadRows read = read_xml("<Children>" + child_element("1", "Zo\xEB") + child_element("2\xFF", "D") +
                                       "<Child><Name><Given>\xFF</Given></Name></Child></Children>",
                                   entity);
    std::vector<std::string> keys;
    for (const Reject& reject : read.rejects) keys.push_back(reject.key);
    EXPECT_EQ(keys, (std::vector<std::string>{"1", "", ""}));
}

TEST(XmlBytes, ABadByteOfOneEntityIsNoOtherEntitys) {
    EntityDefinition plan = make_entity("plan", {"child", "start"}, {"^Child/@id", "Start"});
    plan.record = "Children/Child/Plans/Plan";
    ConnectorDefinition connector = make_connector(child());
    connector.entities.push_back(plan);
    const MemoryDocuments::Documents documents = {
        {"c.xml",
         "<Children><Child id='1'><Name><Given>A</Given></Name><Plans><Plan><Start>\xFF</Start></Plan>"
         "<Plan><Start>x</Start></Plan></Plans></Child>"
         "<Child id='2\xFF'><Name><Given>B</Given></Name><Plans><Plan><Start>y</Start></Plan></Plans></Child>"
         "<Child id='3'><Name><Given>\xFF</Given></Name><Plans><Plan><Start>z</Start></Plan></Plans></Child>"
         "</Children>"}};
    const ReadRows children = read_documents(*make_xml_format(), child(), connector, documents);
    EXPECT_EQ(children.rows, (Rows{{"1", "A"}}));
    EXPECT_EQ(children.rejects.size(), 2U);
    const ReadRows plans = read_documents(*make_xml_format(), plan, connector, documents);
    EXPECT_EQ(plans.rows, (Rows{{"1", "x"}, {"3", "z"}}));
    ASSERT_EQ(plans.rejects.size(), 2U);
    EXPECT_EQ(plans.rejects[0].field, "start");
    EXPECT_EQ(plans.rejects[1].field, "child") << "whose plan it is cannot be known";
}

TEST(XmlBytes, ABadByteOutsideOfEveryRecordIsFoundBeforeARowIsLoaded) {
    EntityDefinition team = make_entity("team", {"id"}, {"@id"});
    team.record = "Export/Teams/Team";
    EntityDefinition person = make_entity("person", {"id"}, {"@id"});
    person.record = "Export/People/Person";
    ConnectorDefinition connector = make_connector(team);
    connector.entities.push_back(person);
    const auto verify = [&](const std::string& text) {
        return error_of([&] { testing::count_rows(*make_xml_format(), connector, text); });
    };
    EXPECT_EQ(
        verify("<Export><Teams><Team id='\xFF'/></Teams><People><Person><a>\xFF</a>\xFF</Person></People></Export>"),
        "");
    for (const char* const outside :
         {"<Export><Teams>\xFF<Team/></Teams></Export>", "<Export><Teams when='\xFF'><Team/></Teams></Export>",
          "<Export><Other>\n<Team>\xFF</Team></Other></Export>", "<Export><Teams><Team/></Teams>\x01</Export>"}) {
        EXPECT_NE(verify(outside).find("outside of its records"), std::string::npos) << outside;
    }
    EXPECT_NE(verify("<Export><Teams><Te\xFF"
                     "am/></Teams></Export>")
                  .find("not well-formed"),
              std::string::npos);
    EXPECT_NE(verify("<Export><Teams><Team/></Teams></Export>\xFF"), "");
    EXPECT_NE(verify("\xFF<Export><Teams><Team/></Teams></Export>"), "");
}

TEST(XmlBytes, OtherEncodingsAreTheParsersToJudge) {
    const auto read = [](const std::string& encoding, const std::string& given) {
        return read_xml("<?xml version='1.0' encoding='" + encoding + "'?><Children>" + child_element("1", given) +
                        "</Children>");
    };
    EXPECT_EQ(read("ISO-8859-1", "Zo\xEB").rows, (Rows{{"1", "Zoë"}}));
    EXPECT_NE(error_of([&] { read("windows-1252", "\x81"); }), "");
    EXPECT_EQ(read("utf-8", "\x81").rejects.size(), 1U);
    std::string wide = "\xFF\xFE";
    for (const char c : "<Children>" + child_element("1", "A") + "</Children>") wide += {c, '\0'};
    EXPECT_EQ(read_xml(wide).rows, (Rows{{"1", "A"}}));
}

// libxml2 tells on standard error what it cannot convert, with bytes of the document.
TEST(XmlBytes, TheParserPrintsNothing) {
    ::testing::internal::CaptureStderr();
    for (const char* const encoding : {"windows-1252", "no-such-encoding", "utf-8"}) {
        (void)error_of([&] {
            read_xml("<?xml version='1.0' encoding='" + std::string(encoding) + "'?><Children>" +
                     child_element("1", "secret\x81 value &nowhere; <") + "</Children>");
        });
    }
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST(XmlBytes, MarksDoNotDependOnWhereADocumentIsCut) {
    const std::string declared = "\xEF\xBB\xBF<?xml version='1.0' encoding='UTF-8'?>";
    for (const std::string& text :
         {declared + "<a>Zo\xC3\xAB \xE2\x82\xAC \xF0\x9F\x98\x80 \xFF \xE2\x82 \xF0\x9F\x98x \x0B</a>\xC3",
          std::string("<?xml version='1.0' encoding='iso-8859-1'?><a>\xEB</a>"),
          std::string("<?xml version='1.0' encoding='u-encoding-that-is-none'?>\xFF"), std::string("<?xml"),
          std::string("<"), std::string("\xFF\xFE<\0a\0", 6), std::string()}) {
        XmlByteMarks marks;
        marks.start();
        const std::string whole(marks.mark(text, true));
        for (std::size_t size = 1; size < 12; ++size) {
            marks.start();
            std::string joined;
            for (std::size_t at = 0; at < text.size(); at += size) joined += marks.mark(text.substr(at, size), false);
            joined += marks.mark({}, true);
            EXPECT_EQ(joined, whole) << "in pieces of " << size;
        }
        std::string restored;
        append_unmarked(whole, restored);
        EXPECT_EQ(restored, text);
        EXPECT_EQ(has_mark(whole), text.find("\xF0\x9F\x98x") != std::string::npos);
    }
}

// Wherever a byte goes bad, its record is rejected or the whole document refused: nothing is read wrongly, no other
// record is lost. Documents are read in pieces of 8,191 bytes here: the boundaries of pieces fall into this one too.
TEST(XmlBytes, EveryPlaceOfABadByteCostsItsRecordOrTheDocument) {
    std::string text = "<?xml version='1.0'?>\n<Children>\n";
    Rows whole;
    while (text.size() < 8400) {
        const std::string id = std::to_string(whole.size());
        text += child_element(id, "Zo\xC3\xAB");
        whole.push_back({id, "Zoë"});
    }
    text += "</Children>\n";
    std::size_t rejected = 0, refused = 0;
    for (std::size_t at = 0; at < text.size(); at = at == 400 ? 8000 : at + 1) {
        for (const char bad : {'\xFF', '\x01', '\xC3'}) {
            std::string damaged = text;
            damaged[at] = bad;
            if (damaged == text) continue;
            ReadRows read;
            const bool readable = error_of([&] {
                                      testing::count_rows(*make_xml_format(), make_connector(child()), damaged);
                                      read = read_xml(damaged);
                                  }).empty();
            if (!readable) {
                ++refused;
                continue;
            }
            ++rejected;
            ASSERT_EQ(read.rejects.size(), 1U) << "at " << at;
            ASSERT_EQ(read.rows.size() + 1, whole.size()) << "at " << at;
            for (const auto& row : read.rows) ASSERT_EQ(row[1], "Zoë") << "at " << at;
        }
    }
    EXPECT_GT(rejected, 100U);
    EXPECT_GT(refused, 100U);
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

TEST(Xml, AColumnMayComeWithALateRecord) {
    EntityDefinition entity = child();
    const ConnectorDefinition connector = make_connector(entity);
    std::string early = "<Children>", late = "<Children>";
    for (int row = 0; row < 10'000; ++row) early += "<Child id='" + std::to_string(row) + "'/>";
    late += "<Child id='x'/><Child id='y'><Name><Given>A</Given></Name></Child>";
    const MemoryDocuments::Documents documents = {{"a.xml", early + "</Children>"}, {"b.xml", late + "</Children>"}};
    const ReadRows read = read_documents(*make_xml_format(), entity, connector, documents);
    EXPECT_EQ(read.rows.size(), 10'002U);
    EXPECT_EQ(read.rows.back(), (std::vector<std::string>{"y", "A"}));
    const MemoryDocuments::Documents without = {documents[0]};
    EXPECT_NE(error_of([&] {
                  read_documents(*make_xml_format(), entity, connector, without);
              }).find("column given is missing in every record of *"),
              std::string::npos);
    entity.optional_columns = {"given"};
    EXPECT_EQ(read_documents(*make_xml_format(), entity, connector, without).rows.size(), 10'000U);
}

TEST(Xml, OneOfTheColumnsThatAFieldTakesTheFirstOfIsEnough) {
    EntityDefinition entity = make_entity("child", {"id", "sex", "gender"}, {"@id", "Sex", "Gender"});
    entity.record = "Children/Child";
    FieldMapping sex;
    sex.field = "sex";
    sex.columns = {"sex", "gender"};
    EmitDefinition person;
    person.fields = {sex};
    entity.emits = {person};
    EXPECT_EQ(read_xml("<Children><Child id='1'><Sex>F</Sex></Child></Children>", entity).rows.size(), 1U);
    EXPECT_EQ(read_xml("<Children><Child id='1'><Gender>2</Gender></Child></Children>", entity).rows.size(), 1U);
    EXPECT_NE(error_of([&] { read_xml("<Children><Child id='1'/></Children>", entity); }).find("column sex is missing"),
              std::string::npos);
    entity.emits[0].fields[0].combine = "join";
    EXPECT_NE(error_of([&] {
                  read_xml("<Children><Child id='1'><Sex>F</Sex></Child></Children>", entity);
              }).find("column gender is missing"),
              std::string::npos);
}

TEST(Xml, NamesAColumnThatNoRecordHasAndARootThatIsAnother) {
    EXPECT_NE(error_of([] { read_xml("<Children><Child id='1'/></Children>"); }).find("given"), std::string::npos);
    EXPECT_NE(error_of([] { read_xml("<Kids><Child id='1'/></Kids>"); }).find("Kids"), std::string::npos);
    EXPECT_TRUE(read_xml("<Children/>").rows.empty());
}

TEST(Xml, NamesTheBoundThatATextOutsideOfTheRecordsIsOver) {
    EntityDefinition entity = make_entity("child", {"id", "year"}, {"@id", "^Children/Year"});
    entity.record = "Children/Child";
    const std::string error = error_of([&] {
        read_xml("<Children><Year>" + std::string(2000, '1') + "</Year><Child id='1'/></Children>", entity,
                 "max_text_bytes = 1000");
    });
    for (const char* word : {"holds a text of more bytes than 1000", "max_text_bytes in [format_settings]"})
        EXPECT_NE(error.find(word), std::string::npos) << error;
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
