// How long each record is kept: computed by the rules with every run, longest on a merge, given back on a split, undone
// with a night, and told to nobody who may not see the rows it rests on.
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "integration/program/program.hpp"
#include "integration/program/source_database.hpp"
#include "integration/program/target_picture.hpp"

namespace caseweave::testing {
namespace {

/// Every child's retention by its records: ids change with merges and splits, records do not.
constexpr const char* kAllRetention =
    "SELECT md5(string_agg(concat_ws('|', h.records, r.area, r.access, r.rule, r.legal_hold, r.retain_until, r.basis,"
    " r.basis_date, r.unknown), E'\\n' ORDER BY h.records, r.area, r.access)) FROM integrated.retention r JOIN (SELECT"
    " person_id, string_agg(source_system || ':' || source_person_key, ' ' ORDER BY source_system, source_person_key) "
    "AS"
    " records FROM lineage.crosswalk GROUP BY 1) h USING (person_id)";

class Retention : public ::testing::Test {
  protected:
    Retention() {
        const ProgramOutcome loaded = state_.run({"demo", "--scale", "tiny", "--seed", "3", "--quiet"});
        EXPECT_EQ(loaded.code, 3) << loaded.all();
    }
    std::string ask(const std::string& sql) const {
        TargetConnection connection = state_.connect();
        return value_of(connection, sql);
    }
    std::string ask_as(const std::string& role, const std::string& sql) const {
        TargetConnection connection = state_.connect(role);
        return value_of(connection, sql);
    }
    /// Rule, date and basis that count for the person of a record, all rows in sight.
    std::string of_record(const std::string& record) const {
        const std::size_t colon = record.find(':');
        return ask(
            "SELECT concat_ws(' ', rule, retain_until, basis, basis_date, unknown) FROM"
            " integrated.retention_visible JOIN lineage.crosswalk USING (person_id) WHERE source_system = '" +
            record.substr(0, colon) + "' AND source_person_key = '" + record.substr(colon + 1) + "'");
    }
    ProgramOutcome decide(std::vector<std::string> words) const {
        words.insert(words.end(), {"--reviewer", "J. Hall", "--reason", "the records say so", "--apply"});
        return state_.run(std::move(words));
    }
    /// A record of an open child of two records or more that has, or has not, been looked after.
    std::string open_child(bool looked_after, const std::string& system) const {
        return ask(
            "SELECT c.source_system || ':' || c.source_person_key FROM lineage.crosswalk c JOIN integrated.person p"
            " USING (person_id) WHERE p.person_kind = 'child' AND p.access = 0 AND p.birth_date IS NOT NULL AND"
            " p.death_date IS NULL AND c.source_system = '" +
            system + "' AND " + (looked_after ? "" : "NOT ") +
            "EXISTS (SELECT FROM integrated.retention r WHERE r.person_id = c.person_id AND r.rule ="
            " 'looked_after') AND (SELECT count(*) FROM lineage.crosswalk o WHERE o.person_id = c.person_id) > 1"
            " AND (SELECT bool_or(legal_hold OR unknown IS NOT NULL) FROM integrated.retention r WHERE"
            " r.person_id = c.person_id) = false ORDER BY p.birth_date DESC, c.source_person_key LIMIT 1");
    }
    ProgramState state_;
};

TEST_F(Retention, OfEveryChildIsWhatTheRulesSayOfItsRows) {
    EXPECT_EQ(ask("SELECT count(*) FROM integrated.child c WHERE NOT EXISTS (SELECT FROM integrated.retention r WHERE"
                  " r.person_id = c.child_id)"),
              "0");
    // Whoever was looked after is kept 75 years from birth, or longer: by an adoption order, or because no date is
    // known.
    EXPECT_GT(std::stoi(ask("SELECT count(DISTINCT child_id) FROM integrated.care_episode")), 5);
    EXPECT_EQ(
        ask("SELECT count(*) FROM integrated.retention_visible v JOIN integrated.person p USING (person_id) WHERE"
            " EXISTS (SELECT FROM integrated.care_episode e WHERE e.child_id = v.person_id) AND v.retain_until <"
            " p.birth_date + interval '75 years' AND p.death_date IS NULL AND p.birth_date_precision LIKE 'day%'"),
        "0");
    EXPECT_EQ(
        ask("SELECT count(*) FROM integrated.retention_visible WHERE rule = 'looked_after' AND basis = 'birth' AND"
            " retain_until <> basis_date + interval '75 years'"),
        "0");
    // 100 years from the order, whichever of the two identities it names.
    EXPECT_GT(std::stoi(ask("SELECT count(*) FROM integrated.retention WHERE rule = 'adopted'")), 0);
    EXPECT_EQ(ask("SELECT count(*) FROM sealed.adoption_record a JOIN lineage.crosswalk c ON c.source_system ="
                  " a.source_system AND c.source_person_key IN (a.birth_person_key, a.adopted_person_key) LEFT JOIN"
                  " integrated.retention_visible v ON v.person_id = c.person_id WHERE a.order_date IS NOT NULL AND"
                  " coalesce(v.retain_until, 'infinity') < a.order_date + interval '100 years'"),
              "0");
    // What cannot be told keeps the record, and says why.
    EXPECT_GT(std::stoi(ask("SELECT count(*) FROM integrated.retention WHERE unknown = 'no birth date'")), 0);
    EXPECT_EQ(ask("SELECT count(*) FROM integrated.retention WHERE retain_until IS NULL AND NOT legal_hold AND unknown"
                  " IS NULL"),
              "0");
    const std::string record = open_child(true, "social_care");
    ASSERT_NE(record, "");
    const ProgramOutcome shown = state_.run({"child", record, "--purpose", "retention test"});
    EXPECT_NE(shown.out.find("kept at least until " +
                             ask("SELECT retain_until FROM integrated.retention_visible JOIN lineage.crosswalk USING"
                                 " (person_id) WHERE source_system || ':' || source_person_key = '" +
                                 record + "'")),
              std::string::npos)
        << shown.all();
    EXPECT_NE(shown.out.find("looked_after"), std::string::npos) << shown.out;
}

TEST_F(Retention, TellsNobodyOfRowsThatTheyMayNotSee) {
    EXPECT_EQ(ask_as("caseweave_data_quality", "SELECT count(*) FROM integrated.retention WHERE access <> 0"), "0");
    EXPECT_EQ(ask_as("caseweave_data_quality", "SELECT count(*) FROM integrated.retention WHERE rule = 'adopted'"),
              "0");
    EXPECT_GT(std::stoi(ask_as("caseweave_adoption_officer",
                               "SELECT count(*) FROM integrated.retention WHERE rule = 'adopted'")),
              0);
    // A restricted child is not there; an open one who was adopted has the answer that any other has.
    EXPECT_EQ(ask_as("caseweave_data_quality",
                     "SELECT count(*) FROM integrated.retention_visible v WHERE NOT EXISTS (SELECT FROM"
                     " integrated.person p WHERE p.person_id = v.person_id)"),
              "0");
    EXPECT_EQ(
        ask_as("caseweave_data_quality",
               "SELECT count(*) FROM integrated.child c WHERE NOT EXISTS (SELECT FROM integrated.retention_visible"
               " v WHERE v.person_id = c.child_id)"),
        "0");
    EXPECT_EQ(ask_as("caseweave_reader_education",
                     "SELECT count(*) FROM integrated.retention WHERE rule IN ('looked_after', 'youth_justice')"),
              "0");
}

TEST_F(Retention, OfAMergeIsTheLongestAndASplitGivesEachItsOwnBack) {
    const std::string loaded = ask(kAllRetention);
    const std::string short_one = open_child(false, "admissions");
    const std::string long_one = open_child(true, "education");
    ASSERT_NE(short_one, "");
    ASSERT_NE(long_one, "");
    const std::string before_short = of_record(short_one);
    const std::string before_long = of_record(long_one);
    ASSERT_NE(before_short, before_long);
    EXPECT_EQ(before_short.find("looked_after"), std::string::npos);

    const std::string keep =
        ask("SELECT string_agg(source_system || ':' || source_person_key, ' ') FROM"
            " lineage.crosswalk WHERE person_id = (SELECT person_id FROM lineage.crosswalk WHERE"
            " source_system || ':' || source_person_key = '" +
            short_one + "')");
    const ProgramOutcome merged = decide({"review", "decide", short_one, long_one, "same"});
    ASSERT_EQ(merged.code, 0) << merged.all();
    EXPECT_EQ(of_record(short_one), of_record(long_one));
    EXPECT_NE(of_record(short_one).find("looked_after"), std::string::npos) << of_record(short_one);

    std::vector<std::string> words = {"unmerge", short_one};
    std::istringstream records(keep);
    for (std::string record; records >> record;) words.insert(words.end(), {"--keep", record});
    const ProgramOutcome parted = decide(words);
    ASSERT_EQ(parted.code, 0) << parted.all();
    EXPECT_EQ(of_record(short_one), before_short);
    EXPECT_EQ(of_record(long_one), before_long);
    EXPECT_EQ(ask(kAllRetention), loaded);
    EXPECT_EQ(state_.run({"reconcile", "--quiet"}).code, 3);
}

TEST_F(Retention, FollowsANightIsUndoneWithItAndIsProved) {
    const std::string loaded = ask(kAllRetention);
    SourceDatabase source(state_.sources() / "social_care" / "social_care.sqlite");
    source.change_at_random(6);
    ASSERT_EQ(state_.run({"nightly", "--quiet", "--accept-deletions"}).code, 3);
    EXPECT_NE(ask(kAllRetention), loaded);
    EXPECT_GT(std::stoi(ask("SELECT count(*) FROM lineage.row_history WHERE table_name = 'integrated.retention' AND"
                            " from_run = 1 AND to_run = 2")),
              0);
    // Rows that stay are the first run's still.
    EXPECT_GT(std::stoi(ask("SELECT count(*) FROM integrated.retention WHERE run_id = 1")), 100);
    const ProgramOutcome undone =
        state_.run({"undo", "2", "--actor", "J. Hall", "--reason", "wrong export", "--apply"});
    ASSERT_EQ(undone.code, 0) << undone.all();
    EXPECT_EQ(ask(kAllRetention), loaded);
    EXPECT_EQ(ask("SELECT count(*) FROM integrated.retention WHERE run_id <> 1"), "0");

    EXPECT_EQ(state_.run({"reconcile", "--quiet"}).code, 3);
    ask("UPDATE integrated.retention SET retain_until = retain_until - 1 WHERE row_id = (SELECT min(row_id) FROM"
        " integrated.retention WHERE retain_until IS NOT NULL)");
    const ProgramOutcome proof = state_.run({"reconcile", "--quiet"});
    EXPECT_EQ(proof.code, 4) << proof.all();
    EXPECT_NE(proof.all().find("integrated.retention"), std::string::npos) << proof.all();
}

TEST_F(Retention, ARowThatDiffersIsNamed) {
    // A child's id, area and clearance, as the key of a difference.
    const std::string changed = "SELECT min(row_id) FROM integrated.retention WHERE retain_until IS NOT NULL";
    const std::string gone = "SELECT max(row_id) FROM integrated.retention WHERE retain_until IS NOT NULL";
    const auto key_of = [&](const std::string& row) {
        return ask("SELECT concat_ws('/', person_id, area, access) FROM integrated.retention WHERE row_id = (" + row +
                   ")");
    };
    const std::string changed_key = key_of(changed);
    const std::string gone_key = key_of(gone);
    ASSERT_NE(changed_key, gone_key);
    ask("UPDATE integrated.retention SET retain_until = retain_until - 3650 WHERE row_id = (" + changed + ")");
    ask("DELETE FROM integrated.retention WHERE row_id = (" + gone + ")");
    const ProgramOutcome proof = state_.run({"reconcile", "--quiet"});
    EXPECT_EQ(proof.code, 4) << proof.all();
    EXPECT_NE(proof.out.find("DIFFERS: integrated.retention row " + changed_key + " of caseweave retention"),
              std::string::npos)
        << proof.all();
    EXPECT_NE(proof.out.find("DIFFERS: integrated.retention row " + gone_key + " of caseweave retention"),
              std::string::npos)
        << proof.all();
    // No system is off: its lines say so, and that of all does not.
    for (std::size_t at = proof.out.find("balanced\n") + 9; proof.out[at] != '\n'; at = proof.out.find('\n', at) + 1) {
        const std::string line = proof.out.substr(at, proof.out.find('\n', at) - at);
        EXPECT_TRUE(line.ends_with(line.starts_with("all ") ? "NO" : "yes")) << line;
    }
    const auto folder = summary_of(proof).parent_path();
    const std::string csv = text_of(folder / "differences.csv");
    EXPECT_NE(csv.find("caseweave,retention,integrated.retention,\"" + changed_key +
                       "\",0,has other content in the target than its source gave,"
                       "target,retain_until,,changed outside any run on "),
              std::string::npos)
        << csv;
    EXPECT_NE(csv.find("\"" + gone_key + "\",0,"), std::string::npos) << csv;
    EXPECT_NE(text_of(folder / "report.html").find("2 rows differ; differences.csv in this folder names them"),
              std::string::npos);
    const ProgramOutcome repaired = state_.run(
        {"reconcile", "--repair", "--apply", "--actor", "J. Hall", "--reason", "changed by hand", "--quiet"});
    EXPECT_EQ(repaired.code, 3) << repaired.all();
    EXPECT_EQ(state_.run({"reconcile", "--quiet"}).code, 3);
}

/// Social care's test data, loaded under rules of the council's own.
TEST(RetentionRulesOfAJob, AHoldIsNamedByARecordAndOtherRulesCountFromTheNextNight) {
    namespace fs = std::filesystem;
    const TemporaryFolder folder;
    const ProgramState state;
    const fs::path data = CASEWEAVE_SOURCE_DIR "/connectors/social_care/testdata";
    const fs::path database = folder.path() / "social_care.sqlite";
    SourceDatabase(database).run(text_of(data / "schema.sql") + text_of(data / "data.sql"));
    const std::string every_child =
        "version = \"1\"\n[[rule]]\nid = \"all\"\ntitle = \"t\"\nauthority = \"council_policy\"\nsource = \"s\"\n"
        "years = 25\nfrom = \"birth\"\n";
    const std::string claim =
        "[[rule]]\nid = \"claim\"\ntitle = \"t\"\nauthority = \"council_policy\"\nsource = \"s\"\n"
        "records = [\"social_care:1000001\"]\nhold = true\n";
    const fs::path rules = folder.write("own.toml", every_child + claim);
    const fs::path job = folder.write(
        "job.toml",
        "[job]\nname = \"test\"\naccept_test_numbers = true\nretention = \"" + rules.string() +
            "\"\n[system.social_care.transport]\nconnection = \"Driver=SQLite3;Database=" + database.string() + "\"\n");
    const ProgramOutcome loaded = state.run({"bulk", "--job", job.string(), "--quiet"});
    ASSERT_EQ(loaded.code, 3) << loaded.all();
    const auto held = [&] {
        TargetConnection connection = state.connect();
        return value_of(connection,
                        "SELECT string_agg(source_person_key || ' ' || rule, ',') FROM"
                        " integrated.retention_visible JOIN lineage.crosswalk USING (person_id) WHERE"
                        " legal_hold");
    };
    EXPECT_EQ(held(), "1000001 claim");
    const ProgramOutcome shown = state.run({"child", "social_care:1000001", "--purpose", "t", "--as", "restricted"});
    EXPECT_NE(shown.out.find("kept under a legal hold: claim"), std::string::npos) << shown.all();

    write_text(rules, every_child);
    const ProgramOutcome proof = state.run({"reconcile", "--quiet"});
    EXPECT_EQ(proof.code, 3) << proof.all();
    EXPECT_NE(proof.err.find("computed by other rules"), std::string::npos) << proof.err;
    const ProgramOutcome night = state.run({"nightly", "--quiet"});
    ASSERT_EQ(night.code, 3) << night.all();
    EXPECT_EQ(held(), "");

    write_text(rules, "version = \"1\"\n");
    const ProgramOutcome refused = state.run({"nightly", "--quiet"});
    EXPECT_EQ(refused.code, 2);
    EXPECT_NE(refused.err.find("own.toml"), std::string::npos) << refused.err;

    // What an undo computes by other rules does not stand in the way of the next.
    write_text(rules, every_child + claim);
    for (const char* run : {"2", "1"}) {
        const ProgramOutcome undone = state.run({"undo", run, "--actor", "J. Hall", "--reason", "trial", "--apply"});
        EXPECT_EQ(undone.code, 0) << undone.all();
    }
}

}  // namespace
}  // namespace caseweave::testing
