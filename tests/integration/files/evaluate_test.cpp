#include <fmt/format.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include "integration/files/people_files.hpp"

namespace caseweave::testing {
namespace {

using Words = std::vector<std::string>;

/// Clusters {a:1 a:2 b:1} {b:2} {b:3}, and one record that the truth does not have.
const std::string kClusters =
    "source,id,cluster,weight_bits,probability\n"
    "a,1,1,12.5,0.9999\na,2,1,9,0.998\nb,1,1,9,0.998\nb,2,2,,\nb,3,3,,\na,9,4,,\n";
/// Entities {a:1 b:1} {a:2 b:2} {b:3}, and two records that the clusters do not have.
const std::string kTruthByGroup =
    "source,id,entity,ethnicity,sex\n"
    "a,1,x,WBRI,F\na,2,y,WBRI,M\nb,1,x,WBRI,F\nb,2,y,BAFR,M\nb,3,z,,F\nb,77,z,,F\nb,78,q,,F\n";

class Evaluate : public ::testing::Test {
  protected:
    ProgramOutcome evaluate(std::string_view clusters, std::string_view truth, const Words& more = {}) const {
        Words words = {"evaluate", "--clusters", folder_.write("clusters.csv", clusters), "--truth",
                       folder_.write("truth.csv", truth)};
        words.insert(words.end(), more.begin(), more.end());
        return run_caseweave(words);
    }
    static void expect_refused(const ProgramOutcome& outcome, int code, const Words& says) {
        EXPECT_EQ(outcome.code, code) << outcome.all();
        EXPECT_EQ(outcome.out, "");
        for (const std::string& part : says) EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err;
    }

    PeopleFolder folder_;
};

TEST_F(Evaluate, PrintsTheFiguresOfWhatBothFilesHave) {
    const ProgramOutcome outcome = evaluate(kClusters, kTruthByGroup);
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    for (const char* line :
         {"5 records in both files: 3 clusters, 3 entities, 1 clusters exactly as the truth has them\n",
          "1 ids of clusters.csv are not in truth.csv: taken out of the figures\n",
          "2 ids of truth.csv are not in clusters.csv: taken out of the figures\n",
          "pairs: 2 true, 3 found, 1 common\n", "pairwise      0.3333    0.5000    0.4000\n",
          // Precision: (2/3 + 1/3 + 2/3 + 1 + 1) / 5; recall: (1 + 1/2 + 1 + 1/2 + 1) / 5.
          "B-cubed       0.7333    0.8000    0.7652\n", "1                      2         1\n",
          "2                      0         2\n", "3                      1         0\n"})
        EXPECT_NE(outcome.out.find(line), std::string::npos) << line << outcome.out;
}

TEST_F(Evaluate, DoesNotRoundWhatIsNotQuiteAllToAll) {
    // 25000 true pairs found, and one more pair found that is none.
    std::string clusters = "id,cluster\n", truth = "id,entity\n";
    for (int i = 0; i < 50002; ++i) {
        clusters += std::to_string(i) + "," + std::to_string(i / 2) + "\n";
        truth += std::to_string(i) + "," + std::to_string(i < 50001 ? i / 2 : i) + "\n";
    }
    const ProgramOutcome outcome = evaluate(clusters, truth);
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_NE(outcome.out.find("pairs: 25000 true, 25001 found, 25000 common"), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find("pairwise     >0.9999    1.0000   >0.9999\n"), std::string::npos) << outcome.out;
}

TEST_F(Evaluate, PutsLargeClustersIntoBandsOfSizes) {
    std::string clusters = "id,cluster\n";
    std::string truth = "id,entity\n";
    for (int i = 0; i < 150; ++i) {
        clusters += fmt::format("{},all\n", i);
        truth += fmt::format("{},{}\n", i, i / 6);
    }
    const ProgramOutcome outcome = evaluate(clusters, truth);
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_NE(outcome.out.find("6 to 10                0        25\n101 and more           1         0\n"),
              std::string::npos)
        << outcome.out;
}

TEST_F(Evaluate, TakesTheFilesOfOtherProgramsAsTheyAre) {
    // A byte order mark, carriage returns, a quoted line break, columns in another order, blanks around ids.
    const ProgramOutcome outcome = evaluate(
        "\xEF\xBB\xBF"
        "note,cluster,id\r\n\"two\r\nlines\",k1, 1\r\nx,k1,2\r\n",
        "entity,id\n e,1\ne ,2\n");
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_NE(outcome.out.find("pairs: 1 true, 1 found, 1 common"), std::string::npos) << outcome.out;
}

TEST_F(Evaluate, ReportsGroupsAndWritesAllOfItAsJson) {
    const ProgramOutcome outcome =
        evaluate(kClusters, kTruthByGroup, {"--by", "ethnicity,sex", "--json", folder_.path("figures.json")});
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_NE(outcome.out.find("by ethnicity"), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find("by sex"), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find("* fewer than 30"), std::string::npos) << outcome.out;

    simdjson::dom::parser parser;
    const simdjson::dom::element json = parser.load(folder_.path("figures.json"));
    EXPECT_EQ(std::uint64_t(json["records"]), 5U);
    EXPECT_EQ(std::uint64_t(json["pairs"]["common"]), 1U);
    EXPECT_DOUBLE_EQ(double(json["pairs"]["recall"]), 0.5);
    EXPECT_EQ(std::uint64_t(json["only_in_truth"]), 2U);
    EXPECT_EQ(std::uint64_t(json["cluster_sizes"]["1"]), 2U);
    EXPECT_EQ(std::uint64_t(json["cluster_sizes"]["3"]), 1U);
    EXPECT_EQ(std::uint64_t(json["entity_sizes"]["2"]), 2U);
    EXPECT_TRUE(json["entity_sizes"]["3"].error()) << "sizes that none has are left out";
    const simdjson::dom::element british = json["by"]["ethnicity"].at(0);
    EXPECT_EQ(std::string_view(british["value"]), "WBRI") << "most records first";
    EXPECT_EQ(std::uint64_t(british["pairs"]["true"]), 2U) << "the pair of both groups counts here";
    const simdjson::dom::element none = json["by"]["ethnicity"].at(1);
    EXPECT_EQ(std::string_view(none["value"]), "(none)");
    EXPECT_TRUE(none["pairs"]["precision"].is_null()) << "no pair found";
    const simdjson::dom::element african = json["by"]["ethnicity"].at(2);
    EXPECT_EQ(std::string_view(african["value"]), "BAFR");
    EXPECT_EQ(std::uint64_t(african["pairs"]["true"]), 1U) << "and here";
    EXPECT_DOUBLE_EQ(double(african["pairs"]["missed_link_rate"]), 1);
    EXPECT_TRUE(bool(african["small"]));
}

TEST_F(Evaluate, TakesGroupsFromAFileOfTheirOwn) {
    const std::string groups =
        folder_.write("people.csv", "source,id,age_band\na,1,0-4\na,2,0-4\nb,1,5-9\nb,2,\nc,5,5-9\n");
    const ProgramOutcome outcome = evaluate(
        kClusters, kTruthByGroup, {"--by", "age_band,sex", "--groups", groups, "--json", folder_.path("figures.json")});
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_NE(outcome.out.find("1 of these records are not in people.csv: their group is (none)"), std::string::npos)
        << outcome.out;
    simdjson::dom::parser parser;
    const simdjson::dom::element json = parser.load(folder_.path("figures.json"));
    EXPECT_EQ(std::uint64_t(json["not_in_groups"]), 1U);
    const simdjson::dom::element bands = json["by"]["age_band"];
    EXPECT_EQ(std::string_view(bands.at(0)["value"]), "(none)") << "b:2 without a value and b:3 without a row";
    EXPECT_EQ(std::uint64_t(bands.at(0)["records"]), 2U);
    EXPECT_EQ(std::uint64_t(bands.at(0)["pairs"]["true"]), 1U);
    EXPECT_EQ(std::string_view(bands.at(1)["value"]), "0-4");
    EXPECT_EQ(std::uint64_t(bands.at(1)["pairs"]["found"]), 3U);
    EXPECT_EQ(std::string_view(bands.at(2)["value"]), "5-9");
    EXPECT_EQ(std::uint64_t(bands.at(2)["records"]), 1U);
    EXPECT_EQ(std::string_view(json["by"]["sex"].at(0)["value"]), "F") << "the truth's own column";
}

TEST_F(Evaluate, RefusesGroupsThatCannotBeJoined) {
    const std::string by_id = folder_.write("people.csv", "id,age_band\n1,0-4\n");
    expect_refused(evaluate(kClusters, kTruthByGroup, {"--by", "age_band", "--groups", by_id}), 1,
                   {"clusters.csv line 4: the id stands in line 2 already", "people.csv has no column \"source\""});
    const std::string twice = folder_.write("twice.csv", "source,id,age_band\na,1,0-4\na,1,5-9\n");
    expect_refused(evaluate(kClusters, kTruthByGroup, {"--by", "age_band", "--groups", twice}), 1,
                   {"twice.csv line 3: the id stands in line 2 already"});
    expect_refused(evaluate(kClusters, kTruthByGroup, {"--by", "age_bands", "--groups", twice}), 2,
                   {"twice.csv has no column \"age_bands\"; did you mean \"age_band\"?"});
    expect_refused(evaluate(kClusters, kTruthByGroup, {"--by", "sex,sex"}), 2, {"--by: column sex stands twice"});
    EXPECT_EQ(evaluate(kClusters, kTruthByGroup, {"--groups", twice}).code, 2) << "without --by";
}

TEST_F(Evaluate, CountsPairsAcrossSourcesWhereAsked) {
    const ProgramOutcome outcome = evaluate(kClusters, kTruthByGroup, {"--pairs-across-sources"});
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_NE(outcome.out.find("2 true, 2 found, 1 common"), std::string::npos) << outcome.out;
    expect_refused(evaluate("id,cluster\n1,1\n", "id,entity\n1,1\n", {"--pairs-across-sources"}), 2,
                   {"neither file has a column \"source\""});
}

TEST_F(Evaluate, ATruthWithoutSourcesNeedsIdsThatAreUniqueOverThem) {
    const ProgramOutcome unique =
        evaluate("source,id,cluster\na,1,1\nb,2,1\n", "id,entity\n1,x\n2,x\n", {"--pairs-across-sources"});
    ASSERT_EQ(unique.code, 0) << unique.all();
    EXPECT_NE(unique.out.find("1 true, 1 found, 1 common"), std::string::npos) << unique.out;
    expect_refused(evaluate("source,id,cluster\na,17,1\nb,17,1\n", "id,entity\n17,x\n"), 1,
                   {"clusters.csv line 3: the id stands in line 2 already", "truth.csv has no column \"source\"",
                    "unique over all sources"});
    expect_refused(evaluate("id,cluster\n17,1\n", "source,id,entity\na,17,x\nb,17,y\n"), 1,
                   {"truth.csv line 3: the id stands in line 2 already", "clusters.csv has no column \"source\""});
}

TEST_F(Evaluate, RefusesFilesThatSayNothing) {
    const std::string truth = "id,entity\n1,x\n";
    expect_refused(evaluate("", truth), 1, {"clusters.csv is empty"});
    expect_refused(evaluate("id,cluster\n", truth), 1, {"clusters.csv has column names and no row"});
    expect_refused(evaluate("id,cluster\n1,1\n", "id,entity\n"), 1, {"truth.csv has column names and no row"});
    expect_refused(evaluate("id,cluster\n1,1\n", "id,entity\n2,x\n"), 1,
                   {"no record of clusters.csv stands in truth.csv"});
    expect_refused(
        run_caseweave({"evaluate", "--clusters", folder_.path("none.csv"), "--truth", folder_.path("x.csv")}), 2,
        {"cannot read", "none.csv"});
}

TEST_F(Evaluate, NamesTheColumnThatIsMissingAndTheNearest) {
    expect_refused(evaluate("id,clusters\n1,1\n", "id,entity\n1,x\n"), 2,
                   {"clusters.csv has no column \"cluster\"; did you mean \"clusters\"?"});
    expect_refused(evaluate("id,cluster\n1,1\n", "id,person\n1,x\n"), 2,
                   {"truth.csv has no column \"entity\"; its columns are id, person"});
    expect_refused(evaluate(kClusters, kTruthByGroup, {"--by", "ethnicty"}), 2, {"did you mean \"ethnicity\"?"});
}

TEST_F(Evaluate, NamesTheLineOfABadRowAndNothingItHolds) {
    const std::string truth = "id,entity\n1,x\n";
    expect_refused(evaluate("id,cluster\nSmith,1\nJones,1\nSmith,2\n", truth), 1,
                   {"clusters.csv line 4: the id stands in line 2 already"});
    EXPECT_EQ(evaluate("id,cluster\nSmith,1\nSmith,2\n", truth).err.find("Smith"), std::string::npos);
    expect_refused(evaluate("id,cluster\n1,1\n,2\n", truth), 1, {"clusters.csv line 3: column \"id\" is empty"});
    expect_refused(evaluate("id,cluster\n1,\n", truth), 1, {"clusters.csv line 2: column \"cluster\" is empty"});
    expect_refused(evaluate("id,cluster\n1,1,1\n", truth), 1, {"clusters.csv line 2 cannot be read"});
}

}  // namespace
}  // namespace caseweave::testing
