#include <gtest/gtest.h>

#include "integration/files/people_files.hpp"

namespace caseweave::testing {
namespace {

using Words = std::vector<std::string>;

const std::string kHeader = "unique_id,first_name,surname,dob\n";
const std::string kThreeChildren =
    kHeader + "1,Thomasina,Featherstone,2012-03-27\n2,Thomasina,Fetherstone,27/03/2012\n3,Oluwaseun,Adeyemi,20110504\n";

Words link_words(Words files, const Words& more = {}) {
    Words words = {"link"};
    words.insert(words.end(), files.begin(), files.end());
    words.insert(words.end(), {"--id", "unique_id", "--columns", "given_name=first_name,family_name=surname",
                               "--columns", "birth_date=dob", "--threads", "1"});
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

TEST(Link, FindsTheRecordsOfOnePersonInAFile) {
    const PeopleFolder folder;
    const std::string file = folder.write("people.csv", kThreeChildren);
    const ProgramOutcome outcome = run_caseweave(link_words({file}));
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_EQ(outcome.out.substr(0, outcome.out.find('\n')), "source,id,cluster,weight_bits,probability");
    const Clusters clusters(outcome.out);
    ASSERT_EQ(clusters.size(), 3U) << outcome.out;
    EXPECT_TRUE(clusters.together("people:1", "people:2")) << outcome.out;
    EXPECT_FALSE(clusters.together("people:1", "people:3")) << outcome.out;
    EXPECT_EQ(clusters.rows()[2][3], "") << "a record that is alone has no weight";
    EXPECT_EQ(clusters.rows()[2][4], "");
    EXPECT_GT(std::stod(clusters.rows()[0][3]), 7.0);
    EXPECT_GT(std::stod(clusters.rows()[0][4]), 0.99);
    EXPECT_EQ(clusters.rows()[0][3], clusters.rows()[1][3]);
    EXPECT_NE(outcome.err.find("people.csv: 3 records"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("2 clusters"), std::string::npos) << outcome.err;
}

TEST(Link, WritesAFileThatIsThereWholeOrNotAtAll) {
    const PeopleFolder folder;
    const std::string file = folder.write("people.csv", kThreeChildren);
    const ProgramOutcome outcome = run_caseweave(link_words({file}, {"--output", folder.path("clusters.csv")}));
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(Clusters(folder.text("clusters.csv")).size(), 3U);
    EXPECT_EQ(folder.names(), (Words{"clusters.csv", "people.csv"})) << "nothing temporary stays";
}

/// Three hundred people, two records each; every third has a slip in a name.
std::string many_people() {
    std::string text = kHeader;
    static const Words kGiven = {"Thomas", "Aisha", "Marek", "Olivia",  "Kofi",
                                 "Mei",    "Rhys",  "Zofia", "Ibrahim", "Grace"};
    static const Words kFamily = {"Featherstone", "Adeyemi",  "Nowak",      "Okonkwo",   "Pritchard",
                                  "Begum",        "Lavender", "Castellano", "Whitcombe", "Osei"};
    for (int i = 0; i < 300; ++i) {
        const std::string given = kGiven[static_cast<std::size_t>(i % 10)];
        std::string family = kFamily[static_cast<std::size_t>(i / 10 % 10)];
        const std::string dob = std::to_string(2000 + i % 17) + "-" + (i % 12 < 9 ? "0" : "") +
                                std::to_string(i % 12 + 1) + "-" + std::to_string(10 + i % 19);
        text += "a" + std::to_string(i) + "," + given + "," + family + "," + dob + "\n";
        if (i % 3 == 0) family.erase(3, 1);
        text += "b" + std::to_string(i) + "," + given + "," + family + "," + dob + "\n";
    }
    return text;
}

TEST(Link, TrainsOnTheRecordsAndSaysSo) {
    const PeopleFolder folder;
    const std::string file = folder.write("people.csv", many_people());
    const ProgramOutcome outcome = run_caseweave(link_words({file}));
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_NE(outcome.err.find("trained on these records"), std::string::npos) << outcome.err;
    const Clusters clusters(outcome.out);
    int together = 0;
    for (int i = 0; i < 300; ++i) {
        const std::string n = std::to_string(i);
        together += clusters.together("people:a" + n, "people:b" + n) ? 1 : 0;
    }
    EXPECT_GE(together, 297);
    EXPECT_GE(clusters.count(), 297U);
}

TEST(Link, ATrainedModelIsAFileThatLinksTheSameAgain) {
    const PeopleFolder folder;
    const std::string file = folder.write("people.csv", many_people());
    Words words = link_words({file}, {"--output", folder.path("model.toml"), "--seed", "4"});
    words.front() = "train";
    const ProgramOutcome trained = run_caseweave(words);
    ASSERT_EQ(trained.code, 0) << trained.all();
    const std::string model = folder.text("model.toml");
    EXPECT_NE(model.find("seed = 4"), std::string::npos);
    EXPECT_NE(model.find("[[training.session]]"), std::string::npos);
    const ProgramOutcome by_file = run_caseweave(link_words({file}, {"--model", folder.path("model.toml")}));
    const ProgramOutcome by_training = run_caseweave(link_words({file}, {"--seed", "4"}));
    ASSERT_EQ(by_file.code, 0) << by_file.all();
    EXPECT_TRUE(by_file.out == by_training.out) << "the same clusters and weights";
    EXPECT_EQ(by_file.err.find("trained on these records"), std::string::npos);
}

TEST(Link, TooFewRecordsToTrainOnAreLinkedByTheShippedWeights) {
    const PeopleFolder folder;
    const std::string file = folder.write("people.csv", kThreeChildren);
    EXPECT_NE(run_caseweave(link_words({file})).err.find("too few records of one person to train on"),
              std::string::npos);
    Words words = link_words({file}, {"--output", folder.path("model.toml")});
    words.front() = "train";
    const ProgramOutcome trained = run_caseweave(words);
    EXPECT_EQ(trained.code, 2) << trained.all();
    EXPECT_FALSE(folder.has("model.toml"));
}

}  // namespace
}  // namespace caseweave::testing
