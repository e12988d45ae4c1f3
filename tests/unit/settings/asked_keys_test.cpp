#include "settings/asked_keys.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace caseweave {
namespace {

using Kinds = std::set<TomlKind>;

/// Reads a small settings file the way the program's readers do.
void read(const std::string& text) {
    static constexpr std::array<std::string_view, 2> kColours = {"red", "green"};
    const TomlTable table = TomlTable::parse(text, "small.toml");
    const TomlTable head = table.table("head");
    head.string("name");
    head.string("title", "");
    head.word("colour", kColours, "red");
    if (table.is_string("columns")) {
        table.string("columns");
    } else {
        const TomlTable columns = table.table("columns");
        for (const std::string& name : columns.keys()) columns.integer(name, 0);
    }
    for (const TomlTable& entry : table.tables("entry")) {
        entry.number("share", 0);
        if (entry.boolean("deep", false)) entry.string("depth");
    }
    table.detached_table("options");
    table.finish();
}

AskedTable asked_by(const std::vector<std::string>& texts) {
    const ParsedFiles files;
    for (const std::string& text : texts) read(text);
    return files.asked();
}

std::vector<std::string> names(const AskedTable& table) {
    std::vector<std::string> result;
    for (const auto& entry : table.keys) result.push_back(entry.first);
    return result;
}

TEST(AskedKeys, SayWhatAReaderAskedFor) {
    const AskedTable asked = asked_by({"[head]\nname = \"a\"\n"});
    EXPECT_EQ(names(asked), (std::vector<std::string>{"columns", "entry", "head", "options"}));
    const AskedTable& head = *asked.keys.at("head").inside;
    EXPECT_EQ(head.keys.at("name").kinds, Kinds{TomlKind::string});
    EXPECT_TRUE(head.keys.at("name").required);
    EXPECT_FALSE(head.keys.at("title").required);
    EXPECT_EQ(head.keys.at("colour").words, (std::vector<std::string>{"red", "green"}));
    EXPECT_EQ(asked.keys.at("options").kinds, Kinds{TomlKind::table});
    EXPECT_EQ(asked.keys.at("options").inside, nullptr) << "someone else reads it";
    EXPECT_EQ(asked.keys.at("entry").inside, nullptr) << "there was none to read";
}

TEST(AskedKeys, AreTakenTogetherOverTablesAndFiles) {
    const AskedTable asked = asked_by({"columns = \"a\"\nhead = { name = \"a\" }\n[[entry]]\n",
                                       "head = { name = \"a\" }\n[columns]\na = 1\nb = 2\n"
                                       "[[entry]]\ndeep = true\ndepth = \"x\"\n[[entry]]\n"});
    EXPECT_EQ(asked.keys.at("columns").kinds, (Kinds{TomlKind::string, TomlKind::table}));
    EXPECT_FALSE(asked.keys.at("columns").required) << "only one of the files has to have it";
    EXPECT_EQ(names(*asked.keys.at("columns").inside), std::vector<std::string>{"*"}) << "names of the file's choice";
    EXPECT_EQ(asked.keys.at("columns").inside->keys.at("*").kinds, Kinds{TomlKind::integer});
    const AskedTable& entry = *asked.keys.at("entry").inside;
    EXPECT_EQ(names(entry), (std::vector<std::string>{"deep", "depth", "share"}));
    EXPECT_FALSE(entry.keys.at("depth").required) << "one table of three has to have it";
    EXPECT_TRUE(asked.keys.at("head").inside->keys.at("name").required) << "each file has to have it";
}

TEST(AskedKeys, OnlyFilesParsedMeanwhileCount) {
    read("[head]\nname = \"a\"\n");
    const ParsedFiles files;
    EXPECT_TRUE(files.asked().keys.empty());
}

}  // namespace
}  // namespace caseweave
