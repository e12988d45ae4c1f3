// Ends the program, or its database, at moments of a run, and expects the next run to finish the work.
#include <gtest/gtest.h>
#include <signal.h>

#include <random>
#include <thread>

#include "fault/fault_seed.hpp"
#include "integration/program/program.hpp"
#include "integration/program/source_database.hpp"

namespace caseweave::testing {
namespace {

/// A state of its own for each test; within one a finished demo is replaced by the next.
class Interruption : public ::testing::Test {
  protected:
    std::vector<std::string> demo() const { return state_.with_state({"demo", "--scale", "tiny"}); }

    void expect_like_an_uninterrupted_run(const ProgramOutcome& outcome) const {
        ASSERT_EQ(outcome.code, 3) << outcome.all();
        EXPECT_EQ(books_and_identities(state_, summary_of(outcome)),
                  books_and_identities(loaded_county().state, summary_of(loaded_county().outcome)));
    }

    const ProgramState state_;
};

/// Lines a run writes to stderr as its stages end.
constexpr const char* kMoments[] = {"simulating a county", "check every source", "people: read", "people: link",
                                    "people: consolidate", "all rows",           "build indexes"};

TEST_F(Interruption, KilledAtAnyMomentItIsResumedToTheSameResult) {
    std::mt19937_64 random(kFaultSeed);
    std::cout << "seed " << kFaultSeed << "\n";
    for (const char* moment : kMoments) {
        RunningProgram program(built_program(), demo());
        ASSERT_TRUE(program.wait_for_err(moment)) << moment << "\n" << program.err_so_far();
        const auto delay = std::chrono::milliseconds(random() % 120);
        std::this_thread::sleep_for(delay);
        program.send(SIGKILL);
        const int code = program.wait().code;
        std::cout << "killed " << delay.count() << " ms after \"" << moment << "\": " << code << "\n";
        SCOPED_TRACE(moment);
        EXPECT_TRUE(code == 128 + SIGKILL || code == 3) << code;
        expect_like_an_uninterrupted_run(RunningProgram(built_program(), demo()).wait());
    }
}

TEST_F(Interruption, CtrlCEndsWithFiveAndIsResumed) {
    std::mt19937_64 random(kFaultSeed + 1);
    std::size_t interrupted = 0;
    for (const char* moment : {"simulating a county", "check every source", "people: consolidate"}) {
        SCOPED_TRACE(moment);
        RunningProgram program(built_program(), demo());
        ASSERT_TRUE(program.wait_for_err(moment)) << program.err_so_far();
        std::this_thread::sleep_for(std::chrono::milliseconds(random() % 30));
        program.send(SIGINT);
        const ProgramOutcome outcome = program.wait();
        EXPECT_EQ(outcome.code, 5) << outcome.all();
        EXPECT_NE(outcome.err.find("run again to resume"), std::string::npos) << outcome.err;
        if (outcome.code == 5) ++interrupted;
        if (std::string_view(moment) == "people: consolidate") {
            const ProgramOutcome child = state_.run({"child", "1", "--purpose", "test"});
            EXPECT_NE(child.err.find("run 1 (demo) was interrupted"), std::string::npos) << child.all();
        }
        expect_like_an_uninterrupted_run(RunningProgram(built_program(), demo()).wait());
    }
    EXPECT_EQ(interrupted, 3U);
}

TEST_F(Interruption, ATargetThatDiesLeavesNothingHalfAndTheNextRunBalances) {
    for (const char* moment : {"people: link", "people: consolidate", "all rows"}) {
        SCOPED_TRACE(moment);
        RunningProgram program(built_program(), demo());
        ASSERT_TRUE(program.wait_for_err(moment)) << program.err_so_far();
        std::this_thread::sleep_for(std::chrono::milliseconds(40));
        ASSERT_EQ(::kill(state_.postmaster(), SIGKILL), 0);
        const ProgramOutcome outcome = program.wait();
        EXPECT_TRUE(outcome.code == 1 || outcome.code == 5) << outcome.all();
        EXPECT_NE(outcome.err.find("caseweave: "), std::string::npos) << "an operator's sentence";
        expect_like_an_uninterrupted_run(RunningProgram(built_program(), demo()).wait());
    }
}

/// A database of one system, which changes while a run that reads it lies interrupted.
class ChangingSource : public ::testing::Test {
  protected:
    void SetUp() override {
        std::filesystem::copy_file(loaded_county().state.sources() / "education" / "education.sqlite", database_);
    }
    void change(const std::string& sql) const { EXPECT_GT(SourceDatabase(database_).run(sql), 0) << sql; }
    std::vector<std::string> bulk() const { return {"bulk", "--job", job_.string(), "--quiet"}; }

    /// Kills a run at `moment`, where `holds` must be true of the target, changes the source and expects the resumed
    /// run to end as one of the changed source alone.
    void kill_and_change(const std::string& moment, const std::string& sql, const std::string& holds) const {
        const ProgramState state;
        const ProgramOutcome killed = RunningProgram(built_program("caseweave_with_faults"), state.with_state(bulk()),
                                                     {{"CASEWEAVE_FAULT", moment}})
                                          .wait();
        ASSERT_EQ(killed.code, 128 + SIGKILL) << killed.all();
        {
            TargetConnection connection = state.connect();
            ASSERT_EQ(value_of(connection, holds), "t") << holds;
        }
        change(sql);
        const ProgramOutcome resumed = state.run(bulk());
        ASSERT_EQ(resumed.code, 3) << resumed.all();
        EXPECT_NE(resumed.err.find("resuming run"), std::string::npos) << resumed.err;
        const ProgramState fresh;
        const ProgramOutcome whole = fresh.run(bulk());
        EXPECT_EQ(books_and_identities(state, summary_of(resumed)), books_and_identities(fresh, summary_of(whole)));
        EXPECT_EQ(contents_outside_the_books(state), contents_outside_the_books(fresh));
    }

    /// What the books count and do not digest: golden records, and rows as they were read.
    static std::vector<std::string> contents_outside_the_books(const ProgramState& state) {
        TargetConnection connection = state.connect();
        return column_of(
            connection,
            "SELECT md5(string_agg(concat_ws('|', person_id, field, value), E'\\n' ORDER BY person_id,"
            " field, value)) FROM integrated.person_value UNION ALL "
            "SELECT md5(string_agg(concat_ws('|', source_entity, raw), E'\\n' ORDER BY source_entity, raw))"
            " FROM lineage.quarantine UNION ALL "
            "SELECT md5(string_agg(concat_ws('|', source_entity, row), E'\\n' ORDER BY source_entity, row))"
            " FROM (TABLE lineage.source_row UNION ALL TABLE sealed.source_row) rows");
    }

    TemporaryFolder folder_;
    std::filesystem::path database_ = folder_.path() / "education.sqlite";
    std::filesystem::path job_ = folder_.write(
        "job.toml",
        "[job]\nname = \"test\"\naccept_test_numbers = true\nlinkage_model = \"" CASEWEAVE_SOURCE_DIR
        "/config/linkage/default.toml\"\nsurvivorship = \"" CASEWEAVE_SOURCE_DIR
        "/config/survivorship.toml\"\n[system.education.transport]\nconnection = \"Driver=SQLite3;Database=" +
            database_.string() + "\"\n");
};

TEST_F(ChangingSource, WhatWasCommittedIsLoadedAgainWhereTheSourceHasChanged) {
    const std::vector<std::string> changes = {
        // A row that sorts before all others moves every later one by a place.
        "INSERT INTO stud_att_halfterm SELECT stud_id, '1999/00', half_term, base_id, period_start, period_end, "
        "poss_sess,"
        " att_sess, auth_abs, unauth_abs, ea_sess, late_sess, pct_att, amended_on FROM stud_att_halfterm ORDER BY "
        "stud_id"
        " LIMIT 1",
        "DELETE FROM stud_att_halfterm WHERE rowid = (SELECT min(rowid) FROM stud_att_halfterm)",
        "UPDATE stud_base_hist SET rowid = rowid, stud_id = (SELECT max(stud_id) FROM stud_student)"
        " WHERE rowid = (SELECT min(rowid) FROM stud_base_hist)",
        "DELETE FROM stud_student WHERE stud_id = (SELECT min(stud_id) FROM stud_student)",
        "UPDATE stud_student SET legal_forename = 'Zachariah' WHERE stud_id = (SELECT max(stud_id) FROM stud_student)",
    };
    for (const std::string& sql : changes) {
        SCOPED_TRACE(sql);
        const ProgramState state;
        // The seventh commit of rows: students, schools and attendance are in the target by then.
        const ProgramOutcome killed = RunningProgram(built_program("caseweave_with_faults"), state.with_state(bulk()),
                                                     {{"CASEWEAVE_FAULT", "after_commit:7:kill"}})
                                          .wait();
        ASSERT_EQ(killed.code, 128 + SIGKILL) << killed.all();
        change(sql);
        const ProgramOutcome resumed = state.run(bulk());
        ASSERT_EQ(resumed.code, 3) << resumed.all();
        EXPECT_NE(resumed.err.find("changed since the run was interrupted: loading starts over"), std::string::npos)
            << resumed.err;
        const ProgramState fresh;
        const ProgramOutcome whole = fresh.run(bulk());
        EXPECT_EQ(books_and_identities(state, summary_of(resumed)), books_and_identities(fresh, summary_of(whole)));
    }
}

TEST_F(ChangingSource, ASystemLeftOutIsNamedAndTheRunIsFinishedWhenItAnswers) {
    // Two systems, one of which is away: the job says that the others are loaded without it.
    const std::filesystem::path admissions = folder_.path() / "admissions";
    std::filesystem::copy(loaded_county().state.sources() / "admissions", admissions);
    std::string job = text_of(job_);
    job.insert(job.find("name ="), "on_source_failure = \"continue\"\n");
    job += "[system.admissions.transport]\nfolder = \"" + admissions.string() + "\"\n";
    write_text(job_, job);
    const ProgramState whole;
    const ProgramOutcome expected = whole.run(bulk());
    ASSERT_EQ(expected.code, 3) << expected.all();

    const ProgramState state;
    std::filesystem::rename(admissions, folder_.path() / "away");
    const ProgramOutcome partial = state.run(bulk());
    EXPECT_EQ(partial.code, 1) << partial.all();
    EXPECT_NE(partial.out.find("NOT LOADED:      admissions"), std::string::npos) << partial.out;
    const std::string summary = text_of(summary_of(partial));
    EXPECT_NE(summary.find("\"systems_left_out\":[\"admissions\"]"), std::string::npos) << summary.substr(0, 400);
    EXPECT_NE(text_of(summary_of(partial).parent_path() / "report.html").find("nothing of admissions was loaded"),
              std::string::npos);
    {
        TargetConnection connection = state.connect();
        EXPECT_NE(value_of(connection, "SELECT count(*) FROM integrated.child"), "0") << "the other system is there";
    }
    std::filesystem::rename(folder_.path() / "away", admissions);
    const ProgramOutcome finished = state.run(bulk());
    EXPECT_EQ(finished.code, 3) << finished.all();
    EXPECT_EQ(books_and_identities(state, summary_of(finished)), books_and_identities(whole, summary_of(expected)));
}

TEST_F(ChangingSource, ATransactionsEndInTheMiddleOfAnEntityIsNoExcuse) {
    // So many rows of attendance that they take several transactions.
    change(
        "WITH RECURSIVE period(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM period WHERE n < 400)"
        " INSERT INTO stud_att_halfterm (stud_id, acad_year, half_term, base_id, poss_sess, att_sess)"
        " SELECT stud_id, '2001/02', 100 + n, curr_urn, 60, n % 60 FROM stud_student, period");
    kill_and_change("after_commit:6:kill",
                    "INSERT INTO stud_att_halfterm (stud_id, acad_year, half_term, base_id, poss_sess, att_sess)"
                    " SELECT min(stud_id), '1990/91', 1, min(curr_urn), 60, 59 FROM stud_student",
                    "SELECT NOT complete FROM lineage.checkpoint WHERE source_entity = 'attendance'");
}

TEST_F(ChangingSource, AGoldenRecordIsNotLeftWithTheOldNameWhereNoRowWasCommitted) {
    kill_and_change(
        "before_commit:1:kill",
        "UPDATE stud_student SET legal_forename = 'Zachariah' WHERE stud_id = (SELECT max(stud_id) FROM"
        " stud_student)",
        "SELECT 'people' = ANY (phases) AND NOT EXISTS (SELECT FROM integrated.enrolment) FROM lineage.run");
}

TEST_F(ChangingSource, ARowInQuarantineThatIsAnotherNowIsTheNewOne) {
    change("UPDATE stud_base_hist SET stud_id = 'NOBODY1' WHERE rowid = 5");
    kill_and_change("after_commit:7:kill", "UPDATE stud_base_hist SET stud_id = 'NOBODY2' WHERE rowid = 5",
                    "SELECT count(*) = 1 FROM lineage.quarantine WHERE raw LIKE '%NOBODY1%'");
}

TEST_F(ChangingSource, NothingIsLoadedAgainWhereItHasNot) {
    const ProgramState state;
    const ProgramOutcome killed = RunningProgram(built_program("caseweave_with_faults"), state.with_state(bulk()),
                                                 {{"CASEWEAVE_FAULT", "after_commit:7:kill"}})
                                      .wait();
    ASSERT_EQ(killed.code, 128 + SIGKILL) << killed.all();
    const ProgramOutcome resumed = state.run(bulk());
    ASSERT_EQ(resumed.code, 3) << resumed.all();
    EXPECT_EQ(resumed.err.find("starts over"), std::string::npos) << resumed.err;
}

TEST_F(Interruption, TheSecondRunOnATargetGivesUpAndNamesTheFirst) {
    RunningProgram first(built_program(), demo());
    ASSERT_TRUE(first.wait_for_err("people: link")) << first.err_so_far();
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{"demo", "--scale", "tiny"},
                                                      {"demo", "--scale", "tiny", "--seed", "9"},
                                                      {"reconcile"}}) {
        const ProgramOutcome second = state_.run(arguments);
        if (!first.running()) break;  // too late to tell
        EXPECT_EQ(second.code, 75) << second.all();
        EXPECT_NE(second.err.find("process " + std::to_string(first.id())), std::string::npos) << second.err;
        EXPECT_NE(second.err.find("caseweave demo"), std::string::npos) << second.err;
    }
    expect_like_an_uninterrupted_run(first.wait());
}

}  // namespace
}  // namespace caseweave::testing
