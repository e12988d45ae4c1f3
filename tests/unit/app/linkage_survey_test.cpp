#include "app/runs/linkage_survey.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <string>

#include "support/temporary_folder.hpp"
#include "unit/people/person_builder.hpp"

namespace caseweave {
namespace {

/// Six records: Amina in three systems, one of them under a name that does not link; Ben in two; one adult.
class SurveyedPeople : public ::testing::Test {
  protected:
    void SetUp() override {
        const auto amina = [](const std::string& ethnicity) {
            return test::PersonBuilder::Fields{{"person_kind", "child"},
                                               {"given_name", "Amina"},
                                               {"family_name", "Oyelaran"},
                                               {"birth_date", "2014-05-09"},
                                               {"sex", "F"},
                                               {"ethnicity", ethnicity}};
        };
        builder_.person("a", "1", amina("BAFR"));
        builder_.person("b", "1", amina("NOBT"));
        builder_.person("c", "1",
                        {{"person_kind", "child"},
                         {"given_name", "Zelda"},
                         {"family_name", "Quickthorn"},
                         {"birth_date", "2002-01-30"}});
        for (const char* system : {"a", "b"}) {
            builder_.person(system, "2",
                            {{"person_kind", "child"},
                             {"given_name", "Benedikt"},
                             {"family_name", "Wachowski"},
                             {"birth_date", "2010-11-21"},
                             {"sex", "M"}});
        }
        builder_.person("a", "3", {{"person_kind", "adult"}, {"given_name", "Ruth"}, {"family_name", "Oyelaran"}});
        for (const char* system : {"a", "b"}) {
            builder_.identifier(system, "1", "nhs_number", "9990000018");
            builder_.identifier(system, "2", "nhs_number", "9990000026");
            builder_.address(system, "1", "4", "BN11 1AA");
        }
        builder_.identifier("a", "1", "upn", "H938123412345");
        people_.store = std::move(builder_.store());
        people_.store.seal();
        people_.linked = link_people(people_.store, model_);
        identify_people(people_, {});
    }
    LinkageAccount survey(const LinkageQuality* quality) {
        return survey_linkage(people_, model_, test::PersonBuilder::schema(), to_date(2026, 11, 26), quality);
    }
    static LinkageAccount::Group group(const LinkageAccount& account, const std::string& attribute,
                                       const std::string& name) {
        for (const LinkageAccount::Group& group : account.groups) {
            if (group.attribute == attribute && group.name == name) return group;
        }
        return {};
    }
    LinkageModel model_ = LinkageModel::load(CASEWEAVE_SOURCE_DIR "/config/linkage/default.toml");
    test::PersonBuilder builder_;
    PeopleOfRun people_;
};

TEST_F(SurveyedPeople, ARecordThatSaysNothingIsCountedWithItsPersonsGroup) {
    const LinkageAccount account = survey(nullptr);
    EXPECT_FALSE(account.has_truth);
    EXPECT_EQ(group(account, "Ethnicity", "Black African").records, 2U) << "NOBT says nothing, the other record does";
    EXPECT_EQ(group(account, "Ethnicity", "Black African").linked, 2U);
    EXPECT_EQ(group(account, "Ethnicity", "Not known").records, 3U);
    EXPECT_EQ(group(account, "Ethnicity", "Not known").linked, 2U);
    EXPECT_EQ(group(account, "Age", "11 to 15").records, 2U);
    EXPECT_EQ(group(account, "Age", "16 or 17").records, 2U);
    EXPECT_EQ(group(account, "Age", "18 or over").records, 1U) << "the adult is no child";
    EXPECT_EQ(group(account, "UPN", "UPN in the record").records, 1U);
    EXPECT_EQ(group(account, "UPN", "No UPN in the record").records, 4U);
    EXPECT_EQ(group(account, "Postcode district", "BN11").records, 2U);
}

TEST_F(SurveyedPeople, MissedLinksAreCountedByGroup) {
    const testing::TemporaryFolder folder;
    const auto truth = folder.write("truth.csv",
                                    "system,key,person,kind,domain,multiple_birth,hazards\n"
                                    "a,1,amina,child,,,\nb,1,amina,child,,,\nc,1,amina,child,,,\n"
                                    "a,2,ben,child,,,\nb,2,ben,child,,,\na,3,ruth,adult,,,\n");
    const LinkageQuality quality = compare_with_truth(truth, people_.store, people_.linked.cluster);
    const LinkageAccount account = survey(&quality);
    EXPECT_TRUE(account.has_truth);
    const auto black_african = group(account, "Ethnicity", "Black African");
    EXPECT_EQ(black_african.partners, 4U);
    EXPECT_EQ(black_african.missed, 2U);
    EXPECT_EQ(group(account, "Sex", "Male").partners, 2U);
    EXPECT_EQ(group(account, "Sex", "Male").missed, 0U);
    EXPECT_EQ(group(account, "Age", "18 or over").missed, 2U);
}

TEST_F(SurveyedPeople, ARestrictedPersonIsInNoGroup) {
    test::PersonBuilder other;
    other.person("a", "1", {{"person_kind", "child"}, {"given_name", "Amina"}, {"sex", "F"}});
    other.person("a", "2", {{"person_kind", "child"}, {"given_name", "Ben"}, {"sex", "M"}});
    other.add("restriction", "a", "1", {{"scope", "record"}});
    PeopleOfRun people;
    people.store = std::move(other.store());
    people.store.seal();
    people.linked = link_people(people.store, model_);
    identify_people(people, {});
    const LinkageAccount account =
        survey_linkage(people, model_, test::PersonBuilder::schema(), to_date(2026, 11, 26), nullptr);
    EXPECT_EQ(group(account, "Sex", "Female").records, 0U);
    EXPECT_EQ(group(account, "Sex", "Male").records, 1U);
}

TEST_F(SurveyedPeople, PairsLinksAndSpreadsAddUp) {
    const LinkageAccount account = survey(nullptr);
    const auto sum = [](const auto& values, auto count) {
        return std::accumulate(values.begin(), values.end(), std::uint64_t{0},
                               [&](std::uint64_t all, const auto& value) { return all + count(value); });
    };
    EXPECT_EQ(sum(account.weights, [](std::uint64_t pairs) { return pairs; }), people_.linked.stats.scored_pairs);
    EXPECT_EQ(sum(account.rules, [](const auto& rule) { return rule.pairs; }), people_.linked.stats.scored_pairs);
    EXPECT_EQ(sum(account.rules, [](const auto& rule) { return rule.links; }), 2U);
    EXPECT_EQ(account.weakest.size(), 2U);
    EXPECT_LE(account.weakest[0].bits, account.weakest[1].bits);
    ASSERT_FALSE(account.spreads.empty());
    EXPECT_EQ(account.spreads[1].field, "Family name");
    EXPECT_EQ(account.spreads[1].records, 6U);
    EXPECT_EQ(account.spreads[1].distinct, 3U);
    EXPECT_EQ(account.spreads[1].commonest, 3U);
    EXPECT_FALSE(account.levels.empty());
}

TEST(LinkageSurvey, AChildWhoseBirthIsKnownAsARangeHasNoAge) {
    const LinkageModel model = LinkageModel::load(CASEWEAVE_SOURCE_DIR "/config/linkage/default.toml");
    test::PersonBuilder builder;
    builder.person("a", "1",
                   {{"person_kind", "child"},
                    {"family_name", "Rahimi"},
                    {"birth_date_earliest", "2009-01-01"},
                    {"birth_date_latest", "2010-12-31"}});
    PeopleOfRun people;
    people.store = std::move(builder.store());
    people.store.seal();
    people.linked = link_people(people.store, model);
    identify_people(people, {});
    const LinkageAccount account =
        survey_linkage(people, model, test::PersonBuilder::schema(), to_date(2026, 11, 26), nullptr);
    std::string ages;
    for (const LinkageAccount::Group& group : account.groups) {
        if (group.attribute == "Age" && group.records > 0) ages += group.name + ";";
    }
    EXPECT_EQ(ages, "Not known;");
}

TEST(WeightHistogram, WhatLiesBeyondIsInTheOutermostBins) {
    WeightHistogram histogram;
    for (const double bits : {-1000.0, -80.0, -76.001, -76.0, 79.9, 1000.0}) histogram.add(bits);
    EXPECT_EQ(histogram.pairs.front(), 3U);
    EXPECT_EQ(histogram.pairs[1], 1U);
    EXPECT_EQ(histogram.pairs.back(), 2U);
}

}  // namespace
}  // namespace caseweave
