#include "link/blocking.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "unit/link/people_generator.hpp"
#include "unit/link/shipped_model.hpp"

namespace caseweave {
namespace {

using test::PersonBuilder;
using test::shipped_model;
using Pairs = std::map<std::pair<Rank, Rank>, std::uint16_t>;

Pairs walk(const FeatureTable& features, const BlockIndex& index) {
    Pairs pairs;
    BlockIndex::Walker walker(index);
    for (Rank rank = 0; rank < features.size(); ++rank) {
        for (const auto& candidate : walker.candidates(rank)) {
            EXPECT_GT(candidate.partner, rank);
            EXPECT_TRUE(pairs.emplace(std::pair(rank, candidate.partner), candidate.rule).second)
                << "a pair came twice";
        }
    }
    return pairs;
}

/// The obvious way: every pair against every rule, first rule wins.
Pairs compare_all(const FeatureTable& features, const std::vector<BlockingRule>& rules) {
    std::vector<std::vector<std::set<std::uint64_t>>> keys(rules.size());
    std::vector<std::map<std::uint64_t, std::uint32_t>> sizes(rules.size());
    for (std::size_t r = 0; r < rules.size(); ++r) {
        for (Rank rank = 0; rank < features.size(); ++rank) {
            const auto list = blocking_keys(features, rules[r], rank);
            keys[r].emplace_back(list.begin(), list.end());
            for (const auto key : keys[r].back()) ++sizes[r][key];
        }
    }
    Pairs pairs;
    for (Rank a = 0; a < features.size(); ++a) {
        for (Rank b = a + 1; b < features.size(); ++b) {
            for (std::uint16_t r = 0; r < rules.size(); ++r) {
                const bool together = std::ranges::any_of(keys[r][a], [&](std::uint64_t key) {
                    return keys[r][b].contains(key) && sizes[r][key] <= rules[r].max_block;
                });
                if (!together) continue;
                pairs.emplace(std::pair(a, b), r);
                break;
            }
        }
    }
    return pairs;
}

TEST(BlockIndex, MakesEachPairOnceWithItsFirstRuleLikeComparingAllWithAll) {
    for (const std::uint64_t seed : {21U, 22U}) {
        test::CountyShape shape;
        shape.families = 60;
        shape.unborn = 0.1;
        PersonBuilder builder;
        fill(builder, test::generate_records(seed, shape));
        const FeatureTable features(builder.store(), shipped_model().term_frequency());
        auto rules = shipped_model().blocking();
        for (auto& rule : rules) rule.max_block = 12;  // so that some blocks are capped
        const BlockIndex index(features, rules, 1);
        const Pairs pairs = walk(features, index);
        EXPECT_GT(pairs.size(), 100U);
        EXPECT_EQ(pairs, compare_all(features, rules)) << "seed " << seed;
        EXPECT_EQ(walk(features, BlockIndex(features, rules, 4)), pairs) << "threads change nothing";
    }
}

TEST(BlockIndex, ReportsABlockThatIsTooLarge) {
    PersonBuilder builder;
    for (int i = 0; i < 50; ++i) {
        builder.person("alpha", std::to_string(i),
                       {{"family_name", "Smith"}, {"given_name", "Ann"}, {"birth_date", "2012-03-27"}});
    }
    builder.store().seal();
    const FeatureTable features(builder.store(), shipped_model().term_frequency());
    std::vector<BlockingRule> rules = {{"birth date, family", {KeyPart::birth_date, KeyPart::family}, 49, {}},
                                       {"forename", {KeyPart::given}, 50, {}}};
    const BlockIndex index(features, rules, 1);
    ASSERT_EQ(index.capped().size(), 1U);
    EXPECT_EQ(index.capped()[0].rule, 0);
    EXPECT_EQ(index.capped()[0].records, 50U);
    const Pairs pairs = walk(features, index);
    EXPECT_EQ(pairs.size(), 50U * 49 / 2) << "left to the other rules";
    EXPECT_TRUE(std::ranges::all_of(pairs, [](const auto& pair) { return pair.second == 1; }));
}

TEST(BlockIndex, MakesNoKeyFromWhatIsMissing) {
    PersonBuilder builder;
    builder.person("alpha", "1", {{"family_name", "Smith"}});
    builder.person("alpha", "2", {{"family_name", "Smith"}});
    builder.person("alpha", "3", {{"person_kind", "adult"}, {"family_name", "Smith"}, {"birth_date", "2012-03-27"}});
    builder.person("alpha", "4", {{"family_name", "Smith"}, {"birth_date", "2012-03-27"}});
    builder.store().seal();
    const FeatureTable features(builder.store(), shipped_model().term_frequency());
    const BlockingRule rule{"birth date, family", {KeyPart::birth_date, KeyPart::family}, 100, {}};
    EXPECT_TRUE(blocking_keys(features, rule, 0).empty());
    EXPECT_TRUE(walk(features, BlockIndex(features, {rule}, 1)).empty()) << "and adults never meet children";
}

TEST(BlockIndex, ARangeOfBirthDatesMakesKeysOfItsYearsAndSeasonsAndNoneOfADay) {
    PersonBuilder builder;
    const auto person = [&](const std::string& key, const std::string& date, const std::string& first,
                            const std::string& last) {
        builder.person("alpha", key,
                       {{"birth_date", date}, {"birth_date_earliest", first}, {"birth_date_latest", last}});
    };
    person("range", "", "2009-02-01", "2011-11-30");
    person("wide", "", "2009-12-31", "2012-01-01");
    person("both", "2010-05-05", "2009-02-01", "2011-11-30");
    for (const std::string date : {"2008-06-15", "2009-02-01", "2010-05-05", "2011-11-30", "2013-06-15"})
        person(date, date, "", "");
    builder.store().seal();
    const FeatureTable features(builder.store(), shipped_model().term_frequency());
    const auto keys = [&](const std::string& key, KeyPart part) {
        return blocking_keys(features, {"rule", {part}, 100, {}}, features.rank(builder.row("alpha", key)));
    };
    const auto meet = [&](const std::string& a, const std::string& b, KeyPart part) {
        const auto left = keys(a, part);
        return std::ranges::any_of(keys(b, part), [&](std::uint64_t key) { return std::ranges::count(left, key) > 0; });
    };
    for (const KeyPart to_the_day : {KeyPart::birth_date, KeyPart::birth_date_or_swapped, KeyPart::birth_year_month,
                                     KeyPart::birth_month_day, KeyPart::birth_year_day})
        EXPECT_TRUE(keys("range", to_the_day).empty());
    for (const KeyPart part : {KeyPart::birth_year, KeyPart::birth_season}) {
        EXPECT_TRUE(meet("range", "2009-02-01", part));
        EXPECT_TRUE(meet("range", "2010-05-05", part));
        EXPECT_TRUE(meet("range", "2011-11-30", part));
        EXPECT_FALSE(meet("range", "2008-06-15", part));
        EXPECT_FALSE(meet("range", "2013-06-15", part));
        EXPECT_TRUE(keys("wide", part).empty()) << "four years say too little";
        EXPECT_EQ(keys("both", part), keys("2010-05-05", part)) << "a date beside it is what a record is looked up by";
    }
}

TEST(BlockIndex, BringsTogetherWhatWasTypedDifferently) {
    using Fields = PersonBuilder::Fields;
    const auto meet = [](const Fields& a, const Fields& b) {
        PersonBuilder builder;
        builder.person("alpha", "a", a);
        builder.person("beta", "b", b);
        builder.store().seal();
        const FeatureTable features(builder.store(), shipped_model().term_frequency());
        return walk(features, BlockIndex(features, shipped_model().blocking(), 1)).size() == 1;
    };
    const Fields child = {{"given_name", "Rupert"}, {"family_name", "Vandersteen"}, {"birth_date", "2012-03-07"}};
    EXPECT_TRUE(meet(child, {{"given_name", "Rupert"}, {"family_name", "Fandersteen"}, {"birth_date", "2012-03-07"}}))
        << "sound of the family name";
    EXPECT_TRUE(meet(child, {{"given_name", "Rupert"}, {"family_name", "Okafor"}, {"birth_date", "2012-03-07"}}))
        << "other family name";
    EXPECT_TRUE(meet(child, {{"given_name", "Rupert"}, {"family_name", "Okafor"}, {"birth_date", "2012-07-03"}}))
        << "day and month exchanged";
    EXPECT_TRUE(meet(child, {{"given_name", "Vandersteen"}, {"family_name", "Rupert"}, {"birth_date", "2012-03-08"}}))
        << "names in the other order";
    EXPECT_TRUE(meet(child, {{"given_name", "Rupert"}, {"family_name", "Vandersteen"}, {"birth_date", "2015-03-07"}}))
        << "other year";
    EXPECT_FALSE(meet(child, {{"given_name", "Ann"}, {"family_name", "Okafor"}, {"birth_date", "2012-03-07"}}))
        << "nothing but the date";
}

TEST(Blocking, SplitsALargeBlockByEachPartLeftAndCapsTheRest) {
    PersonBuilder builder;
    // Ten of one name: five of one town, of whom three share a birth year with two from elsewhere.
    for (int i = 0; i < 10; ++i) {
        const std::string key(1, static_cast<char>('a' + i));
        builder.person("alpha", key,
                       {{"family_name", "Smith"},
                        {"birth_date", i >= 2 && i < 7 ? "2010-01-01" : "200" + std::to_string(i) + "-05-05"}});
        builder.add("person_address", "alpha", key,
                    {{"address_type", "home"}, {"town", i < 5 ? "Worthing" : "Town" + key}});
    }
    builder.store().seal();
    const FeatureTable features(builder.store(), TermFrequencySettings{});
    BlockingRule rule{"family name", {KeyPart::family}, 5, {KeyPart::town, KeyPart::birth_year}};
    const BlockIndex index(features, {rule}, 1);
    std::set<std::pair<Rank, Rank>> expected;
    for (Rank a = 0; a < 10; ++a) {
        for (Rank b = a + 1; b < 10; ++b) {
            if ((a < 5 && b < 5) || (a >= 2 && a < 7 && b >= 2 && b < 7)) expected.emplace(a, b);
        }
    }
    std::set<std::pair<Rank, Rank>> found;
    for (const auto& [pair, number] : walk(features, index)) found.insert(pair);
    EXPECT_EQ(found, expected);
    EXPECT_TRUE(index.capped().empty());

    rule.max_block = 4;
    const BlockIndex capped(features, {rule}, 1);
    ASSERT_EQ(capped.capped().size(), 1U) << "the five of one birth year; those of one town are split by year";
    EXPECT_EQ(capped.capped().front().records, 5U);
}

TEST(Blocking, ComparesEveryPairOfASmallFileAndOfNoLargerOne) {
    PersonBuilder builder;
    for (int i = 0; i < 6; ++i) builder.person("alpha", std::string(1, static_cast<char>('a' + i)), {});
    builder.store().seal();
    const FeatureTable features(builder.store(), TermFrequencySettings{});
    EXPECT_EQ(walk(features, BlockIndex(features, {{"all", {KeyPart::anyone}, 6, {}}}, 1)).size(), 15U);
    const BlockIndex larger(features, {{"all", {KeyPart::anyone}, 5, {}}}, 1);
    EXPECT_TRUE(walk(features, larger).empty());
    EXPECT_TRUE(larger.capped().empty()) << "no block that came out too large, but a rule that does not apply";
}

}  // namespace
}  // namespace caseweave
