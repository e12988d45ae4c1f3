#include <gtest/gtest.h>

#include "integration/files/people_files.hpp"

namespace caseweave::testing {
namespace {

using Words = std::vector<std::string>;

class LinkBadInput : public ::testing::Test {
  protected:
    ProgramOutcome link(const std::string& text, const Words& more = {}) const {
        return link_files({folder_.write("people.csv", text)}, more);
    }
    ProgramOutcome link_files(const Words& files, const Words& more = {}) const {
        Words words = {"link"};
        words.insert(words.end(), files.begin(), files.end());
        words.insert(words.end(),
                     {"--id", "unique_id", "--columns", "given_name=first_name,family_name=surname,birth_date=dob",
                      "--output", folder_.path("clusters.csv")});
        words.insert(words.end(), more.begin(), more.end());
        return run_caseweave(words);
    }
    Clusters clusters() const { return Clusters(folder_.text("clusters.csv")); }

    /// Expects an end with `code`, a sentence that holds `what`, and no output.
    void expect_refused(const ProgramOutcome& outcome, int code, const std::string& what) const {
        EXPECT_EQ(outcome.code, code) << outcome.all();
        EXPECT_NE(outcome.err.find(what), std::string::npos) << what << "\n" << outcome.all();
        EXPECT_FALSE(folder_.has("clusters.csv"));
        EXPECT_FALSE(folder_.has("clusters.csv.part"));
        EXPECT_EQ(outcome.out, "");
    }

    PeopleFolder folder_;
};

TEST_F(LinkBadInput, AnEmptyFileIsAnErrorAndAHeaderAloneIsNot) {
    expect_refused(link(""), 1, "people.csv is empty: not even its line of column names");
    const ProgramOutcome outcome = link(kPeopleHeader);
    EXPECT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_EQ(folder_.text("clusters.csv"), "source,id,cluster,weight_bits,probability\n");
    EXPECT_NE(outcome.err.find("people.csv: 0 records"), std::string::npos) << outcome.err;
}

TEST_F(LinkBadInput, OneRowIsOnePerson) {
    ASSERT_EQ(link(kPeopleHeader + "1,Ada,Fern,2012-03-27\n").code, 0);
    EXPECT_EQ(folder_.text("clusters.csv"), "source,id,cluster,weight_bits,probability\npeople,1,1,,\n");
}

TEST_F(LinkBadInput, AFileWithoutALastLineEndLosesNothing) {
    ASSERT_EQ(link(kPeopleHeader + "1,Ada,Fern,2012-03-27\n2,Ada,Fern,2012-03-27").code, 0);
    EXPECT_EQ(clusters().size(), 2U);
}

TEST_F(LinkBadInput, RowsThatAreAllEqualAreOnePerson) {
    std::string text = kPeopleHeader;
    for (int i = 0; i < 60; ++i) text += std::to_string(i) + ",Thomasina,Featherstone,2012-03-27\n";
    ASSERT_EQ(link(text).code, 0);
    EXPECT_EQ(clusters().size(), 60U);
    EXPECT_EQ(clusters().count(), 1U);
}

TEST_F(LinkBadInput, ABlockThatIsTooLargeIsTold) {
    std::string text = kPeopleHeader;
    for (int i = 0; i < 3000; ++i) text += std::to_string(i) + ",Thomasina,Featherstone,2012-03-27\n";
    const ProgramOutcome outcome = link(text);
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_EQ(clusters().size(), 3000U);
    EXPECT_NE(outcome.err.find("too large (up to 3,000 records)"), std::string::npos) << outcome.err;
}

TEST_F(LinkBadInput, RowsWithoutAnyValueStayAlone) {
    ASSERT_EQ(link(kPeopleHeader + "1,,,\n2,NA,NA,NA\n3, , ,\n", {"--null", "NA"}).code, 0);
    EXPECT_EQ(clusters().size(), 3U);
    EXPECT_EQ(clusters().count(), 3U);
}

TEST_F(LinkBadInput, AColumnThatIsConstantTellsNothing) {
    std::string text = kPeopleHeader;
    for (int i = 0; i < 50; ++i)
        text += std::to_string(i) + ",Ada,Surname" + std::string(1, static_cast<char>('a' + i % 26)) +
                std::string(1, static_cast<char>('a' + i / 26)) + ",1 January\n";
    const ProgramOutcome outcome = link(text);
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_EQ(clusters().count(), 50U);
    EXPECT_NE(outcome.err.find("column dob: 50 values set aside"), std::string::npos) << outcome.err;
}

TEST_F(LinkBadInput, NamesMayBeOfAnyLength) {
    const std::string longest(10'000, 'a');
    ASSERT_EQ(link(kPeopleHeader + "1," + longest + "," + longest + "b,2012-03-27\n2," + longest + "," + longest +
                   "c,2012-03-27\n3,Ada,Fern,2012-03-27\n")
                  .code,
              0);
    EXPECT_EQ(clusters().size(), 3U);
    EXPECT_TRUE(clusters().together("people:1", "people:2"));
}

TEST_F(LinkBadInput, NamesMayBeInAnyScript) {
    ASSERT_EQ(link(kPeopleHeader + "1,Владимир,Ковалевский,2012-03-27\n2,Vladimir,Kovalevskij,2012-03-27\n"
                                   "3,小明,王,2012-03-27\n4,小明,王,2012-03-27\n5,محمد,حسن,2011-03-27\n"
                                   "6,ꦱꦿꦶ,ꦮꦲꦾꦸ,2010-03-27\n7,ꦧꦸꦢꦶ,ꦮꦲꦾꦸ,2010-03-27\n")
                  .code,
              0);
    EXPECT_EQ(clusters().size(), 7U);
    EXPECT_TRUE(clusters().together("people:1", "people:2")) << folder_.text("clusters.csv");
    EXPECT_TRUE(clusters().together("people:3", "people:4"));
    EXPECT_FALSE(clusters().together("people:6", "people:7"));
}

TEST_F(LinkBadInput, TwoRowsOfOneIdAreNamedByTheirLines) {
    std::string text = kPeopleHeader + "a,Ada,Fern,2012-03-27\n";
    for (int i = 0; i < 6000; ++i) text += std::to_string(i) + ",Ada,Fern,2012-03-27\n";
    const ProgramOutcome outcome = link(text + "a,Ada,Fern,2012-03-27\n");
    expect_refused(outcome, 1, "people.csv lines 2 and 6003 have the same id in column \"unique_id\"");
    EXPECT_NE(outcome.err.find("delete one of the two"), std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.err.find("Fern"), std::string::npos);
}

TEST_F(LinkBadInput, TwoFilesMayUseOneId) {
    const std::string a = folder_.write("a.csv", kPeopleHeader + "1,Ada,Fern,2012-03-27\n");
    const std::string b = folder_.write("b.csv", kPeopleHeader + "1,Xanthe,Quill,2011-03-27\n");
    for (const char* mode : {"dedupe", "link", "both"}) {
        ASSERT_EQ(link_files({a, b}, {"--mode", mode}).code, 0) << mode;
        EXPECT_EQ(clusters().size(), 2U) << mode;
        EXPECT_FALSE(clusters().together("a:1", "b:1")) << mode;
    }
}

TEST_F(LinkBadInput, ARowWithoutIdIsNamedByItsLine) {
    expect_refused(link(kPeopleHeader + "1,Ada,Fern,2012-03-27\n,Ada,Fern,2012-03-27\n"), 1,
                   "people.csv line 3: the row has no id in column \"unique_id\"");
    expect_refused(link(kPeopleHeader + "NA,Ada,Fern,2012-03-27\n", {"--null", "NA"}), 1, "line 2: the row has no id");
}

TEST_F(LinkBadInput, AColumnThatIsNotThereIsNamedWithTheNearest) {
    const std::string file = folder_.write("people.csv", kPeopleHeader + "1,Ada,Fern,2012-03-27\n");
    const auto run = [&](const std::string& id, const std::string& columns, const Words& more = {}) {
        Words words = {"link", file, "--id", id, "--columns", columns, "--output", folder_.path("clusters.csv")};
        words.insert(words.end(), more.begin(), more.end());
        return run_caseweave(words);
    };
    expect_refused(run("unique_id", "given_name=frist_name"), 2,
                   "people.csv has no column \"frist_name\"; did you mean \"first_name\"?");
    expect_refused(run("uniqe_id", "given_name=first_name"), 2,
                   "people.csv has no column \"uniqe_id\"; did you mean \"unique_id\"?");
    expect_refused(run("unique_id", "given_name=quite something else"), 2,
                   "its columns are unique_id, first_name, surname, dob");
    expect_refused(run("unique_id", "given_name=first_name", {"--also", "jbo:text"}), 2, "has no column \"jbo\"");
    // A file with another separator has one column, which holds all their names.
    expect_refused(run("unique_id", "given_name=first_name", {"--separator", ";"}), 2, "--separator");
}

TEST_F(LinkBadInput, AWrongMappingIsNamed) {
    const std::string file = folder_.write("people.csv", kPeopleHeader + "1,Ada,Fern,2012-03-27\n");
    const auto refused = [&](const Words& more, const std::string& what) {
        Words words = {"link", file, "--output", folder_.path("clusters.csv")};
        words.insert(words.end(), more.begin(), more.end());
        expect_refused(run_caseweave(words), 2, what);
    };
    const Words id = {"--id", "unique_id"};
    const auto columns = [&](const std::string& text) { return Words{"--id", "unique_id", "--columns", text}; };
    refused({}, "--id is required");
    refused(columns("forename=first_name"), "no field \"forename\"; the fields are given_name");
    refused(columns("given_nmae=first_name"), "no field \"given_nmae\"; did you mean \"given_name\"?");
    refused(columns("given_name"), "--columns takes FIELD=COLUMN");
    refused(columns("given_name=first_name,surname"), "--columns takes FIELD=COLUMN,FIELD=COLUMN, not \"surname\"");
    refused(columns("given_name="), "field given_name names no column");
    refused(columns("given_name=first_name,given_name=surname"), "field given_name stands twice");
    refused(columns("given_name=\"first_name"), "a quote is not closed");
    refused(columns("full_name=first_name,family_name=surname"), "map it or family_name, not both");
    refused(columns("birth_date=dob,birth_year=dob"), "not both");
    refused(columns("birth_month=dob"), "need birth_year");
    refused(columns("birth_year=dob,birth_day=dob"), "birth_day needs birth_month");
    refused({"--id", "unique_id", "--columns", "given_name=first_name", "--also", "dob:dat"},
            "KIND is one of exact text date number, not \"dob:dat\"; did you mean \"date\"?");
    refused({"--id", "unique_id", "--columns", "given_name=first_name", "--also", "dob"}, "--also takes COLUMN:KIND");
    refused({"--id", "unique_id", "--columns", "given_name=first_name", "--also", "dob:date", "--also", "dob:text"},
            "column dob stands twice");
    refused(id, "no column is named as a field");
    refused({"--id", "unique_id", "--columns", "given_name=first_name,", "family_name=surname"}, "without blanks");
    refused({"--id", "unique_id", "--columns", "given_name=first_name", "--separator", "::"}, "separator");
    refused({"--id", "unique_id", "--columns", "given_name=first_name", "--encoding", "ebcdic"}, "encoding");
    refused({"--id", "unique_id", "--columns", "given_name=first_name", "--mode", "link"}, "needs two at least");
    refused({"--id", "unique_id", "--columns", "given_name=first_name", "--mode", "all"}, "--mode");
    refused({"--id", "unique_id", "--columns", "given_name=first_name", "--model", folder_.path("none.toml")},
            "none.toml");
}

TEST_F(LinkBadInput, AColumnsNameMayHoldWhatSeparatesColumns) {
    ASSERT_EQ(
        run_caseweave({"link", folder_.write("people.csv", "unique_id,\"Name, first\",a=b\n1,Ada,Fern\n2,Ada,Fern\n"),
                       "--id", "unique_id", "--columns", "given_name=\"Name, first\",family_name=a=b", "--output",
                       folder_.path("clusters.csv")})
            .code,
        0);
    EXPECT_EQ(clusters().size(), 2U);
}

TEST_F(LinkBadInput, AFileThatCannotBeReadIsNamed) {
    expect_refused(link_files({folder_.path("none.csv")}), 2, "none.csv: No such file");
    std::filesystem::create_directory(folder_.path("folder.csv"));
    expect_refused(link_files({folder_.path("folder.csv")}), 2, "folder.csv: it is not a regular file");
    const std::string a = folder_.write("a.csv", kPeopleHeader);
    std::filesystem::create_directory(folder_.path("other"));
    const std::string other = folder_.write("other/a.csv", kPeopleHeader);
    expect_refused(link_files({a, other}), 2, "would both be source \"a\" in the output; rename one of them");
    expect_refused(link_files({a, a}), 2, "rename one of them");
}

TEST_F(LinkBadInput, AnOutputThatCannotBeWrittenIsKnownBeforeTheWork) {
    const std::string file = folder_.write("people.csv", kPeopleHeader + "1,Ada,Fern,2012-03-27\n");
    const auto run = [&](const std::string& output) {
        return run_caseweave(
            {"link", file, "--id", "unique_id", "--columns", "given_name=first_name", "--output", output});
    };
    expect_refused(run(folder_.path("none/clusters.csv")), 2, "none/clusters.csv: No such file");
    expect_refused(run(folder_.path(".")), 2, "it is a folder");
    expect_refused(run(file), 2, "is an input");
    EXPECT_EQ(folder_.text("people.csv"), kPeopleHeader + "1,Ada,Fern,2012-03-27\n");
    EXPECT_EQ(run("/dev/null").code, 0);
    EXPECT_TRUE(std::filesystem::is_character_file("/dev/null")) << "a device is written to, never replaced";
}

TEST_F(LinkBadInput, AnEarlierOutputStaysWhereARunFails) {
    folder_.write("clusters.csv", "earlier\n");
    EXPECT_EQ(link(kPeopleHeader + "1,A,B,\n1,A,B,\n").code, 1);
    EXPECT_EQ(folder_.text("clusters.csv"), "earlier\n");
}

TEST_F(LinkBadInput, RowsThatAreNoRowsAreQuarantinedWithTheirLines) {
    const std::string nul(1, '\0');
    const ProgramOutcome outcome =
        link(kPeopleHeader + "1,Ada,Fern,2012-03-27\n2,Ada,Fern\n3,Ada,Fern,2012-03-27,more\n4,A" + nul +
             "da,Fern,2012-03-27\n5,\xFF" + "da,Fern,2012-03-27\n6,\"Ada,Fern,2012-03-27\n7,Ada,Fern,2012-03-27\n");
    EXPECT_EQ(outcome.code, 3) << outcome.all();
    EXPECT_EQ(clusters().size(), 2U);
    EXPECT_TRUE(clusters().together("people:1", "people:7"));
    for (const char* line : {"people.csv line 3: wrong width", "people.csv line 4: wrong width",
                             "people.csv line 5: undecodable", "people.csv line 6: undecodable",
                             "people.csv line 7: wrong width", "people.csv: 2 records, 5 rows in quarantine"})
        EXPECT_NE(outcome.err.find(line), std::string::npos) << line << "\n" << outcome.err;
    EXPECT_EQ(outcome.err.find("Ada"), std::string::npos) << "nothing of a row is told";
}

TEST_F(LinkBadInput, ManyRowsInQuarantineAreCounted) {
    std::string text = kPeopleHeader;
    for (int i = 0; i < 100; ++i) text += std::to_string(i) + ",Ada\n";
    const ProgramOutcome outcome = link(text);
    EXPECT_EQ(outcome.code, 3) << outcome.all();
    EXPECT_NE(outcome.err.find("80 more rows are in quarantine"), std::string::npos) << outcome.err;
    EXPECT_EQ(link(text, {"--quiet"}).err.find("line 2: wrong width") == std::string::npos, false)
        << "quiet or not, a row that is lost is told";
}

TEST_F(LinkBadInput, AModelThatIsWrongIsRefused) {
    const std::string model = folder_.write("model.toml", "name = \"x\"\n");
    expect_refused(link(kPeopleHeader, {"--model", model}), 2, "model.toml:");
}

}  // namespace
}  // namespace caseweave::testing
