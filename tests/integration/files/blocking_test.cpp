#include <gtest/gtest.h>
#include <simdjson.h>

#include <cstdint>
#include <filesystem>
#include <map>

#include "integration/files/people_files.hpp"

namespace caseweave::testing {
namespace {

using Words = std::vector<std::string>;

const std::string kPeople = kPeopleHeader +
                            "1,Thomasina,Featherstone,2012-03-27\n2,Thomasina,Featherstone,2012-03-27\n"
                            "3,Thomasina,Featherstone,2012-04-01\n4,Oluwaseun,Adeyemi,2011-05-04\n"
                            "5,Oluwaseun,Adeyemi,2011-05-04\n6,Xanthe,Quill,2010-01-01\n"
                            "7,Xanthe,Hawthorne,2010-02-02\n8,Ada,Fern,2009-09-09\n9,Bertha,Moss,2009-09-09\n"
                            "10,Clara,Reed,2009-09-09\n11,Dora,Lake,2009-09-09\n12,Emil,Stone,2011-05-04\n";
/// Five true pairs: 1-2 1-3 2-3 4-5 6-7. Record 12 is not in it, and 77 is no record.
const std::string kTruth = "id,entity\n1,a\n2,a\n3,a\n4,b\n5,b\n6,c\n7,c\n8,d\n9,e\n10,f\n11,g\n77,g\n";
/// Links every pair but the most unlikely for review, so that link lists what blocking adds up.
const std::string kModel =
    "extends = \"people.toml\"\nname = \"four rules\"\nversion = \"1\"\n"
    "[thresholds]\nmatch = 0.9\nreview = 0.0000001\n"
    "[[blocking_rule]]\nname = \"ULN\"\nkey = [\"uln\"]\nmax_block = 100\n"
    // 1-2, 4-5 and both with 12; the block of 8 to 11 is too large.
    "[[blocking_rule]]\nname = \"birth date\"\nkey = [\"birth_date\"]\nmax_block = 3\n"
    // Adds 1-3 and 2-3.
    "[[blocking_rule]]\nname = \"names\"\nkey = [\"family\", \"given\"]\nmax_block = 100\n"
    // Adds the six pairs of 8 to 11.
    "[[blocking_rule]]\nname = \"large birth dates\"\nkey = [\"birth_date\"]\nmax_block = 100\n";

class Blocking : public ::testing::Test {
  protected:
    Blocking() {
        for (const char* name : {"default.toml", "people.toml"})
            folder_.write(name, text_of(std::filesystem::path(CASEWEAVE_SOURCE_DIR "/config/linkage") / name));
    }
    Words words(const std::string& command, const Words& files, const Words& more) const {
        Words words = {command};
        words.insert(words.end(), files.begin(), files.end());
        words.insert(words.end(), {"--id", "unique_id", "--columns",
                                   "given_name=first_name,family_name=surname,birth_date=dob", "--model", model_});
        words.insert(words.end(), more.begin(), more.end());
        return words;
    }
    ProgramOutcome blocking(const Words& files, const Words& more = {}) const {
        return run_caseweave(words("blocking", files, more));
    }
    static void expect_refused(const ProgramOutcome& outcome, int code, const std::string& says) {
        EXPECT_EQ(outcome.code, code) << outcome.all();
        EXPECT_EQ(outcome.out, "");
        EXPECT_NE(outcome.err.find(says), std::string::npos) << outcome.err;
    }

    PeopleFolder folder_;
    std::string model_ = folder_.write("rules.toml", kModel);
    std::string people_ = folder_.write("people.csv", kPeople);
    std::string truth_ = folder_.write("truth.csv", kTruth);
};

TEST_F(Blocking, CountsWhatEachRuleCostsAndFindsOfTheTruth) {
    const ProgramOutcome outcome = blocking({people_}, {"--truth", truth_});
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_EQ(
        outcome.out,
        "12 records, 12 pairs to compare\n"
        "recall is of the 5 true pairs among the 11 records that truth.csv has\n"
        "1 rows of truth.csv are no record of the files: taken out of the figures\n"
        "\n"
        "rule                      pairs    cumulative   a record   capped  largest    recall  cumulative     alone\n"
        "birth date                    4             4       0.33        1        4    0.4000      0.4000    0.4000\n"
        "names                         2             6       0.17        0        -    0.4000      0.8000    0.8000\n"
        "large birth dates             6            12       0.50        0        -    0.0000      0.8000    0.4000\n"
        "no column: ULN\n"
        "\n"
        "suggestions\n"
        "'large birth dates' could go: it costs 50.0 % of all pairs and is the first to make 0.000 % of the true "
        "pairs\n"
        "1 of 5 true pairs no rule makes\n");
}

TEST_F(Blocking, EstimatesRecallByTheProbabilitiesThatLinkGivesThePairs) {
    ASSERT_EQ(run_caseweave(words("link", {people_}, {"--pairs-output", folder_.path("pairs.csv")})).code, 0);
    std::map<std::string, double> expected;
    double all = 0;
    for (const auto& pair : csv_rows(folder_.text("pairs.csv"))) {
        expected[pair.at(4)] += std::stod(pair.at(6));
        all += std::stod(pair.at(6));
    }
    ASSERT_GT(expected["names"], 0.0) << folder_.text("pairs.csv");

    const ProgramOutcome outcome = blocking({people_}, {"--format", "json"});
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    simdjson::dom::parser parser;
    const simdjson::dom::element report = parser.parse(outcome.out);
    EXPECT_EQ(std::string_view(report["recall_basis"]), "model");
    EXPECT_NEAR(double(report["expected_pairs"]), all, 1e-5);
    double cumulative = 0;
    for (const simdjson::dom::element rule : report["rules"].get_array()) {
        const double recall = expected[std::string(std::string_view(rule["rule"]))] / all;
        cumulative += recall;
        EXPECT_NEAR(double(rule["recall"]), recall, 1e-5) << outcome.out;
        EXPECT_NEAR(double(rule["cumulative_recall"]), cumulative, 1e-5) << outcome.out;
    }
    EXPECT_NEAR(cumulative, 1, 1e-9);
    const std::string text = blocking({people_}).out;
    EXPECT_NE(text.find("recall is an estimate by the model 'four rules', relative to what all rules together find"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("'large birth dates' could go"), std::string::npos) << text;
}

TEST_F(Blocking, CountsOnlyPairsOfTwoFilesInModeLink) {
    const std::string a = folder_.write("a.csv", kPeopleHeader + "1,Ada,Fern,2012-03-27\n2,Ada,Fern,2012-03-27\n");
    const std::string b = folder_.write("b.csv", kPeopleHeader + "1,Ada,Fern,2012-03-27\n3,Zoe,Moss,2001-01-01\n");
    const std::string truth = folder_.write("both.csv", "source,id,entity\na,1,x\na,2,x\nb,1,x\nb,3,x\n");
    const auto figures = [&](const std::string& mode) {
        simdjson::dom::parser parser;
        const std::string json = blocking({a, b}, {"--mode", mode, "--truth", truth, "--format", "json"}).out;
        const simdjson::dom::element report = parser.parse(json);
        return std::vector<std::uint64_t>{report["pairs"], report["true_pairs"], report["true_pairs_no_rule_makes"]};
    };
    EXPECT_EQ(figures("link"), (std::vector<std::uint64_t>{2, 4, 2}));
    EXPECT_EQ(figures("dedupe"), (std::vector<std::uint64_t>{3, 6, 3}));
    EXPECT_EQ(figures("both"), (std::vector<std::uint64_t>{3, 6, 3}));
}

TEST_F(Blocking, SaysTheSameOnAnyNumberOfThreads) {
    // More records than a thread takes at once, of 40 names and 300 birth dates.
    std::string text = kPeopleHeader, truth = "id,entity\n";
    for (int i = 0; i < 3000; ++i) {
        text += std::to_string(i) + ",Ada" + std::string(1, static_cast<char>('a' + i % 8)) + ",Fern" +
                std::string(1, static_cast<char>('a' + i % 5)) + ",2012-" + std::to_string(10 + i % 3) + "-" +
                std::to_string(10 + i % 19) + "\n";
        truth += std::to_string(i) + "," + std::to_string(i % 1000) + "\n";
    }
    const std::string file = folder_.write("many.csv", text);
    for (const Words& how : {Words{}, Words{"--truth", folder_.write("whose.csv", truth)}}) {
        Words one = {"--format", "json", "--threads", "1"}, two = {"--format", "json", "--threads", "2"};
        one.insert(one.end(), how.begin(), how.end());
        two.insert(two.end(), how.begin(), how.end());
        const ProgramOutcome outcome = blocking({file}, one);
        ASSERT_EQ(outcome.code, 0) << outcome.all();
        EXPECT_EQ(outcome.out.find("\"pairs\":0,\"recall_basis\""), std::string::npos) << outcome.out;
        EXPECT_EQ(outcome.out, blocking({file}, two).out);
    }
}

TEST_F(Blocking, RefusesATruthThatCannotBeUsed) {
    const auto with_truth = [&](const std::string& text) {
        return blocking({people_}, {"--truth", folder_.write("bad.csv", text)});
    };
    expect_refused(with_truth("id,whose\n1,a\n"), 2, "has no column \"entity\"");
    expect_refused(with_truth("id,entity\n1,a\n1,b\n"), 1, "bad.csv line 3: the id stands in an earlier line already");
    expect_refused(with_truth("id,entity\n1,\n"), 1, "bad.csv line 2: column \"entity\" is empty");
    expect_refused(with_truth("id,entity\n99,a\n"), 1, "no record of the files stands in bad.csv");
    const std::string other = folder_.write("other.csv", kPeopleHeader + "1,Ada,Fern,2012-03-27\n");
    expect_refused(blocking({people_, other}, {"--truth", truth_}), 1, "truth.csv has no column \"source\"");
    expect_refused(blocking({people_}, {"--truth", truth_, "--output", truth_}), 2, "truth.csv");
    expect_refused(blocking({people_}, {"--mode", "link"}), 2, "needs two at least");
    EXPECT_EQ(folder_.text("truth.csv"), kTruth);
}

}  // namespace
}  // namespace caseweave::testing
