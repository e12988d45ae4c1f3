#include "reconcile/retention_rules.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "core/error.hpp"

namespace caseweave {
namespace {

const CanonicalSchema& retention_schema() {
    static const CanonicalSchema loaded = CanonicalSchema::load(CASEWEAVE_SOURCE_DIR "/schemas/canonical");
    return loaded;
}

const std::string kEveryChild =
    "version = \"1\"\n[[rule]]\nid = \"all\"\ntitle = \"t\"\nauthority = \"statute\"\nsource = \"s\"\nyears = 25\n"
    "from = \"birth\"\n";

/// A rule for every child, then one that a test is about: its own keys begin in line 13.
std::string retention_file(const std::string& rest) {
    return kEveryChild + "[[rule]]\nid = \"r\"\ntitle = \"t\"\nsource = \"s\"\n" +
           (rest.find("authority") == std::string::npos ? "authority = \"statute\"\n" : "") + rest;
}

std::string retention_refusal(const std::string& text) {
    try {
        RetentionRules::parse(text, "retention.toml", retention_schema());
    } catch (const SettingsError& error) {
        return error.what();
    }
    return "taken";
}

TEST(RetentionRules, TheShippedFileHoldsTheStatutoryPeriods) {
    const RetentionRules rules =
        RetentionRules::load(CASEWEAVE_SOURCE_DIR "/config/retention.toml", retention_schema());
    const auto rule = [&](const std::string& id) { return *std::ranges::find(rules.rules, id, &RetentionRule::id); };
    EXPECT_EQ(rule("looked_after").years, 75);
    EXPECT_EQ(rule("looked_after").died_under, 18);
    EXPECT_EQ(rule("looked_after").years_from_death, 15);
    EXPECT_EQ(rule("looked_after").authority, RetentionAuthority::statute);
    EXPECT_EQ(rule("adopted").years, 100);
    EXPECT_EQ(rule("adopted").date.name, "order_date");
    for (const RetentionRule& one : rules.rules) {
        if (one.authority != RetentionAuthority::council_policy) continue;
        EXPECT_NE(one.source.find("to be set"), std::string::npos) << one.id;
    }
    EXPECT_EQ(rules.digest.size(), 32U);
}

TEST(RetentionRules, WhatIsNotKnownIsRefusedWithItsPlaceAndTheNearestWord) {
    const std::string years = "years = 6\nfrom = \"birth\"\n";
    const struct {
        std::string rest;
        const char* place;
        const char* says;
    } cases[] = {
        {"entity = \"cp_pln\"\n" + years, ":14:10", "did you mean \"cp_plan\"?"},
        {"entity = \"team\"\n" + years, ":14:10", "speak of no person"},
        {"entity = \"cp_plan\"\nyears = 6\nfrom = \"end_dat\"\n", ":16:8", "did you mean \"end_date\"?"},
        {"entity = \"cp_plan\"\nyears = 6\nfrom = \"cp_plan_key\"\n", ":16:8", "is no date"},
        {"entity = \"cp_plan\"\nyears = 0\nfrom = \"birth\"\n", ":15:9", "from 1 to 200"},
        {"entity = \"cp_plan\"\nyers = 6\nfrom = \"birth\"\n", "", "years"},
        {"authority = \"statue\"\n" + years, ":13:13", "statute, guidance or council_policy"},
        {"records = [\"social_care\"]\nhold = true\n", ":14:11", "write SYSTEM:ID"},
        {"records = []\nhold = true\n", ":14:11", "at least one"},
        {"records = [\"a:1\"]\nhold = true\nyears = 6\n", ":16:9", "leave hold or this out"},
        {"records = [\"a:1\"]\nentity = \"cp_plan\"\nhold = true\n", ":14:11", "not both"},
        {"where = [{ field = \"end_date\", missing = true }]\n" + years, ":14:9", "name one"},
        {"entity = \"cp_plan\"\nwhere = [{ has = \"visit\" }]\n" + years, ":15:9", "the row's own fields"},
        {"entity = \"cp_plan\"\nwhere = [{ field = \"end_date\", before = \"today\" }]\n" + years, ":15:9",
         "without today and ages"},
        {"entity = \"cp_plan\"\npersons = [\"start_date\"]\n" + years, ":15:11", "is no key"},
        {"entity = \"cp_plan\"\ndied_under = 18\n" + years, ":15:14", "stand together"},
        {"entity = \"cp_plan\"\nyears = 6\nfrom = \"death\"\ndied_under = 18\nyears_from_death = 3\n", ":17:14",
         "from = \"birth\""},
    };
    for (const auto& one : cases) {
        const std::string refusal = retention_refusal(retention_file(one.rest));
        EXPECT_NE(refusal.find(std::string("retention.toml") + one.place), std::string::npos) << refusal;
        EXPECT_NE(refusal.find(one.says), std::string::npos) << one.rest << refusal;
    }
    EXPECT_NE(retention_refusal(kEveryChild + kEveryChild.substr(kEveryChild.find('['))).find("two rules have the id"),
              std::string::npos);
    EXPECT_NE(retention_refusal("version = \"1\"\n").find("any child's record"), std::string::npos);
    EXPECT_EQ(retention_refusal(retention_file("records = [\"social_care:1\"]\nhold = true\n")), "taken");
}

}  // namespace
}  // namespace caseweave
