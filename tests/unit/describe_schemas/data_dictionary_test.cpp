#include "describe_schemas/data_dictionary.hpp"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

namespace caseweave {
namespace {

const CanonicalSchema& canonical() {
    static const CanonicalSchema schema = CanonicalSchema::load(CASEWEAVE_SOURCE_DIR "/schemas/canonical");
    return schema;
}

std::multiset<std::string> lines_of(const std::string& text) {
    std::multiset<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.insert(line);
    return lines;
}

TEST(DataDictionary, SaysWhatTheSchemaSays) {
    const auto lines = lines_of(data_dictionary(canonical(), TargetSchema(canonical())));
    EXPECT_TRUE(lines.contains(
        "Table `lineage.person_record`; a row speaks of: person; read in the pass: people; version 2026.1."));
    EXPECT_TRUE(
        lines.contains("| `ethnicity` | [code](#codes-ethnicity) | special | Ethnic group (DfE code) | "
                       "ssd_person.pers_ethnicity | N00177 |"));
    EXPECT_TRUE(
        lines.contains("| `nhs_number` | text | personal | NHS number chosen among those of the records |  |  |"))
        << "a field of the golden person";
    EXPECT_TRUE(lines.contains("| `unborn` | Unborn child |")) << "a code";
}

TEST(DataDictionary, LeavesOutNoTableFieldOrCode) {
    const TargetSchema target(canonical());
    const auto lines = lines_of(data_dictionary(canonical(), target));
    std::size_t rows = 0;
    for (const EntityDescriptor* entity : target.entities()) {
        EXPECT_EQ(lines.count("## " + entity->name), 1U) << entity->name;
        rows += entity->fields.size();
    }
    for (const auto& [name, list] : canonical().code_lists()) {
        EXPECT_EQ(lines.count("## codes " + name), 1U) << name;
        rows += list.entries().size();
    }
    std::size_t written = 0;
    for (const std::string& line : lines) written += line.starts_with("| `") ? 1U : 0U;
    EXPECT_EQ(written, rows);
}

TEST(DataDictionary, ATextCannotBreakATable) {
    for (const EntityDescriptor& candidate : canonical().entities()) {
        for (const FieldDescriptor& field : candidate.fields)
            EXPECT_EQ(field.description.find('\n'), std::string::npos) << candidate.name << '.' << field.name;
    }
    for (const std::string& line : lines_of(data_dictionary(canonical(), TargetSchema(canonical())))) {
        if (!line.starts_with("| `")) continue;
        std::size_t bars = 0;
        for (std::size_t i = 0; i < line.size(); ++i)
            bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\') ? 1U : 0U;
        EXPECT_TRUE(bars == 3 || bars == 7) << line;
    }
}

}  // namespace
}  // namespace caseweave
