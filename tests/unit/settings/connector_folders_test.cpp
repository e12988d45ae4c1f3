// Walks every folder under connectors/ that is a connector: it must load, and every entity must map.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "canonical/schema.hpp"
#include "normalise/entity_normaliser.hpp"
#include "settings/connector_definition.hpp"

namespace caseweave {
namespace {

std::vector<std::filesystem::path> connector_folders() {
    std::vector<std::filesystem::path> folders;
    for (const auto& entry : std::filesystem::directory_iterator(CASEWEAVE_SOURCE_DIR "/connectors")) {
        if (std::filesystem::exists(entry.path() / "connector.toml")) folders.push_back(entry.path());
    }
    std::sort(folders.begin(), folders.end());
    return folders;
}

const CanonicalSchema& schema() {
    static const CanonicalSchema loaded = CanonicalSchema::load(CASEWEAVE_SOURCE_DIR "/schemas/canonical");
    return loaded;
}

/// A year of a return where the connector's lists change by year; any list without years holds in every year.
constexpr int kReturnYear = 2026;

class ConnectorFolder : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(ConnectorFolder, LoadsAndEveryEntityMaps) {
    const ConnectorDefinition connector = ConnectorDefinition::load(GetParam());
    EXPECT_EQ(connector.name, GetParam().filename().string());
    EXPECT_FALSE(connector.title.empty());
    ASSERT_FALSE(connector.entities.empty());
    NormaliseOptions options;
    options.return_year = kReturnYear;
    for (const EntityDefinition& entity : connector.entities) {
        SCOPED_TRACE(entity.name);
        EXPECT_FALSE(entity.columns.empty());
        EXPECT_FALSE(entity.emits.empty()) << "an entity that becomes nothing";
        const EntityNormaliser normaliser(schema(), connector, entity, options);
        EXPECT_FALSE(normaliser.emitted_entities().empty());
    }
}

TEST_P(ConnectorFolder, PeopleComeBeforeCases) {
    const ConnectorDefinition connector = ConnectorDefinition::load(GetParam());
    bool cases_began = false;
    bool has_people = false;
    for (const EntityDefinition& entity : connector.entities) {
        for (const EmitDefinition& emit : entity.emits) {
            const EntityDescriptor* canonical = schema().find(emit.to);
            ASSERT_NE(canonical, nullptr) << emit.to;
            has_people = has_people || emit.to == "person";
            EXPECT_FALSE(emit.to == "person" && cases_began) << entity.name << " makes persons after case rows";
        }
        const bool only_cases = std::all_of(entity.emits.begin(), entity.emits.end(), [](const EmitDefinition& emit) {
            return schema().find(emit.to)->pass == Pass::cases;
        });
        cases_began = cases_began || only_cases;
    }
    EXPECT_TRUE(has_people) << "a system whose rows could belong to nobody";
}

TEST_P(ConnectorFolder, KeepsAnAddressThatIsAPostcodeOnly) {
    const ConnectorDefinition connector = ConnectorDefinition::load(GetParam());
    for (const EntityDefinition& entity : connector.entities) {
        for (const EmitDefinition& emit : entity.emits) {
            if (emit.to != "person_address") continue;
            const auto columns_of = [&](std::string_view name) {
                const auto field = std::find_if(emit.fields.begin(), emit.fields.end(),
                                                [&](const FieldMapping& mapping) { return mapping.field == name; });
                return field == emit.fields.end() ? std::vector<std::string>() : field->columns;
            };
            const std::vector<std::string> postcode = columns_of("postcode");
            for (const EmitCondition& condition : emit.when) {
                const auto asks_for = [&](const std::vector<std::string>& columns) {
                    return condition.not_null &&
                           std::any_of(columns.begin(), columns.end(), [&](const std::string& column) {
                               return std::count(condition.columns.begin(), condition.columns.end(), column) > 0;
                           });
                };
                if (asks_for(columns_of("street")) || asks_for(columns_of("address_text"))) {
                    EXPECT_TRUE(asks_for(postcode)) << entity.name;
                }
            }
        }
    }
}

TEST_P(ConnectorFolder, HasTheFilesEveryConnectorHas) {
    EXPECT_TRUE(std::filesystem::exists(GetParam() / "README.md"));
    EXPECT_TRUE(std::filesystem::is_directory(GetParam() / "testdata"));
}

TEST_P(ConnectorFolder, EveryCodeListIsUsed) {
    const ConnectorDefinition connector = ConnectorDefinition::load(GetParam());
    std::set<std::string> used;
    for (const EntityDefinition& entity : connector.entities) {
        for (const EmitDefinition& emit : entity.emits) {
            for (const FieldMapping& field : emit.fields) used.insert(field.codes);
        }
    }
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(GetParam() / "codes", none))
        EXPECT_TRUE(used.contains(entry.path().stem().string()))
            << entry.path().filename() << " is named by no mapping";
}

TEST_P(ConnectorFolder, EveryQueryIsUsed) {
    std::ifstream in(GetParam() / "connector.toml");
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(GetParam() / "queries", none))
        EXPECT_NE(text.find('"' + entry.path().filename().string() + '"'), std::string::npos)
            << entry.path().filename();
}

INSTANTIATE_TEST_SUITE_P(All, ConnectorFolder, testing::ValuesIn(connector_folders()),
                         [](const auto& parameter) { return parameter.param.filename().string(); });

TEST(ConnectorFolders, AreTheElevenSystemsAndTheStatutoryFiles) {
    std::set<std::string> names;
    for (const auto& folder : connector_folders()) names.insert(folder.filename().string());
    for (const char* system :
         {"social_care", "early_help", "fostering_adoption", "education", "admissions", "send", "youth_support",
          "youth_justice", "virtual_school", "early_years", "placement_finance", "cin_census", "ssda903"})
        EXPECT_TRUE(names.contains(system)) << system;
}

// NHS NUMBER STATUS INDICATOR CODE of the NHS Data Dictionary: only 01 is a traced number, and none says that a number
// was replaced; suppliers have a word of their own for that.
TEST(ConnectorFolders, ReadTheCodesOfTheNhsNumbersStatusAsTheDataDictionaryHasThem) {
    for (const char* list : {"education/codes/nhs_status.csv", "social_care/codes/nhs_status.csv",
                             "youth_justice/codes/nhs_number_status.csv"}) {
        SCOPED_TRACE(list);
        const CodeList codes = CodeList::load(std::filesystem::path(CASEWEAVE_SOURCE_DIR "/connectors") / list);
        const auto canonical = [&](std::string_view code) {
            const std::string* found = codes.find(code);
            return found == nullptr ? std::string("none") : *found;
        };
        EXPECT_EQ(canonical("01"), "verified");
        for (const char* code : {"02", "03", "04", "05", "06", "07", "08"}) EXPECT_EQ(canonical(code), "unverified");
        EXPECT_EQ(canonical("SUP"), "superseded");
    }
}

TEST(ConnectorFolders, MakeNoCrimeOfAChildsBehaviour) {
    const CodeList codes = CodeList::load(CASEWEAVE_SOURCE_DIR "/connectors/early_help/codes/early_help_reason.csv");
    const std::string* reason = codes.find("Behaviour");
    ASSERT_NE(reason, nullptr);
    EXPECT_EQ(*reason, "behaviour");
}

}  // namespace
}  // namespace caseweave
