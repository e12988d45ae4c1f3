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

TEST(Link, RefusesToTrainWhileItCannot) {
    const PeopleFolder folder;
    const std::string file = folder.write("people.csv", kThreeChildren);
    const ProgramOutcome outcome = run_caseweave(link_words({file}, {"--train"}));
    EXPECT_EQ(outcome.code, 2) << outcome.all();
    EXPECT_NE(outcome.err.find("training is not in this build"), std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.out, "");
}

}  // namespace
}  // namespace caseweave::testing
