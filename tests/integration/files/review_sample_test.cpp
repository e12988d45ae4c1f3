#include <gtest/gtest.h>
#include <simdjson.h>

#include <map>
#include <set>

#include "integration/files/people_files.hpp"

namespace caseweave::testing {
namespace {

using Words = std::vector<std::string>;
using Rows = std::vector<std::vector<std::string>>;

const std::string kScoredPairsHeader =
    "left_source,left_id,right_source,right_id,rule,weight_bits,probability,outcome\n";

std::string pair_row(int id, const std::string& weight, const std::string& probability, const std::string& outcome) {
    const std::string number = std::to_string(id);
    return "a," + number + ",b," + number + ",name," + weight + "," + probability + "," + outcome + "\n";
}

/// 300 sure matches, 60 doubtful ones, 40 for review, 200 that are different.
std::string many_pairs() {
    std::string text = kScoredPairsHeader;
    for (int i = 0; i < 300; ++i) text += pair_row(i, "14", "0.9999", "match");
    for (int i = 300; i < 360; ++i) text += pair_row(i, "4", "0.94", "match");
    for (int i = 360; i < 400; ++i) text += pair_row(i, "0", "0.5", "review");
    for (int i = 400; i < 600; ++i) text += pair_row(i, "-9", "0.002", "different");
    return text;
}

constexpr std::size_t kOutcome = 7, kStratum = 8, kPairs = 9, kSampled = 10, kWeight = 11, kAllPairs = 12,
                      kVerdict = 13;

/// Writes rows of the sample again, with the verdict each outcome gets.
std::string filled_in(const Rows& rows, const std::map<std::string, std::string>& verdicts) {
    std::string text = kScoredPairsHeader.substr(0, kScoredPairsHeader.size() - 1) +
                       ",stratum,stratum_pairs,stratum_sampled,sampling_weight,all_pairs,verdict\n";
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < kVerdict; ++i) text += row[i] + ",";
        text += verdicts.at(row[kOutcome]) + "\n";
    }
    return text;
}

class ReviewSample : public ::testing::Test {
  protected:
    ProgramOutcome sample(std::string_view pairs, const Words& more) const {
        Words words = {"sample-for-review", "--pairs", folder_.write("pairs.csv", pairs)};
        words.insert(words.end(), more.begin(), more.end());
        return run_caseweave(words);
    }
    ProgramOutcome estimate(std::string_view sample) const {
        return run_caseweave({"estimate", "--sample", folder_.write("sample.csv", sample)});
    }
    static void expect_refused(const ProgramOutcome& outcome, int code, const std::string& says) {
        EXPECT_EQ(outcome.code, code) << outcome.all();
        EXPECT_EQ(outcome.out, "");
        EXPECT_NE(outcome.err.find(says), std::string::npos) << outcome.err;
    }

    PeopleFolder folder_;
};

TEST_F(ReviewSample, HasTheColumnsOfThePairsAndItsOwn) {
    const ProgramOutcome outcome =
        sample(many_pairs(), {"--size", "100", "--seed", "7", "--output", folder_.path("sample.csv")});
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_NE(outcome.err.find("sampled 100 of 600 pairs with seed 7"), std::string::npos) << outcome.err;
    const std::string text = folder_.text("sample.csv");
    EXPECT_EQ(text.substr(0, text.find('\n')),
              "left_source,left_id,right_source,right_id,rule,weight_bits,probability,outcome,stratum,stratum_pairs,"
              "stratum_sampled,sampling_weight,all_pairs,verdict");
    std::map<std::string, std::uint64_t> rows_of, sampled_of;
    std::set<std::string> ids;
    for (const auto& row : csv_rows(text)) {
        ids.insert(row[1]);
        ++rows_of[row[kStratum]];
        sampled_of[row[kStratum]] = std::stoul(row[kSampled]);
        EXPECT_EQ(row[kVerdict], "");
        EXPECT_EQ(row[kAllPairs], "600");
        EXPECT_NEAR(std::stod(row[kWeight]), std::stod(row[kPairs]) / std::stod(row[kSampled]), 1e-6);
        EXPECT_EQ(row[kPairs], row[kOutcome] == "review"      ? "40"
                               : row[kOutcome] == "different" ? "200"
                               : row[6] == "0.94"             ? "60"
                                                              : "300");
    }
    EXPECT_EQ(ids.size(), 100U) << "no pair twice";
    EXPECT_EQ(rows_of.size(), 4U);
    EXPECT_EQ(rows_of, sampled_of);
    EXPECT_GT(rows_of["review 0.5-0.9"] * 300, rows_of["match 0.999-1"] * 40) << "a larger share where the doubt is";
}

TEST_F(ReviewSample, IsTheSameForTheSameSeedWhateverTheOrderOfRows) {
    const ProgramOutcome first = sample(many_pairs(), {"--size", "50", "--seed", "7"});
    ASSERT_EQ(first.code, 0) << first.all();
    const Rows rows = csv_rows(many_pairs());
    std::string reversed = kScoredPairsHeader, swapped = kScoredPairsHeader;
    for (auto row = rows.rbegin(); row != rows.rend(); ++row)
        reversed += pair_row(std::stoi((*row)[1]), (*row)[5], (*row)[6], (*row)[7]);
    for (const auto& row : rows)
        swapped += row[2] + "," + row[3] + "," + row[0] + "," + row[1] + ",name," + row[5] + "," + row[6] + "," +
                   row[7] + "\n";
    std::set<std::string> drawn, drawn_swapped;
    for (const auto& row : csv_rows(first.out)) drawn.insert(row[1]);
    for (const auto& row : csv_rows(sample(swapped, {"--size", "50", "--seed", "7"}).out)) drawn_swapped.insert(row[1]);
    EXPECT_EQ(drawn, drawn_swapped) << "left or right makes no difference";
    EXPECT_EQ(sample(reversed, {"--size", "50", "--seed", "7"}).out, first.out);
    EXPECT_NE(sample(many_pairs(), {"--size", "50", "--seed", "8"}).out, first.out);
}

TEST_F(ReviewSample, LargerThanThePairsIsAllOfThemAndSmallerThanTheStrataIsRefused) {
    const std::string pairs =
        kScoredPairsHeader + pair_row(1, "14", "0.9999", "match") + pair_row(2, "0", "0.5", "review");
    const ProgramOutcome all = sample(pairs, {"--size", "10"});
    ASSERT_EQ(all.code, 0) << all.all();
    EXPECT_EQ(csv_rows(all.out).size(), 2U);
    EXPECT_NE(all.err.find("all there are; 10 were asked for"), std::string::npos) << all.err;
    expect_refused(sample(pairs, {"--size", "1"}), 2, "the pairs fall into 2 strata");
    EXPECT_EQ(sample(pairs, {"--size", "0"}).code, 2);
}

TEST_F(ReviewSample, RefusesPairsThatCannotBeUsed) {
    const Words size = {"--size", "5"};
    expect_refused(sample("", size), 1, "pairs.csv is empty");
    expect_refused(sample(kScoredPairsHeader, size), 1, "pairs.csv has column names and no row");
    expect_refused(
        sample(kScoredPairsHeader + pair_row(1, "14", "0.9", "match") + pair_row(2, "nan", "0.9", "match"), size), 1,
        "pairs.csv line 3: weight_bits is not a number");
    expect_refused(sample(kScoredPairsHeader + pair_row(1, "14", "NaN", "match"), size), 1,
                   "pairs.csv line 2: probability is not a number from 0 to 1");
    expect_refused(sample(kScoredPairsHeader + pair_row(1, "14", "1.2", "match"), size), 1,
                   "probability is not a number");
    expect_refused(sample(kScoredPairsHeader + pair_row(1, "14", "0.9", "macth"), size), 1,
                   "pairs.csv line 2: the outcome is not match, review or different; did you mean \"match\"?");
    expect_refused(sample(kScoredPairsHeader + pair_row(1, "inf", "1", "match"), size), 1,
                   "pairs.csv line 2: weight_bits is not a number");
    expect_refused(sample(kScoredPairsHeader + "a,7,a,7,name,14,0.9,match\n", size), 1,
                   "pairs.csv line 2: the pair is one record with itself");
    expect_refused(sample(kScoredPairsHeader + "a,,b,7,name,14,0.9,match\n", size), 1,
                   "pairs.csv line 2: column \"left_id\" is empty");
    const std::string twice =
        kScoredPairsHeader + pair_row(1, "14", "0.9", "match") + pair_row(2, "14", "0.9", "match");
    expect_refused(sample(twice + pair_row(1, "14", "0.9", "match"), size), 1,
                   "pairs.csv line 4: the pair stands in line 2 already");
    expect_refused(sample(twice + "b,2,a,2,other,9,0.8,match\n", size), 1,
                   "pairs.csv line 4: the pair stands in line 3 already");
    expect_refused(
        sample("left_source,left_id,right_source,right_id,weight,probability,outcome\na,1,b,1,3,0.9,match\n", size), 2,
        "pairs.csv has no column \"weight_bits\"");
    const ProgramOutcome good = sample(many_pairs(), {"--size", "50"});
    expect_refused(sample(good.out, size), 2, "is it a sample already?");
}

TEST_F(ReviewSample, GivesEstimatesOnceItIsFilledIn) {
    const Rows rows = csv_rows(sample(many_pairs(), {"--size", "600"}).out);
    ASSERT_EQ(rows.size(), 600U);
    const ProgramOutcome sure =
        estimate(filled_in(rows, {{"match", "Same"}, {"review", "same"}, {"different", " different"}}));
    ASSERT_EQ(sure.code, 0) << sure.all();
    EXPECT_NE(sure.out.find("precision of the matches: 1.0000, 95 % interval 1.0000 to 1.0000"), std::string::npos)
        << sure.out;
    EXPECT_NE(sure.out.find("recall among the pairs found: 0.9000, 95 % interval 0.9000 to 0.9000"), std::string::npos)
        << sure.out << "360 of 400, all reviewed";
    EXPECT_NE(sure.out.find("It cannot speak of true pairs that blocking never brought together"), std::string::npos);

    const ProgramOutcome unsure =
        estimate(filled_in(rows, {{"match", "same"}, {"review", "unsure"}, {"different", "different"}}));
    ASSERT_EQ(unsure.code, 0) << unsure.all();
    EXPECT_NE(unsure.out.find("recall among the pairs found: 0.9000 to 1.0000 (unsure"), std::string::npos)
        << unsure.out;

    const Rows some = csv_rows(sample(many_pairs(), {"--size", "80"}).out);
    const ProgramOutcome sampled =
        estimate(filled_in(some, {{"match", "same"}, {"review", "same"}, {"different", "different"}}));
    ASSERT_EQ(sampled.code, 0) << sampled.all();
    EXPECT_EQ(sampled.out.find("95 % interval 1.0000 to 1.0000"), std::string::npos) << sampled.out;
}

TEST_F(ReviewSample, WithoutSomeVerdictsIsEstimatedFromTheRest) {
    Rows rows = csv_rows(sample(many_pairs(), {"--size", "100"}).out);
    std::string text = filled_in(rows, {{"match", "same"}, {"review", "unsure"}, {"different", "different"}});
    const std::size_t last = text.rfind(",different\n");
    text.erase(last + 1, std::string_view("different").size());
    const ProgramOutcome outcome = estimate(text);
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_NE(outcome.out.find("Pairs without a verdict are left out"), std::string::npos) << outcome.out;
    expect_refused(estimate(filled_in(rows, {{"match", "same"}, {"review", ""}, {"different", "different"}})), 1,
                   "stratum review 0.5-0.9 has no verdict");
}

TEST_F(ReviewSample, RefusesSamplesThatCannotBeUsed) {
    const Rows rows = csv_rows(sample(many_pairs(), {"--size", "40"}).out);
    const std::map<std::string, std::string> verdicts = {
        {"match", "same"}, {"review", "unsure"}, {"different", "different"}};
    const std::string good = filled_in(rows, verdicts);
    ASSERT_EQ(estimate(good).code, 0);
    const std::string header = good.substr(0, good.find('\n') + 1);
    expect_refused(estimate(""), 1, "sample.csv is empty");
    expect_refused(estimate(header), 1, "sample.csv has column names and no row");
    expect_refused(estimate(many_pairs()), 2, "sample.csv has no column \"stratum\"");
    const ProgramOutcome typo =
        estimate(filled_in(rows, {{"match", "smae"}, {"review", "unsure"}, {"different", "different"}}));
    expect_refused(typo, 1, "the verdict is not same, different or unsure; did you mean \"same\"?");
    EXPECT_EQ(typo.err.find("smae"), std::string::npos) << "what a reviewer wrote may be about a child";
    expect_refused(estimate(good.substr(0, good.rfind('\n', good.size() - 2) + 1)), 1, "leave every row in");
    expect_refused(estimate(header + "a,1,b,1,name,14,0.9999,match,match 0.99-1,5,1,5,5,same\n"), 1,
                   "line 2: the stratum is none that");
    expect_refused(estimate(header + "a,1,b,1,name,14,0.9999,review,match 0.999-1,5,1,5,5,same\n"), 1,
                   "outcome and stratum do not belong together");
    expect_refused(estimate(header + "a,1,b,1,name,14,0.9999,match,match 0.999-1,5,6,1,5,same\n"), 1,
                   "stratum_sampled is more than stratum_pairs");
    expect_refused(estimate(header + "a,1,b,1,name,14,0.9999,match,match 0.999-1,many,6,1,5,same\n"), 1,
                   "stratum_pairs is not a count");
    expect_refused(estimate(header + "a,1,b,1,name,14,0.9999,match,match 0.999-1,5,2,2.5,5,same\n"
                                     "a,2,b,2,name,14,0.9999,match,match 0.999-1,6,2,3,5,same\n"),
                   1, "line 3: stratum_pairs or stratum_sampled is another");
    expect_refused(estimate(header + "a,1,b,1,name,14,0.9999,match,match 0.999-1,5,2,2.5,5,same\n"
                                     "a,2,b,2,name,14,0.9999,match,match 0.999-1,5,2,2.5,6,same\n"),
                   1, "line 3: all_pairs is another");
    expect_refused(estimate(header + "a,1,b,1,name,14,0.9999,match,match 0.999-1,5,2,2.5,5,same\n"
                                     "b,1,a,1,name,14,0.9999,match,match 0.999-1,5,2,2.5,5,same\n"),
                   1, "line 3: the pair stands in line 2 already");
}

TEST_F(ReviewSample, RefusesASampleWithoutTheRowsOfOneStratum) {
    // Each stratum that is there is whole: what is different would pass for a kind of pair that never was.
    Rows rows = csv_rows(sample(many_pairs(), {"--size", "40"}).out);
    std::erase_if(rows, [](const auto& row) { return row[kOutcome] == "different"; });
    expect_refused(estimate(filled_in(rows, {{"match", "same"}, {"review", "same"}})), 1,
                   "its strata have 400 pairs, and 600 were sampled from; leave every row in");
}

TEST_F(ReviewSample, IsHeldAgainstThePairsItWasDrawnFrom) {
    const std::string drawn = sample(many_pairs(), {"--size", "600"}).out;
    const std::string filled =
        filled_in(csv_rows(drawn), {{"match", "same"}, {"review", "unsure"}, {"different", "different"}});
    const auto against = [&](const std::string& pairs) {
        return run_caseweave({"estimate", "--sample", folder_.write("sample.csv", filled), "--pairs",
                              folder_.write("others.csv", pairs), "--quiet"});
    };
    EXPECT_EQ(against(many_pairs()).code, 0) << against(many_pairs()).all();
    EXPECT_EQ(against(many_pairs()).err, "");

    std::string other_ids = kScoredPairsHeader;
    for (const auto& row : csv_rows(many_pairs())) other_ids += pair_row(std::stoi(row[1]) + 5, row[5], row[6], row[7]);
    const ProgramOutcome refused = against(other_ids);
    expect_refused(refused, 1, "sample.csv was not drawn from others.csv: 20 of its pairs are not there");
    std::string other_outcome = many_pairs();
    other_outcome.replace(other_outcome.rfind("0.002,different"), 15, "0.002,match");
    expect_refused(against(other_outcome), 1, "1 of its pairs are not there, or are in another stratum");
    expect_refused(against(many_pairs() + pair_row(601, "14", "0.9999", "match")), 1,
                   "stratum match 0.999-1 has 301 pairs there, and 300 by the sample");
    expect_refused(against(many_pairs() + pair_row(601, "5", "0.97", "review")), 1,
                   "stratum review 0.9-0.99 has 1 pairs there, and none by the sample");
    expect_refused(against(kScoredPairsHeader), 1, "others.csv has column names and no row");
}

TEST_F(ReviewSample, WritesEstimatesAsJson) {
    const Rows rows = csv_rows(sample(many_pairs(), {"--size", "600"}).out);
    const std::string filled = folder_.write(
        "sample.csv", filled_in(rows, {{"match", "same"}, {"review", "unsure"}, {"different", "different"}}));
    const ProgramOutcome outcome = run_caseweave({"estimate", "--sample", filled, "--json", "-"});
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    simdjson::dom::parser parser;
    const simdjson::dom::element json = parser.parse(outcome.out);
    EXPECT_DOUBLE_EQ(double(json["precision"]["lower"]), 1);
    EXPECT_DOUBLE_EQ(double(json["recall_among_pairs"]["lower"]), 0.9);
    EXPECT_DOUBLE_EQ(double(json["recall_among_pairs"]["upper"]), 1);
    EXPECT_DOUBLE_EQ(double(json["recall_among_pairs"]["interval"].at(0)), 0.9) << "all was reviewed";
    EXPECT_EQ(simdjson::dom::array(json["strata"]).size(), 4U);
    EXPECT_EQ(std::string_view(json["strata"].at(2)["stratum"]), "review 0.5-0.9");
    EXPECT_EQ(std::uint64_t(json["strata"].at(2)["unsure"]), 40U);
    const ProgramOutcome onto_itself = run_caseweave({"estimate", "--sample", filled, "--json", filled});
    expect_refused(onto_itself, 2, "is an input");
}

}  // namespace
}  // namespace caseweave::testing
