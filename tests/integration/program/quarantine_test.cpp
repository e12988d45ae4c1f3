// Quarantined rows: counted by owner, one looked at for a purpose, and handed to those who mend them; no role sees a
// row that it may not.
#include <gtest/gtest.h>

#include <algorithm>

#include "integration/program/program.hpp"

namespace caseweave::testing {
namespace {

const std::vector<std::string> kPurpose = {"--purpose", "mending the files"};

std::vector<std::string> with_purpose(std::vector<std::string> words) {
    words.insert(words.end(), kPurpose.begin(), kPurpose.end());
    return words;
}

/// The rows that the list says there are.
std::string counted(const ProgramOutcome& list) {
    const std::size_t at = list.out.find(" quarantined rows that you may see");
    if (at == std::string::npos) return "";
    const std::size_t line = list.out.rfind('\n', at);
    return list.out.substr(line == std::string::npos ? 0 : line + 1, line == std::string::npos ? at : at - line - 1);
}

std::string quarantined(TargetConnection& connection, const std::string& condition) {
    return value_of(connection, "SELECT count(*) FROM lineage.quarantine WHERE " + condition);
}

TEST(Quarantine, EachRoleCountsTheRowsItMaySee) {
    const ProgramState& state = loaded_county().state;
    TargetConnection all = state.connect();
    for (const auto& [role, condition] : {std::pair{"data_quality", "access = 0"},
                                          {"education", "access = 0 AND area & 2 <> 0"},
                                          {"restricted", "access & 2 = 0"},
                                          {"sealed", "access & 1 = 0"}}) {
        const ProgramOutcome list = state.run({"quarantine", "list", "--as", role});
        ASSERT_EQ(list.code, 0) << list.all();
        EXPECT_EQ(counted(list), quarantined(all, condition)) << role << "\n" << list.out;
    }
    ASSERT_NE(quarantined(all, "access = 1"), "0");
    ASSERT_NE(quarantined(all, "access = 0"), "0");
}

TEST(Quarantine, FiltersTakeKnownWordsOnly) {
    const ProgramState& state = loaded_county().state;
    TargetConnection all = state.connect();
    const ProgramOutcome some = state.run({"quarantine", "list", "--system", "education", "--reason", "key_conflict",
                                           "--entity", "student", "--run", "1"});
    ASSERT_EQ(some.code, 0) << some.all();
    EXPECT_EQ(counted(some), quarantined(all,
                                         "access = 0 AND source_system = 'education' AND reason = 'key_conflict'"
                                         " AND source_entity = 'student'"));
    EXPECT_EQ(counted(state.run({"quarantine", "list", "--run", "4711"})), "0");
    for (const auto& [option, wrong, right] : {std::tuple{"--system", "eduction", "education"},
                                               {"--reason", "key_conflit", "key_conflict"},
                                               {"--owner", "Fostering und adoption", "Fostering and adoption"}}) {
        const ProgramOutcome outcome = state.run({"quarantine", "list", option, wrong});
        EXPECT_EQ(outcome.code, 2) << outcome.all();
        EXPECT_NE(outcome.err.find(std::string("did you mean ") + right), std::string::npos) << outcome.err;
    }
}

TEST(Quarantine, ARowIsShownToWhoMaySeeItAndTheLookIsLogged) {
    const ProgramState& state = loaded_county().state;
    TargetConnection all = state.connect();
    const auto logged = [&] {
        return value_of(all,
                        "SELECT command || ' ' || asked_for || ' ' || found || ' ' || purpose FROM audit.access_log"
                        " ORDER BY log_id DESC LIMIT 1");
    };
    const std::string open = value_of(all, "SELECT min(row_id) FROM lineage.quarantine WHERE access = 0");
    const ProgramOutcome shown = state.run(with_purpose({"quarantine", "show", open}));
    ASSERT_EQ(shown.code, 0) << shown.all();
    for (const char* column : {"raw", "advice", "position", "reason"})
        EXPECT_NE(shown.out.find(value_of(
                      all, "SELECT " + std::string(column) + " FROM lineage.quarantine WHERE row_id = " + open)),
                  std::string::npos)
            << column << "\n"
            << shown.out;
    EXPECT_EQ(logged(), "quarantine show quarantined row " + open + " true mending the files");

    // A row that is closed and one that is not there are told alike.
    const std::string closed = value_of(all, "SELECT min(row_id) FROM lineage.quarantine WHERE access = 1");
    std::string answers[2];
    for (int i = 0; i < 2; ++i) {
        const std::string number = i == 0 ? closed : "999999";
        const ProgramOutcome refused = state.run(with_purpose({"quarantine", "show", number}));
        EXPECT_EQ(refused.code, 2) << refused.all();
        EXPECT_EQ(refused.out, "");
        EXPECT_EQ(logged(), "quarantine show quarantined row " + number + " false mending the files");
        answers[i] = refused.err;
        answers[i].replace(answers[i].find(number), number.size(), "N");
    }
    EXPECT_EQ(answers[0], answers[1]);
    EXPECT_EQ(state.run(with_purpose({"quarantine", "show", closed, "--as", "restricted"})).code, 0);

    // One that may be anyone's: where it stands and what to do, and not what it says.
    const std::string anyones =
        value_of(all,
                 "SELECT min(row_id) FROM lineage.quarantine WHERE raw_access = 3 AND access = 1"
                 " AND length(raw) > 20 AND source_key <> ''");
    const auto cell = [&](const std::string& column) {
        return value_of(all, "SELECT " + column + " FROM lineage.quarantine WHERE row_id = " + anyones);
    };
    const ProgramOutcome unread = state.run(with_purpose({"quarantine", "show", anyones, "--as", "restricted"}));
    ASSERT_EQ(unread.code, 0) << unread.all();
    for (const char* column : {"advice", "position", "reason", "source_system", "source_entity"})
        EXPECT_NE(unread.out.find(cell(column)), std::string::npos) << column << "\n" << unread.out;
    EXPECT_EQ(unread.out.find(cell("raw")), std::string::npos) << unread.out;
    EXPECT_EQ(unread.out.find("  key "), std::string::npos) << unread.out;
    EXPECT_NE(unread.out.find("cleared for both"), std::string::npos) << unread.out;
    const std::filesystem::path csv = state.outside() / "anyones.csv";
    ASSERT_EQ(state.run(with_purpose({"quarantine", "export", "--as", "restricted", "--output", csv.string()})).code,
              0);
    const std::string exported = text_of(csv);
    EXPECT_NE(exported.find("," + anyones + "," + cell("source_system") + "," + cell("source_entity") + ","),
              std::string::npos);
    EXPECT_EQ(exported.find(cell("source_key")), std::string::npos);
    EXPECT_EQ(state.run({"quarantine", "show", open, "--purpose", " "}).code, 2);
}

TEST(Quarantine, ARowCannotCommandTheTerminal) {
    const ProgramState& state = loaded_county().state;
    TargetConnection all = state.connect();
    const std::string row = value_of(all, "SELECT min(row_id) FROM lineage.quarantine WHERE access = 0");
    const std::string raw = value_of(all, "SELECT raw FROM lineage.quarantine WHERE row_id = " + row);
    all.execute("UPDATE lineage.quarantine SET raw = E'a\\x1b[2Jb\\u009bc' WHERE row_id = " + row);
    const ProgramOutcome shown = state.run(with_purpose({"quarantine", "show", row}));
    all.query("UPDATE lineage.quarantine SET raw = $1 WHERE row_id = $2", {raw, row});
    EXPECT_NE(shown.out.find("a\\x1B[2Jb\\x9Bc"), std::string::npos) << shown.out;
}

TEST(Quarantine, IsExportedForItsOwnersWithoutWhatTheRowsSay) {
    const ProgramState& state = loaded_county().state;
    TargetConnection all = state.connect();
    const std::filesystem::path csv = state.outside() / "quarantine.csv";
    const ProgramOutcome outcome = state.run(with_purpose({"quarantine", "export", "--output", csv.string()}));
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    const std::string text = text_of(csv);
    EXPECT_TRUE(text.starts_with("owner,number,system,entity,reason,field,key,position,what to do,run\n")) << text;
    EXPECT_EQ(std::to_string(std::count(text.begin(), text.end(), '\n') - 1), quarantined(all, "access = 0"));
    for (const std::string& raw : column_of(all, "SELECT raw FROM lineage.quarantine WHERE length(raw) > 20"))
        EXPECT_EQ(text.find(raw), std::string::npos);
    for (const std::string& number : column_of(all, "SELECT row_id FROM lineage.quarantine WHERE access <> 0"))
        EXPECT_EQ(text.find("," + number + ","), std::string::npos) << "a closed row";
    EXPECT_EQ(value_of(all, "SELECT command || ' ' || found FROM audit.access_log ORDER BY log_id DESC LIMIT 1"),
              "quarantine export true");

    const std::filesystem::path book = state.outside() / "quarantine.xlsx";
    ASSERT_EQ(
        state
            .run(with_purpose({"quarantine", "export", "--output", book.string(), "--owner", "Fostering and adoption"}))
            .code,
        0);
    EXPECT_TRUE(text_of(book).starts_with("PK")) << "a zip package";
    EXPECT_EQ(std::filesystem::status(book).permissions() & std::filesystem::perms::all, std::filesystem::perms(0600));
    EXPECT_EQ(state.run(with_purpose({"quarantine", "export", "--output", "rows.doc"})).code, 2);
    const std::filesystem::path nowhere = state.outside() / "missing" / "rows.xlsx";
    EXPECT_EQ(state.run(with_purpose({"quarantine", "export", "--output", nowhere.string()})).code, 2);
    EXPECT_FALSE(std::filesystem::exists(state.outside() / "quarantine.xlsx.part"));
}

TEST(Quarantine, TheJobNamesWhoMendsASystemsRows) {
    const ProgramState state;
    const std::filesystem::path job = state.outside() / "job.toml";
    write_text(job,
               "[job]\nname = \"test\"\naccept_test_numbers = true\n[system.fostering_adoption]\nowner = \"Fostering "
               "desk\"\n[system.fostering_adoption.transport]\nfolder = \"" +
                   (loaded_county().state.sources() / "fostering_adoption").string() + "\"\n");
    ASSERT_EQ(state.run({"bulk", "--job", job.string(), "--quiet"}).code, 3);
    const ProgramOutcome list = state.run({"quarantine", "list", "--owner", "Fostering desk", "--as", "restricted"});
    ASSERT_EQ(list.code, 0) << list.all();
    TargetConnection all = state.connect();
    EXPECT_EQ(counted(list), quarantined(all, "access & 2 = 0"));
    ASSERT_NE(counted(list), "0");
    EXPECT_NE(list.out.find("Fostering desk"), std::string::npos) << list.out;
}

}  // namespace
}  // namespace caseweave::testing
