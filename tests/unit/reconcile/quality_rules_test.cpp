#include "reconcile/quality_rules.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "core/error.hpp"
#include "reconcile/quality_check.hpp"

namespace caseweave {
namespace {

const CanonicalSchema& schema() {
    static const CanonicalSchema loaded = CanonicalSchema::load(CASEWEAVE_SOURCE_DIR "/schemas/canonical");
    return loaded;
}

/// A file of one rule: its head, then what a test is about.
std::string file_of(const std::string& rest) {
    return "version = \"1\"\n[[rule]]\nid = \"r\"\ntitle = \"t\"\nadvice = \"a\"\nseverity = \"error\"\n" + rest;
}

QualityRule rule_of(const std::string& rest) {
    return QualityRules::parse(file_of(rest), "rules.toml", schema()).rules.front();
}

std::string refusal_of(const std::string& text) {
    try {
        QualityRules::parse(text, "rules.toml", schema());
    } catch (const SettingsError& error) {
        return error.what();
    }
    return "taken";
}

TEST(QualityRules, TheShippedFileHasEveryKindAndAStatutoryRuleOfEachReturn) {
    const QualityRules rules = QualityRules::load(CASEWEAVE_SOURCE_DIR "/config/quality_rules.toml", schema());
    std::array<int, kQualityKindNames.size()> of_kind{};
    int cin = 0, ssda903 = 0;
    for (const QualityRule& rule : rules.rules) {
        ++of_kind[static_cast<std::size_t>(rule.kind)];
        cin += rule.statutory.starts_with("CIN ");
        ssda903 += rule.statutory.starts_with("SSDA903 ");
    }
    for (std::size_t i = 0; i < of_kind.size(); ++i) EXPECT_GT(of_kind[i], 0) << kQualityKindNames[i];
    EXPECT_EQ(cin, 16);     // 1510-1560Q without 1530; 8510-8585Q without 8565
    EXPECT_EQ(ssda903, 7);  // 203, 204, 208-210, 442, 444
}

TEST(QualityRules, WhatIsNotKnownIsRefusedWithItsPlaceAndTheNearestWord) {
    const std::string person = "kind = \"completeness\"\nentity = \"person\"\n";
    const struct {
        std::string rest;
        const char* place;
        const char* says;
    } cases[] = {
        {"kind = \"completness\"\nentity = \"person\"\n", "rules.toml:7:8", "completeness"},
        {"kind = \"completeness\"\nentity = \"persn\"\nfields = [\"sex\"]\n", "rules.toml:8:10",
         "there is no entity \"persn\"; did you mean \"person\"?"},
        {"kind = \"completeness\"\nentity = \"adoption_record\"\nfields = [\"order_date\"]\n", "rules.toml:8:10",
         "binds two identities"},
        {person + "fields = [\"birth_dat\"]\n", "rules.toml:9:10", "did you mean \"birth_date\"?"},
        {person + "fields = [\"golden.sx\"]\n", "rules.toml:9:10", "did you mean \"golden.sex\"?"},
        {person + "fields = []\n", "rules.toml:9:10", "at least one field"},
        {person + "fields = [\"sex\"]\nlimit_share = 2\n", "rules.toml:10:15", "from 0 to 1"},
        {person + "fields = [\"sex\"]\nlimit_count = -1\n", "rules.toml:10:15", "0 or more"},
        {person + "fields = [\"sex\"]\nlimit_count = \"x\"\n", "rules.toml:10:15", "integer"},
        {person + "fields = [\"sex\"]\nneeds = \"any\"\n", "rules.toml:10:1", "need"},
        {person + "fields = [\"sex\"]\nneed = \"some\"\n", "rules.toml:10:8", "any"},
        {person + "fields = [\"sex\"]\nowner = \" \"\n", "rules.toml:10:9", "owner says who"},
        {person + "fields = [\"sex\"]\ncode = \"1510\"\n", "rules.toml", "return and code"},
        {person + "fields = [\"sex\"]\ndays = 3\n", "rules.toml:10:1", "days"},
        {person + "fields = [\"sex\"]\nwhere = [{ field = \"sex\", is = \"X\" }]\n", "rules.toml:10:", "has no \"X\""},
        {person + "fields = [\"sex\"]\nwhere = [{ field = \"disability\", is = \"yes\" }]\n",
         "rules.toml:10:", "\"true\" or \"false\""},
        {person + "fields = [\"sex\"]\nwhere = [{ field = \"sex\" }]\n", "rules.toml:10:", "a condition is"},
        {person + "fields = [\"sex\"]\nwhere = [{ field = \"sex\", before = \"today\" }]\n",
         "rules.toml:10:", "no date"},
        {person + "fields = [\"sex\"]\nwhere = [{ field = \"birth_date\", before = \"2026-02-30\" }]\n",
         "rules.toml:10:", "no date of the calendar"},
        {person + "fields = [\"sex\"]\nwhere = [{ field = \"birth_date\", before = \"today-x\" }]\n",
         "rules.toml:10:", "no field"},
        {person + "fields = [\"sex\"]\nwhere = [{ field = \"birth_date\", age_from = -3 }]\n",
         "rules.toml:10:", "from 0 to 150"},
        {person + "fields = [\"sex\"]\nwhere = [{ has = \"care_episod\" }]\n", "rules.toml:10:", "care_episode"},
        {person + "fields = [\"sex\"]\nwhere = [{ has = \"team\" }]\n", "rules.toml:10:", "speak of no person"},
        {person + "fields = [\"sex\"]\nwhere = [{ has = \"referral\", has_no = \"visit\" }]\n",
         "rules.toml:10:", "not two of these"},
        {person + "fields = [\"sex\"]\nwhere = [{ field = \"given_name\", matches = \"(\" }]\n",
         "rules.toml:10:", "no regular expression"},
        {"kind = \"validity\"\nentity = \"person\"\nfield = \"sex\"\nrules = [\"unknown_cod\"]\n", "rules.toml:10:9",
         "did you mean \"unknown_code\"?"},
        {"kind = \"validity\"\nentity = \"person\"\nfield = \"sex\"\ngiven = \"(\"\n", "rules.toml:10:9",
         "no regular expression"},
        {"kind = \"range\"\nentity = \"cp_plan\"\nfield = \"end_date\"\n", "rules.toml:7:8", "not_before"},
        {"kind = \"range\"\nentity = \"cp_plan\"\nfield = \"initial_category\"\nnot_after = \"today\"\n",
         "rules.toml:9:9", "is no date"},
        {"kind = \"range\"\nentity = \"cp_plan\"\nfield = \"end_date\"\nnot_before = \"\"\n", "rules.toml:10:14",
         "no date of the calendar"},
        {"kind = \"agreement\"\nentity = \"team\"\nfield = \"name\"\n", "rules.toml:8:10", "speak of no person"},
        {"kind = \"forbidden\"\nentity = \"visit\"\n", "rules.toml", "never lists"},
        {"kind = \"freshness\"\nentity = \"visit\"\nfield = \"visit_date\"\n", "rules.toml", "days is a whole number"},
    };
    for (const auto& wrong : cases) {
        const std::string refusal = refusal_of(file_of(wrong.rest));
        EXPECT_NE(refusal.find(wrong.place), std::string::npos) << wrong.rest << "\n" << refusal;
        EXPECT_NE(refusal.find(wrong.says), std::string::npos) << wrong.rest << "\n" << refusal;
    }
    const std::string one = "kind = \"completeness\"\nentity = \"person\"\nfields = [\"sex\"]\n";
    EXPECT_NE(refusal_of(file_of(one) + file_of(one).substr(14)).find("two rules"), std::string::npos);
    EXPECT_NE(refusal_of("version = \"1\"\n").find("no [[rule]]"), std::string::npos);
}

TEST(QualityRules, ARuleThatLooksAtOtherRowsComparesSystems) {
    EXPECT_FALSE(rule_of("kind = \"completeness\"\nentity = \"person\"\nfields = [\"sex\"]\n").compares_systems());
    EXPECT_TRUE(
        rule_of("kind = \"completeness\"\nentity = \"referral\"\nfields = [\"golden.sex\"]\n").compares_systems());
    EXPECT_TRUE(rule_of("kind = \"completeness\"\nentity = \"referral\"\nfields = [\"source\"]\n"
                        "where = [{ has = \"visit\" }]\n")
                    .compares_systems());
    EXPECT_TRUE(rule_of("kind = \"range\"\nentity = \"referral\"\nfield = \"referral_date\"\n"
                        "not_after = \"golden.death_date\"\n")
                    .compares_systems());
    EXPECT_TRUE(rule_of("kind = \"forbidden\"\nentity = \"referral\"\nnever = [{ field = \"referral_date\", before = "
                        "\"golden.birth_date\" }]\n")
                    .compares_systems());
    const std::string unique = "kind = \"uniqueness\"\nentity = \"person_identifier\"\nfields = [\"value\"]\n";
    EXPECT_TRUE(rule_of(unique).compares_systems());
    EXPECT_FALSE(rule_of(unique + "within = \"system\"\n").compares_systems());
}

TEST(QualityRules, AFilesTextStaysATextInTheQuery) {
    const QualityRule rule = rule_of(
        "kind = \"validity\"\nentity = \"person\"\nfield = \"sex\"\ngiven = \"x'; DROP TABLE t; --\"\n"
        "where = [{ field = \"school_name\", is = \"O'Neill\" }]\n");
    const std::string sql = quality_count_sql(rule, [](const EntityDescriptor& entity) { return entity.table; });
    EXPECT_NE(sql.find("'x''; DROP TABLE t; --'"), std::string::npos) << sql;
    EXPECT_NE(sql.find("'O''Neill'"), std::string::npos) << sql;
}

}  // namespace
}  // namespace caseweave
