#include "connectors/formats/json_plain_object.hpp"

#include <gtest/gtest.h>

#include <random>

#include "connectors/formats/json_document.hpp"
#include "support/source_reading.hpp"

namespace caseweave {
namespace {

EntityDefinition line() {
    EntityDefinition entity =
        testing::make_entity("line", {"id", "given", "a_name_over_sixteen_bytes", "note", "deep", "again"},
                             {"/id", "/given", "/a_name_over_sixteen_bytes", "/note", "/deep/er", "/given"});
    entity.optional_columns = entity.columns;
    return entity;
}

/// What a reader makes of a line, as text.
std::string reading_of(JsonDocumentReader& reader, const std::vector<std::string>& columns, const std::string& text) {
    const std::string padded = text + std::string(JsonDocumentReader::kPadding, '"');
    const auto outcome = reader.read(std::string_view(padded).substr(0, text.size()));
    std::string result = std::to_string(static_cast<int>(outcome));
    for (const JsonRow& row : reader.rows()) {
        result += row.rejected ? "rejected " + std::to_string(static_cast<int>(row.reason)) : "row";
        for (const JsonCell* cell = reader.cells() + row.begin; cell != reader.cells() + row.end; ++cell) {
            result += "|" + columns[cell->column] + "=" + std::string(to_string(cell->missing)) + ":";
            result += cell->text;
        }
    }
    return result;
}

bool is_plain(const std::string& text) {
    const EntityDefinition entity = line();
    const JsonPlan plan = JsonPlan::make(entity, testing::make_connector(entity));
    const std::string padded = text + std::string(JsonPlainObject::kPaddingBytes, '"');
    return JsonPlainObject(plan.record).read(std::string_view(padded).substr(0, text.size()));
}

TEST(JsonPlainObject, ReadsMembersInAnyOrder) {
    for (const char* text :
         {R"({"id":"1","given":"Zo\u00eb"})", R"({"id":1,"id":2})", R"({"id":"1","new":"x"})", "{}", R"({"id":[1]})",
          R"({"id":"1"} {})", R"({"id":01})", R"({"id":"1)", R"({"id":"1",})", "", R"( {"id":"1"})", R"({"deep":"1"})",
          "{\"id\":\"\xFF\"}", "{\"id\":\"\t\"}", R"({"id":})", R"({"id":"1")", R"({"id")", R"({"id":tru})"})
        EXPECT_FALSE(is_plain(text)) << text;
    for (const char* text : {R"({"id":"1","given":"Zoë"})", R"({"given":"","id":"1"})",
                             R"({ "a_name_over_sixteen_bytes": -1.5e3, "note": null, "id": true } )",
                             "{\"id\":\"a text that is longer than sixteen bytes\"}\r"})
        EXPECT_TRUE(is_plain(text)) << text;
}

// The parser alone is the slow way.
TEST(JsonPlainObject, GivesWhatTheParserGives) {
    const EntityDefinition entity = line();
    const JsonPlan plan = JsonPlan::make(entity, testing::make_connector(entity));
    static const std::vector<std::string> kKeys = {
        "id", "given", "note", "a_name_over_sixteen_bytes", "deep", "new", "a_name_over_sixteen_bytex", "i"};
    static const std::vector<std::string> kValues = {"1",
                                                     "-0.5",
                                                     "1e9",
                                                     "01",
                                                     "null",
                                                     "true",
                                                     "false",
                                                     "nul",
                                                     "\"\"",
                                                     "\"x\"",
                                                     "\"Zoë\"",
                                                     "\"\\n\"",
                                                     "\"a text that is longer\"",
                                                     "\"seventeen bytes!!\"",
                                                     "\"sixteen bytes!!!\"",
                                                     "{\"er\":1}",
                                                     "[]",
                                                     "\"\x01\"",
                                                     "\"\xC3\"",
                                                     "\"",
                                                     "",
                                                     "\" }\""};
    std::mt19937 random(1);
    unsigned plain = 0;
    unsigned rows = 0;
    for (int document = 0; document < 20'000; ++document) {
        std::vector<std::string> fast_columns = entity.columns;
        std::vector<std::string> slow_columns = entity.columns;
        JsonDocumentReader fast(plan, fast_columns, 64);
        JsonDocumentReader slow(plan, slow_columns, 64, JsonReading::parser_only);
        std::string text = "{";
        const std::size_t keys = random() % 5;
        const bool dirty = random() % 2 == 0;
        for (std::size_t i = 0; i < keys; ++i) {
            text += std::string(i > 0 ? "," : "") + std::string(random() % 8 == 0 ? " " : "");
            text += "\"" + (dirty ? kKeys[random() % kKeys.size()] : kKeys[i]) + "\":";
            text += std::string(random() % 8 == 0 ? " " : "") + kValues[random() % kValues.size()];
        }
        text += "}";
        if (random() % 8 == 0) text.erase(random() % text.size(), 1);
        if (random() % 8 == 0) text += "\r";
        const std::string by_parser = reading_of(slow, slow_columns, text);
        ASSERT_EQ(reading_of(fast, fast_columns, text), by_parser) << text;
        ASSERT_EQ(fast_columns, slow_columns) << text;
        for (std::size_t column = 0; column < entity.columns.size(); ++column)
            ASSERT_EQ(fast.seen(column), slow.seen(column)) << text;
        plain += is_plain(text) ? 1U : 0U;
        rows += by_parser.find("row") != std::string::npos ? 1U : 0U;
    }
    EXPECT_GT(plain, 1000U);
    EXPECT_GT(rows, plain + 1000U);
}

TEST(JsonPlainObject, OneReaderGoesOnWithPlainLinesAfterOthers) {
    const EntityDefinition entity = line();
    const JsonPlan plan = JsonPlan::make(entity, testing::make_connector(entity));
    std::vector<std::string> columns = entity.columns;
    JsonDocumentReader reader(plan, columns, 64);
    for (int i = 0; i < 500; ++i) {
        const bool odd = i % 100 < 40;
        EXPECT_EQ(reading_of(reader, columns, odd ? R"({"id":"\u0031","new":2})" : R"({"id":"1"})"),
                  odd ? "0row|id=:1|new=:2" : "0row|id=:1");
    }
}

}  // namespace
}  // namespace caseweave
