#include "connectors/formats/xml_plain_record.hpp"

#include <gtest/gtest.h>

#include <random>

#include "connectors/formats/xml_document.hpp"
#include "core/error.hpp"
#include "support/source_reading.hpp"

namespace caseweave {
namespace {

EntityDefinition row() {
    EntityDefinition entity = testing::make_entity("row", {"id", "given", "up", "text", "n", "deep", "kind"},
                                                   {"id", "given", "^B/up", ".", "#", "deep/er", "given/@kind"});
    entity.record = "A/B/Row";
    entity.optional_columns = entity.columns;
    return entity;
}

XmlPlan plan_of(const EntityDefinition& entity) {
    return XmlPlan::make(entity, testing::make_connector(entity));
}

/// What a reader makes of a document given in pieces, as text; an Error is what it says.
std::string reading_of(XmlReading reading, const std::string& text, std::size_t piece_bytes, const XmlBounds& bounds) {
    const EntityDefinition entity = row();
    const XmlPlan plan = plan_of(entity);
    std::vector<std::string> columns = entity.columns;
    XmlDocumentReader reader(plan, columns, bounds, reading);
    std::string result;
    const auto take = [&] {
        for (const XmlRow& read : reader.rows()) {
            result += "\n" + std::to_string(read.line) + (read.too_large ? " too large" : "") +
                      (read.undecodable ? " undecodable" : "");
            for (std::size_t i = read.cells_begin; i < read.cells_end; ++i) {
                const XmlCell& cell = reader.cells()[i];
                result += "|" + columns[cell.column] + "=" + std::string(to_string(cell.missing)) + ":";
                result += reader.texts().substr(cell.begin, cell.end - cell.begin);
            }
        }
        reader.take();
    };
    try {
        reader.start("a.xml");
        for (std::size_t at = 0; at < text.size(); at += piece_bytes) {
            reader.parse(std::string_view(text).substr(at, piece_bytes));
            take();
        }
        reader.finish();
        take();
    } catch (const Error& error) {
        // Of a broken document the parser may have given records of the piece that the other way has not reached.
        return error.what();
    }
    for (std::size_t column = 0; column < columns.size(); ++column) result += reader.seen(column) ? '1' : '0';
    return result;
}

TEST(XmlPlainRecord, TellsPlainRecords) {
    const XmlPlan plan = plan_of(row());
    XmlPlainRecord plain(plan);
    const std::string whole = "<Row>\r\n <id>1</id><given/> <id>\n\nZoë </id></Row>";
    const std::string with_next = whole + "<Row>";
    ASSERT_EQ(plain.read(with_next), whole.size());
    ASSERT_EQ(plain.values().size(), 3U);
    EXPECT_EQ(plain.values()[2].text, "\n\nZoë ");
    EXPECT_EQ(plain.line_feeds(), 3U);
    EXPECT_EQ(plain.longest_text(), 7U);
    for (std::size_t size = 0; size < whole.size(); ++size) ASSERT_EQ(plain.read(whole.substr(0, size)), 0U) << size;
    for (const char* text :
         {"<Row></Row>", "<Row a='1'><id>1</id></Row>", "<Row><id a='1'>1</id></Row>", "<Row><id>&amp;</id></Row>",
          "<Row><id><![CDATA[1]]></id></Row>", "<Row><id>]]></id></Row>", "<Row>x<id>1</id></Row>",
          "<Row><id>1</id>x</Row>", "<Row><id>a\rb</id></Row>", "<Row><other>1</other></Row>",
          "<Row><id>1</given></Row>", "<Row><id>\xEF\xBF\xBF</id></Row>", "<Row><deep><er>1</er></deep></Row>",
          "<Row><id>1</id></Rows>", "<!-- --><Row><id>1</id></Row>"})
        EXPECT_EQ(plain.read(text), 0U) << text;
}

// The parser alone is the slow way.
TEST(XmlPlainRecord, GivesWhatTheParserGives) {
    static const std::vector<std::string> kBetween = {"",
                                                      "",
                                                      "",
                                                      "\n",
                                                      "\r\n  ",
                                                      "<!-- <Row><id>9</id></Row> -->",
                                                      "text",
                                                      "<?pi </Row>?>",
                                                      "<up>later</up>",
                                                      "<![CDATA[</Row>]]>",
                                                      "</B>\n<B><up>2</up>",
                                                      "<Other><Row><id>8</id></Row></Other>",
                                                      "&amp;"};
    static const std::vector<std::string> kChildren = {"<id>1</id>",
                                                       "<id> Zoë\n\n b </id>",
                                                       "<id/>",
                                                       "<given>A</given>",
                                                       "\n  <given></given>",
                                                       "<given kind='x'>A</given>",
                                                       "<id>a&amp;b</id>",
                                                       "<other>o</other>",
                                                       "<deep><er>d</er></deep>",
                                                       "text",
                                                       "<id>\xEF\xBF\xBD</id>",
                                                       "<id>\xE9</id>",
                                                       "<id>\x01</id>",
                                                       "<id>a\r\nb</id>",
                                                       "<id>a>b</id>",
                                                       "<id>a text that is longer than the bound of texts allows</id>"};
    std::mt19937 random(1);
    unsigned errors = 0;
    for (int document = 0; document < 4000; ++document) {
        std::string text = random() % 4 == 0 ? "<?xml version='1.0' encoding='UTF-8'?>\n" : "";
        if (random() % 16 == 0) text = "<?xml version='1.0' encoding='us-ascii'?>\n";
        if (random() % 16 == 0) text = "<?xml version='1.0' encoding='windows-1252'?>\n";
        text += "<A><B>\n<up>1</up>";
        const unsigned clean = 4U << random() % 6;  // odd ones among so many
        for (std::size_t record = random() % 60; record > 0; --record) {
            text += random() % clean == 0 ? kBetween[random() % kBetween.size()] : kBetween[random() % 5];
            text += "<Row>";
            for (std::size_t child = random() % 4; child > 0; --child)
                text += random() % clean == 0 ? kChildren[random() % kChildren.size()] : kChildren[random() % 5];
            text += "</Row>";
        }
        text += "</B></A>";
        if (random() % 8 == 0) text.erase(random() % text.size(), 1 + random() % 3);
        XmlBounds bounds;
        bounds.max_text_bytes = 40;
        bounds.max_record_bytes = random() % 4 == 0 ? 20 : 100;
        if (random() % 8 == 0) bounds.max_depth = 3;
        const std::size_t piece_bytes = random() % 2 == 0 ? text.size() : 1 + random() % 200;
        const std::string by_parser = reading_of(XmlReading::parser_only, text, piece_bytes, bounds);
        ASSERT_EQ(reading_of(XmlReading::plain_records_first, text, piece_bytes, bounds), by_parser) << text;
        errors += by_parser.find("a.xml") != std::string::npos ? 1U : 0U;
    }
    EXPECT_GT(errors, 100U);
    EXPECT_LT(errors, 2000U);
}

}  // namespace
}  // namespace caseweave
