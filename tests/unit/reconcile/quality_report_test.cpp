#include "reconcile/quality_report.hpp"

#include <gtest/gtest.h>

namespace caseweave {
namespace {

QualityResult result_of(std::vector<QualityCount> counts, std::vector<QualityPoint> earlier = {}) {
    QualityResult result;
    result.id = "rule";
    result.title = "A <rule>";
    result.limit_count = 0;
    result.counts = std::move(counts);
    result.earlier = std::move(earlier);
    return result;
}

TEST(QualityResult, FailsAboveEitherLimitAndInfoNeverDoes) {
    QualityResult result = result_of({{"a", "", 100, 2}});
    EXPECT_EQ(result.verdict(), QualityVerdict::fails);
    result.limit_count = 2;
    EXPECT_EQ(result.verdict(), QualityVerdict::holds);
    result.limit_share = 0.019;
    EXPECT_EQ(result.verdict(), QualityVerdict::fails);
    result.limit_share = 0.02;
    EXPECT_EQ(result.verdict(), QualityVerdict::holds);
    result.limit_count = 0;
    result.severity = QualitySeverity::info;
    EXPECT_EQ(result.verdict(), QualityVerdict::counted);
    EXPECT_EQ(result_of({}).verdict(), QualityVerdict::not_checked);
}

TEST(QualityResult, TheTrendIsOfTheShare) {
    EXPECT_EQ(result_of({{"a", "", 100, 10}}).trend(), QualityTrend::none);
    EXPECT_EQ(result_of({{"a", "", 100, 10}}, {{1, 100, 20}, {2, 50, 4}}).trend(), QualityTrend::worse);
    EXPECT_EQ(result_of({{"a", "", 200, 10}}, {{1, 100, 10}}).trend(), QualityTrend::better);
    EXPECT_EQ(result_of({{"a", "", 200, 10}}, {{1, 100, 5}}).trend(), QualityTrend::same);
}

TEST(QualityReport, SmallCountsAreNeitherShownNorToBeComputed) {
    const QualityResult result =
        result_of({{"a", "t1", 60, 3}, {"a", "t2", 40, 20}, {"b", "", 50, 30}, {"c", "", 50, 2}}, {{1, 200, 3}});
    const auto systems = publish_systems(result);
    ASSERT_EQ(systems.size(), 3U);
    EXPECT_EQ(systems[2].failed.text(), "<5");
    // 55 in all and 23 of a would leave 2: b or a is withheld too.
    EXPECT_TRUE(systems[0].failed.is_withheld() || systems[1].failed.is_withheld());
    const auto teams = publish_teams(result);
    ASSERT_EQ(teams.size(), 4U);
    EXPECT_FALSE(teams[0].failed.is_exact());
    EXPECT_FALSE(teams[1].failed.is_exact()) << "23 of a less 20 would be 3";
    EXPECT_EQ(teams[1].team, "t2");

    const std::string html = render_quality_section({result});
    EXPECT_NE(html.find("A &lt;rule&gt;"), std::string::npos);
    EXPECT_NE(html.find("<span title=\"run 1\">&lt;5</span>"), std::string::npos) << html;
    EXPECT_NE(html.find("worse"), std::string::npos);
    const std::string json = render_quality_json({result});
    EXPECT_NE(json.find(R"({"name":"c","found":"<5","checked":50})"), std::string::npos) << json;
    EXPECT_NE(json.find(R"("earlier":[{"run_id":1,"found":"<5","checked":200}])"), std::string::npos) << json;
}

TEST(QualityReport, OfTwoSmallCountsItIsNotToldWhichIsLarger) {
    const QualityResult result = result_of({{"a", "", 100, 3}}, {{1, 100, 2}});
    EXPECT_EQ(result.trend(), QualityTrend::worse);
    EXPECT_EQ(render_quality_section({result}).find("worse"), std::string::npos);
    EXPECT_NE(render_quality_json({result}).find("\"trend\":null"), std::string::npos);
    EXPECT_EQ(render_quality_section({result}).find("3.00 %"), std::string::npos);
}

TEST(QualityReport, SaysNothingWhereNoRulesWereRun) {
    EXPECT_EQ(render_quality_section({}), "");
    EXPECT_EQ(render_quality_json({}), "null");
}

}  // namespace
}  // namespace caseweave
