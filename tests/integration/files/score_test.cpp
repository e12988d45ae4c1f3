#include <gtest/gtest.h>

#include "integration/files/people_files.hpp"

namespace caseweave::testing {
namespace {

using Words = std::vector<std::string>;

/// Names the columns of both records after the fields.
const std::string kPairsHeader =
    "pair,left_given_name,right_given_name,left_family_name,right_family_name,left_birth_date,right_birth_date,"
    "left_sex,right_sex,left_postcode,right_postcode,left_nhs_number,right_nhs_number,left_upn,right_upn,note\n";

class Score : public ::testing::Test {
  protected:
    /// Scores pairs and returns their outcome columns by the first column; expects success.
    std::map<std::string, std::vector<std::string>> score(const std::string& text, const Words& more = {}) {
        Words words = {"score", "--pairs", folder_.write("pairs.csv", text)};
        words.insert(words.end(), more.begin(), more.end());
        const ProgramOutcome outcome = run_caseweave(words);
        EXPECT_EQ(outcome.code, 0) << outcome.all();
        err_ = outcome.err;
        std::map<std::string, std::vector<std::string>> found;
        for (auto row : csv_rows(outcome.out)) {
            const std::string name = row.front();
            found[name].assign(row.end() - 4, row.end());
        }
        return found;
    }
    ProgramOutcome run(const std::string& text, const Words& more = {}) {
        Words words = {"score", "--pairs", folder_.write("pairs.csv", text)};
        words.insert(words.end(), more.begin(), more.end());
        return run_caseweave(words);
    }

    PeopleFolder folder_;
    std::string err_;
};

TEST_F(Score, SaysOfOnePairWhatItIsAndWhy) {
    const auto found = score(kPairsHeader +
                             "1,Thomasina,Thomasina,Featherstone,Fetherstone,2012-03-27,27/03/2012,F,F,"
                             "PO19 1RQ,PO19 1RQ,,,,,\n");
    ASSERT_TRUE(found.contains("1"));
    EXPECT_EQ(found.at("1")[0], "match");
    EXPECT_GT(std::stod(found.at("1")[1]), 6.6);
    EXPECT_GT(std::stod(found.at("1")[2]), 0.99);
    EXPECT_EQ(found.at("1")[3].find("for: the same birth date +"), 0U) << found.at("1")[3];
    EXPECT_NE(found.at("1")[3].find("family names a slip apart +"), std::string::npos);
    EXPECT_NE(err_.find("1 match, 0 for review, 0 different"), std::string::npos) << err_;
}

TEST_F(Score, TellsTheStrongestEvidenceFirstForAndAgainst) {
    const auto found = score(kPairsHeader +
                             "1,Amy,John,Jones,Jones,2012-03-27,2001-01-05,F,M,PO19 1RQ,BN1 1AA,,,,,\n"
                             "2,Amy,Eve,Jones,Jones,2012-03-27,2008-01-05,F,F,PO19 1RQ,PO19 1RQ,,,,,\n");
    EXPECT_EQ(found.at("1")[0], "different");
    EXPECT_EQ(
        found.at("1")[3],
        "for: the same family name +9.2; against: different birth dates -8.3, different forenames -6.2, different "
        "sex -5.6, different places -2.9");
    EXPECT_EQ(found.at("2")[0], "different");
    EXPECT_EQ(
        found.at("2")[3],
        "for: the same family name +9.2, the same postcode +7.4, the same sex +1.0; against: different birth dates "
        "-8.3, different forenames -6.2; weighed against two of one family, who share much of this");
}

TEST_F(Score, PartsTwins) {
    const auto found =
        score(kPairsHeader +
              "1,Amy,Beth,Jones,Jones,2012-03-27,2012-03-27,F,F,PO19 1RQ,PO19 1RQ,,,,,\n"
              "2,Amy,Beth,Jones,Jones,2012-03-27,2012-03-27,F,F,PO19 1RQ,PO19 1RQ,9990000018,9990000026,,,\n");
    for (const auto& [pair, row] : found) {
        EXPECT_EQ(row[0], "different") << pair;
        EXPECT_NE(row[3].find("different forenames"), std::string::npos) << row[3];
    }
    EXPECT_EQ(found.at("1")[3].find("born the same day into one family"), 0U) << found.at("1")[3];
}

TEST_F(Score, SendsIdentifiersThatConflictToReview) {
    const auto found =
        score(kPairsHeader +
              "nhs,Amy,Amy,Jones,Jones,2012-03-27,2012-03-27,F,F,PO19 1RQ,PO19 1RQ,9990000018,9990000026,,,\n"
              "upn,Amy,Amy,Jones,Jones,2012-03-27,2012-03-27,F,F,PO19 1RQ,PO19 1RQ,,,H938200001901,"
              "X938200001902,\n"
              "same,Amy,Amy,Jones,Jones,2012-03-27,2012-03-27,F,F,PO19 1RQ,PO19 1RQ,999 000 0018,9990000018,,,\n");
    EXPECT_EQ(found.at("nhs")[0], "review");
    EXPECT_EQ(found.at("nhs")[3].find("different NHS numbers; "), 0U) << found.at("nhs")[3];
    EXPECT_EQ(found.at("upn")[0], "review") << found.at("upn")[3];
    EXPECT_EQ(found.at("upn")[3].find("they hold two different permanent UPNs; "), 0U) << found.at("upn")[3];
    EXPECT_EQ(found.at("same")[0], "match");
}

TEST_F(Score, WritesTheFilesOwnColumnsAsTheyAre) {
    const ProgramOutcome outcome =
        run("note,left_given_name,right_given_name,left_school_roll,=x\n"
            "\"a, \"\"b\"\"\",Ada,Ada,17,=1+1\n,Ada,Beth,,-3\n",
            {"--columns", "given_name=given_name"});
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_EQ(outcome.out.substr(0, outcome.out.find('\n')),
              "note,left_school_roll,=x,outcome,weight_bits,probability,reasons");
    const auto rows = csv_rows(outcome.out);
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0][0], "a, \"b\"");
    EXPECT_EQ(rows[0][1], "17");
    EXPECT_EQ(rows[0][2], "=1+1");
    EXPECT_EQ(rows[1][0], "");
    EXPECT_EQ(rows[1][2], "-3");
    EXPECT_NE(outcome.out.find("\"a, \"\"b\"\"\",17,=1+1,"), std::string::npos) << outcome.out;
}

TEST_F(Score, TakesTheMappingBehindThePrefix) {
    const std::string text =
        "id,left_name,right_name,left_dob,right_dob\n1,\"Featherstone, Thomasina\",Thomasina Featherstone,20120327,"
        "27.03.2012\n2,NA,Thomasina Featherstone,NA,27.03.2012\n";
    const auto found = score(text, {"--columns", "full_name=name,birth_date=dob", "--null", "NA"});
    EXPECT_EQ(found.at("1")[0], "match");
    EXPECT_EQ(found.at("2")[0], "different");
    EXPECT_EQ(found.at("2")[3], "") << "nothing is known of one of the two";
}

TEST_F(Score, JudgesEachPairAsIfThereWereNoOther) {
    const std::string pair =
        "1,Thomasina,Thomasina,Featherstone,Quill,2012-03-27,2012-03-27,F,F,PO19 1RQ,PO19 1RQ,,,,,\n";
    const auto alone = score(kPairsHeader + pair);
    std::string many = kPairsHeader + pair;
    for (int i = 2; i < 9000; ++i)
        many += std::to_string(i) +
                ",Thomasina,Thomas,Featherstone,Featherstone,2012-03-27,2012-03-28,F,M,PO19 1RQ,"
                "PO19 1RQ,,,,,\n";
    for (const char* threads : {"1", "2"}) {
        const auto among = score(many, {"--threads", threads});
        EXPECT_EQ(among.size(), 8999U);
        EXPECT_EQ(among.at("1"), alone.at("1")) << threads;
    }
}

TEST_F(Score, APriorShiftsTheWeight) {
    const std::string text = kPairsHeader + "1,Amy,Amy,Jones,Jones,,,,,,,,,,,\n";
    const auto by_model = score(text);
    EXPECT_EQ(by_model.at("1")[0], "review");
    const auto even = score(text, {"--prior", "0.5"});
    EXPECT_EQ(even.at("1")[0], "match") << even.at("1")[1];
    EXPECT_NEAR(std::stod(even.at("1")[1]) - std::stod(by_model.at("1")[1]), 11.6, 0.2);
    for (const char* prior : {"0", "1", "-1", "nan", "x"}) EXPECT_EQ(run(text, {"--prior", prior}).code, 2) << prior;
}

TEST_F(Score, AWrongFileIsRefusedByName) {
    const auto refused = [&](const ProgramOutcome& outcome, int code, const std::string& what) {
        EXPECT_EQ(outcome.code, code) << outcome.all();
        EXPECT_NE(outcome.err.find(what), std::string::npos) << what << "\n" << outcome.all();
        EXPECT_EQ(outcome.out, "");
    };
    refused(run(""), 1, "pairs.csv is empty");
    refused(run("a,b\n1,2\n"), 2, "no column named left_ and a field");
    refused(run("left_given_name,right_gvien_name\nAda,Ada\n"), 2,
            "no column \"right_given_name\"; did you mean \"right_gvien_name\"?");
    refused(run("left_name,right_name\nAda,Ada\n", {"--columns", "given_name=nmae"}), 2, "no column \"left_nmae\"");
    refused(run("left_name,right_name\nAda,Ada\n", {"--columns", "given_nmae=name"}), 2,
            "did you mean \"given_name\"?");
    refused(run_caseweave({"score"}), 2, "--pairs is required");
    refused(run_caseweave({"score", "--pairs", folder_.path("none.csv")}), 2, "none.csv: No such file");
    refused(run("left_given_name,right_given_name\nAda,Ada\n", {"--output", folder_.path("none/out.csv")}), 2,
            "none/out.csv: No such file");
}

TEST_F(Score, AHeaderAloneGivesAHeader) {
    const ProgramOutcome outcome = run(kPairsHeader);
    EXPECT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_EQ(outcome.out, "pair,note,outcome,weight_bits,probability,reasons\n");
}

TEST_F(Score, APairThatIsNoRowIsQuarantinedWithItsLine) {
    const ProgramOutcome outcome = run("left_given_name,right_given_name\nAda,Ada\nAda\nBeth,Beth\n");
    EXPECT_EQ(outcome.code, 3) << outcome.all();
    EXPECT_EQ(csv_rows(outcome.out).size(), 2U);
    EXPECT_NE(outcome.err.find("pairs.csv line 3: wrong width"), std::string::npos) << outcome.err;
}

TEST_F(Score, TellsNoValueOfARecord) {
    const ProgramOutcome outcome =
        run(kPairsHeader +
            "1,Thomasina,Thomasina,Featherstone,Fetherstone,2012-03-27,27/03/2012,F,F,PO19 1RQ,PO19 1RQ,"
            "9990000018,9990000026,,,\n2,Thomasina,Thomas,Featherstone,Quill,31/31/2012,x,F,M,y,PO19 1RQ,z,,,,\n");
    for (const char* value : {"Thomas", "Feath", "2012", "PO19", "9990000018", "9990000026", "Quill"}) {
        EXPECT_EQ(outcome.out.find(value), std::string::npos) << value;
        EXPECT_EQ(outcome.err.find(value), std::string::npos) << value;
    }
}

}  // namespace
}  // namespace caseweave::testing
