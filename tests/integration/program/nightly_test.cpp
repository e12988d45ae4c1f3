// Nights on a loaded target: whatever changes in the sources, the target is what a load of them would have made it; a
// plan changes nothing, an undone night leaves no trace, and nothing is taken away because an export was cut short.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "integration/program/program.hpp"
#include "integration/program/source_database.hpp"
#include "integration/program/target_picture.hpp"

namespace caseweave::testing {
namespace {

namespace fs = std::filesystem;

/// What nights leave as it was when a row came: where it stood in its delivery, and the weight of its link then.
const std::vector<std::string> kAsOfItsRun = {"position", "link_bits", "link_reason"};

fs::path social_care_of(const ProgramState& state) {
    return state.sources() / "social_care" / "social_care.sqlite";
}

std::string night_figure(const ProgramOutcome& outcome, const std::string& name) {
    const std::string text = text_of(summary_of(outcome));
    const std::size_t at = text.find("\"" + name + "\":", text.find("\"night\""));
    if (at == std::string::npos) return "none";
    const std::size_t begin = text.find(':', at) + 1;
    return text.substr(begin, text.find_first_of(",}", begin) - begin);
}

class Nightly : public ::testing::Test {
  protected:
    Nightly() {
        const ProgramOutcome loaded = state_.run({"demo", "--scale", "tiny", "--seed", "3", "--quiet"});
        EXPECT_EQ(loaded.code, 3) << loaded.all();
    }
    ProgramOutcome night(std::vector<std::string> more = {}) const {
        more.insert(more.begin(), {"nightly", "--quiet"});
        return state_.run(std::move(more));
    }
    std::string value(const std::string& sql) const {
        TargetConnection connection = state_.connect();
        return value_of(connection, sql);
    }
    ProgramState state_;
};

TEST_F(Nightly, OfUnchangedSourcesChangesNothing) {
    const std::string before = picture_of(state_);
    const ProgramOutcome outcome = night();
    EXPECT_EQ(outcome.code, 3) << outcome.all();
    EXPECT_EQ(difference(picture_of(state_), before), "");
    for (const char* figure : {"rows_new", "rows_changed", "rows_gone", "golden_records", "records_moved"})
        EXPECT_EQ(night_figure(outcome, figure), "0") << figure;
    // That each entity was read whole tonight is noted; nothing else has another version.
    EXPECT_EQ(value("SELECT count(*) FROM lineage.row_history WHERE table_name <> 'lineage.source_watermark'"), "0");
    EXPECT_EQ(value("SELECT sum(unchanged) + sum(duplicate_in_source) + sum(quarantined) + sum(excluded) = sum(read)"
                    " AND sum(kept) = sum(emitted) FROM lineage.balance WHERE run_id = 2"),
              "t");
    EXPECT_EQ(state_.run({"reconcile", "--quiet"}).code, 3);
}

TEST_F(Nightly, ChangesNothingWhereTheProtectionIsNotAsMade) {
    TargetConnection admin = state_.connect("caseweave_admin");
    admin.execute("GRANT SELECT ON sealed.source_row TO caseweave_reader_education");
    for (const std::string command : {"plan", "nightly"}) {
        const ProgramOutcome outcome = state_.run({command, "--quiet"});
        EXPECT_EQ(outcome.code, 4) << outcome.all();
        const std::string told = "take it back: GRANT SELECT ON sealed.source_row TO caseweave_reader_education";
        EXPECT_NE(outcome.err.find(told), std::string::npos) << outcome.err;
        const std::string csv = text_of(summary_of(outcome).parent_path() / "differences.csv");
        EXPECT_NE(csv.find(told), std::string::npos) << csv;
        EXPECT_EQ(value("SELECT count(*) FROM lineage.run"), "1") << command;
    }
    admin.execute("REVOKE SELECT ON sealed.source_row FROM caseweave_reader_education");
    EXPECT_EQ(night().code, 3);
}

TEST_F(Nightly, MakesTheTargetWhatALoadOfTheChangedSourcesWouldHaveMadeIt) {
    for (std::uint64_t seed = 1; seed <= 2; ++seed) {
        SourceDatabase(social_care_of(state_)).change_at_random(seed);
        SourceDatabase(state_.sources() / "education" / "education.sqlite").change_at_random(seed + 100);
        const ProgramOutcome outcome = night({"--accept-deletions"});
        ASSERT_EQ(outcome.code, 3) << "seed " << seed << outcome.all();
        for (const char* figure : {"rows_new", "rows_changed", "rows_gone", "golden_records"})
            EXPECT_NE(night_figure(outcome, figure), "0") << figure;
    }
    const ProgramOutcome proof = state_.run({"reconcile", "--quiet"});
    EXPECT_EQ(proof.code, 3) << proof.all();

    const ProgramState rebuilt;
    fs::create_directories(rebuilt.path());
    fs::copy(state_.sources(), rebuilt.sources(), fs::copy_options::recursive);
    fs::remove(rebuilt.sources() / "early_years" / "early_years.loaded");
    const ProgramOutcome loaded = rebuilt.run({"demo", "--scale", "tiny", "--seed", "3", "--quiet"});
    ASSERT_EQ(loaded.code, 3) << loaded.all();
    EXPECT_EQ(difference(picture_of(state_, kAsOfItsRun), picture_of(rebuilt, kAsOfItsRun)), "");
}

// The simulator's nights have what a county's have: children who come and are born, moves, merges inside a source, new
// restrictions and seals, rows mended and spoiled, and systems that deliver what they had.
TEST_F(Nightly, FollowsTheCountyFromNightToNight) {
    for (const char* number : {"1", "2"}) {
        const ProgramOutcome outcome = night({"--night", number});
        ASSERT_EQ(outcome.code, 3) << outcome.all();
        EXPECT_NE(outcome.out.find("it delivered what it had, and was not read"), std::string::npos) << outcome.out;
        EXPECT_NE(outcome.out.find(" 0 restricted rows opened"), std::string::npos) << outcome.out;
        EXPECT_NE(outcome.out.find("0 sealed pairs linked"), std::string::npos) << outcome.out;
        EXPECT_NE(night_figure(outcome, "rows_reshielded"), "0");
    }
    const ProgramOutcome proof = state_.run({"reconcile", "--quiet"});
    EXPECT_EQ(proof.code, 3) << proof.all();
    const ProgramState rebuilt;
    const ProgramOutcome loaded = rebuilt.run({"demo", "--scale", "tiny", "--seed", "3", "--night", "2", "--quiet"});
    ASSERT_EQ(loaded.code, 3) << loaded.all();
    EXPECT_EQ(difference(picture_of(state_, kAsOfItsRun), picture_of(rebuilt, kAsOfItsRun)), "");

    // Read again though they are the same: nothing comes of it.
    const ProgramOutcome full = night({"--full"});
    ASSERT_EQ(full.code, 3) << full.all();
    EXPECT_EQ(full.out.find("unchanged: "), std::string::npos) << full.out;
    for (const char* figure : {"rows_new", "rows_changed", "rows_gone", "golden_records", "records_moved"})
        EXPECT_EQ(night_figure(full, figure), "0") << figure;
}

// The simulator commits some rows late (their time of change lies before what last night saw) and gives some the very
// time of the latest: from a watermark with an overlap nothing of it is missed. What is gone shows when read whole.
TEST_F(Nightly, InPartMissesNothingButWhatIsGone) {
    for (const char* number : {"1", "2", "3"}) {
        const ProgramOutcome part = night({"--night", number, "--in-part"});
        ASSERT_EQ(part.code, 3) << part.all();
        EXPECT_NE(part.out.find("in part: "), std::string::npos) << part.out;
        EXPECT_EQ(value("SELECT count(*) > 0 FROM lineage.source_watermark WHERE run_id > 1"), "t");
    }
    EXPECT_EQ(state_.run({"reconcile", "--quiet"}).code, 3);
    const ProgramOutcome whole = night({"--full", "--accept-deletions"});
    ASSERT_EQ(whole.code, 3) << whole.all();
    EXPECT_EQ(night_figure(whole, "rows_new"), "0");
    EXPECT_EQ(night_figure(whole, "rows_changed"), "0");
    EXPECT_NE(night_figure(whole, "rows_gone"), "0");

    const ProgramState rebuilt;
    const ProgramOutcome loaded = rebuilt.run({"demo", "--scale", "tiny", "--seed", "3", "--night", "3", "--quiet"});
    ASSERT_EQ(loaded.code, 3) << loaded.all();
    EXPECT_EQ(difference(picture_of(state_, kAsOfItsRun), picture_of(rebuilt, kAsOfItsRun)), "");
}

TEST_F(Nightly, APlanSaysWhatTheNightThenDoesAndChangesNothing) {
    SourceDatabase(social_care_of(state_)).change_at_random(5);
    const std::string before = picture_of(state_);
    const ProgramOutcome plan = state_.run({"plan", "--quiet", "--accept-deletions"});
    ASSERT_EQ(plan.code, 3) << plan.all();
    EXPECT_EQ(night_figure(plan, "applied"), "false");
    EXPECT_EQ(difference(picture_of(state_), before), "");
    EXPECT_EQ(value("SELECT count(*) FROM lineage.run"), "1");
    const ProgramOutcome done = night({"--accept-deletions"});
    ASSERT_EQ(done.code, 3) << done.all();
    for (const char* figure :
         {"rows_new", "rows_changed", "rows_gone", "golden_records", "records_moved", "rows_moved"})
        EXPECT_EQ(night_figure(plan, figure), night_figure(done, figure)) << figure;
}

TEST_F(Nightly, APlanOfAnotherNightLeavesTheCountyAndTheStateAsTheyWere) {
    const auto files = [&] {
        std::map<std::string, fs::file_time_type> found;
        for (const fs::directory_entry& entry : fs::recursive_directory_iterator(state_.path())) {
            const std::string name = entry.path().lexically_relative(state_.path()).string();
            // What every command at work leaves of itself: its name in the lock, a plan's report, the server's port.
            if (!name.starts_with("lock") && !name.starts_with("runs/plan") && !name.starts_with("cluster"))
                found.emplace(name, entry.is_directory() ? fs::file_time_type{} : entry.last_write_time());
        }
        return found;
    };
    const auto databases = [&] {
        TargetConnection connection = state_.connect();
        return column_of(connection, "SELECT datname || ' ' || oid FROM pg_database ORDER BY 1");
    };
    const std::string target = picture_of(state_);
    const auto before = files();
    const auto databases_before = databases();
    const ProgramOutcome plan = state_.run({"plan", "--night", "2", "--quiet"});
    ASSERT_EQ(plan.code, 3) << plan.all();
    const auto figures = [](const ProgramOutcome& outcome) {
        std::map<std::string, std::string> found;
        for (const char* name :
             {"rows_new", "rows_changed", "rows_gone", "golden_records", "records_moved", "rows_moved"})
            found.emplace(name, night_figure(outcome, name));
        return found;
    };
    const auto planned = figures(plan);  // before another plan's report stands in its place
    EXPECT_NE(planned.at("rows_changed"), "0");
    EXPECT_EQ(difference(picture_of(state_), target), "");
    EXPECT_EQ(files(), before);
    EXPECT_EQ(databases(), databases_before);
    const ProgramOutcome same = state_.run({"plan", "--quiet"});
    ASSERT_EQ(same.code, 3) << same.all();
    EXPECT_EQ(night_figure(same, "rows_changed"), "0") << "the county is still the one that was loaded";
    const ProgramOutcome done = night({"--night", "2"});
    ASSERT_EQ(done.code, 3) << done.all();
    EXPECT_EQ(figures(done), planned);
}

TEST_F(Nightly, IsUndoneWithoutATrace) {
    const std::string loaded = picture_of(state_);
    SourceDatabase(social_care_of(state_)).change_at_random(6);
    ASSERT_EQ(night({"--accept-deletions"}).code, 3);
    const std::string first = picture_of(state_);
    SourceDatabase(social_care_of(state_)).change_at_random(7);
    ASSERT_EQ(night({"--accept-deletions"}).code, 3);
    const auto undo = [&](const std::string& run, bool apply) {
        std::vector<std::string> words = {"undo", run, "--actor", "J. Hall", "--reason", "wrong export"};
        if (apply) words.emplace_back("--apply");
        return state_.run(std::move(words));
    };
    const ProgramOutcome early = undo("2", true);
    EXPECT_EQ(early.code, 2);
    EXPECT_NE(early.err.find("later runs build on run 2: undo run 3 (nightly) first"), std::string::npos) << early.err;
    EXPECT_EQ(undo("9", true).code, 2);

    const std::string second = picture_of(state_, kAsOfItsRun);
    EXPECT_EQ(undo("3", false).code, 0);
    EXPECT_EQ(difference(picture_of(state_, kAsOfItsRun), second), "");
    const ProgramOutcome undone = undo("3", true);
    ASSERT_EQ(undone.code, 0) << undone.all();
    EXPECT_EQ(difference(picture_of(state_), first), "");
    EXPECT_EQ(undo("3", true).code, 2);  // twice
    ASSERT_EQ(undo("2", true).code, 0);
    EXPECT_EQ(difference(picture_of(state_), loaded), "");
    EXPECT_EQ(
        value("SELECT string_agg(undoes || ' ' || actor || ': ' || reason, ', ' ORDER BY run_id) FROM lineage.run"),
        "3 J. Hall: wrong export, 2 J. Hall: wrong export");
    const ProgramOutcome proof = state_.run({"reconcile", "--quiet"});
    EXPECT_EQ(proof.code, 3) << proof.all();
    ASSERT_EQ(night({"--accept-deletions"}).code, 3);  // both nights' changes at once
    EXPECT_EQ(difference(picture_of(state_, kAsOfItsRun), second), "");

    ASSERT_EQ(undo(value("SELECT max(run_id) FROM lineage.run"), true).code, 0);
    const ProgramOutcome emptied = undo("1", true);
    ASSERT_EQ(emptied.code, 0) << emptied.all();
    EXPECT_EQ(value("SELECT count(*) FROM integrated.person"), "0");
}

TEST_F(Nightly, TakesNothingAwayBecauseAnExportWasCutShort) {
    const std::string before = picture_of(state_);
    SourceDatabase source(social_care_of(state_));
    EXPECT_GT(source.run("DELETE FROM CONTACTS WHERE rowid % 2 = 0"), 10);
    const ProgramOutcome outcome = night();
    EXPECT_EQ(outcome.code, 1) << outcome.all();
    EXPECT_NE(outcome.err.find("social_care contact"), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("--accept-deletions"), std::string::npos) << outcome.err;
    EXPECT_EQ(difference(picture_of(state_), before), "");
    EXPECT_EQ(night({"--accept-deletions"}).code, 3);
    EXPECT_EQ(value("SELECT count(*) FROM lineage.run"), "2");
}

}  // namespace
}  // namespace caseweave::testing
