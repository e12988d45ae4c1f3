#include "link/linkage_model.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>
#include <string>

#include "core/error.hpp"
#include "unit/link/shipped_model.hpp"

namespace caseweave {
namespace {

std::string shipped_text() {
    std::ifstream file(CASEWEAVE_SOURCE_DIR "/config/linkage/default.toml");
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string with(const std::string& what, const std::string& instead) {
    std::string text = shipped_text();
    const auto at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), instead);
}

std::string refusal(const std::string& text) {
    try {
        LinkageModel::parse(text, "model.toml");
    } catch (const SettingsError& error) {
        return error.what();
    }
    return "";
}

TEST(LinkageModel, ReadsTheShippedModelWithEveryLevelWeighed) {
    const LinkageModel& model = test::shipped_model();
    for (std::size_t i = 0; i < kComparisons; ++i) {
        const auto c = static_cast<Comparison>(i);
        ASSERT_EQ(model.levels(c).size(), level_names(c).size()) << to_string(c);
        for (Level level = 1; level <= model.levels(c).size(); ++level) {
            const LevelWeights& weights = model.level(c, level);
            EXPECT_EQ(weights.name, level_names(c)[level - 1U]);
            for (std::size_t a = 0; a < kAlternatives; ++a) {
                EXPECT_DOUBLE_EQ(model.bits(c, level, static_cast<Alternative>(a)),
                                 std::log2(weights.m / weights.u[a]));
            }
        }
        EXPECT_EQ(model.bits(c, kNull, Alternative::unrelated), 0);
    }
}

TEST(LinkageModel, ClosestLevelsWeighMostAndDifferenceWeighsAgainst) {
    const LinkageModel& model = test::shipped_model();
    for (const Comparison c :
         {Comparison::given_name, Comparison::family_name, Comparison::birth_date, Comparison::address}) {
        const auto last = static_cast<Level>(model.levels(c).size());
        EXPECT_GT(model.bits(c, 1, Alternative::unrelated), 6) << to_string(c);
        EXPECT_LT(model.bits(c, last, Alternative::unrelated), -2) << to_string(c);
    }
}

TEST(LinkageModel, ThePriorFollowsTheSizeOfThePopulation) {
    const LinkageModel& model = test::shipped_model();
    EXPECT_NEAR(model.prior_bits(Alternative::unrelated, 100'000) - model.prior_bits(Alternative::unrelated, 200'000),
                1, 1e-9);
    EXPECT_EQ(model.prior_bits(Alternative::unrelated, 2), model.prior_bits(Alternative::unrelated, 2000))
        << "two records are part of a county";
    EXPECT_EQ(model.prior_bits(Alternative::twin, 100'000), model.prior_bits(Alternative::twin, 200'000))
        << "a larger county brings no more twins of one child";
}

TEST(LinkageModel, TurnsBitsIntoProbabilitiesAndBack) {
    EXPECT_DOUBLE_EQ(to_probability(0), 0.5);
    EXPECT_NEAR(to_probability(to_bits(0.99)), 0.99, 1e-12);
    EXPECT_GT(to_probability(60), 0.999999);
}

TEST(LinkageModel, TakesNewProbabilitiesFromTraining) {
    const LinkageModel trained =
        test::shipped_model().with_probabilities(static_cast<std::size_t>(Comparison::sex), 1, 0.8, {0.4, 0.5, 0.5});
    EXPECT_DOUBLE_EQ(trained.bits(Comparison::sex, 1, Alternative::unrelated), 1);
    EXPECT_NE(test::shipped_model().bits(Comparison::sex, 1, Alternative::unrelated), 1);
}

TEST(LinkageModel, RefusesWhatCannotBeAModel) {
    EXPECT_NE(refusal(with("m = 0.893", "m = 0.0")).find("model.toml:"), std::string::npos)
        << "an m of 0, with its place";
    EXPECT_NE(refusal(with("m = 0.893", "m = nan")), "");
    EXPECT_NE(refusal(with("m = 0.893", "m = 0.5")).find("add up"), std::string::npos);
    EXPECT_NE(refusal(with("m = 0.893", "m = 1.5")), "");
    EXPECT_NE(refusal(with("name = \"part\"", "name = \"parts\"")).find("in this order"), std::string::npos);
    EXPECT_NE(refusal(with("name = \"given_name\"", "name = \"givn_name\"")).find("given_name"), std::string::npos)
        << "a suggestion";
    EXPECT_NE(refusal(with("match = 0.99", "match = 1.0")), "");
    EXPECT_NE(refusal(with("review = 0.50", "review = 0.999")), "");
    EXPECT_NE(refusal(with("partners = 3", "partner = 3")).find("partner"), std::string::npos) << "an unknown key";
    EXPECT_NE(refusal(with("key = [\"nhs_number\"]", "key = [\"nhs_nunber\"]")).find("nhs_number"), std::string::npos);
    EXPECT_NE(refusal(with("key = [\"nhs_number\"]", "key = []")), "");
    EXPECT_NE(refusal(with("max_block = 200", "max_block = 0")), "");
    EXPECT_EQ(refusal(shipped_text()), "");
}

TEST(LinkageModel, ThePeopleModelTakesFromTheShippedOneWhatItDoesNotSay) {
    const LinkageModel people = LinkageModel::load(CASEWEAVE_SOURCE_DIR "/config/linkage/people.toml");
    EXPECT_EQ(people.name(), "people");
    EXPECT_TRUE(people.separate_address_parts());
    EXPECT_FALSE(test::shipped_model().separate_address_parts());
    EXPECT_EQ(people.level(Comparison::given_name, 1).m, test::shipped_model().level(Comparison::given_name, 1).m);
    EXPECT_NE(people.blocking().size(), test::shipped_model().blocking().size());
    EXPECT_LT(people.match_probability(), test::shipped_model().match_probability());
}

TEST(LinkageModel, TakesFurtherColumnsWithLevelsAndWithout) {
    const LinkageModel model = LinkageModel::parse(shipped_text() + R"(
[[further_comparison]]
column = "occupation"
kind = "jaro_winkler"
thresholds = [0.9]
[[further_comparison.level]]
name = "exact"
m = 0.8
unrelated = 0.05
[[further_comparison.level]]
name = "close"
m = 0.1
unrelated = 0.05
[[further_comparison.level]]
name = "different"
m = 0.1
unrelated = 0.9
[[further_comparison]]
column = "staff_number"
kind = "exact"
[[blocking_rule]]
name = "staff number"
key = ["column:staff_number"]
)",
                                                   "model.toml");
    ASSERT_EQ(model.comparisons(), kComparisons + 2);
    EXPECT_EQ(model.comparison_name(kComparisons), "column:occupation");
    EXPECT_DOUBLE_EQ(model.bits(kComparisons, 1, Alternative::unrelated), 4);
    EXPECT_DOUBLE_EQ(model.bits(kComparisons, 1, Alternative::twin), 4) << "of relatives nothing else is known";
    EXPECT_GT(model.bits(kComparisons + 1, 1, Alternative::unrelated), 5);
    EXPECT_EQ(model.blocking().back().key.front(), further_part(1));
    EXPECT_NE(refusal(shipped_text() + "[[further_comparison]]\ncolumn = \"x\"\nkind = \"exakt\"\n").find("exact"),
              std::string::npos);
    EXPECT_NE(refusal(shipped_text() + "[[blocking_rule]]\nname = \"x\"\nkey = [\"column:none\"]\n"), "");
    EXPECT_NE(refusal(shipped_text() + "[[further_comparison]]\ncolumn = \"x\"\nkind = \"exact\"\n"
                                       "[[further_comparison.level]]\nname = \"exact\"\nm = 0.9\nunrelated = 0.1\n"),
              "")
        << "a level is missing";
}

}  // namespace
}  // namespace caseweave
