#include "connectors/formats/json_grammar.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <random>
#include <string>

namespace caseweave {
namespace {

TEST(JsonGrammar, TakesWhatTheStandardAllows) {
    for (const char* text : {"{}", "[]", "1", "-0.5e+10", "\"\\u00e9\\n\"", "[1, [2, {\"a\": null}], true]",
                             " { \"a\" : [ ] , \"b\" : { } } "}) {
        EXPECT_TRUE(is_json_value(text, 8)) << text;
    }
}

TEST(JsonGrammar, RefusesTheRest) {
    for (const char* text : {"",    "{",    "[1,]",   "{\"a\"}", "{\"a\":}",   "{a:1}",   "[1 2]",     "01",
                             "1.",  ".5",   "+1",     "1e",      "tru",        "\"\\x\"", "\"\\u12\"", "\"a",
                             "[]]", "{}{}", "[\x01]", "\"\n\"",  "{\"a\":1,}", "[,1]"}) {
        EXPECT_FALSE(is_json_value(text, 8)) << text;
    }
}

TEST(JsonGrammar, BoundsDepthWithoutStack) {
    EXPECT_TRUE(is_json_value("[[[1]]]", 3));
    EXPECT_FALSE(is_json_value("[[[1]]]", 2));
    EXPECT_FALSE(is_json_value(std::string(10'000'000, '['), 64));
}

TEST(JsonGrammar, AgreesWithSimdjsonOnAnything) {
    const unsigned seed = 20260331;
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const std::string alphabet = "{}[]\",:01-.eE \\ntrufals";
    simdjson::dom::parser parser;
    int valid = 0;
    for (int round = 0; round < 200'000; ++round) {
        std::string text;
        const std::size_t size = 1 + random() % 9;
        for (std::size_t i = 0; i < size; ++i) text.push_back(alphabet[random() % alphabet.size()]);
        const bool expected = parser.parse(text).error() == simdjson::SUCCESS;
        valid += expected ? 1 : 0;
        ASSERT_EQ(is_json_value(text, 64), expected) << text;
    }
    EXPECT_GT(valid, 1000);
}

}  // namespace
}  // namespace caseweave
