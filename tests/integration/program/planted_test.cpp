// Breaks the loaded target by hand and expects reconciliation to end with 4 and to name the row.
#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "integration/program/program.hpp"

namespace caseweave::testing {
namespace {

class Planted : public ::testing::Test {
  protected:
    void SetUp() override {
        ASSERT_EQ(loaded_county().outcome.code, 3) << loaded_county().outcome.all();
        connection_.emplace(loaded_county().state.connect());
    }

    /// Runs one statement that must touch exactly `rows` rows.
    void change(const std::string& sql, std::uint64_t rows = 1) {
        EXPECT_EQ(connection_->execute(sql).affected_rows(), rows) << sql;
    }
    std::string ask(const std::string& sql) { return value_of(*connection_, sql); }

    static ProgramOutcome reconcile() { return loaded_county().state.run({"reconcile"}); }

    /// Expects a row of `integrated` to be named once its bits in `column`, which are 1, are opened; puts them back.
    void expect_opening_named(const std::string& table, const std::string& system, const std::string& row,
                              const std::string& column) {
        const std::string set = "UPDATE integrated." + table + " SET " + column + " = ";
        const std::string key = ask("SELECT source_key FROM integrated." + table + " WHERE row_id = " + row);
        change(set + "0 WHERE row_id = " + row);
        expect_named(table, system, key, "less protected");
        change(set + "1 WHERE row_id = " + row);
    }

    /// Expects exit code 4 and one line that names table, row, system and what is off; and the same in differences.csv.
    static void expect_named(const std::string& table, const std::string& system, const std::string& key,
                             const std::string& what) {
        const ProgramOutcome outcome = reconcile();
        EXPECT_EQ(outcome.code, 4) << outcome.all();
        const std::string line_start = "DIFFERS: " + table + " row " + key + " of " + system + " ";
        bool named = false;
        std::size_t differing = 0;
        for (std::size_t at = outcome.out.find("DIFFERS: "); at != std::string::npos;
             at = outcome.out.find("DIFFERS: ", at + 1)) {
            const std::string line = outcome.out.substr(at, outcome.out.find('\n', at) - at);
            ++differing;
            named = named || (line.starts_with(line_start) && line.find(what) != std::string::npos);
        }
        EXPECT_TRUE(named) << "no line says: " << line_start << "... " << what << "\n" << outcome.all();
        EXPECT_EQ(differing, 1U) << "nothing else is off\n" << outcome.out;
        const std::string csv = text_of(summary_of(outcome).parent_path() / "differences.csv");
        EXPECT_NE(csv.find(system + ","), std::string::npos) << csv;
        EXPECT_NE(csv.find(what), std::string::npos) << csv;
        EXPECT_NE(text_of(summary_of(outcome)).find("\"status\":\"unbalanced\",\"exit_code\":4"), std::string::npos);
        expect_not_balanced_as_a_whole(outcome);
    }

    /// Expects that what the report says of all systems together is no, whatever each of them says.
    static void expect_not_balanced_as_a_whole(const ProgramOutcome& outcome) {
        const std::string page = text_of(summary_of(outcome).parent_path() / "report.html");
        const std::size_t all = page.find("All systems");
        ASSERT_NE(all, std::string::npos);
        const std::string row = page.substr(all, page.find("</tr>", all) - all);
        EXPECT_NE(row.find("<span class=\"no\">NO</span>"), std::string::npos) << row;
    }

    static void expect_balanced_again() {
        const ProgramOutcome outcome = reconcile();
        EXPECT_EQ(outcome.code, 3) << outcome.all();
    }

    std::optional<TargetConnection> connection_;
};

TEST_F(Planted, ARowLost) {
    const std::string row = ask("SELECT min(row_id) FROM integrated.referral");
    const std::string key = ask("SELECT source_key FROM integrated.referral WHERE row_id = " + row);
    change("CREATE TEMPORARY TABLE set_aside AS SELECT * FROM integrated.referral WHERE row_id = " + row);
    change("DELETE FROM integrated.referral WHERE row_id = " + row);
    expect_named("referral", "social_care", key, "is missing from the target");
    change("INSERT INTO integrated.referral OVERRIDING SYSTEM VALUE SELECT * FROM set_aside");
    expect_balanced_again();
}

TEST_F(Planted, AByteChanged) {
    const std::string row =
        ask("SELECT min(row_id) FROM integrated.case_note WHERE note_text IS NOT NULL AND access = 0");
    const std::string key = ask("SELECT source_key FROM integrated.case_note WHERE row_id = " + row);
    change(
        "UPDATE integrated.case_note SET note_text = overlay(note_text placing chr(ascii(note_text) + 1) from 1 for 1)"
        " WHERE row_id = " +
        row);
    expect_named("case_note", "social_care", key, "has other content");
    change(
        "UPDATE integrated.case_note SET note_text = overlay(note_text placing chr(ascii(note_text) - 1) from 1 for 1)"
        " WHERE row_id = " +
        row);
    expect_balanced_again();
}

TEST_F(Planted, ARowsPlaceInItsSourceChanged) {
    for (const std::string table :
         {"lineage.source_row", "sealed.source_row", "lineage.quarantine", "lineage.field_issue"}) {
        SCOPED_TRACE(table);
        const std::string of_one =
            " WHERE (source_system, source_entity, source_key) = (SELECT source_system, source_entity, source_key"
            " FROM " +
            table +
            " WHERE source_key NOT LIKE E'%\x1f%' GROUP BY 1, 2, 3 HAVING count(*) = 1 ORDER BY 1, 2, 3 LIMIT 1)";
        const std::string system = ask("SELECT source_system FROM " + table + of_one);
        const std::string key = ask("SELECT source_key FROM " + table + of_one);
        change("UPDATE " + table + " SET position = position || '0'" + of_one);
        expect_named(table == "sealed.source_row" ? "lineage.source_row" : table, system, key, "has other content");
        const std::string account = reconcile().out;
        EXPECT_NE(account.find("fields: position; "), std::string::npos) << account;
        change("UPDATE " + table + " SET position = left(position, -1)" + of_one);
    }
    expect_balanced_again();
}

TEST_F(Planted, ARowLoadedTwice) {
    const std::string row = ask("SELECT max(row_id) FROM integrated.payment");
    const std::string key = ask("SELECT source_key FROM integrated.payment WHERE row_id = " + row);
    connection_->execute("CREATE TEMPORARY TABLE copy_of AS SELECT * FROM integrated.payment WHERE row_id = " + row);
    change("UPDATE copy_of SET row_id = row_id + 1000000");
    change("INSERT INTO integrated.payment OVERRIDING SYSTEM VALUE SELECT * FROM copy_of");
    expect_named("payment", "placement_finance", key, "more than once");
    change("DELETE FROM integrated.payment WHERE row_id = " + row + " + 1000000");
    expect_balanced_again();
}

TEST_F(Planted, ACaseRowUnderTheWrongChild) {
    const std::string row = ask("SELECT min(row_id) FROM integrated.enrolment WHERE access = 0");
    const std::string key = ask("SELECT source_key FROM integrated.enrolment WHERE row_id = " + row);
    const std::string child = ask("SELECT child_id FROM integrated.enrolment WHERE row_id = " + row);
    const std::string other =
        ask("SELECT min(child_id) FROM integrated.child WHERE access = 0 AND child_id <> " + child);
    change("UPDATE integrated.enrolment SET child_id = " + other + " WHERE row_id = " + row);
    expect_named("enrolment", "education", key, "stands under the wrong person");
    change("UPDATE integrated.enrolment SET child_id = " + child + " WHERE row_id = " + row);
    expect_balanced_again();
}

TEST_F(Planted, APairForReviewLostChangedOrAdded) {
    const std::string pair = ask("SELECT min(pair_id) FROM review.pair");
    const std::string key =
        ask("SELECT concat_ws('/', left_system, left_key, right_system, right_key) FROM review.pair"
            " WHERE pair_id = " +
            pair);
    connection_->execute("CREATE TEMPORARY TABLE pairs AS SELECT * FROM review.pair");
    const std::string its = " WHERE pair_id = " + pair;
    change("DELETE FROM review.pair" + its);
    expect_named("review.pair", "caseweave", key, "is missing from the target");
    change("INSERT INTO review.pair OVERRIDING SYSTEM VALUE SELECT * FROM pairs" + its);
    change("UPDATE review.pair SET access = access # 1" + its);
    expect_named("review.pair", "caseweave", key, "has other content");
    change("UPDATE review.pair SET access = access # 1" + its);
    change("UPDATE pairs SET pair_id = pair_id + 1000000, right_key = 'nobody'" + its);
    change("INSERT INTO review.pair OVERRIDING SYSTEM VALUE SELECT * FROM pairs WHERE right_key = 'nobody'");
    const std::string added = key.substr(0, key.rfind('/')) + "/nobody";
    expect_named("review.pair", "caseweave", added, "no source gave it");
    change("DELETE FROM review.pair WHERE right_key = 'nobody'");
    expect_balanced_again();

    // All gone: each is named.
    connection_->execute("DROP TABLE pairs; CREATE TEMPORARY TABLE pairs AS SELECT * FROM review.pair");
    const std::string all = ask("SELECT count(*) FROM pairs");
    change("DELETE FROM review.pair", std::stoul(all));
    const ProgramOutcome outcome = reconcile();
    EXPECT_EQ(outcome.code, 4) << outcome.all();
    EXPECT_NE(outcome.out.find("DIFFERS: review.pair row " + key), std::string::npos) << outcome.out;
    const std::string csv = text_of(summary_of(outcome).parent_path() / "differences.csv");
    EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), std::stol(all) + 1) << csv;
    change("INSERT INTO review.pair OVERRIDING SYSTEM VALUE SELECT * FROM pairs", std::stoul(all));
    expect_balanced_again();
}

TEST_F(Planted, AGoldenValueChanged) {
    const std::string person =
        ask("SELECT min(person_id) FROM integrated.person WHERE access = 0 AND length(family_name) > 3");
    change("UPDATE integrated.person SET family_name = reverse(family_name) WHERE person_id = " + person);
    expect_named("golden_person", "caseweave", person, "has other content");
    change("UPDATE integrated.person SET family_name = reverse(family_name) WHERE person_id = " + person);
    expect_balanced_again();
}

TEST_F(Planted, ARelationshipThatNamesAnotherPerson) {
    const std::string row =
        ask("SELECT min(row_id) FROM integrated.relationship WHERE related_person_id IS NOT NULL AND access = 0");
    const std::string key =
        ask("SELECT replace(source_key, chr(31), '/') FROM integrated.relationship WHERE row_id = " + row);
    const std::string system = ask("SELECT source_system FROM integrated.relationship WHERE row_id = " + row);
    const std::string related = ask("SELECT related_person_id FROM integrated.relationship WHERE row_id = " + row);
    const std::string other =
        ask("SELECT min(person_id) FROM integrated.person WHERE access = 0 AND person_id <> " + related);
    change("UPDATE integrated.relationship SET related_person_id = " + other + " WHERE row_id = " + row);
    expect_named("relationship", system, key, "names the wrong person");
    change("UPDATE integrated.relationship SET related_person_id = " + related + " WHERE row_id = " + row);
    expect_balanced_again();
}

TEST_F(Planted, AnAccessBitOpened) {
    // A case row of a restricted child made public.
    const std::string row = ask("SELECT min(row_id) FROM integrated.referral WHERE access & 1 = 1");
    ASSERT_FALSE(row.empty());
    const std::string key = ask("SELECT source_key FROM integrated.referral WHERE row_id = " + row);
    const std::string access = ask("SELECT access FROM integrated.referral WHERE row_id = " + row);
    change("UPDATE integrated.referral SET access = 0 WHERE row_id = " + row);
    expect_named("referral", "social_care", key, "less protected");
    change("UPDATE integrated.referral SET access = " + access + " WHERE row_id = " + row);
    expect_balanced_again();
}

TEST_F(Planted, AWholePersonOpened) {
    // The flag of person and child together, and the crosswalk's: nothing in the target is left to compare with.
    const std::string person = ask("SELECT min(person_id) FROM integrated.person WHERE access & 1 = 1");
    const std::string access = ask("SELECT access FROM integrated.person WHERE person_id = " + person);
    const auto set = [&](const std::string& value) {
        for (const char* table : {"integrated.person", "integrated.child", "lineage.crosswalk"}) {
            const std::string id = std::string(table).ends_with("child") ? "child_id" : "person_id";
            connection_->execute("UPDATE " + std::string(table) + " SET access = " + value + " WHERE " + id + " = " +
                                 person);
        }
    };
    set("0");
    const ProgramOutcome outcome = reconcile();
    EXPECT_EQ(outcome.code, 4) << outcome.all();
    EXPECT_NE(outcome.out.find("DIFFERS: golden_person row " + person + " "), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find("less protected"), std::string::npos) << outcome.out;
    set(access);
    expect_balanced_again();
}

TEST_F(Planted, ARestrictedAddressOpened) {
    const std::string row =
        ask("SELECT min(a.row_id) FROM integrated.person_address a JOIN integrated.person p USING (person_id)"
            " WHERE a.access = 1 AND p.access = 0 AND a.source_system = 'social_care'");
    ASSERT_FALSE(row.empty());
    const std::string key =
        ask("SELECT replace(source_key, chr(31), '/') FROM integrated.person_address WHERE row_id = " + row);
    change("UPDATE integrated.person_address SET access = 0 WHERE row_id = " + row);
    expect_named("person_address", "social_care", key, "less protected");
    change("UPDATE integrated.person_address SET access = 1 WHERE row_id = " + row);
    expect_balanced_again();
}

TEST_F(Planted, TheAddressOfAnOpenRowOpened) {
    for (const auto& [table, system] : {std::pair{"placement", "social_care"}, {"payment", "placement_finance"}}) {
        const std::string name = std::string("integrated.") + table;
        const std::string row =
            ask("SELECT min(row_id) FROM " + name + " WHERE access = 0 AND address_access = 1 AND source_system = '" +
                std::string(system) + "'");
        ASSERT_FALSE(row.empty()) << table;
        expect_opening_named(table, system, row, "address_access");
    }
    expect_balanced_again();
}

TEST_F(Planted, APlacementAtAPlaceThatIsHiddenNow) {
    // What the place itself says decides: a row that names it is held against the provider's row, not its own bits.
    const std::string row =
        ask("SELECT min(row_id) FROM integrated.placement WHERE address_access = 0 AND access = 0"
            " AND postcode IS NOT NULL AND source_system = 'social_care'");
    ASSERT_FALSE(row.empty());
    const std::string key = ask("SELECT source_key FROM integrated.placement WHERE row_id = " + row);
    const std::string postcode = ask("SELECT postcode FROM integrated.placement WHERE row_id = " + row);
    const std::string provider =
        ask("SELECT min(row_id) FROM integrated.provider WHERE address_restricted AND postcode"
            " IS NOT NULL");
    const std::string before = ask("SELECT postcode FROM integrated.provider WHERE row_id = " + provider);
    change("UPDATE integrated.provider SET postcode = '" + postcode + "' WHERE row_id = " + provider);
    const ProgramOutcome outcome = reconcile();
    EXPECT_EQ(outcome.code, 4) << outcome.all();
    const std::string csv = text_of(summary_of(outcome).parent_path() / "differences.csv");
    EXPECT_NE(csv.find("social_care,placement,placement,\"" + key + "\",0,is less protected"), std::string::npos)
        << csv;
    change("UPDATE integrated.provider SET postcode = '" + before + "' WHERE row_id = " + provider);
    expect_balanced_again();
}

TEST_F(Planted, ARowShownToAnotherService) {
    const std::string row = ask("SELECT min(row_id) FROM integrated.case_note");
    const std::string key = ask("SELECT source_key FROM integrated.case_note WHERE row_id = " + row);
    change("UPDATE integrated.case_note SET area = 7 WHERE row_id = " + row);
    expect_named("case_note", "social_care", key, "stands in another service area");
    change("UPDATE integrated.case_note SET area = 1 WHERE row_id = " + row);

    const std::string person = ask("SELECT min(person_id) FROM integrated.person WHERE area = 1 AND access = 0");
    change("UPDATE integrated.person SET area = 3 WHERE person_id = " + person);
    expect_named("golden_person", "caseweave", person, "stands in another service area");
    change("UPDATE integrated.person SET area = 1 WHERE person_id = " + person);

    const std::string value = ask("SELECT min(row_id) FROM integrated.person_value WHERE origin_system = 'education'");
    change("UPDATE integrated.person_value SET area = 3 WHERE row_id = " + value);
    expect_named("person_value", "caseweave",
                 ask("SELECT replace(source_key, chr(31), '/') FROM integrated.person_value WHERE row_id = " + value),
                 "stands in another service area");
    change("UPDATE integrated.person_value SET area = 2 WHERE row_id = " + value);
    expect_balanced_again();
}

TEST_F(Planted, ARecordOfTheCrosswalkOpened) {
    for (const std::string access : {"2", "1"}) {
        const std::string row = ask("SELECT min(row_id) FROM lineage.crosswalk WHERE access = " + access);
        ASSERT_FALSE(row.empty());
        const std::string key = ask("SELECT source_person_key FROM lineage.crosswalk WHERE row_id = " + row);
        const std::string system = ask("SELECT source_system FROM lineage.crosswalk WHERE row_id = " + row);
        change("UPDATE lineage.crosswalk SET access = 0 WHERE row_id = " + row);
        expect_named("crosswalk", system, key, "less protected");
        change("UPDATE lineage.crosswalk SET access = " + access + " WHERE row_id = " + row);
    }
    const std::string row = ask("SELECT min(row_id) FROM lineage.crosswalk WHERE source_system = 'education'");
    const std::string key = ask("SELECT source_person_key FROM lineage.crosswalk WHERE row_id = " + row);
    change("UPDATE lineage.crosswalk SET area = 7 WHERE row_id = " + row);
    expect_named("crosswalk", "education", key, "stands in another service area");
    change("UPDATE lineage.crosswalk SET area = 2 WHERE row_id = " + row);
    expect_balanced_again();
}

TEST_F(Planted, AVerbatimRowLostChangedOrOpened) {
    const std::string where =
        " WHERE ctid = (SELECT min(ctid) FROM lineage.source_row WHERE source_system = 'social_care' AND source_entity "
        "="
        " 'person')";
    const std::string key = ask("SELECT source_key FROM lineage.source_row" + where);
    change("CREATE TEMPORARY TABLE row_kept AS SELECT * FROM lineage.source_row" + where);
    change("DELETE FROM lineage.source_row" + where);
    expect_named("lineage.source_row", "social_care", key, "is missing from the target");
    change("INSERT INTO lineage.source_row SELECT * FROM row_kept");
    const std::string same =
        " WHERE source_system = 'social_care' AND source_entity = 'person' AND source_key = '" + key + "'";
    change("UPDATE lineage.source_row SET row = '{}'" + same);
    expect_named("lineage.source_row", "social_care", key, "has other content");
    change(
        "UPDATE lineage.source_row s SET row = k.row FROM row_kept k WHERE s.source_system = k.source_system AND"
        " s.source_entity = k.source_entity AND s.source_key = k.source_key");

    // A protected row that stands open, moved and marked so that nothing about it shows.
    connection_->execute("DROP TABLE row_kept");
    const std::string sealed =
        " WHERE ctid = (SELECT min(ctid) FROM sealed.source_row WHERE source_system = 'social_care')";
    const std::string sealed_key = ask("SELECT replace(source_key, chr(31), '/') FROM sealed.source_row" + sealed);
    change("CREATE TEMPORARY TABLE row_kept AS SELECT * FROM sealed.source_row" + sealed);
    change("DELETE FROM sealed.source_row" + sealed);
    change(
        "INSERT INTO lineage.source_row (run_id, area, access, source_system, source_entity, source_key,"
        " source_person_key, position, row) SELECT run_id, area, 0, source_system, source_entity, source_key,"
        " source_person_key, position, row FROM row_kept");
    expect_named("lineage.source_row", "social_care", sealed_key, "less protected");
    change(
        "DELETE FROM lineage.source_row s USING row_kept k WHERE s.source_system = k.source_system AND"
        " s.source_entity = k.source_entity AND s.source_key = k.source_key");
    change("INSERT INTO sealed.source_row SELECT * FROM row_kept");
    expect_balanced_again();
}

TEST_F(Planted, SealedRowsCopiedToWhereEveryoneReads) {
    const std::string rows = ask("SELECT count(*) FROM sealed.source_row");
    change("INSERT INTO lineage.source_row SELECT * FROM sealed.source_row", std::stoul(rows));
    const ProgramOutcome outcome = reconcile();
    EXPECT_EQ(outcome.code, 4) << outcome.all();
    const std::string csv = text_of(summary_of(outcome).parent_path() / "differences.csv");
    EXPECT_NE(csv.find("is in the target more than once"), std::string::npos);
    EXPECT_NE(csv.find("less protected"), std::string::npos);
    change("DELETE FROM lineage.source_row WHERE access <> 0", std::stoul(rows));
    expect_balanced_again();
}

TEST_F(Planted, WhatWasSetAsideChangedOrOpened) {
    for (const auto& [table, raw, condition] :
         {std::tuple{"lineage.quarantine", "raw", " AND reason NOT IN ('orphan_parent', 'key_conflict')"},
          {"lineage.field_issue", "raw_value", " AND source_person_key IS NOT NULL"}}) {
        const std::string name = table;
        std::string row = ask("SELECT min(ctid) FROM " + name + " WHERE access = 1 AND source_key <> ''" + condition);
        ASSERT_FALSE(row.empty()) << name;
        const auto cell = [&](const std::string& expression) {
            return ask("SELECT " + expression + " FROM " + name + " WHERE ctid = '" + row + "'");
        };
        // A changed row has another place.
        const auto set = [&](const std::string& what) {
            row = ask("UPDATE " + name + " SET " + what + " WHERE ctid = '" + row + "' RETURNING ctid");
        };
        const std::string key = cell("replace(source_key, chr(31), '/')");
        const std::string system = cell("source_system");
        const std::string kept = TargetConnection::quote_literal(cell(raw));
        set(std::string(raw) + " = 'gone'");
        expect_named(name, system, key, "has other content");
        set(std::string(raw) + " = " + kept);
        set("access = 0");
        expect_named(name, system, key, "less protected");
        set("access = 1");
        if (name == "lineage.quarantine") {
            set("raw_access = 1");
            expect_named(name, system, key, "less protected");
            set("raw_access = 3");
        }
        expect_balanced_again();
    }
}

TEST_F(Planted, WhatProtectsTheRowsTakenAway) {
    TargetConnection admin = loaded_county().state.connect("caseweave_admin");
    const std::string clearance =
        value_of(admin, "SELECT pg_get_functiondef('integrated.access_clearance()'::regprocedure)");
    const std::string opened_view = value_of(
        admin,
        "SELECT replace(pg_get_viewdef('integrated.placement_visible'::regclass), 'WHEN shown.address', 'WHEN true')");
    struct Harm {
        std::string done, undone, told;
    };
    const std::vector<Harm> harms = {
        {"ALTER TABLE integrated.person DISABLE ROW LEVEL SECURITY",
         "ALTER TABLE integrated.person ENABLE ROW LEVEL SECURITY",
         "make it so again: ALTER TABLE integrated.person ENABLE ROW LEVEL SECURITY"},
        {"ALTER TABLE sealed.source_row DISABLE ROW LEVEL SECURITY",
         "ALTER TABLE sealed.source_row ENABLE ROW LEVEL SECURITY",
         "make it so again: ALTER TABLE sealed.source_row ENABLE ROW LEVEL SECURITY"},
        {"ALTER TABLE lineage.crosswalk FORCE ROW LEVEL SECURITY",
         "ALTER TABLE lineage.crosswalk NO FORCE ROW LEVEL SECURITY",
         "take it back: ALTER TABLE lineage.crosswalk FORCE ROW LEVEL SECURITY"},
        {"DROP POLICY visible ON integrated.case_note", "CALL integrated.protect('integrated.case_note')",
         "make it so again: CREATE POLICY visible ON integrated.case_note AS PERMISSIVE FOR SELECT TO PUBLIC USING ("},
        {"ALTER POLICY visible ON integrated.referral USING (true)", "CALL integrated.protect('integrated.referral')",
         "take it back: CREATE POLICY visible ON integrated.referral AS PERMISSIVE FOR SELECT TO PUBLIC USING (true)"},
        {"GRANT SELECT ON sealed.source_row TO caseweave_reader_education",
         "REVOKE SELECT ON sealed.source_row FROM caseweave_reader_education",
         "take it back: GRANT SELECT ON sealed.source_row TO caseweave_reader_education"},
        {"GRANT SELECT (postcode) ON integrated.placement TO PUBLIC",
         "REVOKE SELECT (postcode) ON integrated.placement FROM PUBLIC",
         "take it back: GRANT SELECT (postcode) ON integrated.placement TO PUBLIC"},
        {"GRANT USAGE ON SCHEMA sealed TO caseweave_auditor", "REVOKE USAGE ON SCHEMA sealed FROM caseweave_auditor",
         "take it back: GRANT USAGE ON SCHEMA sealed TO caseweave_auditor"},
        {"GRANT caseweave_sealed TO caseweave_data_quality", "REVOKE caseweave_sealed FROM caseweave_data_quality",
         "take it back: GRANT caseweave_sealed TO caseweave_data_quality"},
        {"ALTER ROLE caseweave_reader_education BYPASSRLS", "ALTER ROLE caseweave_reader_education NOBYPASSRLS",
         "take it back: ALTER ROLE caseweave_reader_education BYPASSRLS"},
        {"CREATE OR REPLACE FUNCTION integrated.access_clearance() RETURNS smallint LANGUAGE sql STABLE PARALLEL SAFE "
         "RETURN 3::smallint",
         clearance, "make it so again: CREATE ROUTINE integrated.access_clearance()"},
        {"DROP VIEW ssd.ssd_address", "DELETE FROM lineage.schema_version WHERE component = 'views'",
         "the view ssd.ssd_address is not what this program makes"},
        {"CREATE OR REPLACE VIEW integrated.placement_visible WITH (security_barrier = true) AS " + opened_view, "",
         "the view integrated.placement_visible is not what this program makes"},
        {"ALTER VIEW ssd.ssd_person SET (security_invoker = false)", "",
         "take it back: CREATE VIEW ssd.ssd_person WITH (security_invoker=false)"},
        {"CREATE VIEW public.everyone AS SELECT * FROM integrated.person; ALTER VIEW public.everyone OWNER TO"
         " caseweave_owner",
         "DROP VIEW public.everyone", "take it back: CREATE VIEW public.everyone"},
        {"UPDATE lineage.identity_event SET event = 'retired' WHERE event_id = (SELECT min(event_id) FROM"
         " lineage.identity_event)",
         "UPDATE lineage.identity_event SET event = 'created' WHERE event_id = (SELECT min(event_id) FROM"
         " lineage.identity_event)",
         "lineage.identity_event of run 1 is not what the run told"}};
    for (const Harm& harm : harms) admin.execute(harm.done);
    const ProgramOutcome outcome = reconcile();
    EXPECT_EQ(outcome.code, 4) << outcome.all();
    for (const Harm& harm : harms)
        EXPECT_NE(outcome.err.find(harm.told), std::string::npos) << harm.told << "\n" << outcome.err;
    EXPECT_EQ(outcome.err.find("integrated.child "), std::string::npos) << "nothing else\n" << outcome.err;
    const auto details = summary_of(outcome).parent_path() / "differences.csv";
    EXPECT_NE(outcome.err.find("; see " + details.string()), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.out.find("all in " + details.string()), std::string::npos) << outcome.out;
    for (const Harm& harm : harms)
        EXPECT_NE(text_of(details).find(harm.told), std::string::npos) << harm.told << "\n" << text_of(details);
    expect_not_balanced_as_a_whole(outcome);
    EXPECT_NE(text_of(summary_of(outcome)).find("\"status\":\"unbalanced\",\"exit_code\":4"), std::string::npos);
    for (const Harm& harm : harms)
        if (!harm.undone.empty()) admin.execute(harm.undone);
    expect_balanced_again();

    // One that is gone.
    admin.execute(
        "CREATE TEMPORARY TABLE gone AS SELECT * FROM lineage.identity_event ORDER BY event_id LIMIT 1;"
        " DELETE FROM lineage.identity_event WHERE event_id IN (SELECT event_id FROM gone)");
    const ProgramOutcome missing = reconcile();
    EXPECT_EQ(missing.code, 4) << missing.all();
    EXPECT_NE(missing.err.find("lineage.identity_event of run 1 is not what the run told"), std::string::npos)
        << missing.err;
    admin.execute("INSERT INTO lineage.identity_event OVERRIDING SYSTEM VALUE SELECT * FROM gone");
    expect_balanced_again();
}

TEST_F(Planted, ARowMarkedRestrictedOpened) {
    for (const auto& [table, mark, system] : {std::tuple{"case_note", "restricted", "social_care"},
                                              {"provider", "address_restricted", "placement_finance"}}) {
        const std::string name = std::string("integrated.") + table;
        const std::string row = ask("SELECT min(row_id) FROM " + name + " WHERE access = 1 AND " + mark);
        ASSERT_FALSE(row.empty()) << table;
        expect_opening_named(table, system, row, "access");
    }
    expect_balanced_again();
}

TEST_F(Planted, ARowAcrossASealOpened) {
    // About the later identity, and naming kin of the earlier one, neither of whom is protected.
    const std::string row =
        ask("SELECT min(r.row_id) FROM integrated.relationship r JOIN integrated.person a ON a.person_id = r.person_id"
            " JOIN integrated.person b ON b.person_id = r.related_person_id WHERE r.access & 2 <> 0 AND (a.access | "
            "b.access) & 2 = 0");
    ASSERT_FALSE(row.empty());
    const std::string key =
        ask("SELECT replace(source_key, chr(31), '/') FROM integrated.relationship WHERE row_id = " + row);
    const std::string system = ask("SELECT source_system FROM integrated.relationship WHERE row_id = " + row);
    const std::string access = ask("SELECT access FROM integrated.relationship WHERE row_id = " + row);
    change("UPDATE integrated.relationship SET access = 0 WHERE row_id = " + row);
    expect_named("relationship", system, key, "less protected");
    change("UPDATE integrated.relationship SET access = " + access + " WHERE row_id = " + row);
    expect_balanced_again();
}

TEST_F(Planted, ARowTheSourcesNeverGave) {
    const std::string row = ask("SELECT max(row_id) FROM integrated.neet_status");
    connection_->execute("CREATE TEMPORARY TABLE invented AS SELECT * FROM integrated.neet_status WHERE row_id = " +
                         row);
    change("UPDATE invented SET row_id = row_id + 1000000, source_key = 'never-given'");
    change("INSERT INTO integrated.neet_status OVERRIDING SYSTEM VALUE SELECT * FROM invented");
    expect_named("neet_status", "youth_support", "never-given", "no source gave it");
    change("DELETE FROM integrated.neet_status WHERE source_key = 'never-given'");
    expect_balanced_again();
}

}  // namespace
}  // namespace caseweave::testing
