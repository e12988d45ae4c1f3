#include "describe_schemas/settings_schemas.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/error.hpp"
#include "describe_schemas/settings_file.hpp"

namespace caseweave {
namespace {

TEST(SettingsSchemas, AreTheFilesOfSchemasSettings) {
    const std::filesystem::path folder = CASEWEAVE_SOURCE_DIR "/schemas/settings";
    std::map<std::string, std::string> there;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".json") continue;
        std::ostringstream text;
        text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
        there[entry.path().filename().string()] = text.str();
    }
    const auto made = settings_schemas(CASEWEAVE_SOURCE_DIR);
    EXPECT_EQ(made.size(), there.size());
    for (const auto& [file, text] : made)
        EXPECT_TRUE(there[file] == text) << file << " is not what the readers ask for: run tools/dev schemas";
}

/// What a reader of two keys asks for.
AskedTable asked() {
    const ParsedFiles files;
    const TomlTable table = TomlTable::parse("name = \"a\"\n", "small.toml");
    table.string("name");
    table.strings("colours");
    table.integer_pairs("extent");
    return files.asked();
}

std::string refusal(const KeyDescriptions& descriptions) {
    try {
        SettingsFile{.title = "small", .asked = asked(), .descriptions = descriptions}.schema();
    } catch (const Error& error) {
        return error.what();
    }
    return "";
}

TEST(SettingsFile, EveryKeyIsDescribedAndEveryDescriptionHasItsKey) {
    EXPECT_EQ(refusal({{"name", "x"}, {"colours", "x"}, {"extent", "x"}}), "");
    EXPECT_EQ(refusal({{"name", "x"}, {"colours", "x"}}), "small in settings_keys.cpp; no description of extent");
    EXPECT_EQ(refusal({{"name", "x"}, {"colours", "x"}, {"extent", "x"}, {"size", "x"}}),
              "small in settings_keys.cpp; no reader asks for size");
}

TEST(SettingsFile, SaysWhatTheReaderTakes) {
    const KeyDescriptions descriptions = {{"name", "Its name."}, {"colours", "x"}, {"extent", "x"}};
    SettingsFile file{.title = "small", .asked = asked(), .descriptions = descriptions};
    file.words["colours"] = {"red", "green"};
    std::ostringstream text;
    text << toml::json_formatter{file.schema()};
    const toml::table expected = toml::parse(R"(
"$schema" = "https://json-schema.org/draft/2020-12/schema"
title = "small"
description = "Made by tools/dev schemas."
type = "object"
additionalProperties = false
required = ["name"]
[properties.name]
type = "string"
description = "Its name."
[properties.colours]
anyOf = [{ enum = ["red", "green"] }, { type = "array", items = { enum = ["red", "green"] } }]
description = "x"
[properties.extent]
type = "array"
items = { type = "integer" }
minItems = 2
maxItems = 2
description = "x"
)");
    std::ostringstream wanted;
    wanted << toml::json_formatter{expected};
    EXPECT_EQ(text.str(), wanted.str());
}

}  // namespace
}  // namespace caseweave
