#include "consolidate/consolidator.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "unit/people/person_builder.hpp"

namespace caseweave {
namespace {

using test::PersonBuilder;
using Strings = std::vector<std::string>;

SurvivorshipSettings rules(Strings names, Strings systems = {}) {
    SurvivorshipSettings settings;
    settings.fallback.rules = std::move(names);
    settings.fallback.systems = std::move(systems);
    return settings;
}

class Cluster : public testing::Test {
  protected:
    using Fields = PersonBuilder::Fields;
    void person(std::string_view system, std::string_view key, const Fields& fields) {
        ASSERT_TRUE(builder_.person(system, key, fields));
        members_.emplace_back(system, key);
    }
    GoldenRecord consolidate(const SurvivorshipSettings& settings) {
        if (!sealed_) builder_.store().seal();
        sealed_ = true;
        std::vector<PersonRow> rows;
        for (const auto& [system, key] : members_) rows.push_back(builder_.row(system, key));
        return Consolidator(builder_.store(), settings, PersonBuilder::schema()).consolidate(PersonId{1}, rows);
    }
    std::string text(const GoldenRecord& golden, PersonField field) {
        return golden.has_value(field) ? std::string(builder_.store().text(golden.origin_of(field), field)) : "<none>";
    }
    std::string date(const GoldenRecord& golden, PersonField field) {
        return golden.has_value(field) ? to_string(*builder_.store().date(golden.origin_of(field), field)) : "<none>";
    }
    std::string origin(const GoldenRecord& golden, PersonField field) {
        const PersonRow row = golden.origin_of(field);
        return std::string(builder_.store().system_name(builder_.store().system(row))) + ":" +
               std::string(builder_.store().key(row));
    }
    /// The rule that decided a field.
    static std::string decided(const GoldenRecord& golden, PersonField field) {
        for (const FieldOpinion& opinion : golden.opinions) {
            if (opinion.field == field && opinion.chosen) return std::string(opinion.rule);
        }
        return "<none>";
    }
    /// Opinions of a field as "system:key=value" with "*" for the chosen and "+" for those that agree, in order.
    Strings opinions(const GoldenRecord& golden, PersonField field) {
        Strings result;
        for (const FieldOpinion& opinion : golden.opinions) {
            if (opinion.field != field) continue;
            const PersonStore& store = builder_.store();
            result.push_back(std::string(store.system_name(store.system(opinion.record))) + ":" +
                             std::string(store.key(opinion.record)) + "=" +
                             std::string(store.text(opinion.record, field)) +
                             (opinion.chosen   ? "*"
                              : opinion.agrees ? "+"
                                               : ""));
        }
        return result;
    }
    PersonBuilder builder_;
    std::vector<std::pair<std::string, std::string>> members_;
    bool sealed_ = false;
};

TEST_F(Cluster, TheMostTrustedSystemWins) {
    person("a", "1", {{"given_name", "Ann"}});
    person("b", "1", {{"given_name", "Anna"}});
    person("c", "1", {{"given_name", "Annie"}});
    const GoldenRecord golden = consolidate(rules({"trusted_system"}, {"b", "a"}));
    EXPECT_EQ(text(golden, PersonField::given_name), "Anna");
    EXPECT_EQ(origin(golden, PersonField::given_name), "b:1");
    EXPECT_EQ(decided(golden, PersonField::given_name), "trusted_system");
}

TEST_F(Cluster, ATrustedSystemWithoutAValueDoesNotDecide) {
    person("a", "1", {{"given_name", ""}});
    person("b", "1", {{"given_name", "Anna"}});
    const GoldenRecord golden = consolidate(rules({"trusted_system"}, {"a", "b"}));
    EXPECT_EQ(text(golden, PersonField::given_name), "Anna");
    EXPECT_EQ(decided(golden, PersonField::given_name), "only_value");
}

TEST_F(Cluster, SystemsThatTheRuleDoesNotNameComeLastAlike) {
    person("x", "1", {{"given_name", "Xenia"}});
    person("y", "1", {{"given_name", "Yvonne"}});
    person("b", "1", {{"given_name", "Bea"}});
    EXPECT_EQ(text(consolidate(rules({"trusted_system"}, {"b"})), PersonField::given_name), "Bea");
    const GoldenRecord tie = consolidate(rules({"trusted_system"}, {"nowhere"}));
    EXPECT_EQ(text(tie, PersonField::given_name), "Xenia");
    EXPECT_EQ(decided(tie, PersonField::given_name), "first_by_key");
}

TEST_F(Cluster, WhatMostSystemsSayWins) {
    person("a", "1", {{"family_name", "Smith"}});
    person("b", "1", {{"family_name", "Jones"}});
    person("c", "1", {{"family_name", "Jones"}});
    const GoldenRecord golden = consolidate(rules({"agreement"}));
    EXPECT_EQ(text(golden, PersonField::family_name), "Jones");
    EXPECT_EQ(origin(golden, PersonField::family_name), "b:1");
    EXPECT_EQ(decided(golden, PersonField::family_name), "agreement");
}

TEST_F(Cluster, SpellingsOfOneNameAgree) {
    person("a", "1", {{"given_name", "Zo\u00eb"}});
    person("b", "1", {{"given_name", "Mary"}});
    person("c", "1", {{"given_name", "ZOE"}});
    const GoldenRecord golden = consolidate(rules({"agreement"}));
    EXPECT_EQ(text(golden, PersonField::given_name), "Zo\u00eb") << "two systems say Zoe, whatever their keyboards";
}

TEST_F(Cluster, DuplicatesInsideOneSystemDoNotOutvoteTheOthers) {
    for (const char* key : {"1", "2", "3"}) person("a", key, {{"family_name", "Smith"}});
    person("b", "1", {{"family_name", "Jones"}});
    person("c", "1", {{"family_name", "Jones"}});
    EXPECT_EQ(text(consolidate(rules({"agreement"})), PersonField::family_name), "Jones");
}

TEST_F(Cluster, TheRecordChangedLastWins) {
    const auto minutes = [](std::int64_t m) { return std::to_string(m * 60'000'000); };
    person("a", "1", {{"family_name", "Smith"}, {"record_updated", minutes(100)}});
    person("b", "1", {{"family_name", "Jones"}, {"record_updated", minutes(200)}});
    person("c", "1", {{"family_name", "Brown"}});
    const GoldenRecord golden = consolidate(rules({"recency"}));
    EXPECT_EQ(text(golden, PersonField::family_name), "Jones");
    EXPECT_EQ(decided(golden, PersonField::family_name), "recency");
    EXPECT_FALSE(golden.has_value(PersonField::record_updated)) << "the golden record has its own";
}

TEST_F(Cluster, TheLongestTextWins) {
    person("a", "1", {{"middle_names", "M"}});
    person("b", "1", {{"middle_names", "Mary Jane"}});
    person("c", "1", {{"middle_names", "Mary"}});
    const GoldenRecord golden = consolidate(rules({"completeness"}));
    EXPECT_EQ(text(golden, PersonField::middle_names), "Mary Jane");
    EXPECT_EQ(decided(golden, PersonField::middle_names), "completeness");
}

TEST_F(Cluster, OfDatesAndFlagsNoneIsLonger) {
    person("education", "1", {{"birth_date", "2014-05-06"}, {"unaccompanied", "1"}, {"birth_order", "2"}});
    person("send", "1", {{"birth_date", "2014-05-07"}, {"unaccompanied", "0"}, {"birth_order", "1"}});
    const GoldenRecord golden = consolidate(rules({"completeness"}));
    EXPECT_EQ(date(golden, PersonField::birth_date), "2014-05-06");
    for (const PersonField field : {PersonField::birth_date, PersonField::unaccompanied, PersonField::birth_order})
        EXPECT_EQ(decided(golden, field), "first_by_key");
}

TEST_F(Cluster, TheMostPreciseDateThatIsNotEstimatedWins) {
    person("a", "1", {{"birth_date", "2015"}});
    person("b", "1", {{"birth_date", "2015-01-01~"}});
    person("c", "1", {{"birth_date", "2015-03-27"}});
    person("d", "1", {{"birth_date", "2015-03"}});
    const GoldenRecord golden = consolidate(rules({"precision"}));
    EXPECT_EQ(date(golden, PersonField::birth_date), "2015-03-27");
    EXPECT_EQ(origin(golden, PersonField::birth_date), "c:1");
    EXPECT_EQ(decided(golden, PersonField::birth_date), "precision");
}

TEST_F(Cluster, AnEstimatedDayComesBeforeACertainMonth) {
    person("a", "1", {{"birth_date", "2015-03"}});
    person("b", "1", {{"birth_date", "2015-01-01~"}});
    EXPECT_EQ(date(consolidate(rules({"precision"})), PersonField::birth_date), "2015-01-01");
}

TEST_F(Cluster, RulesAreTriedInTurnAmongThoseStillLeft) {
    person("a", "1", {{"family_name", "Smith"}});
    person("b", "1", {{"family_name", "Smith"}});
    person("c", "1", {{"family_name", "Jones-Brown"}});
    person("d", "1", {{"family_name", "Jones-Brown"}});
    person("e", "1", {{"family_name", "A much longer name"}});
    const GoldenRecord golden = consolidate(rules({"agreement", "completeness"}));
    EXPECT_EQ(text(golden, PersonField::family_name), "Jones-Brown") << "the longest of those that most systems give";
    EXPECT_EQ(decided(golden, PersonField::family_name), "completeness");
}

TEST_F(Cluster, TiesEndAtTheSmallestSystemAndKeyWhateverTheOrder) {
    builder_.system("b");  // job order decides, not the alphabet
    builder_.system("a");
    person("a", "1", {{"family_name", "Smith"}});
    person("b", "20", {{"family_name", "Jones"}});
    person("b", "10", {{"family_name", "Brown"}});
    const GoldenRecord golden = consolidate(rules({"agreement"}));
    EXPECT_EQ(text(golden, PersonField::family_name), "Brown");
    EXPECT_EQ(decided(golden, PersonField::family_name), "first_by_key");

    std::sort(members_.begin(), members_.end());
    do {
        const GoldenRecord again = consolidate(rules({"agreement"}));
        ASSERT_EQ(again.origin, golden.origin);
        ASSERT_EQ(again.members, golden.members);
    } while (std::next_permutation(members_.begin(), members_.end()));
}

TEST_F(Cluster, AKnownCodeComesBeforeARefusalAndARefusalBeforeNotKnown) {
    const auto minutes = [](std::int64_t m) { return std::to_string(m * 60'000'000); };
    person("a", "1", {{"ethnicity", "NOBT"}, {"gender", "U"}, {"sex", "U"}, {"record_updated", minutes(300)}});
    person("b", "1", {{"ethnicity", "REFU"}, {"gender", "X"}, {"record_updated", minutes(200)}});
    person("c", "1", {{"ethnicity", "BCRB"}, {"sex", "F"}, {"record_updated", minutes(100)}});
    const GoldenRecord golden = consolidate(rules({"recency"}));
    EXPECT_EQ(text(golden, PersonField::ethnicity), "BCRB");
    EXPECT_EQ(decided(golden, PersonField::ethnicity), "known_value");
    EXPECT_EQ(opinions(golden, PersonField::ethnicity), (Strings{"a:1=NOBT", "b:1=REFU", "c:1=BCRB*"}))
        << "who refused and who did not ask is kept";
    EXPECT_EQ(text(golden, PersonField::gender), "X") << "a refusal is the person's own word";
    EXPECT_EQ(text(golden, PersonField::sex), "F");
}

TEST_F(Cluster, NotKnownIsTheValueWhereNobodyKnows) {
    person("a", "1", {{"ethnicity", "NOBT"}});
    person("b", "1", {{"ethnicity", "NOBT"}});
    EXPECT_EQ(text(consolidate(rules({"agreement"})), PersonField::ethnicity), "NOBT");
}

TEST_F(Cluster, WhatASourceCallsADuplicateComesLast) {
    const auto minutes = [](std::int64_t m) { return std::to_string(m * 60'000'000); };
    person("a", "1", {{"family_name", "Smith"}, {"record_updated", minutes(100)}});
    person("a", "2", {{"family_name", "Smyth"}, {"middle_names", "Ann"}, {"record_updated", minutes(200)}});
    builder_.relation("a", "2", "1", "duplicate");
    const GoldenRecord golden = consolidate(rules({"recency"}));
    EXPECT_EQ(text(golden, PersonField::family_name), "Smith");
    EXPECT_EQ(decided(golden, PersonField::family_name), "not_duplicate");
    EXPECT_EQ(text(golden, PersonField::middle_names), "Ann") << "what it alone says still counts";
}

TEST_F(Cluster, WhatASourceMarksAsADuplicateInsideANameComesLast) {
    const auto minutes = [](std::int64_t m) { return std::to_string(m * 60'000'000); };
    person("a", "1",
           {{"family_name", "Smyth"},
            {"middle_names", "Ann"},
            {"marked_duplicate", "1"},
            {"record_updated", minutes(200)}});
    person("b", "1", {{"family_name", "Smith"}, {"record_updated", minutes(100)}});
    const GoldenRecord golden = consolidate(rules({"trusted_system", "recency"}, {"a"}));
    EXPECT_EQ(text(golden, PersonField::family_name), "Smith");
    EXPECT_EQ(decided(golden, PersonField::family_name), "not_duplicate");
    EXPECT_EQ(opinions(golden, PersonField::family_name), (Strings{"a:1=Smyth", "b:1=Smith*"})) << "kept as dissent";
    EXPECT_EQ(text(golden, PersonField::middle_names), "Ann") << "what it alone says still counts";
    EXPECT_FALSE(golden.has_value(PersonField::marked_duplicate)) << "it is said of a record, not of a person";
}

TEST_F(Cluster, ADateComesBeforeARangeAndARangeBeforeNothing) {
    person("a", "1", {{"birth_date_earliest", "2009-01-01"}, {"birth_date_latest", "2010-12-31"}});
    const GoldenRecord alone = consolidate(rules({"agreement"}));
    EXPECT_FALSE(alone.has_value(PersonField::birth_date)) << "no day is made up";
    EXPECT_EQ(date(alone, PersonField::birth_date_earliest), "2009-01-01");
    EXPECT_EQ(date(alone, PersonField::birth_date_latest), "2010-12-31");
}

TEST_F(Cluster, ARangeIsKeptBesideADateOfAnotherSystem) {
    person("a", "1", {{"birth_date_earliest", "2009-01-01"}, {"birth_date_latest", "2010-12-31"}});
    person("b", "1", {{"birth_date", "2010-03-27"}});
    const GoldenRecord golden = consolidate(rules({"trusted_system"}, {"a"}));
    EXPECT_EQ(date(golden, PersonField::birth_date), "2010-03-27");
    EXPECT_EQ(origin(golden, PersonField::birth_date), "b:1");
    EXPECT_EQ(origin(golden, PersonField::birth_date_latest), "a:1");
}

TEST_F(Cluster, TheBoundsOfARangeAreOfOneRange) {
    person("a", "1", {{"birth_date_earliest", "2009-01-01"}, {"birth_date_latest", "2010-12-31"}});
    person("b", "1", {{"birth_date_earliest", "2009-01-01"}, {"birth_date_latest", "2011-06-30"}});
    person("c", "1", {{"birth_date_earliest", "2007-01-01"}, {"birth_date_latest", "2008-06-30"}});
    person("d", "1", {{"birth_date_earliest", "2006-01-01"}, {"birth_date_latest", "2008-06-30"}});
    person("e", "1", {{"birth_date_earliest", "2005-01-01"}, {"birth_date_latest", "2008-06-30"}});
    const GoldenRecord golden = consolidate(rules({"agreement", "trusted_system"}, {"b"}));
    EXPECT_EQ(date(golden, PersonField::birth_date_earliest), "2009-01-01");
    EXPECT_EQ(date(golden, PersonField::birth_date_latest), "2011-06-30") << "most systems give 2008-06-30";
    EXPECT_EQ(std::ranges::count(golden.opinions, PersonField::birth_date_latest, &FieldOpinion::field), 5)
        << "the others are kept as dissent";
}

TEST_F(Cluster, AHiddenBirthDateWithholdsItsRangeToo) {
    person("a", "1", {{"birth_date_earliest", "2009-01-01"}, {"birth_date_latest", "2010-12-31"}});
    builder_.add("restriction", "a", "1", {{"scope", "field"}, {"field_name", "birth_date"}});
    EXPECT_EQ(consolidate(rules({"agreement"})).withheld,
              (std::vector<PersonField>{PersonField::birth_date, PersonField::birth_date_earliest,
                                        PersonField::birth_date_latest}));
}

TEST_F(Cluster, DissentIsKeptWithItsSource) {
    person("a", "1", {{"family_name", "Smith"}});
    person("b", "1", {{"family_name", "Jones"}});
    person("c", "1", {{"family_name", "Smith"}});
    person("d", "1", {{"family_name", ""}});
    const GoldenRecord golden = consolidate(rules({"agreement"}));
    EXPECT_EQ(opinions(golden, PersonField::family_name), (Strings{"a:1=Smith*", "b:1=Jones", "c:1=Smith+"}));
}

TEST_F(Cluster, OneSystemSaysOneValueOnce) {
    person("a", "1", {{"family_name", "Smith"}});
    person("a", "2", {{"family_name", "Smith"}});
    person("a", "3", {{"family_name", "Jones"}});
    const GoldenRecord golden = consolidate(rules({"completeness"}));
    EXPECT_EQ(opinions(golden, PersonField::family_name), (Strings{"a:1=Smith*", "a:3=Jones"}));
}

TEST_F(Cluster, OneSystemSaysTheChosenValueOnceAlsoWhereALaterRecordWins) {
    person("a", "1", {{"family_name", "Smith"}, {"record_updated", "60000000"}});
    person("a", "2", {{"family_name", "Smith"}, {"record_updated", "120000000"}});
    person("b", "1", {{"family_name", "Jones"}, {"record_updated", "60000000"}});
    const GoldenRecord golden = consolidate(rules({"recency"}));
    EXPECT_EQ(text(golden, PersonField::family_name), "Smith");
    EXPECT_EQ(opinions(golden, PersonField::family_name), (Strings{"a:2=Smith*", "b:1=Jones"}));
}

TEST_F(Cluster, AFieldThatNobodyGivesHasNoOrigin) {
    person("a", "1", {{"family_name", "Smith"}});
    const GoldenRecord golden = consolidate(rules({"agreement"}));
    EXPECT_FALSE(golden.has_value(PersonField::given_name));
    EXPECT_EQ(golden.id, PersonId{1});
    EXPECT_EQ(golden.access, kAccessOpen);
    EXPECT_TRUE(golden.withheld.empty());
}

TEST_F(Cluster, TheStrictestRestrictionWins) {
    person("a", "1", {{"family_name", "Smith"}});
    person("b", "1", {{"family_name", "Smith"}});
    builder_.add("restriction", "b", "1", {{"scope", "record"}});
    EXPECT_EQ(consolidate(rules({"agreement"})).access, kAccessRestricted) << "one member is enough";
}

TEST_F(Cluster, AHiddenAddressDoesNotHideTheChild) {
    person("a", "1", {{"family_name", "Smith"}});
    builder_.add("restriction", "a", "1", {{"scope", "address"}});
    EXPECT_EQ(consolidate(rules({"agreement"})).access, kAccessOpen);
}

TEST_F(Cluster, AHiddenFieldIsWithheldAndNothingElse) {
    person("a", "1", {{"family_name", "Smith"}, {"school_name", "A School"}});
    person("b", "1", {{"family_name", "Smith"}});
    builder_.add("restriction", "a", "1", {{"scope", "field"}, {"field_name", "school_name"}});
    builder_.add("restriction", "b", "1", {{"scope", "field"}, {"field_name", "school_name"}});
    const GoldenRecord golden = consolidate(rules({"agreement"}));
    EXPECT_EQ(golden.access, kAccessOpen);
    EXPECT_EQ(golden.withheld, std::vector<PersonField>{PersonField::school_name});
}

TEST_F(Cluster, AScopeOrFieldNobodyKnowsIsReadTheStrictWay) {
    person("a", "1", {{"family_name", "Smith"}});
    builder_.add("restriction", "a", "1", {{"scope", "everything"}});
    EXPECT_EQ(consolidate(rules({"agreement"})).access, kAccessRestricted);
}

TEST_F(Cluster, AFieldNobodyKnowsIsReadTheStrictWay) {
    person("a", "1", {{"family_name", "Smith"}});
    builder_.add("restriction", "a", "1", {{"scope", "field"}, {"field_name", "shoe_size"}});
    EXPECT_EQ(consolidate(rules({"agreement"})).access, kAccessRestricted);
}

TEST_F(Cluster, AFieldHasItsOwnRules) {
    person("a", "1", {{"family_name", "Smith"}, {"sex", "M"}});
    person("b", "1", {{"family_name", "Jones"}, {"sex", "F"}});
    SurvivorshipSettings settings = rules({"trusted_system"}, {"a", "b"});
    settings.fields["sex"] = {{"trusted_system"}, {"b", "a"}};
    const GoldenRecord golden = consolidate(settings);
    EXPECT_EQ(text(golden, PersonField::family_name), "Smith");
    EXPECT_EQ(text(golden, PersonField::sex), "F");
}

TEST_F(Cluster, AnUnknownFieldInTheSettingsIsRefused) {
    person("a", "1", {{"family_name", "Smith"}});
    SurvivorshipSettings settings = rules({"agreement"});
    settings.fields["shoe_size"] = {{"agreement"}, {}};
    EXPECT_THROW(consolidate(settings), Error);
}

TEST_F(Cluster, TheShippedRulesAreForFieldsThatExist) {
    person("a", "1", {{"family_name", "Smith"}});
    EXPECT_NO_THROW(consolidate(SurvivorshipSettings::load(CASEWEAVE_SOURCE_DIR "/config/survivorship.toml")));
}

}  // namespace
}  // namespace caseweave
