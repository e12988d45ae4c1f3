#include "settings/survivorship.hpp"

#include <gtest/gtest.h>

#include <array>

#include "core/error.hpp"
#include "temporary_folder.hpp"

namespace caseweave {
namespace {

using Strings = std::vector<std::string>;

TEST(Survivorship, FieldsTakeWhatTheyDoNotSayFromTheDefault) {
    const test::TemporaryFolder folder;
    const SurvivorshipSettings settings = SurvivorshipSettings::load(folder.write("s.toml", R"(
[default]
rules = ["agreement", "recency"]
systems = ["a", "b"]
[field.sex]
rules = ["trusted_system"]
[field.gender]
systems = ["b"]
)"));
    EXPECT_EQ(settings.of("sex").rules, Strings{"trusted_system"});
    EXPECT_EQ(settings.of("sex").systems, (Strings{"a", "b"}));
    EXPECT_EQ(settings.of("gender").rules, (Strings{"agreement", "recency"}));
    EXPECT_EQ(settings.of("gender").systems, Strings{"b"});
    EXPECT_EQ(settings.of("anything").rules, (Strings{"agreement", "recency"}));
}

TEST(Survivorship, RefusesUnknownRulesAndKeys) {
    const test::TemporaryFolder folder;
    const auto refusal = [&](const char* text) {
        const auto file = folder.write("s.toml", text);
        const std::string message = test::message_of<SettingsError>([&] { SurvivorshipSettings::load(file); });
        return message.substr(std::min(message.size(), file.string().size()));
    };
    EXPECT_EQ(refusal("[default]\nrules = [\"newest\"]\n"),
              ":2:9: unknown rule \"newest\"; known: trusted_system, agreement, recency, completeness, precision");
    EXPECT_EQ(refusal("[default]\nrules = [\"recency\"]\n[feild.sex]\nrules = [\"recency\"]\n"),
              ":3:2: unknown key \"feild\"; did you mean \"field\"?");
    EXPECT_NE(refusal("[field.sex]\nrules = [\"recency\"]\n").find("[default] needs rules"), std::string::npos);
}

TEST(Survivorship, RefusesFieldsThatThePersonRecordDoesNotHave) {
    const test::TemporaryFolder folder;
    const auto file = folder.write("s.toml", "[default]\nrules = [\"recency\"]\n[field.brith_date]\n");
    constexpr std::array<std::string_view, 2> kKnown = {"birth_date", "sex"};
    const std::string message = test::message_of<SettingsError>([&] { SurvivorshipSettings::load(file, kKnown); });
    EXPECT_EQ(message.substr(std::min(message.size(), file.string().size())),
              ":3:1: the person record has no field \"brith_date\"; did you mean \"birth_date\"?");
    EXPECT_NO_THROW(SurvivorshipSettings::load(file)) << "whoever names no fields takes any";
}

TEST(Survivorship, TheShippedFileLoads) {
    const SurvivorshipSettings settings = SurvivorshipSettings::load(CASEWEAVE_SOURCE_DIR "/config/survivorship.toml");
    EXPECT_FALSE(settings.fallback.systems.empty());
    EXPECT_EQ(settings.of("birth_date").rules.front(), "precision");
}

}  // namespace
}  // namespace caseweave
