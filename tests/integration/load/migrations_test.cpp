#include "load/migrations.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <set>

#include "canonical/copy_encoding.hpp"
#include "integration/load/target_fixture.hpp"
#include "load/target_ddl.hpp"
#include "reconcile/catalogue_proof.hpp"

namespace caseweave {
namespace {

TEST_F(TargetFixture, TablesAgreeWithTheDescriptors) {
    TargetConnection loader = connect();
    for (const SchemaDifference& difference : compare_with_target(loader, target_schema()))
        ADD_FAILURE() << describe(difference);
}

TEST_F(TargetFixture, EverySsdViewAnswersAReader) {
    TargetConnection reader = connect("caseweave_reader_social_care");
    const TargetResult views = reader.execute("SELECT viewname FROM pg_views WHERE schemaname = 'ssd' ORDER BY 1");
    EXPECT_EQ(views.rows(), 10U);
    for (std::size_t i = 0; i < views.rows(); ++i)
        EXPECT_EQ(value(reader, "SELECT count(*) FROM ssd." + std::string(views.text(i, 0))), "0") << views.text(i, 0);
}

TEST_F(TargetFixture, EveryTableOfAChildHasRowLevelSecurity) {
    TargetConnection loader = connect();
    const TargetResult open = loader.execute(
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind = 'r' AND n.nspname IN ('integrated', 'lineage', 'review', 'sealed') AND NOT c.relrowsecurity"
        "   AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'access')");
    for (std::size_t i = 0; i < open.rows(); ++i)
        ADD_FAILURE() << open.text(i, 0) << " can be read by anyone with the grant";
    EXPECT_EQ(value(loader,
                    "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                    " WHERE c.relkind = 'r' AND n.nspname = 'integrated' AND NOT c.relrowsecurity"),
              "0");
}

/// Expects the target to be protected as schemas/target/protection.txt says.
void expect_protected(TargetConnection& connection) {
    std::string now;
    for (const std::string& statement : read_protection(connection)) now += statement + '\n';
    for (const std::string& what :
         find_unlike_protection(connection, target_definition().protection, target_definition().views_sql))
        ADD_FAILURE() << what;
    if (testing::Test::HasFailure()) {
        const auto file = std::filesystem::temp_directory_path() / "protection.txt";
        std::ofstream(file) << now;
        ADD_FAILURE() << "what stands there now is in " << file << ": where that is what is meant, it goes into"
                      << " schemas/target/protection.txt";
    }
}

TEST_F(TargetFixture, WhoMaySeeWhatIsWhatTheListSays) {
    TargetConnection loader = connect();
    ASSERT_FALSE(target_definition().protection.empty());
    expect_protected(loader);
    EXPECT_FALSE(find_unlike_protection(loader, {}, "").empty()) << "nothing was looked at";
}

/// A database that the test may spoil, in the cluster of all tests.
class MigrationTest : public TargetFixture {
  protected:
    void SetUp() override {
        connect(PrivateCluster::kAdmin).execute("CREATE DATABASE spoilt");
        admin_.emplace(settings(PrivateCluster::kAdmin));
    }
    void TearDown() override {
        admin_.reset();
        connect(PrivateCluster::kAdmin).execute("DROP DATABASE spoilt WITH (FORCE)");
    }
    static TargetConnection::Settings settings(std::string_view role) {
        auto settings = cluster().settings(role);
        for (auto& [keyword, text] : settings.keywords)
            if (keyword == "dbname") text = "spoilt";
        return settings;
    }
    MigrationOutcome migrate(const TargetDefinition& definition = target_definition()) {
        return migrate_target(*admin_, definition, target_schema());
    }
    /// Makes the target as a program of that many numbered files did.
    void make_older_target(std::size_t steps) {
        for (std::size_t i = 0; i < steps; ++i) {
            const TargetDefinition::Step& step = target_definition().steps[i];
            admin_->execute(step.sql);
            admin_->query(
                "INSERT INTO lineage.schema_version (component, version, name, checksum) VALUES ('step', $1, $2, $3)",
                {std::to_string(step.version), step.name, step.checksum});
        }
        admin_->execute("SET ROLE caseweave_owner");
        for (const EntityDescriptor* entity : target_schema().entities()) {
            std::string sql = create_table_sql(*entity);
            const std::string column = "    \"address_access\" smallint NOT NULL,\n";
            if (const std::size_t at = sql.find(column); at != sql.npos && steps < 11) sql.erase(at, column.size());
            admin_->execute(sql + "GRANT SELECT, INSERT, UPDATE, DELETE ON " + qualified_table(*entity) +
                            " TO caseweave_loader; CALL integrated.protect(" +
                            TargetConnection::quote_literal(qualified_table(*entity)) + ")");
        }
        admin_->execute("RESET ROLE");
    }
    std::optional<TargetConnection> admin_;
};

TEST_F(MigrationTest, ASecondTimeDoesNothing) {
    migrate();
    EXPECT_FALSE(migrate().changed());
}

TEST_F(MigrationTest, ThePrintedStatementsMakeTheTarget) {
    for (const TargetDefinition::Step& step : target_definition().steps) admin_->execute(step.sql);
    admin_->execute("SET ROLE caseweave_owner");
    admin_->execute(target_definition().tables_sql);
    admin_->execute(target_definition().views_sql);
    admin_->execute("RESET ROLE");
    for (const SchemaDifference& difference : compare_with_target(*admin_, target_schema()))
        ADD_FAILURE() << describe(difference);
    EXPECT_EQ(value(*admin_, "SELECT count(*) FROM pg_views WHERE schemaname = 'ssd'"), "10");
}

TEST_F(MigrationTest, DifferencesAreFoundAndNewColumnsAdded) {
    migrate();
    admin_->execute("DROP VIEW ssd.ssd_contacts");
    admin_->execute("ALTER TABLE integrated.contact DROP COLUMN reason");
    admin_->execute("ALTER TABLE integrated.referral ALTER COLUMN area DROP NOT NULL");
    admin_->execute("DROP TABLE integrated.case_note CASCADE");
    admin_->execute("ALTER TABLE integrated.child ADD COLUMN surprise text");
    std::set<std::string> found;
    for (const SchemaDifference& difference : compare_with_target(*admin_, target_schema()))
        found.insert(describe(difference));
    EXPECT_EQ(found, (std::set<std::string>{
                         "the column integrated.contact.reason is missing", "the table integrated.case_note is missing",
                         "the column integrated.referral.area is smallint, which is not what the schema says",
                         "the column integrated.child.surprise is in the target and not in the schema"}));

    // As after a release whose descriptors have more columns and tables.
    admin_->execute("DELETE FROM lineage.schema_version WHERE component = 'canonical'");
    EXPECT_THROW(migrate(), Error) << "a changed type needs a numbered file";
    admin_->execute("ALTER TABLE integrated.referral ALTER COLUMN area SET NOT NULL");
    admin_->execute("ALTER TABLE integrated.child DROP COLUMN surprise");
    const MigrationOutcome outcome = migrate();
    EXPECT_EQ(outcome.tables_created, 1);
    EXPECT_EQ(outcome.columns_added, 1);
    EXPECT_TRUE(compare_with_target(*admin_, target_schema()).empty());
    EXPECT_EQ(admin_->execute("SELECT count(*) FROM pg_views WHERE schemaname = 'ssd'").integer(0, 0), 10);
}

TEST_F(MigrationTest, ATargetNewerThanTheProgramIsRefused) {
    migrate();
    admin_->execute(
        "INSERT INTO lineage.schema_version (component, version, name, checksum) VALUES ('step', 99, '0099_future', "
        "'x')");
    for (const auto& attempt : {std::function<void()>([&] { migrate(); }),
                                std::function<void()>([&] { require_current_target(*admin_, target_definition()); })}) {
        try {
            attempt();
            ADD_FAILURE() << "accepted";
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::target);
            EXPECT_NE(std::string(error.what()).find("newer"), std::string::npos);
        }
    }
}

TEST_F(MigrationTest, RowsOfAnOlderTargetThatWereOpenAreClosed) {
    make_older_target(8);
    admin_->execute(
        "INSERT INTO sealed.source_row (run_id, area, access, source_system, source_entity, source_key, position, row)"
        " VALUES (1, 1, 2, 's', 'person', 'k', '', '{}');"
        "INSERT INTO integrated.provider (area, access, run_id, source_system, source_entity, source_key, source_part,"
        " address_restricted) VALUES (1, 0, 1, 's', 'provider', 'refuge', 0, true),"
        " (1, 0, 1, 's', 'provider', 'home', 0, false);"
        "INSERT INTO integrated.restriction (person_id, area, access, run_id, source_system, source_entity, source_key,"
        " source_part, scope) VALUES (7, 1, 0, 1, 's', 'restriction', 'r', 0, 'address');"
        "INSERT INTO integrated.placement (child_id, area, access, run_id, source_system, source_entity, source_key,"
        " source_part) VALUES (7, 1, 0, 1, 's', 'placement', 'of it', 0), (8, 1, 0, 1, 's', 'placement', 'other', 0)");
    migrate();
    EXPECT_EQ(value(*admin_, "SELECT access FROM sealed.source_row"), "3");
    EXPECT_EQ(value(*admin_,
                    "SELECT string_agg(source_key || '=' || access, ',' ORDER BY row_id) FROM"
                    " integrated.provider"),
              "refuge=1,home=0");
    EXPECT_EQ(value(*admin_,
                    "SELECT string_agg(source_key || '=' || access, ',' ORDER BY row_id) FROM"
                    " integrated.placement"),
              "of it=1,other=0");
    EXPECT_EQ(value(*admin_,
                    "SELECT count(*) FROM pg_class WHERE relnamespace = 'sealed'::regnamespace AND relkind ="
                    " 'r' AND NOT relrowsecurity"),
              "0");
}

TEST_F(MigrationTest, AnOlderTargetIsProtectedAsANewOneIs) {
    make_older_target(9);
    migrate();
    expect_protected(*admin_);
}

TEST_F(MigrationTest, HomesAndUnreadRowsOfAnOlderTargetAreClosed) {
    make_older_target(19);
    admin_->execute(
        "INSERT INTO integrated.restriction (person_id, area, access, run_id, source_system, source_entity, source_key,"
        " source_part, scope) VALUES (7, 1, 0, 1, 's', 'restriction', 'r', 0, 'address');"
        "INSERT INTO integrated.person_address (person_id, area, access, run_id, source_system, source_entity,"
        " source_key, source_part, postcode) VALUES (7, 1, 1, 1, 's', 'address', 'hidden', 0, 'PO19 1RQ'),"
        " (8, 1, 0, 1, 's', 'address', 'there', 0, 'PO19 1RQ'), (9, 1, 0, 1, 's', 'address', 'nowhere', 0, NULL),"
        " (9, 1, 0, 1, 's', 'address', 'elsewhere', 0, 'PO19 1RR');"
        "INSERT INTO lineage.source_row (run_id, area, access, source_system, source_entity, source_key, position, row)"
        " VALUES (1, 1, 0, 's', 'address', 'there', '', '{}'), (1, 1, 0, 's', 'address', 'elsewhere', '', '{}');"
        "INSERT INTO lineage.crosswalk (person_id, area, access, run_id, source_system, source_person_key) VALUES"
        " (8, 1, 0, 1, 's', 'known');"
        "INSERT INTO lineage.quarantine (run_id, area, access, source_system, source_entity, source_key, position,"
        " reason, advice, raw) VALUES (1, 1, 0, 's', 'e', 'known', '', 'key_conflict', '', 'a'),"
        " (1, 1, 0, 's', 'e', 'stranger', '', 'key_conflict', '', 'b'), (1, 1, 1, 's', 'e', 'known', '', "
        "'undecodable', '', 'c');"
        "INSERT INTO lineage.row_history (table_name, from_run, to_run, row) VALUES ('lineage.quarantine', 1, 2, "
        "'{}')");
    migrate();
    EXPECT_EQ(value(*admin_,
                    "SELECT string_agg(source_key || '=' || access, ',' ORDER BY row_id) FROM"
                    " integrated.person_address"),
              "hidden=1,there=1,nowhere=1,elsewhere=0");
    EXPECT_EQ(value(*admin_, "SELECT source_key || '=' || access FROM sealed.source_row"), "there=1");
    EXPECT_EQ(value(*admin_, "SELECT source_key FROM lineage.source_row"), "elsewhere");
    EXPECT_EQ(value(*admin_, "SELECT string_agg(raw || '=' || raw_access, ',' ORDER BY raw) FROM lineage.quarantine"),
              "a=0,b=3,c=3");
    EXPECT_EQ(value(*admin_, "SELECT row ->> 'raw_access' FROM lineage.row_history WHERE to_run = 2"), "3");
}

TEST_F(MigrationTest, AddressesOfAnOlderTargetsCasesAreClosedUntilItIsLoadedAgain) {
    make_older_target(10);
    admin_->execute(
        "INSERT INTO integrated.provider (area, access, run_id, source_system, source_entity, source_key, source_part,"
        " postcode, name) VALUES (1, 1, 1, 's', 'provider', 'refuge', 0, 'PO19 1RQ', 'Willow Refuge');"
        "INSERT INTO integrated.placement (child_id, area, access, run_id, source_system, source_entity, source_key,"
        " source_part, postcode) VALUES (7, 1, 0, 1, 's', 'episode', 'e', 0, 'PO19 1RQ');"
        "INSERT INTO integrated.person_address (person_id, area, access, run_id, source_system, source_entity,"
        " source_key, source_part, postcode) VALUES (7, 1, 0, 1, 's', 'address', 'at it', 0, 'PO19 1RQ'),"
        " (7, 1, 0, 1, 's', 'address', 'before', 0, 'PO19 1RR');"
        "INSERT INTO integrated.person_address (person_id, area, access, run_id, source_system, source_entity,"
        " source_key, source_part, address_text) VALUES (7, 1, 0, 1, 's', 'address', 'by name', 0, 'Willow Refuge, A "
        "St'),"
        " (7, 1, 0, 1, 's', 'address', 'another name', 0, 'Willow Road');"
        "INSERT INTO lineage.source_row (run_id, area, access, source_system, source_entity, source_key, position, row)"
        " VALUES (1, 1, 0, 's', 'episode', 'e', '', '{}'), (1, 1, 0, 's', 'address', 'at it', '', '{}'),"
        " (1, 1, 0, 's', 'address', 'before', '', '{}')");
    migrate();
    EXPECT_EQ(value(*admin_, "SELECT access || '/' || address_access FROM integrated.placement"), "0/1");
    EXPECT_EQ(value(*admin_,
                    "SELECT string_agg(source_key || '=' || access, ',' ORDER BY row_id) FROM"
                    " integrated.person_address"),
              "at it=1,before=0,by name=1,another name=0");
    EXPECT_EQ(value(*admin_,
                    "SELECT string_agg(source_key || '=' || access, ',' ORDER BY source_key) FROM"
                    " sealed.source_row"),
              "at it=1,e=1");
    EXPECT_EQ(value(*admin_, "SELECT string_agg(source_key, ',') FROM lineage.source_row"), "before");
    admin_->execute("SET ROLE caseweave_reader_social_care");
    EXPECT_EQ(value(*admin_, "SELECT count(*) || '/' || count(postcode) FROM integrated.placement_visible"), "1/0");
    EXPECT_THROW(admin_->execute("SELECT postcode FROM integrated.placement"), Error);
    admin_->execute("RESET ROLE");
}

TEST_F(MigrationTest, NobodyButItsOwnerCreatesInTheDatabasesPublicSchema) {
    // As a database has it that was made before PostgreSQL 15.
    admin_->execute("GRANT CREATE ON SCHEMA public TO PUBLIC");
    migrate_target(*admin_, target_definition(), target_schema());
    EXPECT_EQ(value(*admin_, "SELECT has_schema_privilege('caseweave_reader_education', 'public', 'CREATE')"), "f");
}

TEST_F(MigrationTest, AnEditedReleasedFileIsRefused) {
    migrate();
    TargetDefinition edited = target_definition();
    edited.steps[2].checksum = to_hex(digest_bytes("something else"));
    EXPECT_THROW(migrate(edited), Error);
}

TEST_F(MigrationTest, AFailingStepLeavesNothingOfItself) {
    migrate();
    TargetDefinition more = target_definition();
    more.steps.push_back({static_cast<int>(more.steps.size()) + 1, "0099_broken",
                          "CREATE TABLE lineage.half (a integer); SELECT nonsense();", "c"});
    EXPECT_THROW(migrate(more), Error);
    EXPECT_TRUE(admin_->execute("SELECT to_regclass('lineage.half')").is_null(0, 0));
    EXPECT_FALSE(migrate().changed());
}

TEST_F(MigrationTest, AnEmptyTargetHasToBeMigratedFirst) {
    TargetConnection admin(settings(PrivateCluster::kAdmin));
    EXPECT_THROW(require_current_target(admin, target_definition()), Error);
    EXPECT_EQ(schema_state(admin, target_definition()), SchemaState::none);
    EXPECT_EQ(migrate().tables_created, static_cast<int>(target_schema().entities().size()));
    EXPECT_NO_THROW(require_current_target(admin, target_definition()));
    EXPECT_EQ(schema_state(admin, target_definition()), SchemaState::current);
    TargetDefinition newer = target_definition();
    newer.canonical_checksum = "another";
    EXPECT_EQ(schema_state(admin, newer), SchemaState::older);
}

}  // namespace
}  // namespace caseweave
