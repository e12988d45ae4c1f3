#include "link/pair_bound.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "link/comparisons.hpp"
#include "unit/link/people_generator.hpp"
#include "unit/link/shipped_model.hpp"
#include "unit/text/random_text.hpp"

namespace caseweave {
namespace {

struct Outcome {
    std::size_t pairs = 0;
    std::size_t settled = 0;  ///< told apart by their heads
    std::size_t reaching = 0;
};

/// Weighs every pair of a store and holds the bound against it.
Outcome hold_bounds_against_weights(const PersonStore& store, const LinkageModel& model) {
    const FeatureTable features(store, model);
    const PairScorer scorer(features, model);
    const PairBound bound(features, model);
    Outcome outcome;
    for (Rank a = 0; a < features.size(); ++a) {
        for (Rank b = a + 1; b < features.size(); ++b) {
            const double bits = scorer.score(a, b).bits;
            const double most = bound.at_most(features.head(a), features.head(b));
            EXPECT_LE(bits, most + 1e-6) << "ranks " << a << " and " << b;
            EXPECT_EQ(most, bound.at_most(features.head(b), features.head(a)));
            ++outcome.pairs;
            outcome.settled += most < model.review_bits() ? 1U : 0U;
            outcome.reaching += bits >= model.review_bits() ? 1U : 0U;
        }
    }
    return outcome;
}

TEST(PairBound, IsNeverBelowTheWeightOfChildrensRecords) {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        test::CountyShape shape;
        shape.families = 60;
        shape.twins = 0.1;
        shape.unborn = 0.1;
        shape.birth_date_error = 0.2;
        shape.forename_error = 0.2;
        shape.surname_error = 0.2;
        test::PersonBuilder builder;
        fill(builder, test::generate_records(seed, shape));
        const Outcome outcome = hold_bounds_against_weights(builder.store(), test::shipped_model());
        EXPECT_GT(outcome.reaching, 100U) << "the bound must have met records of one person; seed " << seed;
        EXPECT_GT(outcome.settled, outcome.pairs / 4) << "a bound that settles little is of no use; seed " << seed;
    }
}

/// Adds records of adults as a file has them: few values, each misspelt now and then, some missing.
void fill_as_a_file(test::PersonBuilder& builder, text::RandomText& random, std::size_t records) {
    using Values = std::vector<std::string>;
    const Values given = {"catherine", "kate", "alexander", "alex", "j", "mary jane", "lee", "smith", ""};
    const Values family = {"lee", "smith", "smyth", "alexander", "hara jones", "ng", "kate", ""};
    const Values streets = {"high street", "hill street", "station road", ""};
    const Values towns = {"chichester", "bosham", "midhurst", ""};
    const Values postcodes = {"PO19 1AA", "PO19 1AB", "PO20 2AA", ""};
    const Values dates = {"1981-03-12", "1981-12-03", "1981-03-13", "1982-03-12", "1980-01-01", "1981-03", ""};
    const auto draw = [&](const Values& values) { return values[random.below(values.size())]; };
    const auto draw_misspelt = [&](const Values& values) {
        std::string value = draw(values);
        return random.below(4) == 0 ? random.misspell(std::move(value), 2, "abcdeghinorst") : value;
    };
    builder.store().add_extra_column("number", ExtraKind::exact);
    for (std::size_t i = 0; i < records; ++i) {
        const std::string key = std::to_string(i);
        builder.person("file", key,
                       {{"given_name", draw_misspelt(given)},
                        {"family_name", draw_misspelt(family)},
                        {"middle_names", random.below(6) == 0 ? draw(given) : ""},
                        {"birth_date", draw(dates)},
                        {"sex", draw({"M", "F", ""})}});
        builder.add("person_address", "file", key,
                    {{"address_type", "home"},
                     {"house_number", "1"},
                     {"street", draw_misspelt(streets)},
                     {"town", draw_misspelt(towns)},
                     {"postcode", draw(postcodes)}});
        if (random.below(3) != 0)
            builder.store().set_extra(0, PersonRow{static_cast<std::uint32_t>(i)}, std::to_string(random.below(40)));
    }
    builder.store().seal();
}

TEST(PairBound, IsNeverBelowTheWeightOfAFilesRecords) {
    text::RandomText random;
    SCOPED_TRACE(random.trace());
    test::PersonBuilder builder;
    fill_as_a_file(builder, random, 400);
    const LinkageModel model = LinkageModel::load(CASEWEAVE_SOURCE_DIR "/config/linkage/people.toml")
                                   .with_further("number", FurtherKind::exact);
    const Outcome outcome = hold_bounds_against_weights(builder.store(), model);
    EXPECT_GT(outcome.reaching, 0U);
    EXPECT_GT(outcome.settled, outcome.pairs / 4) << "a bound that settles little is of no use";
}

}  // namespace
}  // namespace caseweave
