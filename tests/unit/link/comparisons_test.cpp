#include "link/comparisons.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "unit/link/shipped_model.hpp"
#include "unit/people/person_builder.hpp"

namespace caseweave {
namespace {

using test::PersonBuilder;
using test::shipped_model;
using Fields = PersonBuilder::Fields;

/// Writes the level of one comparison between "alpha:a" and "beta:b" by its name; "null" where not compared.
std::string compared(PersonBuilder& builder, Comparison comparison) {
    builder.store().seal();
    const FeatureTable features(builder.store(), shipped_model().term_frequency());
    const Rank a = features.rank(builder.row("alpha", "a"));
    const Rank b = features.rank(builder.row("beta", "b"));
    const Agreement there = compare(features, comparison, a, b);
    const Agreement back = compare(features, comparison, b, a);
    EXPECT_EQ(there.level, back.level) << "a comparison must not depend on the side";
    EXPECT_EQ(there.rarity_bits, back.rarity_bits);
    return there.level == kNull ? "null" : std::string(level_names(comparison)[there.level - 1U]);
}

std::string compared(Comparison comparison, const Fields& a, const Fields& b) {
    PersonBuilder builder;
    builder.person("alpha", "a", a);
    builder.person("beta", "b", b);
    return compared(builder, comparison);
}

struct Case {
    std::string a, b, level;
};

TEST(Comparisons, OfForenames) {
    const std::vector<Case> cases = {
        {"Oliver", "OLIVER", "exact"},
        {"Zoë", "Zoe", "exact"},
        {"Mary Jane", "Mary-Jane", "exact"},
        {"Mary", "Mary Jane", "part"},
        {"Jane", "Mary Jane", "part"},
        {"Catherine", "Kate", "variant"},
        {"Mohammed", "Muhammad", "variant"},
        {"Maryjane", "Mary Jane", "close"},
        {"Thomas", "Thoams", "close"},
        {"Rupert", "Ruperd", "close"},
        {"J", "James", "initial"},
        {"K", "James", "different"},
        {"James", "Oliver", "different"},
        {"Marcus", "Mary", "different"},
        {"Mohammed Hassan", "Mohammed Hussain", "similar"},
        {"", "James", "null"},
        {"Baby", "James", "null"},
        {"Unborn", "Unborn", "null"},
        {"Baby girl", "Baby girl", "null"},
        {"James DUPLICATE", "James", "exact"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(compared(Comparison::given_name, {{"given_name", c.a}}, {{"given_name", c.b}}), c.level)
            << c.a << " / " << c.b;
    }
}

TEST(Comparisons, OfForenamesThatAreAlikeAskWhetherBothAreNames) {
    const auto with_population = [](const std::string& a, const std::string& b, bool both_known) {
        PersonBuilder builder;
        builder.person("alpha", "a", {{"given_name", a}});
        builder.person("beta", "b", {{"given_name", b}});
        for (int i = 0; i < 5; ++i) {
            const std::string date = "200" + std::to_string(i) + "-03-04";
            builder.person("alpha", "x" + std::to_string(i), {{"given_name", a}, {"birth_date", date}});
            if (both_known) builder.person("alpha", "y" + std::to_string(i), {{"given_name", b}, {"birth_date", date}});
        }
        return compared(builder, Comparison::given_name);
    };
    EXPECT_EQ(with_population("Jaydenn", "Haydenn", true), "alike") << "both are borne by several people";
    EXPECT_NE(with_population("Jaydenn", "Haydenn", false), "alike") << "one is a slip";
}

TEST(Comparisons, OfForenamesLookAtAllNamesOfARecord) {
    PersonBuilder builder;
    builder.person("alpha", "a", {{"given_name", "Alexander"}, {"preferred_name", "Rory"}});
    builder.person("beta", "b", {{"given_name", "Rory"}});
    EXPECT_EQ(compared(builder, Comparison::given_name), "exact");

    PersonBuilder aliases;
    aliases.person("alpha", "a", {{"given_name", "Wei"}});
    aliases.name("alpha", "a", "alias", "Kevin", "");
    aliases.person("beta", "b", {{"given_name", "Kevin"}});
    EXPECT_EQ(compared(aliases, Comparison::given_name), "exact");

    EXPECT_EQ(compared(Comparison::given_name, {{"given_name", "Wei"}, {"family_name", "Zhang"}},
                       {{"given_name", "Zhang"}, {"family_name", "Wei"}}),
              "swapped");
    EXPECT_EQ(compared(Comparison::given_name, {{"given_name", "Thomas"}},
                       {{"given_name", "Edward"}, {"middle_names", "Thomas"}}),
              "middle");
}

TEST(Comparisons, OfFamilyNames) {
    const std::vector<Case> cases = {
        {"O'Brien", "OBrien", "exact"},
        {"Smith-Jones", "Smith Jones", "exact"},
        {"Smith-Jones", "Jones", "part"},
        {"Smith-Jones", "Jones-Taylor", "part"},
        {"de Souza", "de Almeida", "different"},
        {"Fotheringham-Cholmondeley-Featherst", "Fotheringham-Cholmondeley-Featherstonehaugh", "part"},
        {"Wolfeschlegelsteinhausenbergerdorff", "Wolfeschlegelsteinhausenbergerdorffwelche", "truncated"},
        {"Thompson", "Thomspon", "close"},
        {"Vandersteen", "Van der Steen", "close"},
        {"Hall", "Ball", "different"},
        {"Hall", "Hill", "similar"},
        {"Smith", "Patel", "different"},
        {"", "Patel", "null"},
        {"Unknown", "Patel", "null"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(compared(Comparison::family_name, {{"family_name", c.a}}, {{"family_name", c.b}}), c.level)
            << c.a << " / " << c.b;
    }
    PersonBuilder builder;
    builder.person("alpha", "a", {{"family_name", "Green"}});
    builder.name("alpha", "a", "former", "", "Okafor");
    builder.person("beta", "b", {{"family_name", "Okafor"}});
    EXPECT_EQ(compared(builder, Comparison::family_name), "exact");
}

TEST(Comparisons, OfBirthDates) {
    const std::vector<Case> cases = {
        {"2012-03-27", "2012-03-27", "exact"},         {"2012-01-01", "2012-01-01", "default_day"},
        {"2012-03-15~", "2012-03-15~", "default_day"}, {"2012-03-15", "2012-03-15", "exact"},
        {"2012-03", "2012-03-27", "month_known"},      {"2012", "2012-03-27", "year_known"},
        {"2012-03-07", "2012-07-03", "transposed"},    {"2012-03-27", "2012-03-21", "one_digit"},
        {"2012-03-27", "2021-03-27", "one_digit"},     {"2012-03-08", "2012-03-27", "shifted"},
        {"2012-03-27", "2012-11-27", "shifted"},       {"2012-03-08~", "2012-11-27", "estimated"},
        {"2012-03-08~", "2015-11-27", "disputed"},     {"2012-03-08", "2015-11-27", "different"},
        {"2012", "2013-03-27", "different"},           {"", "2013-03-27", "null"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(compared(Comparison::birth_date, {{"birth_date", c.a}}, {{"birth_date", c.b}}), c.level)
            << c.a << " / " << c.b;
    }
    EXPECT_EQ(compared(Comparison::birth_date, {{"birth_date", "2006-03-08"}, {"birth_date_disputed", "1"}},
                       {{"birth_date", "2009-11-27"}}),
              "disputed");
}

TEST(Comparisons, OfBirthDatesKnownAsARange) {
    // Written as "date", "first..last" or "date first..last".
    const auto fields = [](const std::string& text) {
        Fields result;
        const std::size_t dots = text.find("..");
        const std::size_t blank = text.find(' ');
        if (dots == text.npos) return Fields{{"birth_date", text}};
        if (blank != text.npos) result.emplace_back("birth_date", text.substr(0, blank));
        const std::size_t begin = blank == text.npos ? 0 : blank + 1;
        result.emplace_back("birth_date_earliest", text.substr(begin, dots - begin));
        result.emplace_back("birth_date_latest", text.substr(dots + 2));
        return result;
    };
    const std::string range = "2009-01-01..2010-12-31";
    const std::vector<Case> cases = {
        {range, "2009-01-01", "in_range"},
        {range, "2010-12-31", "in_range"},
        {range, "2008-12-31", "disputed"},
        {range, "2011-12-31", "disputed"},
        {range, "2012-01-02", "different"},
        {range, "2007-12-01", "different"},
        {range, "2009", "in_range"},
        {"2009-12-31..2010-12-31", "2009", "in_range"},
        {"2010-01-01..2010-12-31", "2009", "disputed"},
        {range, "2010-12-31..2011-12-31", "in_range"},
        {range, "2011-01-01..2011-12-31", "disputed"},
        {range, "2013-01-01..2013-12-31", "different"},
        {range, "", "null"},
        {range, "2015-06-01 2009-06-01..2009-07-01", "in_range"},
        {"2009-06-15 2009-01-01..2010-12-31", "2009-06-15", "exact"},
        {"2009-06-15 2009-01-01..2010-12-31", "2009-06-16", "one_digit"},
        {"2009-06-15 2009-01-01..2010-12-31", "2010-11-28", "in_range"},
        {"2009-06-15 2009-01-01..2010-12-31", "2013-11-28", "different"},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(compared(Comparison::birth_date, fields(c.a), fields(c.b)), c.level) << c.a << " / " << c.b;
    }
    EXPECT_EQ(compared(Comparison::expected_birth, {{"person_kind", "unborn"}, {"expected_birth_date", "2009-01-01"}},
                       fields(range)),
              "null")
        << "the first day of a range is no birth";
}

TEST(Comparisons, ThatABirthLiesInARangeSpeaksForTheTwoWeaklyAndThatItLiesNearAgainst) {
    const auto bits = [](Level level) {
        return shipped_model().bits(static_cast<std::size_t>(Comparison::birth_date), level, Alternative::unrelated);
    };
    EXPECT_GT(bits(level::birth_in_range), 0);
    EXPECT_LT(bits(level::birth_in_range), bits(level::birth_year_known) + 2);
    EXPECT_LT(bits(level::birth_disputed), 0);
    EXPECT_LT(bits(level::birth_different), bits(level::birth_disputed));
}

TEST(Comparisons, OfExpectedBirths) {
    const Fields unborn = {{"person_kind", "unborn"}, {"expected_birth_date", "2025-06-15"}};
    EXPECT_EQ(compared(Comparison::expected_birth, unborn, {{"birth_date", "2025-06-20"}}), "close");
    EXPECT_EQ(compared(Comparison::expected_birth, unborn, {{"birth_date", "2025-04-01"}}), "early");
    EXPECT_EQ(compared(Comparison::expected_birth, unborn, {{"birth_date", "2025-08-01"}}), "apart");
    EXPECT_EQ(compared(Comparison::expected_birth, unborn, {{"birth_date", "2024-12-01"}}), "apart");
    EXPECT_EQ(compared(Comparison::expected_birth, {{"birth_date", "2025-06-15"}}, {{"birth_date", "2025-06-15"}}),
              "null");
    EXPECT_EQ(compared(Comparison::expected_birth, {{"person_kind", "unborn"}, {"birth_date", "2025-06-15"}},
                       {{"birth_date", "2025-06-20"}}),
              "close")
        << "a source may hold the expected date as the birth date";
}

TEST(Comparisons, OfAddresses) {
    struct Place {
        std::string house, postcode, uprn;
    };
    const auto level = [](const Place& a, const Place& b) {
        PersonBuilder builder;
        builder.person("alpha", "a", {});
        builder.person("beta", "b", {});
        builder.address("alpha", "a", "99", "AB1 1AA");
        builder.address("alpha", "a", a.house, a.postcode, a.uprn);
        builder.address("beta", "b", b.house, b.postcode, b.uprn);
        return compared(builder, Comparison::address);
    };
    EXPECT_EQ(level({"1", "PO19 1RQ", "100"}, {"2", "PO19 2AA", "100"}), "property");
    EXPECT_EQ(level({"Flat 1", "PO19 1RQ", ""}, {"FLAT 1", "PO19 1RQ", "7"}), "dwelling");
    EXPECT_EQ(level({"1", "PO19 1RQ", ""}, {"2", "PO19 1RQ", ""}), "postcode");
    EXPECT_EQ(level({"1", "PO19 1RQ", ""}, {"1", "PO19 1AA", ""}), "sector");
    EXPECT_EQ(level({"1", "PO19 1RQ", ""}, {"1", "PO19 2AA", ""}), "district");
    EXPECT_EQ(level({"1", "PO19 1RQ", ""}, {"1", "BN11 2AA", ""}), "different");
}

TEST(Comparisons, AnAddressManyFamiliesUseWeighsLess) {
    const auto rarity = [](int families) {
        PersonBuilder builder;
        const std::vector<std::string> names = {"Smith", "Patel", "Okafor", "Nowak", "Kelly", "Begum", "Vale", "Dunn"};
        for (int i = 0; i < families; ++i) {
            const std::string key = "f" + std::to_string(i);
            builder.person("alpha", key, {{"family_name", names[static_cast<std::size_t>(i)]}});
            builder.address("alpha", key, "1", "PO19 1RQ", "100");
        }
        builder.store().seal();
        const FeatureTable features(builder.store(), shipped_model().term_frequency());
        return compare(features, Comparison::address, 0, 1).rarity_bits;
    };
    EXPECT_FLOAT_EQ(rarity(2), -1);
    EXPECT_FLOAT_EQ(rarity(8), -3);
}

struct Number {
    std::string value, status;
};

std::string compared_numbers(Comparison comparison, const std::string& type, const std::vector<Number>& a,
                             const std::vector<Number>& b) {
    PersonBuilder builder;
    builder.person("alpha", "a", {});
    builder.person("beta", "b", {});
    for (const Number& number : a) builder.identifier("alpha", "a", type, number.value, number.status);
    for (const Number& number : b) builder.identifier("beta", "b", type, number.value, number.status);
    return compared(builder, comparison);
}

TEST(Comparisons, OfNhsNumbers) {
    const auto level = [](const std::vector<Number>& a, const std::vector<Number>& b) {
        return compared_numbers(Comparison::nhs_number, "nhs_number", a, b);
    };
    EXPECT_EQ(level({{"1", "verified"}}, {{"1", ""}}), "verified");
    EXPECT_EQ(level({{"1", ""}}, {{"1", "unverified"}}), "same");
    EXPECT_EQ(level({{"1", "superseded"}, {"2", "verified"}}, {{"1", "verified"}}), "former");
    EXPECT_EQ(level({{"1", "verified"}}, {{"2", "verified"}}), "conflict");
    EXPECT_EQ(level({{"1", "verified"}}, {{"2", ""}}), "different");
    EXPECT_EQ(level({{"1", "superseded"}}, {{"2", "verified"}}), "null")
        << "an old number says nothing against a new one";
    EXPECT_EQ(level({}, {{"2", "verified"}}), "null");
}

TEST(Comparisons, OfPupilNumbers) {
    const auto level = [](const std::vector<Number>& a, const std::vector<Number>& b) {
        return compared_numbers(Comparison::upn, "upn", a, b);
    };
    EXPECT_EQ(level({{"A938000000001", ""}}, {{"A938000000001", ""}}), "permanent");
    EXPECT_EQ(level({{"A938000000001", "former"}}, {{"A938000000001", ""}}), "other");
    EXPECT_EQ(level({{"A93800000001B", ""}}, {{"A93800000001B", ""}}), "other") << "it ends in a letter: temporary";
    EXPECT_EQ(level({{"A938000000001", ""}}, {{"A938000000002", ""}}), "conflict");
    EXPECT_EQ(level({{"A938000000001", ""}}, {{"A93800000001B", ""}}), "null") << "a pupil has both in turn";
    EXPECT_EQ(compared_numbers(Comparison::uln, "uln", {{"1000000008", ""}}, {{"1000000009", ""}}), "different");
}

TEST(Comparisons, OfOtherIdentifiersGoByIssuer) {
    PersonBuilder builder;
    builder.person("alpha", "a", {});
    builder.person("beta", "b", {});
    // Beta holds alpha's own key of the person.
    builder.identifier("beta", "b", "system_id", "a", "", "alpha");
    EXPECT_EQ(compared(builder, Comparison::other_id), "same");

    PersonBuilder other;
    other.person("alpha", "a", {});
    other.person("beta", "b", {});
    other.identifier("beta", "b", "system_id", "z", "", "alpha");
    EXPECT_EQ(compared(other, Comparison::other_id), "different");

    PersonBuilder issuers;
    issuers.person("alpha", "a", {});
    issuers.person("beta", "b", {});
    issuers.identifier("alpha", "a", "la_child_id", "77", "", "Surrey");
    issuers.identifier("beta", "b", "la_child_id", "77", "", "Hampshire");
    EXPECT_EQ(compared(issuers, Comparison::other_id), "null") << "two councils count apart";

    PersonBuilder returns;
    returns.person("alpha", "a", {});
    returns.person("beta", "b", {});
    returns.identifier("alpha", "a", "la_child_id", "77");
    returns.identifier("beta", "b", "la_child_id", "77");
    EXPECT_EQ(compared(returns, Comparison::other_id), "same") << "two returns of one council";
}

TEST(Comparisons, OfParentsAndContacts) {
    const auto parents = [](const Fields& a, const Fields& b) { return compared(Comparison::parent_name, a, b); };
    EXPECT_EQ(parents({{"mother_given_name", "Anna"}, {"mother_family_name", "Nowak"}},
                      {{"guardian_given_name", "Anna"}, {"guardian_family_name", "Nowak"}}),
              "full");
    EXPECT_EQ(parents({{"mother_given_name", "Anna"}, {"mother_family_name", "Nowak"}},
                      {{"mother_given_name", "Anna"}, {"mother_family_name", "Smith"}}),
              "given");
    EXPECT_EQ(parents({{"mother_given_name", "Anna"}}, {{"mother_given_name", "Priya"}}), "mother_different");
    EXPECT_EQ(parents({{"mother_given_name", "Anna"}}, {{"guardian_given_name", "Kwame"}}), "different");

    PersonBuilder related;
    related.person("alpha", "a", {});
    related.person("alpha", "m", {{"person_kind", "adult"}, {"given_name", "Anna"}, {"family_name", "Nowak"}});
    related.relation("alpha", "a", "m", "mother");
    related.person("beta", "b", {{"mother_given_name", "Anna"}, {"mother_family_name", "Nowak"}});
    EXPECT_EQ(compared(related, Comparison::parent_name), "full");

    PersonBuilder contacts;
    contacts.person("alpha", "a", {});
    contacts.person("beta", "b", {});
    contacts.add("person_contact", "alpha", "a", {{"contact_type", "mobile"}, {"phone", "+44 7700 900123"}});
    contacts.add("person_contact", "beta", "b", {{"contact_type", "email"}, {"email", "A@b.org"}});
    EXPECT_EQ(compared(contacts, Comparison::contact), "different");
}

TEST(Comparisons, RareNamesWeighMoreThanCommonOnes) {
    PersonBuilder builder;
    for (int i = 0; i < 400; ++i) {
        const std::string date =
            std::to_string(1990 + i % 30) + "-0" + std::to_string(1 + i % 9) + "-" + std::to_string(10 + i % 18);
        builder.person("alpha", std::to_string(i),
                       {{"given_name", i < 100 ? "Olivia" : "Name" + std::to_string(i)}, {"birth_date", date}});
    }
    builder.person("alpha", "rare", {{"given_name", "Xanthippe"}, {"birth_date", "2011-11-11"}});
    builder.store().seal();
    const FeatureTable features(builder.store(), shipped_model().term_frequency());
    const auto bits = [&](const std::string& key) {
        const Rank rank = features.rank(builder.row("alpha", key));
        return compare(features, Comparison::given_name, rank, rank).rarity_bits;
    };
    EXPECT_LT(bits("0"), -2);
    EXPECT_GT(bits("rare"), 0);
    EXPECT_LT(bits("rare"), 1) << "in a small file a name seen once is not taken for rare in the county";
}

TEST(PairScorer, AddsUpWhatTheModelSays) {
    PersonBuilder builder;
    builder.person("alpha", "a",
                   {{"given_name", "Rupert"}, {"family_name", "Vale"}, {"birth_date", "2012-03-27"}, {"sex", "M"}});
    builder.person("beta", "b",
                   {{"given_name", "Rupert"}, {"family_name", "Vale"}, {"birth_date", "2012-03-27"}, {"sex", "F"}});
    builder.store().seal();
    const LinkageModel& model = shipped_model();
    const FeatureTable features(builder.store(), model.term_frequency());
    const PairScorer scorer(features, model);
    const PairScore score = scorer.score(0, 1);
    EXPECT_EQ(score.bits, scorer.score(1, 0).bits);
    double chances = 0;
    for (std::size_t alternative = 0; alternative < kAlternatives; ++alternative) {
        const auto against = static_cast<Alternative>(alternative);
        double sum = model.prior_bits(against, features.size());
        for (std::size_t i = 0; i < kComparisons; ++i) {
            const auto c = static_cast<Comparison>(i);
            const Agreement agreement = compare(features, c, 0, 1);
            sum += model.bits(c, agreement.level, against);
            if (alternative == 0 && agreement.level != kNull && model.level(c, agreement.level).term_frequency) {
                sum += static_cast<double>(agreement.rarity_bits);
            }
        }
        EXPECT_NEAR(score.against[alternative], sum, 1e-9);
        chances += std::exp2(-sum);
    }
    EXPECT_NEAR(score.bits, -std::log2(chances), 1e-9);
    EXPECT_LT(score.bits, *std::ranges::min_element(score.against) + 1e-9)
        << "all alternatives together leave less than the nearest alone";
}

TEST(PairScorer, SiblingsAreNoMatchHoweverMuchTheFamilyShares) {
    PersonBuilder builder;
    const auto child = [&](const std::string& system, const std::string& key, const std::string& given,
                           const std::string& date) {
        builder.person(system, key,
                       {{"given_name", given},
                        {"family_name", "Vandersteen"},
                        {"birth_date", date},
                        {"sex", "M"},
                        {"mother_given_name", "Saskia"},
                        {"mother_family_name", "Vandersteen"},
                        {"school_urn", "123456"}});
        builder.address(system, key, "1", "PO19 1RQ", "100");
        builder.add("person_contact", system, key, {{"contact_type", "mobile"}, {"phone", "07700900123"}});
    };
    child("alpha", "a", "Rupert", "2012-03-27");
    child("beta", "b", "Oliver", "2014-08-02");
    child("beta", "c", "Rupert", "2012-03-27");
    builder.store().seal();
    const LinkageModel& model = shipped_model();
    const FeatureTable features(builder.store(), model.term_frequency());
    const PairScorer scorer(features, model);
    const auto bits = [&](const char* key) {
        return scorer.score(features.rank(builder.row("alpha", "a")), features.rank(builder.row("beta", key))).bits;
    };
    EXPECT_LT(bits("b"), model.review_bits());
    EXPECT_GT(bits("c"), model.match_bits());
}

TEST(Comparisons, AddressesAgreeByStreetAndTownWherePostcodesDoNot) {
    const auto level = [](const PersonBuilder::Fields& a, const PersonBuilder::Fields& b, bool separate,
                          Comparison comparison) {
        PersonBuilder builder;
        builder.person("alpha", "a", {});
        builder.person("beta", "b", {});
        builder.add("person_address", "alpha", "a", a);
        builder.add("person_address", "beta", "b", b);
        builder.store().seal();
        const FeatureTable features(builder.store(), {}, {}, separate);
        const Level found = compare(features, comparison, 0, 1).level;
        return found == kNull ? "null" : std::string(level_names(comparison)[found - 1U]);
    };
    const PersonBuilder::Fields home = {{"house_number", "12"}, {"street", "Mill Road"}, {"town", "Worthing"}};
    const PersonBuilder::Fields misspelt = {{"house_number", "12"}, {"street", "Mil Road"}, {"town", "Worthing"}};
    const PersonBuilder::Fields other = {{"house_number", "3"}, {"street", "Church Lane"}, {"town", "Worthin"}};
    const PersonBuilder::Fields unknown = {{"street", "No fixed abode"}, {"town", "Not known"}};
    EXPECT_EQ(level(home, home, false, Comparison::address), "house");
    EXPECT_EQ(level(home, misspelt, false, Comparison::address), "street");
    EXPECT_EQ(level(home, other, false, Comparison::address), "town");
    EXPECT_EQ(level(unknown, unknown, false, Comparison::address), "null") << "placeholders are never matched on";
    EXPECT_EQ(level(home, home, true, Comparison::address), "null") << "no postcode, no UPRN";
    EXPECT_EQ(level(home, home, true, Comparison::street), "house");
    EXPECT_EQ(level(home, misspelt, true, Comparison::street), "close");
    EXPECT_EQ(level(home, other, true, Comparison::street), "different");
    EXPECT_EQ(level(home, other, true, Comparison::town), "close");
    // One postcode lies in one town: said once.
    const auto with_postcode = [](PersonBuilder::Fields fields, const char* postcode) {
        fields.emplace_back("postcode", postcode);
        return fields;
    };
    EXPECT_EQ(level(with_postcode(home, "BN11 1AA"), with_postcode(other, "BN11 1AA"), true, Comparison::town), "null");
    EXPECT_EQ(level(with_postcode(home, "BN11 1AA"), with_postcode(other, "BN11 2ZZ"), true, Comparison::town),
              "close");
}

TEST(Comparisons, ContactsASlipApartAreClose) {
    const auto level = [](const char* field, const std::string& a, const std::string& b) {
        PersonBuilder builder;
        builder.person("alpha", "a", {});
        builder.person("beta", "b", {});
        const std::string type = std::string(field) == "email" ? "email" : "mobile";
        builder.add("person_contact", "alpha", "a", {{"contact_type", type}, {field, a}});
        builder.add("person_contact", "beta", "b", {{"contact_type", type}, {field, b}});
        return compared(builder, Comparison::contact);
    };
    EXPECT_EQ(level("email", "jsmith19@mail.org", "jsmith19@post.net"), "close");
    EXPECT_EQ(level("email", "jane.smith@mail.org", "jane.smtih@mail.org"), "close");
    EXPECT_EQ(level("email", "jane.smith@mail.org", "peter.wood@post.net"), "different");
    EXPECT_EQ(level("phone", "07700900123", "07700900124"), "close");
    EXPECT_EQ(level("phone", "07700900123", "07700911124"), "different");
}

TEST(Comparisons, BirthPlacesAgreeTheMoreTheRarer) {
    PersonBuilder builder;
    for (int i = 0; i < 40; ++i)
        builder.person("alpha", "a" + std::to_string(i), {{"birth_place", i < 38 ? "Chichester" : "Didling"}});
    builder.person("beta", "b", {{"birth_place", "Chichestre"}});
    builder.store().seal();
    TermFrequencySettings settings;
    settings.prior_people = 10;
    const FeatureTable features(builder.store(), settings);
    const Rank common = features.rank(builder.row("alpha", "a1"));
    const Rank rare = features.rank(builder.row("alpha", "a38"));
    const Rank also_rare = features.rank(builder.row("alpha", "a39"));
    const Rank misspelt = features.rank(builder.row("beta", "b"));
    EXPECT_EQ(compare(features, Comparison::birth_place, common, misspelt).level, level::place_close);
    EXPECT_EQ(compare(features, Comparison::birth_place, common, rare).level, level::place_different);
    EXPECT_GT(compare(features, Comparison::birth_place, rare, also_rare).rarity_bits,
              compare(features, Comparison::birth_place, common, common + 1).rarity_bits);
}

}  // namespace
}  // namespace caseweave
