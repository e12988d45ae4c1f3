#include "settings/toml_table.hpp"

#include <gtest/gtest.h>

#include <string>

#include "core/error.hpp"
#include "temporary_folder.hpp"

namespace caseweave {
namespace {

using test::message_of;
using Strings = std::vector<std::string>;

TomlTable parse(std::string_view text) {
    return TomlTable::parse(text, "job.toml");
}

TEST(TomlTable, ReadsEveryType) {
    const TomlTable table = parse(R"(
text = "demo"
count = 3
share = 0.25
whole = 2
flag = true
list = ["a", "b"]
one = "a"
extent = [4, 10]
[inner]
key = "v"
[[entry]]
name = "first"
[[entry]]
name = "second"
)");
    EXPECT_EQ(table.string("text"), "demo");
    EXPECT_EQ(table.integer("count", 0), 3);
    EXPECT_DOUBLE_EQ(table.number("share", 0), 0.25);
    EXPECT_DOUBLE_EQ(table.number("whole", 0), 2.0);
    EXPECT_TRUE(table.boolean("flag", false));
    EXPECT_EQ(table.strings("list"), (Strings{"a", "b"}));
    EXPECT_EQ(table.strings("one"), Strings{"a"}) << "one string stands for a list of one";
    ASSERT_EQ(table.integer_pairs("extent").size(), 1U);
    EXPECT_EQ(table.integer_pairs("extent").front(), (std::pair<std::int64_t, std::int64_t>{4, 10}));
    EXPECT_EQ(table.table("inner").string("key"), "v");
    const auto entries = table.tables("entry");
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[1].string("name"), "second");
    EXPECT_EQ(entries[0].string("name"), "first");
    EXPECT_NO_THROW(table.finish());
}

TEST(TomlTable, FallsBackWhereAKeyIsAbsent) {
    const TomlTable table = parse("");
    EXPECT_EQ(table.string("a", "x"), "x");
    EXPECT_EQ(table.integer("a", 7), 7);
    EXPECT_TRUE(table.boolean("a", true));
    EXPECT_TRUE(table.strings("a").empty());
    EXPECT_TRUE(table.tables("a").empty());
    EXPECT_TRUE(table.integer_pairs("a").empty());
    EXPECT_EQ(table.table("a").string("b", "deep"), "deep");
    EXPECT_FALSE(table.optional_string("a").has_value());
    EXPECT_EQ(TomlTable().string("a", "x"), "x") << "a table that knows no file";
    EXPECT_NO_THROW(table.finish());
}

TEST(TomlTable, AnUnknownKeyComesWithPlaceAndSuggestion) {
    const TomlTable table = parse("name = \"demo\"\n\n  thraeds = 4\n");
    table.string("name");
    table.integer("threads", 0);
    EXPECT_EQ(message_of<SettingsError>([&] { table.finish(); }),
              "job.toml:3:3: unknown key \"thraeds\"; did you mean \"threads\"?");
}

TEST(TomlTable, AnUnknownKeyThatIsNearNothingListsWhatIsKnown) {
    const TomlTable table = parse("completely_else = 1\n");
    table.string("name", "");
    table.integer("threads", 0);
    EXPECT_EQ(message_of<SettingsError>([&] { table.finish(); }),
              "job.toml:1:1: unknown key \"completely_else\"; known here: name, threads");
}

TEST(TomlTable, FinishLooksIntoTheTablesItHandedOut) {
    const TomlTable table = parse("[inner]\nkey = 1\n[[entry]]\nname = \"a\"\n[[entry]]\nname = \"b\"\nnmae = \"c\"\n");
    table.table("inner").integer("key", 0);
    for (const TomlTable& entry : table.tables("entry")) entry.string("name");
    EXPECT_EQ(message_of<SettingsError>([&] { table.finish(); }),
              "job.toml:7:1: unknown key \"nmae\"; did you mean \"name\"?");
}

TEST(TomlTable, ADetachedTableIsFinishedByItsReader) {
    const TomlTable table = parse("[transport]\nhsot = \"a\"\n");
    const TomlTable transport = table.detached_table("transport");
    EXPECT_NO_THROW(table.finish());
    transport.string("host", "");
    EXPECT_EQ(message_of<SettingsError>([&] { transport.finish(); }),
              "job.toml:2:1: unknown key \"hsot\"; did you mean \"host\"?");
}

TEST(TomlTable, AWrongTypeSaysWhatIsWantedAndWhere) {
    const TomlTable table =
        parse("name = 3\nthreads = \"two\"\nflag = 1\nlist = [1, 2]\ntable = 1\nentry = 5\npair = [1]\n");
    EXPECT_EQ(message_of<SettingsError>([&] { table.string("name"); }),
              "job.toml:1:8: name must be a string, not an integer");
    EXPECT_EQ(message_of<SettingsError>([&] { table.integer("threads", 0); }),
              "job.toml:2:11: threads must be an integer, not a string");
    EXPECT_EQ(message_of<SettingsError>([&] { table.boolean("flag", false); }),
              "job.toml:3:8: flag must be true or false, not an integer");
    EXPECT_EQ(message_of<SettingsError>([&] { table.strings("list"); }),
              "job.toml:4:9: list must be an array of strings, not an integer");
    EXPECT_EQ(message_of<SettingsError>([&] { table.table("table"); }),
              "job.toml:5:9: table must be a table, not an integer");
    EXPECT_EQ(message_of<SettingsError>([&] { table.tables("entry"); }),
              "job.toml:6:9: entry must be an array of tables, not an integer");
    EXPECT_EQ(message_of<SettingsError>([&] { table.integer_pairs("pair"); }),
              "job.toml:7:8: pair must be a pair of integers such as [1, 12], not an array");
    EXPECT_NE(message_of<SettingsError>([&] {
                  table.number("name2", 0), table.string("missing");
              }).find("missing is missing"),
              std::string::npos);
}

TEST(TomlTable, ASyntaxErrorHasItsPlace) {
    const std::string message = message_of<SettingsError>([] { parse("name = \"demo\"\nthreads = = 2\n"); });
    EXPECT_EQ(message.find("job.toml:2:"), 0U) << message;
    const std::string twice = message_of<SettingsError>([] { parse("a = 1\na = 2\n"); });
    EXPECT_EQ(twice.find("job.toml:2:"), 0U) << twice;
}

TEST(TomlTable, SettingsErrorsAreUsageErrors) {
    try {
        parse("a = ");
        FAIL() << "parsed";
    } catch (const Error& error) {
        EXPECT_EQ(error.exit_code(), ExitCode::usage);
    }
    EXPECT_THROW(TomlTable::parse_file("/nonexistent/job.toml"), Error);
}

TEST(TomlTable, KeysComeInFileOrder) {
    const TomlTable table = parse("zebra = 1\napple = 2\nmango = 3\n");
    EXPECT_EQ(table.keys(), (Strings{"zebra", "apple", "mango"}));
    EXPECT_NO_THROW(table.finish()) << "asking for the keys asks for all of them";
}

TEST(NearestWord, SuggestsWithinThreeEdits) {
    const Strings known = {"threads", "name", "on_source_failure"};
    EXPECT_EQ(nearest_word("thread", known), "threads");
    EXPECT_EQ(nearest_word("nmae", known), "name");
    EXPECT_EQ(nearest_word("on_sorce_failur", known), "on_source_failure");
    EXPECT_EQ(nearest_word("survivorship", known), "");
    EXPECT_EQ(nearest_word("x", known), "") << "everything is near a letter";
    EXPECT_EQ(nearest_word("name", {}), "");
}

}  // namespace
}  // namespace caseweave
