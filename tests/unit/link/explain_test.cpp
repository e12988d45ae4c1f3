#include "link/explain.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "unit/link/people_generator.hpp"
#include "unit/link/shipped_model.hpp"

namespace caseweave {
namespace {

using test::PersonBuilder;
using test::shipped_model;
using Outcome = Explanation::Outcome;

/// Links a small county with all hazards once for these tests.
struct County {
    County() {
        test::CountyShape shape;
        shape.families = 200;
        shape.adopted = 0.1;
        shape.twins = 0.1;
        records = test::generate_records(71, shape);
        fill(builder, records);
        result = link_people(builder.store(), shipped_model());
    }
    PersonBuilder builder;
    std::vector<test::GeneratedRecord> records;
    LinkResult result;
};

TEST(Explanation, SaysWhatLinkingScored) {
    County county;
    const Explainer explainer(county.builder.store(), shipped_model(), county.result);
    std::size_t asked = 0;
    for (const Link& link : county.result.links) {
        const auto explanation = explainer.explain(link.a, link.b);
        ASSERT_TRUE(explanation);
        EXPECT_EQ(static_cast<float>(explanation->bits), link.bits);
        EXPECT_EQ(explanation->outcome, Outcome::same_person);
        ASSERT_FALSE(explanation->rules.empty());
        EXPECT_EQ(explanation->rules.front(), link.rule);
        double against = explanation->prior_bits[0];
        for (const ExplainedComparison& comparison : explanation->comparisons) {
            EXPECT_EQ(comparison.level, level_of(link.pattern, comparison.comparison));
            against += comparison.bits[0];
        }
        EXPECT_NEAR(against, explanation->against[0], 1e-9) << "the bars add up to the weight";
        ++asked;
    }
    EXPECT_GT(asked, 100U);
    for (const ReviewPair& review : county.result.review) {
        const auto explanation = explainer.explain(review.b, review.a);
        ASSERT_TRUE(explanation);
        EXPECT_EQ(static_cast<float>(explanation->bits), review.bits);
        EXPECT_EQ(explanation->outcome, Outcome::for_review);
    }
    for (const RefusedPair& refused : county.result.refused) {
        const auto explanation = explainer.explain(refused.a, refused.b);
        ASSERT_TRUE(explanation);
        EXPECT_NE(explanation->outcome, Outcome::same_person);
        EXPECT_NE(explanation->constraint, RefusalReason::none);
    }
}

TEST(Explanation, AcrossASealIsThatOfARecordThatDoesNotExist) {
    County county;
    const Explainer explainer(county.builder.store(), shipped_model(), county.result);
    std::size_t pairs = 0;
    for (const auto& a : county.records) {
        for (const auto& b : county.records) {
            if (a.domain == 0 || a.domain != b.domain || a.later == b.later) continue;
            const auto& clusters = county.result.cluster;
            const bool settled = [&] {
                // An unflagged copy that links to nobody on its side is known to nobody as a copy.
                const auto reached = [&](const test::GeneratedRecord& record) {
                    return std::ranges::any_of(county.records, [&](const test::GeneratedRecord& other) {
                        return other.flagged && other.person == record.person &&
                               clusters[county.builder.row(other.system, other.key).value] ==
                                   clusters[county.builder.row(record.system, record.key).value];
                    });
                };
                return reached(a) && reached(b);
            }();
            if (!settled) continue;
            ++pairs;
            EXPECT_FALSE(explainer.explain(a.system, a.key, b.system, b.key));
        }
    }
    EXPECT_GT(pairs, 50U);
    EXPECT_FALSE(explainer.explain("social_care", "no such key", "education", "1"));
    EXPECT_FALSE(explainer.explain("no such system", "1", "education", "1"));
}

TEST(Explanation, ShowsThePathThroughACluster) {
    County county;
    const Explainer explainer(county.builder.store(), shipped_model(), county.result);
    std::size_t longer = 0;
    const auto size = static_cast<std::uint32_t>(county.builder.store().size());
    for (std::uint32_t a = 0; a < size; ++a) {
        for (std::uint32_t b = a + 1; b < std::min(size, a + 12); ++b) {
            if (county.result.cluster[a] != county.result.cluster[b]) continue;
            const auto explanation = explainer.explain(PersonRow{a}, PersonRow{b});
            ASSERT_TRUE(explanation);
            ASSERT_FALSE(explanation->path.empty());
            PersonRow here{a};
            for (const Link& link : explanation->path) {
                ASSERT_TRUE(link.a == here || link.b == here);
                here = link.a == here ? link.b : link.a;
            }
            EXPECT_EQ(here, PersonRow{b});
            longer += explanation->path.size() > 1 ? 1U : 0U;
        }
    }
    EXPECT_GT(longer, 20U);
}

TEST(Explanation, SpeaksInWordsWithoutValues) {
    PersonBuilder builder;
    for (const char* system : {"alpha", "beta"}) {
        builder.person(system, "k1",
                       {{"given_name", "Ferdinand"}, {"family_name", "Vandersteen"}, {"birth_date", "2012-03-27"}});
    }
    builder.person("gamma", "k2",
                   {{"given_name", "Leopold"}, {"family_name", "Vandersteen"}, {"birth_date", "2012-03-27"}});
    builder.store().seal();
    const LinkResult result = link_people(builder.store(), shipped_model());
    const auto one =
        explain_pair(builder.store(), shipped_model(), result, builder.row("alpha", "k1"), builder.row("beta", "k1"));
    ASSERT_TRUE(one);
    const std::string words = in_words(*one, shipped_model());
    EXPECT_NE(words.find("One person."), std::string::npos) << words;
    EXPECT_NE(words.find("the same birth date"), std::string::npos) << words;
    for (const char* value : {"Ferdinand", "Vandersteen", "ferdinand", "2012", "k1"})
        EXPECT_EQ(words.find(value), std::string::npos) << value;

    const auto twins =
        explain_pair(builder.store(), shipped_model(), result, builder.row("alpha", "k1"), builder.row("gamma", "k2"));
    ASSERT_TRUE(twins);
    EXPECT_EQ(twins->outcome, Outcome::different);
    EXPECT_EQ(twins->constraint, RefusalReason::multiple_birth);
    EXPECT_NE(in_words(*twins, shipped_model()).find("multiple birth"), std::string::npos);
    EXPECT_EQ(explain_pair(builder.store(), shipped_model(), result, PersonRow{0}, PersonRow{0})->outcome,
              Outcome::same_person);
}

TEST(Explanation, WithholdsWhatAComparisonFoundAndAllThatWouldTellIt) {
    PersonBuilder builder;
    for (const char* system : {"alpha", "beta"}) {
        builder.person(system, "k1",
                       {{"given_name", "Ferdinand"}, {"family_name", "Vandersteen"}, {"birth_date", "2012-03-27"}});
        builder.add("person_address", system, "k1", {{"house_number", "3"}, {"postcode", "PO19 1RQ"}});
    }
    builder.store().seal();
    const LinkResult result = link_people(builder.store(), shipped_model());
    auto told =
        explain_pair(builder.store(), shipped_model(), result, builder.row("alpha", "k1"), builder.row("beta", "k1"));
    ASSERT_TRUE(told);
    const auto of_address = static_cast<std::size_t>(Comparison::address);
    ASSERT_NE(told->comparisons[of_address].level, kNull);
    const Explanation whole = *told;
    withhold(*told, shipped_model(), {Comparison::address});
    EXPECT_EQ(told->outcome, Outcome::same_person);
    EXPECT_EQ(told->comparisons[of_address].level, kNull);
    EXPECT_EQ(told->bits, 0);
    EXPECT_NEAR(told->against[0], whole.against[0] - whole.comparisons[of_address].bits[0], 1e-9);
    EXPECT_LT(told->rules.size(), whole.rules.size());
    for (const std::uint16_t rule : told->rules) {
        for (const char* part : {"postcode", "property", "dwelling"})
            EXPECT_EQ(shipped_model().blocking()[rule].name.find(part), std::string::npos);
    }
    const std::string words = in_words(*told, shipped_model());
    EXPECT_NE(words.find("address: not shown to this role"), std::string::npos) << words;
    for (const char* told_by : {"postcode", "Weight", "probability", "bits."})
        EXPECT_EQ(words.find(told_by), std::string::npos) << words;

    Explanation nothing = whole;
    withhold(nothing, shipped_model(), {});
    EXPECT_EQ(in_words(nothing, shipped_model()), in_words(whole, shipped_model()));
}

TEST(Explanation, GivesNoHintOfAShieldedReview) {
    PersonBuilder builder;
    builder.person("alpha", "a",
                   {{"given_name", "Ferdinand"}, {"family_name", "Vale"}, {"birth_date", "2012-03-27"}, {"sex", "M"}});
    builder.person(
        "beta", "b",
        {{"given_name", "Ferdinand"}, {"family_name", "Kowalski"}, {"birth_date", "2012-03-27"}, {"sex", "M"}});
    builder.add("restriction", "alpha", "a", {{"scope", "record"}});
    builder.store().seal();
    const LinkResult result = link_people(builder.store(), shipped_model());
    ASSERT_EQ(result.review.size(), 1U);
    ASSERT_TRUE(result.review[0].shielded);
    const auto explanation = explain_pair(builder.store(), shipped_model(), result, PersonRow{0}, PersonRow{1});
    ASSERT_TRUE(explanation);
    EXPECT_EQ(explanation->outcome, Outcome::different);
}

TEST(Explanation, DescribesAStoredPattern) {
    Pattern pattern = with_level({}, Comparison::given_name, 1);
    pattern = with_level(pattern, Comparison::sex, 2);
    const auto described = describe_pattern(shipped_model(), pattern);
    ASSERT_EQ(described.size(), kComparisons);
    EXPECT_EQ(described[0].words, shipped_model().level(Comparison::given_name, 1).label);
    EXPECT_EQ(described[static_cast<std::size_t>(Comparison::sex)].level, 2);
    EXPECT_EQ(described[static_cast<std::size_t>(Comparison::upn)].level, kNull);
}

}  // namespace
}  // namespace caseweave
