// Quality rules: each kind counts what another way of counting counts, what is planted is found and named, nobody gets
// rows to see by way of a rule, and two runs make a trend.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <sstream>

#include "integration/program/program.hpp"

namespace caseweave::testing {
namespace {

namespace fs = std::filesystem;
using Row = std::vector<std::string>;

/// Reads all of a query's rows; NULL is "".
std::vector<Row> rows_of(TargetConnection& connection, const std::string& sql) {
    const TargetResult result = connection.execute(sql);
    std::vector<Row> rows;
    for (std::size_t i = 0; i < result.rows(); ++i) {
        Row& row = rows.emplace_back();
        for (std::size_t c = 0; c < result.columns(); ++c) row.emplace_back(result.text(i, c));
    }
    return rows;
}

/// Reads CSV whose fields may stand in double quotes.
std::vector<Row> read_csv(const fs::path& file) {
    std::vector<Row> rows;
    std::istringstream lines(text_of(file));
    for (std::string line; std::getline(lines, line);) {
        Row& row = rows.emplace_back(Row{""});
        bool quoted = false;
        for (const char c : line) {
            if (c == '"')
                quoted = !quoted;
            else if (c == ',' && !quoted)
                row.emplace_back();
            else
                row.back() += c;
        }
    }
    return rows;
}

/// Columns of quality.csv.
enum : std::size_t { kOwner, kRule, kStatutory, kSeverity, kSystem, kTeam, kEntity, kKey, kPerson, kWrong, kAdvice };

/// One county whose target violations were planted in.
class Quality : public ::testing::Test {
  protected:
    static void SetUpTestSuite() {
        state_ = std::make_unique<ProgramState>();
        ASSERT_EQ(state_->run({"demo", "--scale", "tiny", "--quiet"}).code, 3);
        plant();
        outcome_ = state_->run({"reconcile", "--quiet"});
        plain_files_ = names_in(folder());
    }
    static void TearDownTestSuite() { state_.reset(); }

    static fs::path folder() { return state_->path() / "runs" / "1" / "reconciliation"; }

    static std::set<std::string> names_in(const fs::path& in) {
        std::set<std::string> names;
        for (const auto& entry : fs::directory_iterator(in)) names.insert(entry.path().filename().string());
        return names;
    }

    /// Changes one row and remembers its key. @param pick names row_id and source_key of the row.
    static void plant(TargetConnection& all, const std::string& rule, const std::string& pick, const std::string& table,
                      const std::string& change) {
        const auto picked = rows_of(all, pick + " LIMIT 1");
        ASSERT_EQ(picked.size(), 1U) << rule << ": the county has no such row";
        all.execute("UPDATE " + table + " SET " + change + " WHERE row_id = " + picked[0][0]);
        planted_[rule] = picked[0][1];
    }

    static void plant() {
        TargetConnection all = state_->connect();
        plant(all, "child_without_birth_date",
              "SELECT row_id, source_key FROM lineage.person_record WHERE person_kind = 'child' AND access = 0 AND "
              "source_system = 'education' AND birth_date IS NOT NULL ORDER BY row_id",
              "lineage.person_record", "birth_date = NULL");
        plant(
            all, "invalid_postcode",
            "SELECT row_id, source_key FROM integrated.person_address WHERE access = 0 AND postcode IS NOT NULL ORDER "
            "BY row_id",
            "integrated.person_address", "postcode = NULL, missing = 'uprn:null,postcode:invalid,street:null'");
        plant(all, "cp_plan_ends_before_it_starts",
              "SELECT row_id, source_key FROM integrated.cp_plan WHERE access = 0 ORDER BY row_id",
              "integrated.cp_plan", "end_date = start_date - 1");
        plant(
            all, "sex_differs_between_systems",
            "SELECT p.row_id, p.source_key FROM lineage.person_record p WHERE p.access = 0 AND p.sex IN ('M', 'F') AND "
            "p.person_kind = 'child' AND EXISTS (SELECT FROM lineage.person_record o WHERE o.person_id = p.person_id "
            "AND "
            "o.source_system <> p.source_system AND o.sex = p.sex AND o.person_kind = 'child') ORDER BY row_id",
            "lineage.person_record", "sex = CASE sex WHEN 'M' THEN 'F' ELSE 'M' END");
        plant(all, "nhs_number_of_two_people",
              "SELECT row_id, source_key FROM integrated.person_identifier WHERE id_type = 'nhs_number' AND access = 0 "
              "AND value IS NOT NULL ORDER BY row_id DESC",
              "integrated.person_identifier",
              "value = (SELECT value FROM integrated.person_identifier WHERE id_type = 'nhs_number' AND access = 0 AND "
              "value IS NOT NULL ORDER BY row_id LIMIT 1)");
        plant(all, "on_roll_in_two_schools",
              "SELECT a.row_id, a.source_key FROM integrated.enrolment a JOIN integrated.enrolment b USING (child_id) "
              "WHERE a.row_id <> b.row_id AND a.access = 0 AND a.school_urn <> b.school_urn AND b.end_date IS NULL AND "
              "b.enrolment_status = 'C' ORDER BY a.row_id",
              "integrated.enrolment", "end_date = NULL, enrolment_status = 'C'");
        plant(all, "looked_after_without_placement",
              "SELECT row_id, source_key FROM integrated.care_episode WHERE access = 0 AND end_date IS NULL ORDER BY "
              "row_id",
              "integrated.care_episode", "end_reason = end_reason");
        all.execute(
            "UPDATE integrated.placement SET end_date = '2021-01-01' WHERE child_id = (SELECT child_id FROM "
            "integrated.care_episode WHERE source_key = " +
            TargetConnection::quote_literal(planted_["looked_after_without_placement"]) + " LIMIT 1)");
        all.execute(
            "UPDATE integrated.payment SET payment_date = CURRENT_DATE - 62 WHERE row_id = (SELECT min(row_id) FROM "
            "integrated.payment)");
    }

    static std::uint64_t failed(TargetConnection& all, const std::string& rule) { return sum(all, rule, "failed"); }
    static std::uint64_t checked(TargetConnection& all, const std::string& rule) { return sum(all, rule, "checked"); }

    /// Names rows as a role may see them. @return lines of quality.csv without its head.
    static std::vector<Row> named_for(const std::string& role) {
        const ProgramOutcome outcome =
            state_->run({"reconcile", "--quiet", "--as", role, "--purpose", "list for " + role});
        EXPECT_EQ(outcome.code, 4) << outcome.all();
        auto rows = read_csv(folder() / "quality.csv");
        EXPECT_FALSE(rows.empty());
        rows.erase(rows.begin());
        return rows;
    }

    static std::set<std::string> keys_of(const std::vector<Row>& rows, const std::string& rule) {
        std::set<std::string> keys;
        for (const Row& row : rows)
            if (row[kRule] == rule) keys.insert(row[kKey]);
        return keys;
    }

    static std::unique_ptr<ProgramState> state_;
    static ProgramOutcome outcome_;
    static std::set<std::string> plain_files_;
    static std::map<std::string, std::string> planted_;  // rule -> key of the row

  private:
    static std::uint64_t sum(TargetConnection& all, const std::string& rule, const std::string& column) {
        const std::string text = value_of(
            all, "SELECT coalesce(sum(" + column + "), 0) FROM lineage.quality_result WHERE rule = '" + rule + "'");
        return std::stoull(text);
    }
};
std::unique_ptr<ProgramState> Quality::state_;
ProgramOutcome Quality::outcome_;
std::set<std::string> Quality::plain_files_;
std::map<std::string, std::string> Quality::planted_;

TEST_F(Quality, CompletenessAndValidityCountWhatIsMissing) {
    TargetConnection all = state_->connect();
    std::uint64_t children = 0, without = 0;
    for (const Row& row : rows_of(all, "SELECT person_kind, birth_date FROM lineage.person_record")) {
        children += row[0] == "child";
        without += row[0] == "child" && row[1].empty();
    }
    EXPECT_EQ(checked(all, "child_without_birth_date"), children);
    EXPECT_EQ(failed(all, "child_without_birth_date"), without);
    ASSERT_GT(without, 0U);

    std::uint64_t invalid = 0;
    for (const Row& row : rows_of(all, "SELECT missing FROM integrated.person_address")) {
        std::istringstream parts(row[0]);
        for (std::string part; std::getline(parts, part, ',');) invalid += part == "postcode:invalid";
    }
    EXPECT_EQ(failed(all, "invalid_postcode"), invalid);
    ASSERT_GT(invalid, 0U);

    // Of the values set aside, those by a rule: wrong check letters of UPNs.
    const std::string letters = value_of(
        all,
        "SELECT count(*) FROM lineage.field_issue WHERE rule = 'bad_check_digit' AND raw_value ~ '^[A-Z][0-9]{12}$'");
    EXPECT_EQ(std::to_string(failed(all, "cin_1510")), letters);
    ASSERT_NE(letters, "0");
}

TEST_F(Quality, UniquenessCountsEveryRowOfASharedNumber) {
    TargetConnection all = state_->connect();
    std::map<std::string, std::set<std::string>> people;
    const auto rows = rows_of(all,
                              "SELECT value, person_id FROM integrated.person_identifier WHERE id_type = 'nhs_number' "
                              "AND value IS NOT NULL AND person_id IS NOT NULL");
    for (const Row& row : rows) people[row[0]].insert(row[1]);
    const auto shared = std::ranges::count_if(rows, [&](const Row& row) { return people[row[0]].size() > 1; });
    EXPECT_EQ(checked(all, "nhs_number_of_two_people"), rows.size());
    EXPECT_EQ(failed(all, "nhs_number_of_two_people"), static_cast<std::uint64_t>(shared));
    ASSERT_GT(shared, 1);
}

TEST_F(Quality, RangesComparetheDatesOfARow) {
    TargetConnection all = state_->connect();
    std::uint64_t plans = 0, wrong = 0;
    for (const Row& row : rows_of(all, "SELECT start_date, end_date FROM integrated.cp_plan")) {
        plans += !row[1].empty();
        wrong += !row[1].empty() && !row[0].empty() && row[1] < row[0];
    }
    EXPECT_EQ(checked(all, "cp_plan_ends_before_it_starts"), plans);
    EXPECT_EQ(failed(all, "cp_plan_ends_before_it_starts"), wrong);
    EXPECT_EQ(wrong, 1U);
}

TEST_F(Quality, AgreementHoldsTheRecordsOfAPersonAgainstEachOther) {
    TargetConnection all = state_->connect();
    const auto rows = rows_of(all,
                              "SELECT person_id, source_system, sex FROM lineage.person_record WHERE person_kind = "
                              "'child' AND sex <> 'U' AND person_id IS NOT NULL");
    std::uint64_t wrong = 0;
    for (const Row& row : rows)
        wrong += std::ranges::any_of(
            rows, [&](const Row& other) { return other[0] == row[0] && other[1] != row[1] && other[2] != row[2]; });
    EXPECT_EQ(checked(all, "sex_differs_between_systems"), rows.size());
    EXPECT_EQ(failed(all, "sex_differs_between_systems"), wrong);
    ASSERT_GT(wrong, 1U);
}

TEST_F(Quality, OverlapsAndForbiddenConditionsLookAtOtherRowsOfThePerson) {
    TargetConnection all = state_->connect();
    std::map<std::string, std::multiset<std::string>> current;  // child -> schools
    for (const Row& row : rows_of(all,
                                  "SELECT child_id, school_urn, enrolment_status FROM integrated.enrolment WHERE "
                                  "end_date IS NULL AND start_date IS NOT NULL AND school_urn IS NOT NULL"))
        if (row[2].empty() || row[2] == "C" || row[2] == "M") current[row[0]].insert(row[1]);
    std::uint64_t twice = 0;
    for (const auto& [child, schools] : current)
        if (*schools.begin() != *schools.rbegin()) twice += schools.size();
    EXPECT_EQ(failed(all, "on_roll_in_two_schools"), twice);
    ASSERT_GT(twice, 1U);

    std::set<std::string> placed;
    for (const Row& row : rows_of(all, "SELECT child_id FROM integrated.placement WHERE end_date IS NULL"))
        placed.insert(row[0]);
    std::uint64_t without = 0;
    for (const Row& row : rows_of(all, "SELECT child_id FROM integrated.care_episode WHERE end_date IS NULL"))
        without += !placed.contains(row[0]);
    EXPECT_EQ(failed(all, "looked_after_without_placement"), without);
    ASSERT_GT(without, 0U);
}

TEST_F(Quality, FreshnessIsOfTheNewestRowOfASystem) {
    TargetConnection all = state_->connect();
    EXPECT_EQ(checked(all, "payments_are_recent"), 1U);
    EXPECT_EQ(failed(all, "payments_are_recent"), 0U) << "one payment is just young enough";
    // The county's last case note is as old as the county.
    EXPECT_EQ(std::to_string(failed(all, "case_notes_are_recent")),
              value_of(all, "SELECT (max(recorded_at)::date < CURRENT_DATE - 14)::int FROM integrated.case_note"));
}

TEST_F(Quality, APlainRunCountsAndNamesNobody) {
    EXPECT_EQ(outcome_.code, 4) << "what was planted in the target is not in the sources\n" << outcome_.all();
    EXPECT_NE(outcome_.out.find("cp_plan_ends_before_it_starts"), std::string::npos) << outcome_.out;
    EXPECT_TRUE(plain_files_.contains("quality_counts.csv"));
    EXPECT_FALSE(plain_files_.contains("quality.csv"));
    EXPECT_FALSE(plain_files_.contains("quality.xlsx"));
    const auto counts = read_csv(folder() / "quality_counts.csv");
    EXPECT_EQ(counts.front(),
              (Row{"owner", "rule", "statutory", "severity", "system", "team", "found", "of", "title"}));
    bool teams = false;
    for (std::size_t i = 1; i < counts.size(); ++i) {
        teams = teams || !counts[i][5].empty();
        for (const std::size_t column : {6U, 7U})
            EXPECT_TRUE(counts[i][column] == "0" || counts[i][column].size() > 1 || counts[i][column] == "c" ||
                        counts[i][column] >= "5")
                << counts[i][1] << " tells a small count";
    }
    EXPECT_TRUE(teams) << "rows that carry a team are counted by it";

    simdjson::dom::parser parser;
    const simdjson::dom::element summary = parser.load((folder() / "summary.json").string());
    EXPECT_GT(std::int64_t(summary["quality"]["errors_failing"]), 0);
    for (const simdjson::dom::element rule : simdjson::dom::array(summary["quality"]["rules"])) {
        if (std::string_view(rule["rule"]) != "cp_plan_ends_before_it_starts") continue;
        EXPECT_EQ(std::string_view(rule["found"]), "<5");
        EXPECT_EQ(std::string_view(rule["verdict"]), "fails");
    }
    EXPECT_NE(text_of(folder() / "report.html").find("A child protection plan that ends before it starts"),
              std::string::npos);
}

TEST_F(Quality, WhatWasPlantedIsNamedForItsOwnersAndTheLookIsLogged) {
    const auto rows = named_for("data_quality");
    for (const auto& [rule, key] : planted_) {
        std::string shown = key;
        std::ranges::replace(shown, '\x1f', '/');
        EXPECT_TRUE(keys_of(rows, rule).contains(shown)) << rule << " " << shown;
    }
    TargetConnection all = state_->connect();
    EXPECT_EQ(value_of(all,
                       "SELECT command || ' ' || asked_for || ' ' || found || ' ' || purpose FROM audit.access_log"
                       " ORDER BY log_id DESC LIMIT 1"),
              "reconcile rows that quality rules find true list for data_quality");
    for (const char* file : {"quality.csv", "quality.xlsx"})
        EXPECT_EQ(fs::status(folder() / file).permissions() & fs::perms::all, fs::perms(0600)) << file;
    EXPECT_TRUE(text_of(folder() / "quality.xlsx").starts_with("PK")) << "a zip package";
    EXPECT_TRUE(std::ranges::is_sorted(rows, {}, [](const Row& row) { return row[kOwner]; }));
    for (const Row& row : rows) {
        ASSERT_EQ(row.size(), 11U);
        EXPECT_FALSE(row[kAdvice].empty());
    }
}

TEST_F(Quality, AReaderOfOneAreaGetsNoOtherAreasRowsNorWhatComparesSystems) {
    const std::set<std::string> of_education = {"education",   "admissions",     "send",
                                                "early_years", "virtual_school", "youth_support"};
    const auto rows = named_for("education");
    ASSERT_TRUE(keys_of(rows, "child_without_birth_date").contains(planted_["child_without_birth_date"]));
    for (const Row& row : rows) EXPECT_TRUE(of_education.contains(row[kSystem])) << row[kSystem];
    for (const char* rule : {"sex_differs_between_systems", "nhs_number_of_two_people", "on_roll_in_two_schools",
                             "looked_after_without_placement"})
        EXPECT_TRUE(keys_of(rows, rule).empty()) << rule;
}

TEST_F(Quality, ARowThatMayNotBeSeenIsNeitherNamedNorToldOf) {
    TargetConnection all = state_->connect();
    // A number that a closed row and an open one share, and a missing date in a closed row.
    const auto open = rows_of(all,
                              "SELECT row_id, source_key, value FROM integrated.person_identifier WHERE id_type = "
                              "'nhs_number' AND access = 0 AND value IS NOT NULL ORDER BY row_id OFFSET 5 LIMIT 1")[0];
    const auto closed = rows_of(all,
                                "SELECT row_id, source_key, value FROM integrated.person_identifier WHERE id_type = "
                                "'nhs_number' AND access = 2 AND value IS NOT NULL ORDER BY row_id LIMIT 1");
    ASSERT_EQ(closed.size(), 1U);
    all.execute("UPDATE integrated.person_identifier SET value = '" + open[2] + "' WHERE row_id = " + closed[0][0]);
    const auto record = rows_of(all,
                                "SELECT row_id, source_key FROM lineage.person_record WHERE person_kind = 'child' AND "
                                "access = 1 ORDER BY row_id LIMIT 1");
    ASSERT_EQ(record.size(), 1U);
    all.execute("UPDATE lineage.person_record SET birth_date = NULL WHERE row_id = " + record[0][0]);

    const auto ordinary = named_for("data_quality");
    EXPECT_FALSE(keys_of(ordinary, "nhs_number_of_two_people").contains(closed[0][1]));
    EXPECT_FALSE(keys_of(ordinary, "nhs_number_of_two_people").contains(open[1])) << "tells of the closed row";
    EXPECT_FALSE(keys_of(ordinary, "child_without_birth_date").contains(record[0][1]));
    const auto sealed = named_for("sealed");
    EXPECT_TRUE(keys_of(sealed, "nhs_number_of_two_people").contains(closed[0][1]));
    EXPECT_TRUE(keys_of(sealed, "nhs_number_of_two_people").contains(open[1]));
    EXPECT_TRUE(keys_of(named_for("restricted"), "child_without_birth_date").contains(record[0][1]));

    // What is found only because the row that would mend it is hidden is no finding.
    const auto episode = rows_of(all,
                                 "SELECT child_id, source_key FROM integrated.care_episode e WHERE access = 0 AND "
                                 "end_date IS NULL AND EXISTS (SELECT FROM integrated.placement p WHERE p.child_id = "
                                 "e.child_id AND p.end_date IS NULL) LIMIT 1");
    ASSERT_EQ(episode.size(), 1U);
    all.execute("UPDATE integrated.placement SET access = 1 WHERE child_id = " + episode[0][0]);
    EXPECT_FALSE(keys_of(named_for("data_quality"), "looked_after_without_placement").contains(episode[0][1]));
    all.execute("UPDATE integrated.placement SET access = 0 WHERE child_id = " + episode[0][0]);
}

TEST_F(Quality, AWrongQuestionIsToldBeforeAnyWork) {
    const auto refused = [&](std::vector<std::string> words) {
        const ProgramOutcome outcome = state_->run(std::move(words));
        EXPECT_EQ(outcome.code, 2) << outcome.all();
        EXPECT_EQ(outcome.out, "");
        return outcome.err;
    };
    refused({"reconcile", "--quiet", "--purpose", " "});
    refused({"reconcile", "--quiet", "--as", "education"});
    EXPECT_NE(refused({"reconcile", "--quiet", "--purpose", "p", "--as", "eduction"}).find("did you mean education"),
              std::string::npos);
}

TEST(QualityJob, NamesItsRulesAndTheOwnersOfWhatTheyFind) {
    const ProgramState state;
    const fs::path job = state.outside() / "job.toml";
    const fs::path rules = state.outside() / "rules.toml";
    const auto write_job = [&](const std::string& quality) {
        write_text(job, "[job]\nname = \"test\"\naccept_test_numbers = true\n" + quality +
                            "[system.fostering_adoption]\nowner = \"Fostering desk\"\n"
                            "[system.fostering_adoption.transport]\nfolder = \"" +
                            (loaded_county().state.sources() / "fostering_adoption").string() + "\"\n");
    };
    const auto write_rules = [&](const std::string& field) {
        write_text(rules,
                   "version = \"1\"\n[[rule]]\nid = \"birth_year\"\ntitle = \"Before 2100\"\nadvice = \"Wait.\"\n"
                   "severity = \"warning\"\nkind = \"range\"\nentity = \"person\"\nfield = \"" +
                       field + "\"\nnot_before = \"2100-01-01\"\n");
    };
    write_job("");
    ASSERT_EQ(state.run({"bulk", "--job", job.string(), "--quiet"}).code, 3);

    write_job("[quality]\nrules = \"rules.toml\"\n");
    write_rules("birth_date");
    const ProgramOutcome outcome =
        state.run({"reconcile", "--job", job.string(), "--quiet", "--purpose", "p", "--as", "restricted"});
    ASSERT_EQ(outcome.code, 3) << "what rules find changes no exit code\n" << outcome.all();
    EXPECT_NE(outcome.out.find("birth_year"), std::string::npos) << outcome.out;
    EXPECT_EQ(outcome.out.find("cp_plan"), std::string::npos) << "only the job's rules";
    const auto rows = read_csv(state.path() / "runs" / "1" / "reconciliation" / "quality.csv");
    ASSERT_GT(rows.size(), 1U);
    EXPECT_EQ(rows[1][kOwner], "Fostering desk");

    // An expression that PostgreSQL alone refuses: the run fails, and its proof is told all the same.
    write_text(rules,
               "version = \"1\"\n[[rule]]\nid = \"long\"\ntitle = \"t\"\nadvice = \"a\"\nseverity = \"info\"\n"
               "kind = \"completeness\"\nentity = \"person\"\nfields = [\"sex\"]\n"
               "where = [{ field = \"given_name\", matches = \"a{300}\" }]\n");
    fs::remove(state.path() / "runs" / "1" / "reconciliation" / "report.html");
    EXPECT_EQ(state.run({"reconcile", "--job", job.string(), "--quiet"}).code, 1);
    EXPECT_TRUE(fs::exists(state.path() / "runs" / "1" / "reconciliation" / "report.html"));

    write_rules("birth_dat");
    for (const char* command : {"check", "reconcile"}) {
        const ProgramOutcome refused = state.run({command, "--job", job.string()});
        EXPECT_EQ(refused.code, 2) << refused.all();
        EXPECT_NE(refused.err.find("rules.toml:9:9"), std::string::npos) << refused.err;
        EXPECT_NE(refused.err.find("did you mean \"birth_date\"?"), std::string::npos) << refused.err;
    }
    write_job("[quality]\nrules = \"nowhere.toml\"\n");
    const ProgramOutcome missing = state.run({"reconcile", "--job", job.string(), "--quiet"});
    EXPECT_EQ(missing.code, 2) << missing.all();
    EXPECT_NE(missing.err.find("nowhere.toml"), std::string::npos) << missing.err;
}

TEST(QualityTrend, IsHeldAgainstTheRunBefore) {
    const ProgramState state;
    ASSERT_EQ(state.run({"demo", "--scale", "tiny", "--quiet"}).code, 3);
    ASSERT_EQ(state.run({"reconcile", "--quiet"}).code, 3);
    ASSERT_EQ(state.run({"nightly", "--quiet"}).code, 3);
    TargetConnection all = state.connect();
    all.execute("UPDATE integrated.cp_plan SET end_date = start_date - 1");
    all.execute("UPDATE integrated.person_address SET missing = NULL WHERE missing LIKE '%postcode:invalid%'");
    const ProgramOutcome outcome = state.run({"reconcile", "--quiet"});
    const auto line_of = [&](const std::string& rule) {
        const std::size_t at = outcome.out.find(rule + " ");
        return at == std::string::npos ? "" : outcome.out.substr(at, outcome.out.find('\n', at) - at);
    };
    EXPECT_NE(line_of("cp_plan_ends_before_it_starts").find("0 > \u2191 worse"), std::string::npos) << outcome.out;
    EXPECT_NE(line_of("invalid_postcode").find("\u2193 better"), std::string::npos) << outcome.out;
    EXPECT_NE(line_of("invalid_birth_date").find("= same"), std::string::npos) << outcome.out;
    EXPECT_EQ(column_of(all, "SELECT DISTINCT run_id FROM lineage.quality_result ORDER BY 1"),
              (std::vector<std::string>{"1", "2"}));
    // Again, after the mend: the run has one account, the newest.
    all.execute("UPDATE integrated.cp_plan SET end_date = NULL");
    state.run({"reconcile", "--quiet"});
    EXPECT_EQ(value_of(all,
                       "SELECT sum(failed) FROM lineage.quality_result WHERE run_id = 2 AND rule = "
                       "'cp_plan_ends_before_it_starts'"),
              "");
    // What an undone run found was of a target that is no more.
    all.execute("UPDATE lineage.run SET undoes = 1 WHERE run_id = 2");
    const ProgramOutcome alone = state.run({"reconcile", "--quiet"});
    EXPECT_EQ(alone.out.find("= same"), std::string::npos) << alone.out;
}

}  // namespace
}  // namespace caseweave::testing
