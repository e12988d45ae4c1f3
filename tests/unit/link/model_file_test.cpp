#include "link/model_file.hpp"

#include <gtest/gtest.h>

#include "unit/link/people_generator.hpp"
#include "unit/link/shipped_model.hpp"

namespace caseweave {
namespace {

TEST(ModelFile, ATrainedModelReadsBackToTheLastBit) {
    test::PersonBuilder builder;
    test::fill(builder, test::generate_records(5));
    const LinkageModel start = test::shipped_model().with_further("pupil \"group\"", FurtherKind::jaro_winkler);
    TrainingOptions options;
    options.random_pairs = 50'000;
    const Training training = train_model(builder.store(), start, options);
    ASSERT_TRUE(training.report.enough);
    const std::string text =
        write_model(training.model.with_name("county", "2"), training.report, {"2026-01-31", "ab", "cd", 1});
    const LinkageModel read = LinkageModel::parse(text, "trained.toml");
    EXPECT_EQ(read.name(), "county");
    ASSERT_EQ(read.comparisons(), training.model.comparisons());
    for (std::size_t c = 0; c < read.comparisons(); ++c) {
        for (std::size_t i = 0; i < read.levels(c).size(); ++i) {
            EXPECT_EQ(read.levels(c)[i].bits, training.model.levels(c)[i].bits) << read.comparison_name(c);
            EXPECT_EQ(read.levels(c)[i].label, training.model.levels(c)[i].label);
        }
    }
    EXPECT_EQ(read.match_bits(), training.model.match_bits());
    EXPECT_EQ(read.prior().partners, training.model.prior().partners);
    ASSERT_EQ(read.blocking().size(), training.model.blocking().size());
    EXPECT_EQ(read.blocking().back().key, training.model.blocking().back().key);
    EXPECT_EQ(write_model(read, training.report, {"2026-01-31", "ab", "cd", 1}), text);
    EXPECT_NE(text.find("m_pairs = 0.0"), std::string::npos) << "levels never seen are marked";
}

TEST(ModelFile, AFilesColumnsBringTheirComparisonsAndRules) {
    test::PersonBuilder builder;
    builder.store().add_extra_column("occupation", ExtraKind::text);
    builder.store().add_extra_column("staff_number", ExtraKind::exact);
    builder.person("file", "1", {});
    builder.store().seal();
    const LinkageModel model = model_for_file(test::shipped_model(), builder.store());
    ASSERT_EQ(model.further().size(), 2U);
    EXPECT_EQ(model.further()[0].kind, FurtherKind::jaro_winkler);
    EXPECT_EQ(model.further()[1].kind, FurtherKind::exact);
    EXPECT_EQ(model.blocking().size(), test::shipped_model().blocking().size() + 2);
    EXPECT_EQ(model.bits(Comparison::source, 2, Alternative::unrelated), 0) << "two records of one file are no sign";
    EXPECT_EQ(model_for_file(model, builder.store()).further().size(), 2U) << "once";
}

}  // namespace
}  // namespace caseweave
