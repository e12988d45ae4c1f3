#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <map>
#include <thread>

#include "integration/files/people_files.hpp"

namespace caseweave::testing {
namespace {

using Words = std::vector<std::string>;

const std::string kThreeChildren =
    kPeopleHeader +
    "1,Thomasina,Featherstone,2012-03-27\n2,Thomasina,Fetherstone,27/03/2012\n3,Oluwaseun,Adeyemi,20110504\n";

Words link_words(Words files, const Words& more = {}) {
    Words words = {"link"};
    words.insert(words.end(), files.begin(), files.end());
    words.insert(words.end(), {"--id", "unique_id", "--columns", "given_name=first_name,family_name=surname",
                               "--columns", "birth_date=dob"});
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

TEST(Link, ReadsEveryFieldOfAPerson) {
    const PeopleFolder folder;
    const std::string file = folder.write(
        "people.csv",
        "given_name,middle_names,family_name,former_family_name,alias,birth_date,sex,house_number,street,town,"
        "postcode,uprn,nhs_number,upn,uln,phone,email,mother_given_name,mother_family_name,guardian_given_name,"
        "guardian_family_name,multiple_birth,birth_order,birth_place,school,unique_id\n"
        "Ada,Augusta,Lovelace,Byron,Ada Gordon,2012-12-10,female,12,High Street,Chichester,PO19 1RQ,100061234567,"
        "9990000018,,,01243 777100,ada@example.org,Anne,Byron,George,Byron,N,1,London,Hill School,1\n"
        "Ada,,Byron,,,10/12/2012,F,12,High St,Chichester,po191rq,,999 000 0018,,,,,,,,,,,,,2\n");
    const ProgramOutcome outcome = run_caseweave({"link", file, "--id", "unique_id"});  // columns named as fields
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_TRUE(Clusters(outcome.out).together("people:1", "people:2")) << outcome.all();
    EXPECT_EQ(outcome.err.find("set aside"), std::string::npos) << outcome.err;
}

TEST(Link, SplitsFullNamesAndPutsDatesTogether) {
    const PeopleFolder folder;
    const std::string file = folder.write("people.csv",
                                          "unique_id,name,y,m,d\n"
                                          "1,\"van der Berg, Thomasina\",2012,3,27\n"
                                          "2,Thomasina van der Berg,2012,03,27\n"
                                          "3,Mr Thomasina B. van der Berg,2012,3,NA\n"
                                          "4,Oluwaseun Adeyemi,2012,3,27\n");
    const ProgramOutcome outcome = run_caseweave({"link", file, "--id", "unique_id", "--null", "NA", "--columns",
                                                  "full_name=name,birth_year=y,birth_month=m,birth_day=d"});
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    const Clusters clusters(outcome.out);
    EXPECT_TRUE(clusters.together("people:1", "people:2")) << outcome.out;
    EXPECT_FALSE(clusters.together("people:1", "people:4")) << outcome.out;
    EXPECT_EQ(outcome.err.find("set aside"), std::string::npos) << outcome.err;
}

TEST(Link, TakesFurtherNamesForNamesToo) {
    const PeopleFolder folder;
    const std::string file = folder.write("people.csv",
                                          "unique_id,first_name,surname,dob,maiden,aka1,aka2\n"
                                          "1,Thomasina,Featherstone,2012-03-27,,,\n"
                                          "2,Thomasina,Adeyemi,2012-03-27,Featherstone,,\n"
                                          "3,Xanthe,Quillfeather,2012-03-27,,,Thomasina Featherstone\n");
    const Words further = {"--columns", "former_family_name=maiden,alias=aka1,alias=aka2"};
    const ProgramOutcome outcome = run_caseweave(link_words({file}, further));
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_TRUE(Clusters(outcome.out).together("people:1", "people:2")) << outcome.out;
    EXPECT_TRUE(Clusters(outcome.out).together("people:1", "people:3")) << outcome.out;
    const ProgramOutcome without = run_caseweave(link_words({file}));
    EXPECT_FALSE(Clusters(without.out).together("people:1", "people:3")) << without.out;
}

TEST(Link, ComparesWhatTheModeSays) {
    const PeopleFolder folder;
    const std::string a = folder.write("a.csv", kPeopleHeader +
                                                    "1,Thomasina,Featherstone,2012-03-27\n"
                                                    "2,Thomasina,Featherstone,2012-03-27\n");
    const std::string b = folder.write("b.csv", kPeopleHeader + "1,Thomasina,Featherstone,2012-03-27\n");
    const Clusters dedupe(run_caseweave(link_words({a, b}, {"--mode", "dedupe"})).out);
    EXPECT_TRUE(dedupe.together("a:1", "a:2"));
    EXPECT_TRUE(dedupe.together("a:1", "b:1")) << "the files are taken as one, and ids count within their file";
    const Clusters both(run_caseweave(link_words({a, b})).out);
    EXPECT_TRUE(both.together("a:1", "a:2"));
    EXPECT_TRUE(both.together("a:1", "b:1"));
    const Clusters link(run_caseweave(link_words({a, b}, {"--mode", "link"})).out);
    EXPECT_FALSE(link.together("a:1", "a:2")) << "a file lists a person once";
    const std::string c =
        folder.write("c.csv", kPeopleHeader + "1,Thomasina,Featherstone,2012-03-27\n2,Ada,Fern,2012-03-27\n");
    const Clusters one_each(run_caseweave(link_words({c, b}, {"--mode", "link"})).out);
    EXPECT_TRUE(one_each.together("c:1", "b:1"));
    EXPECT_EQ(one_each.count(), 2U);
}

TEST(Link, WritesRowsInTheOrderOfTheFiles) {
    const PeopleFolder folder;
    const std::string b = folder.write("b.csv", kPeopleHeader + "9,A,B,2012-03-27\n1,C,D,2011-03-27\n");
    const std::string a = folder.write("a.csv", kPeopleHeader + "5,E,F,2010-03-27\n");
    const Clusters clusters(run_caseweave(link_words({b, a})).out);
    ASSERT_EQ(clusters.size(), 3U);
    EXPECT_EQ(clusters.rows()[0][1], "9");
    EXPECT_EQ(clusters.rows()[1][1], "1");
    EXPECT_EQ(clusters.rows()[2][0], "a");
}

TEST(Link, GivesTheSameClustersForAnyOrderOfRowsAndAnyNumberOfThreads) {
    const PeopleFolder folder;
    Words rows;
    for (int i = 0; i < 300; ++i) {
        const std::string day = std::to_string(10 + i / 3 % 18);
        rows.push_back(std::to_string(i) + ",Forename" + std::string(1, static_cast<char>('a' + i / 3 % 26)) +
                       ",Surname" + std::to_string(i / 3) + (i % 3 == 1 ? "x" : "") + ",2012-03-" + day + "\n");
    }
    const auto run = [&](const std::string& threads) {
        std::string text = kPeopleHeader;
        for (const std::string& row : rows) text += row;
        const ProgramOutcome outcome =
            run_caseweave(link_words({folder.write("people.csv", text)}, {"--threads", threads}));
        std::vector<std::vector<std::string>> written = csv_rows(outcome.out);
        std::sort(written.begin(), written.end());
        return written;
    };
    const auto first = run("1");
    ASSERT_EQ(first.size(), 300U);
    EXPECT_EQ(run("2"), first);
    std::reverse(rows.begin(), rows.end());
    EXPECT_EQ(run("1"), first);
}

TEST(Link, KeepsIdsAsTheyAreAndQuotesThemWhereCsvAsksForIt) {
    const PeopleFolder folder;
    const std::string file =
        folder.write("my, people.csv", kPeopleHeader +
                                           "=1+1,A,B,2012-03-27\n+2,C,D,2011-03-27\n-3,E,F,2010-03-27\n"
                                           "@4,G,H,2009-03-27\n\"a,\"\"b\"\"\",I,J,2008-03-27\n");
    const ProgramOutcome outcome = run_caseweave(link_words({file}));
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_NE(outcome.out.find("\"my, people\",=1+1,"), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find("\"my, people\",\"a,\"\"b\"\"\","), std::string::npos) << outcome.out;
    const Clusters clusters(outcome.out);
    Words ids;
    for (const auto& row : clusters.rows()) ids.push_back(row[1]);
    EXPECT_EQ(ids, (Words{"=1+1", "+2", "-3", "@4", "a,\"b\""}));
}

TEST(Link, TakesTheFileAsItIsWritten) {
    const PeopleFolder folder;
    const std::string text =
        "\xEF\xBB\xBFunique_id; first_name ;surname;dob\r\n1;Zo\xC3\xAB;Fern;2012-03-27\r\n2; Zo\xC3\xAB "
        ";Fern;2012-03-27\r\n";
    const ProgramOutcome outcome = run_caseweave(link_words({folder.write("a.csv", text)}, {"--separator", ";"}));
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_EQ(Clusters(outcome.out).count(), 1U) << outcome.out;
    const std::string latin = kPeopleHeader + "1,Zo\xEB,Fern,2012-03-27\n2,Zoe,Fern,2012-03-27\n";
    const ProgramOutcome windows =
        run_caseweave(link_words({folder.write("b.csv", latin)}, {"--encoding", "windows-1252"}));
    ASSERT_EQ(windows.code, 0) << windows.all();
    EXPECT_EQ(Clusters(windows.out).count(), 1U) << windows.out;
    const std::string tabs = "unique_id\tfirst_name\tsurname\tdob\n1\tAda\tFern\t2012-03-27\n";
    EXPECT_EQ(run_caseweave(link_words({folder.write("c.csv", tabs)}, {"--separator", "\t"})).code, 0);
}

TEST(Link, FollowsALinkToAFile) {
    const PeopleFolder folder;
    folder.write("people.csv", kThreeChildren);
    std::filesystem::create_symlink("people.csv", folder.path("link.csv"));
    const ProgramOutcome outcome = run_caseweave(link_words({folder.path("link.csv")}));
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_TRUE(outcome.out.find("\npeople,1,") != std::string::npos) << "named after the file it leads to";
}

TEST(Link, ReadsDayFirstDatesAndNeverMonthFirst) {
    const PeopleFolder folder;
    const std::string british = folder.write("british.csv", kPeopleHeader +
                                                                "1,Thomasina,Featherstone,03/04/2012\n"
                                                                "2,Thomasina,Featherstone,2012-04-03\n"
                                                                "3,Xanthe,Quill,25.12.2012\n4,Ada,Fern,7-3-2012\n");
    const ProgramOutcome day_first = run_caseweave(link_words({british}));
    EXPECT_TRUE(Clusters(day_first.out).together("british:1", "british:2")) << day_first.all();
    EXPECT_EQ(day_first.err.find("month"), std::string::npos) << day_first.err;

    const std::string american = folder.write("american.csv", kPeopleHeader +
                                                                  "1,Thomasina,Featherstone,03/04/2012\n"
                                                                  "2,Thomasina,Featherstone,2012-04-03\n"
                                                                  "3,Xanthe,Quill,12/25/2012\n4,Ada,Fern,07/31/2012\n");
    const ProgramOutcome month_first = run_caseweave(link_words({american}));
    ASSERT_EQ(month_first.code, 0) << month_first.all();
    EXPECT_FALSE(Clusters(month_first.out).together("american:1", "american:2"))
        << "4 March or 3 April: nobody knows, and no date is not the same date";
    EXPECT_NE(month_first.err.find("column dob: the month stands first in 2 dates"), std::string::npos)
        << month_first.err;
    EXPECT_NE(month_first.err.find("column dob: 3 values set aside (2 impossible date, 1 date in other form)"),
              std::string::npos)
        << month_first.err;
}

TEST(Link, SetsBadValuesAsideAndTellsOfThem) {
    const PeopleFolder folder;
    const std::string file =
        folder.write("people.csv",
                     "unique_id,first_name,surname,dob,nhs,upn,postcode\n"
                     "1,Thomasina,Featherstone,2012-02-30,1234567890,H938123456789,PO19 1RQ\n"
                     "2,Thomasina,Featherstone,sometime,9990000018,,nowhere\n3,Ada,UNKNOWN,1900-01-01,,,PO19 1RQ\n");
    const ProgramOutcome outcome =
        run_caseweave(link_words({file}, {"--columns", "nhs_number=nhs,upn=upn,postcode=postcode"}));
    EXPECT_EQ(outcome.code, 0) << "a bad value never costs its row" << outcome.all();
    EXPECT_EQ(Clusters(outcome.out).size(), 3U);
    for (const char* line :
         {"column dob: 3 values set aside (2 impossible date, 1 implausible date)",
          "column nhs: 1 value set aside (1 bad check digit)", "column upn: 1 value set aside",
          "column postcode: 1 value set aside (1 not a postcode)", "column surname: 1 value set aside (1 placeholder)"})
        EXPECT_NE(outcome.err.find(line), std::string::npos) << line << "\n" << outcome.err;
    for (const char* value : {"Thomasina", "Featherstone", "2012-02-30", "1234567890", "sometime", "nowhere"})
        EXPECT_EQ(outcome.err.find(value), std::string::npos) << "a value of a record is told: " << value;
}

TEST(Link, KeepsPostcodesOfAnotherCountry) {
    const PeopleFolder folder;
    const std::string file = folder.write("people.csv",
                                          "unique_id,first_name,surname,dob,postcode\n1,Ada,Fern,2012-02-03,2119\n"
                                          "2,Ada,Fern,2012-02-03,2119\n3,Xanthe,Quill,2011-02-03,0800\n");
    const ProgramOutcome outcome = run_caseweave(link_words({file}, {"--columns", "postcode=postcode"}));
    EXPECT_EQ(outcome.err.find("set aside"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("column postcode: most values are not British"), std::string::npos) << outcome.err;
    const ProgramOutcome without = run_caseweave(link_words({file}));
    EXPECT_GT(std::stod(Clusters(outcome.out).rows()[0][3]), std::stod(Clusters(without.out).rows()[0][3]))
        << "an equal postcode counts";
}

TEST(Link, TakesFurtherColumnsOfEveryKind) {
    const PeopleFolder folder;
    const std::string file = folder.write("people.csv",
                                          "unique_id,first_name,surname,dob,job,height,seen,badge\n"
                                          "1,Ada,Fern,2012-02-03,weaver,1.50,27/03/2020,B7\n"
                                          "2,Ada,Fern,2012-02-03,weaver,tall,31/02/2020,B7\n");
    const ProgramOutcome outcome = run_caseweave(link_words(
        {file}, {"--also", "job:text", "--also", "height:number", "--also", "seen:date", "--also", "badge:exact"}));
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_EQ(Clusters(outcome.out).size(), 2U);
    EXPECT_NE(outcome.err.find("column height: 1 value set aside (1 not a number)"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("column seen: 1 value set aside (1 impossible date)"), std::string::npos) << outcome.err;
}

TEST(Link, ListsThePairsItScored) {
    const PeopleFolder folder;
    const std::string header = "unique_id,first_name,surname,dob,postcode,sex\n";
    const std::string a = folder.write("a.csv", header +
                                                    "1,Thomasina,Featherstone,2012-03-27,PO19 1RQ,F\n"
                                                    "2,Amy,Jones,2012-03-27,PO19 1RQ,F\n"
                                                    "3,Thomasina,Featherstone,2012-03-27,PO19 1RQ,F\n");
    const std::string b = folder.write("b.csv", header +
                                                    "7,Thomasina,Fetherstone,2012-03-27,PO19 1RQ,F\n"
                                                    "8,Beth,Jones,2012-03-27,PO19 1RQ,F\n");
    const Words more = {"--columns",      "postcode=postcode,sex=sex", "--output", folder.path("clusters.csv"),
                        "--pairs-output", folder.path("pairs.csv")};
    ASSERT_EQ(run_caseweave(link_words({a, b}, more)).code, 0);
    const std::string text = folder.text("pairs.csv");
    EXPECT_EQ(text.substr(0, text.find('\n')),
              "left_source,left_id,right_source,right_id,rule,weight_bits,probability,outcome,reason");
    std::map<std::string, std::vector<std::string>> pairs;
    for (const auto& row : csv_rows(text)) pairs[row[0] + row[1] + "-" + row[2] + row[3]] = row;
    ASSERT_TRUE(pairs.contains("a1-b7")) << text;
    EXPECT_EQ(pairs["a1-b7"][7], "match");
    EXPECT_EQ(pairs["a1-b7"][8], "");
    EXPECT_EQ(pairs["a1-b7"][4], "every pair of a small file");
    ASSERT_TRUE(pairs.contains("a1-a3"));
    EXPECT_EQ(pairs["a1-a3"][7], "match");
    for (const auto& [key, row] : pairs) {
        EXPECT_GE(std::stod(row[6]), 0.5) << key << ": below the review threshold";
        EXPECT_EQ(row[7] == "match", row[8].empty()) << key << ": why not?";
    }
    ASSERT_TRUE(pairs.contains("a2-b8")) << text;
    EXPECT_EQ(pairs["a2-b8"][7], "different") << "twins";
    EXPECT_EQ(pairs["a2-b8"][8], "multiple_birth");

    ASSERT_EQ(
        run_caseweave(link_words({a, b}, {"--mode", "link", "--columns", "postcode=postcode,sex=sex", "--output",
                                          folder.path("clusters.csv"), "--pairs-output", folder.path("pairs.csv")}))
            .code,
        0);
    for (const auto& row : csv_rows(folder.text("pairs.csv")))
        EXPECT_NE(row[0], row[2]) << "pairs of one file were not asked for";
}

TEST(Link, LeavesNothingBehindWhenItIsStopped) {
    const PeopleFolder folder;
    std::string text = kPeopleHeader;
    for (int i = 0; i < 400'000; ++i)
        text += std::to_string(i) + ",Forename" + std::to_string(i % 977) + ",Surname" + std::to_string(i % 30'011) +
                ",2012-03-" + std::to_string(10 + i % 18) + "\n";
    const std::string file = folder.write("people.csv", text);
    RunningProgram program(built_program(), link_words({file}, {"--output", folder.path("clusters.csv"),
                                                                "--pairs-output", folder.path("pairs.csv")}));
    while (program.running() && !folder.has("clusters.csv.part")) std::this_thread::yield();
    program.send(SIGINT);
    const ProgramOutcome outcome = program.wait();
    EXPECT_EQ(outcome.code, 5) << outcome.all();
    EXPECT_NE(outcome.err.find("nothing was written"), std::string::npos) << outcome.err;
    EXPECT_EQ(folder.names(), Words{"people.csv"});
}

/// Three hundred people, two records each; every third has a slip in a name.
std::string many_people() {
    std::string text = kPeopleHeader;
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
