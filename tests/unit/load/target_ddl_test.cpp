#include "load/target_ddl.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "canonical/schema.hpp"
#include "load/migrations.hpp"
#include "load/ssd_views.hpp"

namespace caseweave {
namespace {

const CanonicalSchema& canonical() {
    static const CanonicalSchema schema = CanonicalSchema::load(CASEWEAVE_SOURCE_DIR "/schemas/canonical");
    return schema;
}

TEST(TargetSchema, DescribesTheGoldenTablesLikeEntities) {
    const TargetSchema schema(canonical());
    EXPECT_EQ(schema.entities().size(), canonical().entities().size() + 3);
    const EntityDescriptor* person = schema.find("golden_person");
    ASSERT_NE(person, nullptr);
    EXPECT_EQ(person->table, "person");
    for (const FieldDescriptor& field : canonical().find("person")->fields)
        EXPECT_GE(person->find(field.name), 0) << field.name;
    EXPECT_GE(person->find("nhs_number"), 0);
}

TEST(TargetSchema, GivesEveryTableItsOwnName) {
    const TargetSchema schema(canonical());
    std::set<std::string> names;
    for (const EntityDescriptor* entity : schema.entities())
        EXPECT_TRUE(names.insert(entity->schema + '.' + entity->table).second) << entity->name;
}

TEST(TargetSchema, AFieldThatHidesAColumnOfEveryTableIsRefused) {
    const auto folder = std::filesystem::temp_directory_path() / ("caseweave_canonical_" + std::to_string(getpid()));
    std::filesystem::copy(CASEWEAVE_SOURCE_DIR "/schemas/canonical", folder, std::filesystem::copy_options::recursive);
    std::ofstream(folder / "contact.toml", std::ios::app)
        << "\n[[field]]\nname = \"access\"\ntype = \"text\"\ndescription = \"x\"\n";
    const CanonicalSchema schema = CanonicalSchema::load(folder);
    EXPECT_THROW(const TargetSchema target(schema), Error);
    std::filesystem::remove_all(folder);
}

TEST(CreateTable, QuotesWhatIsWritten) {
    EntityDescriptor entity;
    entity.name = entity.table = "o\"dd";
    entity.schema = "integrated";
    entity.description = "A table's comment";
    const std::string sql = create_table_sql(entity);
    EXPECT_NE(sql.find("IS 'A table''s comment'"), std::string::npos);
}

class DefinitionFolder : public testing::Test {
  protected:
    DefinitionFolder() {
        folder_ = std::filesystem::temp_directory_path() / ("caseweave_definition_" + std::to_string(getpid()));
        std::filesystem::create_directories(folder_);
        std::filesystem::copy(CASEWEAVE_SOURCE_DIR "/schemas/target", folder_,
                              std::filesystem::copy_options::recursive);
    }
    ~DefinitionFolder() override { std::filesystem::remove_all(folder_); }
    std::filesystem::path folder_;
    TargetSchema schema_{canonical()};
};

TEST_F(DefinitionFolder, NumbersCountUpWithoutAGap) {
    EXPECT_EQ(TargetDefinition::load(folder_, schema_).steps.front().name, "0001_roles");
    std::filesystem::remove(folder_ / "0002_visibility.sql");
    EXPECT_THROW(TargetDefinition::load(folder_, schema_), Error);
}

TEST_F(DefinitionFolder, AnSsdColumnNobodyMapsIsAnErrorNamingIt) {
    const auto file = folder_ / "ssd_views.toml";
    std::ofstream(file) << "[[view]]\nname = \"ssd_contacts\"\nentity = \"contact\"\ncolumns = [\"cont_contact_date\", "
                           "\"cont_no_such_column\"]\n";
    try {
        ssd_views_sql(schema_, file);
        FAIL() << "accepted";
    } catch (const SettingsError& error) {
        EXPECT_NE(std::string(error.what()).find("cont_no_such_column"), std::string::npos);
    }
}

TEST_F(DefinitionFolder, EveryViewChecksTheRowsOfWhoAsks) {
    const std::string sql = ssd_views_sql(schema_, folder_ / "ssd_views.toml");
    std::size_t views = 0;
    std::size_t invokers = 0;
    for (std::size_t at = 0; (at = sql.find("CREATE VIEW", at)) != std::string::npos; ++at) ++views;
    for (std::size_t at = 0; (at = sql.find("security_invoker = true", at)) != std::string::npos; ++at) ++invokers;
    EXPECT_EQ(views, 10U);
    EXPECT_EQ(invokers, views);
}

}  // namespace
}  // namespace caseweave
