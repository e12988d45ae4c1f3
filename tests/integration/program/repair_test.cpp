// Alters the target behind the program's back, and expects reconcile to say what is off, on which side and why, and
// --repair to make the target what it was: planned first, on the books, and nothing that is a night's work.
#include <gtest/gtest.h>

#include <filesystem>

#include "integration/program/program.hpp"
#include "integration/program/source_database.hpp"
#include "integration/program/target_picture.hpp"
#include "load/run_lock.hpp"

namespace caseweave::testing {
namespace {

namespace fs = std::filesystem;

class Repair : public ::testing::Test {
  protected:
    Repair() {
        const ProgramOutcome loaded = state_.run({"demo", "--scale", "tiny", "--seed", "1", "--quiet"});
        EXPECT_EQ(loaded.code, 3) << loaded.all();
        connection_.emplace(state_.connect());
    }

    void change(const std::string& sql, std::uint64_t rows = 1) {
        EXPECT_EQ(connection_->execute(sql).affected_rows(), rows) << sql;
    }
    std::string ask(const std::string& sql) { return value_of(*connection_, sql); }

    ProgramOutcome repair(std::vector<std::string> more = {}) const {
        std::vector<std::string> words = {"reconcile", "--quiet",  "--repair",       "--actor",
                                          "J. Hall",   "--reason", "changed by hand"};
        words.insert(words.end(), more.begin(), more.end());
        return state_.run(words);
    }

    /// Expects a difference of the row to be told, and each of `words` in its account.
    static void expect_told(const ProgramOutcome& outcome, const std::string& row, const std::string& what,
                            const std::vector<std::string>& words) {
        std::size_t at = outcome.out.find("DIFFERS: " + row + " ");
        std::size_t line = std::string::npos;
        for (; at != std::string::npos; at = outcome.out.find("DIFFERS: " + row + " ", line)) {
            line = outcome.out.find('\n', at);
            if (outcome.out.substr(at, line - at).find(what) != std::string::npos) break;
        }
        ASSERT_NE(at, std::string::npos) << "no line says " << row << " " << what << outcome.all();
        const std::string account = outcome.out.substr(line, outcome.out.find('\n', line + 1) - line);
        for (const std::string& word : words)
            EXPECT_NE(account.find(word), std::string::npos) << row << " lacks " << word << ":" << account;
    }

    /// Does every kind of harm that a hand can do to rows.
    void do_harm() {
        changed_ = ask("SELECT source_key FROM integrated.referral ORDER BY row_id LIMIT 1");
        change("UPDATE integrated.referral SET referral_date = referral_date - 7 WHERE source_key = '" + changed_ +
               "'");
        gone_ = ask("SELECT source_key FROM integrated.case_note ORDER BY row_id LIMIT 1");
        change("DELETE FROM integrated.case_note WHERE source_key = '" + gone_ + "'");
        twice_ = ask("SELECT source_key FROM integrated.payment ORDER BY row_id LIMIT 1");
        copy_row("payment", "source_key = '" + twice_ + "'", "source_key = source_key");
        moved_ = ask("SELECT source_key FROM integrated.enrolment ORDER BY row_id DESC LIMIT 1");
        copy_row("enrolment", "row_id = (SELECT min(row_id) FROM integrated.enrolment)", "source_key = 'invented'");
        copy_row("referral", "source_key = '" + changed_ + "'", "source_system = 'nowhere', source_key = 'nothing'");
        change(
            "UPDATE integrated.enrolment t SET child_id = (SELECT min(child_id) FROM integrated.child c WHERE"
            " c.child_id <> t.child_id) WHERE source_key = '" +
            moved_ + "'");
        golden_ = ask("SELECT person_id FROM integrated.person WHERE family_name IS NOT NULL ORDER BY 1 LIMIT 1");
        change("UPDATE integrated.person SET family_name = 'Changed' WHERE person_id = " + golden_);
    }

    void copy_row(const std::string& table, const std::string& which, const std::string& set) {
        connection_->execute(
            "DROP TABLE IF EXISTS pg_temp.copied; CREATE TEMPORARY TABLE copied AS SELECT * FROM"
            " integrated." +
            table + " WHERE " + which + "; UPDATE copied SET row_id = row_id + 1000000, " + set);
        change("INSERT INTO integrated." + table + " OVERRIDING SYSTEM VALUE SELECT * FROM copied");
    }

    ProgramState state_;
    std::optional<TargetConnection> connection_;
    std::string changed_, gone_, twice_, moved_, golden_;
};

TEST_F(Repair, TellsWhatIsOffOnWhichSideAndWhy) {
    do_harm();
    const fs::path file = state_.outside() / "all.csv";
    const ProgramOutcome outcome = state_.run({"reconcile", "--quiet", "--out", file.string()});
    EXPECT_EQ(outcome.code, 4) << outcome.all();
    const std::string by_hand = "outside any run on 20";
    expect_told(
        outcome, "referral row " + changed_, "other content",
        {"off: target", "fields: referral_date;", "in its source: ", "changed " + by_hand, "run 1 had written it"});
    expect_told(outcome, "case_note row " + gone_, "is missing",
                {"off: target", "in its source: ", "taken away " + by_hand});
    expect_told(outcome, "payment row " + twice_, "more than once", {"off: target", "bears run 1"});
    expect_told(outcome, "enrolment row invented", "no source gave it", {"off: target", "bears run 1"});
    expect_told(outcome, "enrolment row " + moved_, "wrong person", {"off: target", "changed " + by_hand});
    expect_told(outcome, "golden_person row " + golden_, "other content",
                {"fields: family_name;", "changed " + by_hand});
    const std::string csv = text_of(file);
    EXPECT_NE(csv.find("referral_date"), std::string::npos) << csv;
    EXPECT_EQ(csv.find("Changed"), std::string::npos) << "no value is told";
    EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(Repair, PlansFirstThenPutsBackWhatTheRunsLoaded) {
    const std::string before = picture_of(state_);
    const std::string ids =
        ask("SELECT md5(string_agg(concat(source_system, source_person_key, person_id), ',' ORDER"
            " BY source_system, source_person_key)) FROM lineage.crosswalk");
    do_harm();
    const std::string harmed = picture_of(state_);
    ASSERT_NE(harmed, before);

    const ProgramOutcome plan = repair();
    EXPECT_EQ(plan.code, 4) << plan.all();
    EXPECT_NE(
        plan.out.find("repair would do: 1 source rows put back, 2 written again, 1 taken away, 1 rows that nothing"
                      " gave taken away; 1 rows put under whom they belong"),
        std::string::npos)
        << plan.out;
    EXPECT_NE(plan.out.find("give --apply"), std::string::npos) << plan.out;
    EXPECT_EQ(difference(picture_of(state_), harmed), "");
    EXPECT_EQ(ask("SELECT count(*) FROM lineage.run"), "1");

    const ProgramOutcome done = repair({"--apply"});
    EXPECT_EQ(done.code, 3) << done.all();
    EXPECT_EQ(difference(picture_of(state_), before), "");
    EXPECT_EQ(ask("SELECT md5(string_agg(concat(source_system, source_person_key, person_id), ',' ORDER"
                  " BY source_system, source_person_key)) FROM lineage.crosswalk"),
              ids);
    const ProgramOutcome clean = state_.run({"reconcile", "--quiet"});
    EXPECT_EQ(clean.code, 3) << clean.all();
    EXPECT_EQ(clean.out.find("DIFFERS"), std::string::npos) << clean.out;

    // Who, when and why stand with the run; what it replaced in history.
    EXPECT_EQ(ask("SELECT concat_ws('|', kind, actor, reason, state, finished_at IS NOT NULL) FROM lineage.run WHERE"
                  " run_id > 1"),
              "repair|J. Hall|changed by hand|done|t");
    const std::string run = ask("SELECT max(run_id) FROM lineage.run");
    EXPECT_EQ(ask("SELECT row ->> 'family_name' FROM lineage.row_history WHERE table_name = 'integrated.person' AND "
                  "to_run = " +
                  run),
              "Changed");
    EXPECT_EQ(ask("SELECT count(*) FROM lineage.row_history WHERE to_run = " + run +
                  " AND row ->> 'source_system' = 'nowhere'"),
              "1");
    const ProgramOutcome shown = state_.run({"runs", "show", run});
    EXPECT_NE(shown.out.find("asked for by J. Hall: changed by hand"), std::string::npos) << shown.out;

    // Undone, the harm is there again, and told again; repaired again, it is gone.
    const ProgramOutcome undone =
        state_.run({"undo", run, "--actor", "J. Hall", "--reason", "the change was meant", "--apply"});
    EXPECT_EQ(undone.code, 0) << undone.all();
    EXPECT_EQ(difference(picture_of(state_), harmed), "");
    EXPECT_EQ(state_.run({"reconcile", "--quiet"}).code, 4);
    const ProgramOutcome again = repair({"--apply"});
    EXPECT_EQ(again.code, 3) << again.all();
    EXPECT_EQ(difference(picture_of(state_), before), "");

    // A night goes on from there.
    const ProgramOutcome night = state_.run({"nightly", "--quiet", "--full"});
    EXPECT_EQ(night.code, 3) << night.all();
    EXPECT_EQ(difference(picture_of(state_), before), "");
    EXPECT_EQ(state_.run({"reconcile", "--quiet"}).code, 3);
}

TEST_F(Repair, PutsRowsBackToWhereTheyStoodInTheirSources) {
    const std::string before = picture_of(state_);
    for (const std::string table : {"lineage.source_row", "sealed.source_row", "lineage.quarantine"})
        change("UPDATE " + table + " SET position = 'nowhere' WHERE ctid = (SELECT min(ctid) FROM " + table + ")");
    EXPECT_NE(picture_of(state_), before);
    const ProgramOutcome done = repair({"--apply"});
    EXPECT_EQ(done.code, 3) << done.all();
    EXPECT_EQ(difference(picture_of(state_), before), "");
}

TEST_F(Repair, PutsBackWhoMaySeeARow) {
    const std::string before = picture_of(state_);
    change(
        "UPDATE integrated.referral SET access = 0 WHERE row_id = (SELECT min(row_id) FROM integrated.referral"
        " WHERE access & 1 = 1)");
    change("UPDATE integrated.enrolment SET area = 4 WHERE row_id = (SELECT min(row_id) FROM integrated.enrolment)");
    change(
        "UPDATE integrated.person SET access = 0 WHERE row_id = (SELECT min(row_id) FROM integrated.person"
        " WHERE access & 1 = 1)");
    change(
        "UPDATE lineage.crosswalk SET access = 0 WHERE row_id = (SELECT min(row_id) FROM lineage.crosswalk"
        " WHERE access & 1 = 1)");
    change(
        "INSERT INTO lineage.source_row (run_id, area, access, source_system, source_entity, source_key,"
        " source_person_key, position, row) SELECT run_id, area, access, source_system, source_entity, source_key,"
        " source_person_key, position, row FROM sealed.source_row ORDER BY source_key LIMIT 1");
    change("DELETE FROM review.pair WHERE pair_id = (SELECT min(pair_id) FROM review.pair)");
    // How long the child's record is kept follows from it, too.
    change(
        "UPDATE integrated.referral SET area = 4 WHERE row_id = (SELECT min(row_id) FROM integrated.referral r WHERE"
        " (SELECT count(*) FROM integrated.referral o WHERE o.child_id = r.child_id) = 1)");
    const ProgramOutcome done = repair({"--apply"});
    EXPECT_EQ(done.code, 3) << done.all();
    EXPECT_EQ(difference(picture_of(state_), before), "");
    EXPECT_EQ(ask("SELECT bool_and(finished_at > started_at) FROM lineage.run"), "t");
    const std::string run = ask("SELECT max(run_id) FROM lineage.run");
    const ProgramOutcome undone = state_.run({"undo", run, "--actor", "J. Hall", "--reason", "by mistake", "--apply"});
    EXPECT_EQ(undone.code, 0) << undone.all();
}

TEST_F(Repair, IsNoNight) {
    do_harm();
    SourceDatabase source(state_.sources() / "social_care" / "social_care.sqlite");
    source.change_at_random(5);
    source.run("UPDATE REFERRALS SET REFERRAL_DATE = date(REFERRAL_DATE, '-1 day')");
    const std::string harmed = picture_of(state_);
    const ProgramOutcome told = state_.run({"reconcile", "--quiet"});
    EXPECT_EQ(told.code, 4) << told.all();
    // However much its source has changed around it.
    expect_told(told, "referral row " + changed_, "other content", {"off: target", "outside any run"});
    const ProgramOutcome refused = repair({"--apply"});
    EXPECT_EQ(refused.code, 1) << refused.all();
    EXPECT_NE(refused.err.find("Run caseweave nightly first"), std::string::npos) << refused.err;
    EXPECT_NE(refused.err.find("social_care"), std::string::npos) << refused.err;
    EXPECT_EQ(difference(picture_of(state_), harmed), "");
    EXPECT_EQ(ask("SELECT count(*) FROM lineage.run"), "1");
}

TEST_F(Repair, GivesNoNewIdWhereTheCrosswalkWasHarmed) {
    change(
        "DELETE FROM lineage.crosswalk WHERE person_id = (SELECT min(person_id) FROM (SELECT person_id FROM"
        " lineage.crosswalk GROUP BY 1 HAVING count(*) = 1) one)");
    const std::string harmed = picture_of(state_);
    EXPECT_EQ(state_.run({"reconcile", "--quiet"}).code, 4);
    const ProgramOutcome refused = repair({"--apply"});
    EXPECT_EQ(refused.code, 1) << refused.all();
    EXPECT_NE(refused.err.find("lineage.crosswalk"), std::string::npos) << refused.err;
    EXPECT_EQ(refused.err.find("Run caseweave nightly"), std::string::npos) << refused.err;
    EXPECT_EQ(difference(picture_of(state_), harmed), "");
}

TEST_F(Repair, ReadsBothSidesWhateverTheBooksSay) {
    EXPECT_EQ(state_.run({"reconcile", "--quiet", "--read-sources"}).code, 3);
    const std::string key = ask("SELECT source_key FROM integrated.referral ORDER BY row_id LIMIT 1");
    change("UPDATE integrated.referral SET referral_date = referral_date - 7 WHERE source_key = '" + key + "'");
    SourceDatabase(state_.sources() / "education" / "education.sqlite").change_at_random(5);
    const ProgramOutcome books = state_.run({"reconcile", "--quiet"});
    EXPECT_EQ(books.out.find("of education"), std::string::npos) << books.out;
    const ProgramOutcome both = state_.run({"reconcile", "--quiet", "--read-sources"});
    EXPECT_EQ(both.code, 4) << both.all();
    expect_told(both, "referral row " + key, "other content", {"off: target", "fields: referral_date"});
    EXPECT_NE(both.out.find("off: source"), std::string::npos) << both.out;
    EXPECT_NE(both.out.find("run caseweave nightly"), std::string::npos) << both.out;
}

TEST_F(Repair, RefusesWhatCannotBeRepairedNow) {
    const auto refused = [&](const std::vector<std::string>& words, int code, const std::string& what) {
        const ProgramOutcome outcome = state_.run(words);
        EXPECT_EQ(outcome.code, code) << outcome.all();
        EXPECT_NE(outcome.err.find(what), std::string::npos) << outcome.err;
    };
    refused({"reconcile", "--repair", "--apply"}, 2, "--actor");
    refused({"reconcile", "--repair", "--apply", "--actor", " ", "--reason", "by hand"}, 2, "--actor");
    refused({"reconcile", "--repair", "--actor", "J. Hall"}, 2, "--reason");
    refused({"reconcile", "--apply"}, 2, "--repair");

    const ProgramOutcome sound = repair({"--apply"});
    EXPECT_EQ(sound.code, 3) << sound.all();
    EXPECT_NE(sound.out.find("nothing to repair"), std::string::npos) << sound.out;

    change("DELETE FROM integrated.referral WHERE row_id = (SELECT min(row_id) FROM integrated.referral)");
    const std::string harmed = picture_of(state_);
    {
        const RunLock lock(state_.connect(), "nightly");
        const ProgramOutcome held = repair({"--apply"});
        EXPECT_EQ(held.code, 75) << held.all();
        EXPECT_NE(held.err.find("nightly"), std::string::npos) << held.err;
    }
    const fs::path away = state_.sources() / "social_care" / "social_care.sqlite";
    fs::rename(away, away.string() + ".away");
    const ProgramOutcome unread = repair({"--apply"});
    EXPECT_TRUE(unread.code == 1 || unread.code == 75) << unread.all();
    EXPECT_NE(unread.err.find("social_care"), std::string::npos) << unread.err;
    EXPECT_EQ(difference(picture_of(state_), harmed), "");
    EXPECT_EQ(ask("SELECT count(*) FROM lineage.run"), "1");
}

}  // namespace
}  // namespace caseweave::testing
