#include "load/migrations.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "integration/load/target_fixture.hpp"
#include "load/target_ddl.hpp"

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
        " WHERE c.relkind = 'r' AND n.nspname IN ('integrated', 'lineage', 'review') AND NOT c.relrowsecurity"
        "   AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'access')");
    for (std::size_t i = 0; i < open.rows(); ++i)
        ADD_FAILURE() << open.text(i, 0) << " can be read by anyone with the grant";
    EXPECT_EQ(value(loader,
                    "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                    " WHERE c.relkind = 'r' AND n.nspname = 'integrated' AND NOT c.relrowsecurity"),
              "0");
}

/// A cluster that the test may spoil.
class MigrationTest : public testing::Test {
  protected:
    MigrationTest() { migrate_target(admin_, target_definition(), target_schema()); }
    ~MigrationTest() override { cluster_.remove(); }

    TemporaryFolder folder_;
    PrivateCluster cluster_ = PrivateCluster::start(folder_.path());
    TargetConnection admin_{cluster_.settings(PrivateCluster::kAdmin)};
};

TEST_F(MigrationTest, ASecondTimeDoesNothing) {
    EXPECT_FALSE(migrate_target(admin_, target_definition(), target_schema()).changed());
    TargetConnection loader(cluster_.settings("caseweave_loader"));
    EXPECT_NO_THROW(require_current_target(loader, target_definition()));
}

TEST_F(MigrationTest, DifferencesAreFoundAndNewColumnsAdded) {
    admin_.execute("DROP VIEW ssd.ssd_contacts");
    admin_.execute("ALTER TABLE integrated.contact DROP COLUMN reason");
    admin_.execute("ALTER TABLE integrated.referral ALTER COLUMN area DROP NOT NULL");
    admin_.execute("DROP TABLE integrated.case_note CASCADE");
    admin_.execute("ALTER TABLE integrated.child ADD COLUMN surprise text");
    std::set<std::string> found;
    for (const SchemaDifference& difference : compare_with_target(admin_, target_schema()))
        found.insert(describe(difference));
    EXPECT_EQ(found, (std::set<std::string>{
                         "the column integrated.contact.reason is missing", "the table integrated.case_note is missing",
                         "the column integrated.referral.area is smallint, which is not what the schema says",
                         "the column integrated.child.surprise is in the target and not in the schema"}));

    // As after a release whose descriptors have more columns and tables.
    admin_.execute("DELETE FROM lineage.schema_version WHERE component = 'canonical'");
    EXPECT_THROW(migrate_target(admin_, target_definition(), target_schema()), Error)
        << "a changed type needs a numbered file";
    admin_.execute("ALTER TABLE integrated.referral ALTER COLUMN area SET NOT NULL");
    admin_.execute("ALTER TABLE integrated.child DROP COLUMN surprise");
    const MigrationOutcome outcome = migrate_target(admin_, target_definition(), target_schema());
    EXPECT_EQ(outcome.tables_created, 1);
    EXPECT_EQ(outcome.columns_added, 1);
    EXPECT_TRUE(compare_with_target(admin_, target_schema()).empty());
    EXPECT_EQ(admin_.execute("SELECT count(*) FROM pg_views WHERE schemaname = 'ssd'").integer(0, 0), 10);
}

TEST_F(MigrationTest, ATargetNewerThanTheProgramIsRefused) {
    admin_.execute(
        "INSERT INTO lineage.schema_version (component, version, name, checksum) VALUES ('step', 99, '0099_future', "
        "'x')");
    TargetConnection loader(cluster_.settings("caseweave_loader"));
    for (const auto& attempt :
         {std::function<void()>([&] { migrate_target(admin_, target_definition(), target_schema()); }),
          std::function<void()>([&] { require_current_target(loader, target_definition()); })}) {
        try {
            attempt();
            ADD_FAILURE() << "accepted";
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::target);
            EXPECT_NE(std::string(error.what()).find("newer"), std::string::npos);
        }
    }
}

TEST_F(MigrationTest, AnEditedReleasedFileIsRefused) {
    TargetDefinition edited = target_definition();
    edited.steps[2].checksum = to_hex(digest_bytes("something else"));
    EXPECT_THROW(migrate_target(admin_, edited, target_schema()), Error);
}

TEST_F(MigrationTest, AFailingStepLeavesNothingOfItself) {
    TargetDefinition more = target_definition();
    more.steps.push_back({static_cast<int>(more.steps.size()) + 1, "0099_broken",
                          "CREATE TABLE lineage.half (a integer); SELECT nonsense();", "c"});
    EXPECT_THROW(migrate_target(admin_, more, target_schema()), Error);
    EXPECT_TRUE(admin_.execute("SELECT to_regclass('lineage.half')").is_null(0, 0));
    EXPECT_FALSE(migrate_target(admin_, target_definition(), target_schema()).changed());
}

TEST(MigrationOfAnEmptyTarget, RequiresTheSchemaFirst) {
    TemporaryFolder folder;
    PrivateCluster cluster = PrivateCluster::start(folder.path());
    {
        TargetConnection loader(cluster.settings("caseweave_loader"));
        EXPECT_THROW(require_current_target(loader, target_definition()), Error);
    }
    cluster.remove();
}

}  // namespace
}  // namespace caseweave
