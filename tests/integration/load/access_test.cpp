#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "canonical/copy_encoding.hpp"
#include "core/source_ref.hpp"
#include "integration/load/sample_rows.hpp"
#include "integration/load/target_fixture.hpp"
#include "load/batch_writer.hpp"
#include "load/people_lineage.hpp"
#include "load/visible_views.hpp"

namespace caseweave {
namespace {

constexpr std::uint8_t kSocialCare = 1;
constexpr std::uint8_t kEducation = 2;
constexpr std::uint8_t kYouthJustice = 4;

/// A login of a council: which areas it reads, what it is cleared for.
struct Reader {
    const char* login;
    std::uint8_t areas;
    std::uint8_t clearance;
    const char* memberships;
};

constexpr Reader kReaders[] = {
    {"caseweave_reader_social_care", kSocialCare, 0, nullptr},
    {"caseweave_reader_education", kEducation, 0, nullptr},
    {"caseweave_reader_youth_justice", kYouthJustice, 0, nullptr},
    {"t_two_areas", kSocialCare | kEducation, 0, "caseweave_reader_social_care, caseweave_reader_education"},
    {"t_restricted", kSocialCare, kAccessRestricted, "caseweave_reader_social_care, caseweave_restricted"},
    {"t_sealed", kEducation, kAccessSealed, "caseweave_reader_education, caseweave_sealed"},
    {"t_both", kYouthJustice, kAccessRestricted | kAccessSealed,
     "caseweave_reader_youth_justice, caseweave_restricted, caseweave_sealed"},
    {"t_clearance_only", 0, kAccessRestricted | kAccessSealed, "caseweave_restricted, caseweave_sealed"},
};

/// Puts one row of each area and each access into every row table, as a run would.
class AccessTest : public TargetFixture {
  protected:
    void SetUp() override {
        TargetFixture::SetUp();
        admin_.emplace(connect(PrivateCluster::kAdmin));
        for (const Reader& reader : kReaders)
            if (reader.memberships != nullptr &&
                admin_->query("SELECT FROM pg_roles WHERE rolname = $1", {reader.login}).empty())
                admin_->execute(std::string("CREATE ROLE ") + reader.login + " NOLOGIN IN ROLE " + reader.memberships);

        TargetConnection loader = connect();
        RunLedger ledger = begin_run(loader);
        run_ = ledger.run();
        SampleRows rows(11);
        BatchWriter writer(loader, ledger);
        for (const EntityDescriptor* entity : target_schema().entities()) {
            writer.open({"system", entity->name}, kSocialCare, "cases");
            for (std::uint8_t access = 0; access <= 3; ++access)
                for (std::uint8_t area = 1; area <= 7; ++area)
                    writer.add(rows.make(*entity, key_of(area, access), "p" + key_of(area, access)),
                               {person_of(area, access), access, {}, address_of(area)}, area);
            writer.commit();
        }
        std::vector<CrosswalkRow> crosswalk;
        std::vector<std::string> keys;
        keys.reserve(32);
        for (std::uint8_t access = 0; access <= 3; ++access)
            for (std::uint8_t area = 1; area <= 7; ++area) {
                keys.push_back("p" + key_of(area, access));
                crosswalk.push_back({{person_of(area, access), area, access}, "system", keys.back(), {}, ""});
                writer.open({"system", "person"}, area, "people");
                SourceRowOutcome outcome;
                const std::string key = key_of(area, access);
                outcome.key = key;
                writer.lineage().add_source_row(writer.context(), outcome, keys.back(), "{\"SURNAME\": \"Marker\"}",
                                                kAccessOpen);
                writer.lineage().add_issue(writer.context(), {0, IssueRule::unknown_code, "SEX", "?"}, outcome,
                                           keys.back());
                writer.commit();
            }
        write_crosswalk(loader, run_, crosswalk);
    }

    static std::string key_of(std::uint8_t area, std::uint8_t access) {
        return std::to_string(area) + "/" + std::to_string(access);
    }
    /// The address that a row discloses is closed apart from the row in every second area.
    static std::uint8_t address_of(std::uint8_t area) { return area % 2 == 0 ? kAccessRestricted : kAccessOpen; }
    static PersonId person_of(std::uint8_t area, std::uint8_t access) { return PersonId{100 + access * 10 + area}; }

    static std::string expected_keys(const Reader& reader) {
        std::string keys;
        for (std::uint8_t area = 1; area <= 7; ++area)
            for (std::uint8_t access = 0; access <= 3; ++access)
                if ((access & ~reader.clearance) == 0 && (area & reader.areas) != 0)
                    keys += (keys.empty() ? "" : ",") + key_of(area, access);
        return keys;
    }

    /// Asks as a reader; the connection goes back to the superuser afterwards.
    std::string ask_as(const Reader& reader, const std::string& sql) {
        admin_->execute(std::string("SET ROLE ") + reader.login);
        std::string answer;
        try {
            answer = value(*admin_, sql);
        } catch (const Error& error) {
            answer =
                std::string(error.what()).find("42501") != std::string::npos ? "(permission denied)" : error.what();
        }
        admin_->execute("RESET ROLE");
        return answer;
    }

    std::optional<TargetConnection> admin_;
    RunId run_;
};

TEST_F(AccessTest, EveryTableShowsEachReaderExactlyItsRows) {
    for (const EntityDescriptor* entity : target_schema().entities()) {
        const std::string sql =
            "SELECT coalesce(string_agg(source_key, ',' ORDER BY source_key), '') FROM " + qualified_table(*entity);
        for (const Reader& reader : kReaders) {
            std::string expected = expected_keys(reader);
            if (entity->schema == "sealed") {
                if ((reader.clearance & kAccessSealed) == 0) expected = "(permission denied)";
            } else if (reader.areas == 0) {
                expected = "(permission denied)";  // a clearance alone opens no other schema, and no row of this one
            }
            EXPECT_EQ(ask_as(reader, sql), expected) << reader.login << " on " << entity->name;
        }
    }
}

TEST_F(AccessTest, AnAddressClosedApartIsReadThroughTheViewByWhoIsClearedForIt) {
    std::size_t hidden = 0;
    for (const EntityDescriptor* entity : target_schema().entities()) {
        const std::vector<std::string> columns = address_columns(*entity);
        if (columns.empty()) {
            EXPECT_EQ(readable_table(*entity), qualified_table(*entity));
            continue;
        }
        for (const Reader& reader : kReaders) {
            if (reader.areas == 0) {
                EXPECT_EQ(ask_as(reader, "SELECT count(*) FROM " + readable_table(*entity)), "(permission denied)");
                continue;
            }
            EXPECT_EQ(ask_as(reader, "SELECT coalesce(string_agg(source_key, ',' ORDER BY source_key), '') FROM " +
                                         readable_table(*entity)),
                      expected_keys(reader))
                << reader.login << ": the rows are those of the table";
            for (const std::string& column : columns) {
                const std::string name = TargetConnection::quote_identifier(column);
                EXPECT_EQ(ask_as(reader, "SELECT count(" + name + ") FROM " + qualified_table(*entity)),
                          "(permission denied)")
                    << reader.login << " " << entity->name << "." << column;
                const std::string given = "SELECT count(" + name + ") FROM ";
                const std::string of_rows = qualified_table(*entity) + " WHERE access & ~" +
                                            std::to_string(reader.clearance) + " = 0 AND area & " +
                                            std::to_string(reader.areas) + " <> 0";
                const std::string cleared = " AND address_access & ~" + std::to_string(reader.clearance) + " = 0";
                EXPECT_EQ(ask_as(reader, given + readable_table(*entity)), value(*admin_, given + of_rows + cleared))
                    << reader.login << " " << entity->name << "." << column;
                hidden +=
                    std::stoul(value(*admin_, given + of_rows)) - std::stoul(value(*admin_, given + of_rows + cleared));
            }
        }
    }
    EXPECT_GT(hidden, 10U) << "there was something to hide";
}

TEST_F(AccessTest, ViewsShowNoMoreThanTheirTables) {
    const std::map<std::string, std::pair<std::string, std::string>> views{
        {"ssd_person", {"pers_person_id", "child_id"}},
        {"ssd_linked_identifiers", {"link_person_id", "person_id"}},
        {"ssd_address", {"addr_person_id", "person_id"}},
        {"ssd_contacts", {"cont_person_id", "child_id"}},
        {"ssd_cin_episodes", {"cine_person_id", "child_id"}},
        {"ssd_early_help_episodes", {"earl_person_id", "child_id"}},
        {"ssd_cin_plans", {"cinp_person_id", "child_id"}},
        {"ssd_cp_plans", {"cppl_person_id", "child_id"}},
        {"ssd_cla_episodes", {"clae_person_id", "child_id"}},
        {"ssd_cla_placement", {"clap_person_id", "child_id"}}};
    for (const auto& [view, columns] : views)
        for (const Reader& reader : kReaders) {
            std::string expected;
            for (std::uint8_t access = 0; access <= 3; ++access)
                for (std::uint8_t area = 1; area <= 7; ++area)
                    if ((access & ~reader.clearance) == 0 && (area & reader.areas) != 0)
                        expected += (expected.empty() ? "" : ",") + std::to_string(person_of(area, access).value);
            if (reader.areas == 0) expected = "(permission denied)";
            EXPECT_EQ(ask_as(reader, "SELECT coalesce(string_agg(" + columns.first + ", ',' ORDER BY " + columns.first +
                                         "), '') FROM ssd." + view),
                      expected)
                << reader.login << " on " << view;
        }
}

TEST_F(AccessTest, LineageIsShutUntilPeopleAreOpenedAndProtectedAfterwards) {
    const std::string rows =
        "SELECT coalesce(string_agg(source_key, ',' ORDER BY source_key), '') FROM lineage.source_row";
    const std::string issues =
        "SELECT coalesce(string_agg(source_key, ',' ORDER BY source_key), '') FROM lineage.field_issue";
    for (const Reader& reader : kReaders) {
        if (reader.areas == 0) continue;
        EXPECT_EQ(ask_as(reader, rows), "") << reader.login << " before people are opened";
        EXPECT_EQ(ask_as(reader, issues), "") << reader.login;
    }
    TargetConnection loader = connect();
    EXPECT_EQ(open_people(loader, run_), 21U) << "7 areas with 3 kinds of protection";
    EXPECT_EQ(value(loader, "SELECT count(*) FROM sealed.source_row WHERE access = 0"), "0");
    for (const Reader& reader : kReaders) {
        if (reader.areas == 0) continue;
        std::string open;
        for (std::uint8_t area = 1; area <= 7; ++area)
            if ((area & reader.areas) != 0) open += (open.empty() ? "" : ",") + key_of(area, 0);
        EXPECT_EQ(ask_as(reader, rows), open) << reader.login << ": protected rows have left for sealed.source_row";
        EXPECT_EQ(ask_as(reader, issues), expected_keys(reader)) << reader.login;
    }
    for (const Reader& reader : kReaders) {
        std::string expected;
        for (std::uint8_t area = 1; area <= 7; ++area)
            for (std::uint8_t access = 1; access <= 3; ++access)
                if ((access & ~reader.clearance) == 0 && (area & reader.areas) != 0)
                    expected += (expected.empty() ? "" : ",") + key_of(area, access);
        if (reader.clearance == kAccessOpen) expected = "(permission denied)";
        EXPECT_EQ(ask_as(reader,
                         "SELECT coalesce(string_agg(source_key, ',' ORDER BY source_key), '') FROM sealed.source_row"),
                  expected)
            << reader.login;
    }
}

TEST_F(AccessTest, AVerbatimRowThatNeedsAClearanceIsWrittenWithIt) {
    TargetConnection loader = connect();
    auto ledger = RunLedger::newest(loader);
    BatchWriter writer(loader, *ledger);
    writer.open({"system", "note"}, kSocialCare, "cases");
    for (const std::uint8_t access : {kAccessOpen, kAccessRestricted, kAccessSealed}) {
        SourceRowOutcome outcome;
        const std::string key = "note/" + std::to_string(access);
        outcome.key = key;
        writer.lineage().add_source_row(writer.context(), outcome, "stranger", "{}", access);
    }
    writer.commit();
    EXPECT_EQ(
        value(loader, "SELECT string_agg(source_key || '=' || access, ',' ORDER BY access) FROM sealed.source_row"),
        "note/1=1,note/2=2");
    EXPECT_EQ(value(loader, "SELECT string_agg(source_key, ',') FROM lineage.source_row WHERE source_entity = 'note'"),
              "note/0");
}

TEST_F(AccessTest, QuarantineHidesWhatMayBeAboutAProtectedPerson) {
    TargetConnection loader = connect();
    auto ledger = RunLedger::newest(loader);
    BatchWriter writer(loader, *ledger);
    writer.open({"system", "person"}, kSocialCare, "people");
    const std::string protected_key = "p" + key_of(kSocialCare, kAccessRestricted);
    for (const auto& [reason, key] : {std::pair<RejectReason, std::string>{RejectReason::undecodable, "garbled"},
                                      {RejectReason::no_key, ""},
                                      {RejectReason::orphan_person, "stranger"},
                                      {RejectReason::key_conflict, protected_key},
                                      {RejectReason::key_conflict, protected_key + kKeySeparator + "2"}}) {
        Reject reject;
        reject.reason = reason;
        reject.key = key;
        reject.raw = "what it said";
        const bool known = reason == RejectReason::key_conflict;
        writer.lineage().add_reject(writer.context(), reject, access_of_reject(reject, kAccessOpen, known));
    }
    writer.commit();
    open_people(loader, run_);
    for (const char* table : {"lineage.quarantine", "lineage.quarantine_visible"}) {
        const std::string sql = std::string("SELECT string_agg(reason, ',' ORDER BY reason) FROM ") + table;
        EXPECT_EQ(ask_as(kReaders[0], sql), "orphan_person");
        EXPECT_EQ(ask_as(kReaders[1], sql), "") << "another service area";
        EXPECT_EQ(ask_as(kReaders[4], sql), "key_conflict,key_conflict,no_key,orphan_person,undecodable");
    }
    // A row that may be anyone's says where it stands, and not whose it is: it can be a sealed child's.
    for (const char* column : {"raw", "source_key", "source_person_key"})
        EXPECT_EQ(ask_as(kReaders[4], std::string("SELECT count(") + column + ") FROM lineage.quarantine"),
                  "(permission denied)")
            << column;
    const std::string told =
        "SELECT string_agg(reason, ',' ORDER BY reason) FROM lineage.quarantine_visible WHERE position IS NOT NULL AND "
        "advice <> '' AND ";
    EXPECT_EQ(ask_as(kReaders[0], told + "raw IS NULL AND source_key IS NULL"), "orphan_person");
    EXPECT_EQ(ask_as(kReaders[4], told + "raw IS NULL AND source_key IS NULL"), "no_key,orphan_person,undecodable");
    EXPECT_EQ(ask_as(kReaders[4], told + "raw = 'what it said'"), "key_conflict,key_conflict");
}

TEST_F(AccessTest, AReaderWhoMakesFunctionsIsShownNoMore) {
    const Reader& reader = kReaders[0];
    admin_->execute(std::string("CREATE SCHEMA t_own; GRANT USAGE, CREATE ON SCHEMA t_own TO ") + reader.login);
    admin_->execute(std::string("SET ROLE ") + reader.login);
    // Stand in for what the policies' functions call: "has this role" is yes, "both bits" is every bit.
    admin_->execute(
        "CREATE FUNCTION t_own.pg_has_role(name, text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';"
        "CREATE FUNCTION t_own.pg_has_role(name, name, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';"
        "CREATE FUNCTION t_own.all_bits(integer, integer) RETURNS integer LANGUAGE sql AS 'SELECT 7';"
        "CREATE OPERATOR t_own.| (LEFTARG = integer, RIGHTARG = integer, FUNCTION = t_own.all_bits);"
        "SET search_path = t_own, pg_catalog");
    std::map<std::string, std::string> seen;
    for (const EntityDescriptor* entity : target_schema().entities()) {
        if (entity->schema == "sealed") continue;
        seen[entity->name] =
            value(*admin_, "SELECT coalesce(string_agg(source_key, ',' ORDER BY source_key), '') FROM " +
                               qualified_table(*entity));
    }
    const std::string clearance =
        value(*admin_, "SELECT integrated.access_clearance() || '/' || integrated.service_areas()");
    admin_->execute("RESET search_path; RESET ROLE; DROP SCHEMA t_own CASCADE");
    EXPECT_EQ(clearance, "0/1");
    for (const auto& [name, keys] : seen) EXPECT_EQ(keys, expected_keys(reader)) << name;
}

TEST_F(AccessTest, NoFunctionOfTheTargetLooksNamesUpInItsCallersPath) {
    const TargetResult loose = admin_->execute(
        "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname IN ('integrated', 'lineage', 'sealed', 'review', 'audit', 'ssd') AND p.prosqlbody IS NULL"
        "   AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false) ORDER BY 1");
    for (std::size_t i = 0; i < loose.rows(); ++i) ADD_FAILURE() << loose.text(i, 0);
    EXPECT_GT(
        std::stoul(value(*admin_, "SELECT count(*) FROM pg_proc WHERE pronamespace = 'integrated'::regnamespace")), 2U);
}

TEST_F(AccessTest, ReadersChangeNothing) {
    for (const char* sql :
         {"DELETE FROM integrated.referral", "UPDATE integrated.child SET access = 0",
          "INSERT INTO lineage.run (kind) VALUES ('x')", "TRUNCATE integrated.referral",
          "SELECT count(*) FROM audit.access_log", "SELECT count(*) FROM lineage.batch",
          "CALL integrated.build_indexes('integrated.referral')", "CREATE TABLE integrated.mine (a integer)"})
        for (const Reader& reader : {kReaders[0], kReaders[6]})
            EXPECT_EQ(ask_as(reader, sql), "(permission denied)") << reader.login << ": " << sql;
}

TEST_F(AccessTest, LookingAtAChildIsLoggedAndOnlyTheAuditorReadsTheLog) {
    TargetConnection reader = connect("caseweave_reader_education");
    record_access(reader, "somebody", "child", "safeguarding enquiry", "education:42", true);
    TargetConnection auditor = connect("caseweave_auditor");
    EXPECT_EQ(
        value(auditor,
              "SELECT concat_ws('|', role, login, os_user, command, purpose, asked_for, found) FROM audit.access_log"),
        "caseweave_reader_education|caseweave_reader_education|somebody|child|safeguarding enquiry|education:42|t");
    EXPECT_THROW(auditor.execute("SELECT FROM integrated.child"), Error);
    EXPECT_THROW(auditor.execute("SELECT FROM lineage.crosswalk"), Error);
    EXPECT_EQ(value(auditor, "SELECT kind FROM lineage.run"), "bulk");
}

TEST_F(AccessTest, TheLogHoldsTheLoginAndItsRolesWhateverTheReaderSays) {
    EXPECT_NE(ask_as(kReaders[1], "SELECT audit.record_access('caseweave_auditor', 'x', 'child', 'y', 'z', true)")
                  .find("42883"),
              std::string::npos)
        << "there is no place for a role to be named";
    const std::string roles_of_login =
        "SELECT concat_ws('|', login, role, array_to_string(roles, ',')) FROM audit.access_log ORDER BY log_id DESC "
        "LIMIT 1";
    TargetConnection auditor = connect("caseweave_auditor");
    TargetConnection officer = connect("caseweave_adoption_officer");
    record_access(officer, "x", "child", "y", "z", true);
    EXPECT_EQ(
        value(auditor, roles_of_login),
        "caseweave_adoption_officer|caseweave_adoption_officer|caseweave_adoption_officer,"
        "caseweave_reader_education,caseweave_reader_social_care,caseweave_reader_youth_justice,caseweave_sealed");
    // One who takes a lesser role to look is still known as who could have taken more.
    officer.execute("SET ROLE caseweave_reader_education");
    record_access(officer, "x", "child", "y", "z", true);
    EXPECT_EQ(
        value(auditor, roles_of_login),
        "caseweave_adoption_officer|caseweave_reader_education|caseweave_adoption_officer,"
        "caseweave_reader_education,caseweave_reader_social_care,caseweave_reader_youth_justice,caseweave_sealed");
    EXPECT_THROW(officer.execute("INSERT INTO audit.access_log (role, os_user, command, purpose, asked_for, found) "
                                 "VALUES ('a', 'b', 'c', 'd', 'e', true)"),
                 Error);
}

TEST_F(AccessTest, APairForReviewNeedsBothRecordsAndAShieldedOneTheRestrictedRole) {
    TargetConnection loader = connect();
    const std::vector<ReviewPairRow> pairs{{kSocialCare, 0, false, "a", "1", "b", "1", 3, 0.5, "band"},
                                           {kSocialCare | kEducation, 0, false, "a", "2", "b", "2", 3, 0.5, "band"},
                                           {kSocialCare, 0, true, "a", "3", "b", "3", 3, 0.5, "shielded"},
                                           {kSocialCare, kAccessRestricted, false, "a", "4", "b", "4", 3, 0.5, "band"}};
    write_review_pairs(loader, run_, pairs);
    const std::string sql = "SELECT coalesce(string_agg(left_key, ',' ORDER BY left_key), '') FROM review.pair";
    EXPECT_EQ(ask_as(kReaders[0], sql), "1");
    EXPECT_EQ(ask_as(kReaders[1], sql), "");
    EXPECT_EQ(ask_as(kReaders[3], sql), "1,2");
    EXPECT_EQ(ask_as(kReaders[4], sql), "1,3,4");
}

}  // namespace
}  // namespace caseweave
