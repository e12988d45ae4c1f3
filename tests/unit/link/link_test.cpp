#include "link/link.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "link/explain.hpp"
#include "unit/link/people_generator.hpp"

namespace caseweave {
namespace {

using test::CountyShape;
using test::GeneratedRecord;
using test::PersonBuilder;

const LinkageModel& shipped_model() {
    static const LinkageModel model = LinkageModel::load(CASEWEAVE_SOURCE_DIR "/config/linkage/default.toml");
    return model;
}

TEST(LinkPeople, FindsTheChildrenOfASimulatedCounty) {
    for (const std::uint64_t seed : {11U, 12U, 13U}) {
        CountyShape shape;
        shape.families = 1500;
        const auto records = test::generate_records(seed, shape);
        PersonBuilder builder;
        fill(builder, records);
        const LinkResult result = link_people(builder.store(), shipped_model());
        const auto counts = count_pairs(builder, records, result.cluster);
        std::cerr << "seed " << seed << " records " << records.size() << " true " << counts.true_pairs << " linked "
                  << counts.linked << " precision " << counts.precision() << " recall " << counts.recall() << " twins "
                  << counts.twins_merged << " review " << result.review.size() << " refused " << result.refused.size()
                  << " scored " << result.stats.scored_pairs << " t " << result.stats.seconds_features << " "
                  << result.stats.seconds_pairs << " " << result.stats.seconds_clusters << "\n";
        EXPECT_GE(counts.precision(), 0.998) << "seed " << seed;
        EXPECT_GE(counts.recall(), 0.97) << "seed " << seed;
        EXPECT_EQ(counts.twins_merged, 0U) << "seed " << seed;
        EXPECT_EQ(counts.across_seal, 0U) << "seed " << seed;
        EXPECT_TRUE(check_seals(builder.store(), result).holds());
    }
}

}  // namespace
}  // namespace caseweave
