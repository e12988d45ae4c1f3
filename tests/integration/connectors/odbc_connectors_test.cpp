// The connectors that read databases over ODBC give from MariaDB, a server of the family they are for, what they give
// from the SQLite file that the conformance tests stand in for it.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>

#include "canonical/schema.hpp"
#include "extract/registry.hpp"
#include "normalise/entity_normaliser.hpp"
#include "support/private_mariadb.hpp"
#include "support/temporary_folder.hpp"

namespace caseweave {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> odbc_connectors() {
    std::vector<fs::path> folders;
    for (const auto& entry : fs::directory_iterator(CASEWEAVE_SOURCE_DIR "/connectors")) {
        if (fs::exists(entry.path() / "connector.toml") && ConnectorDefinition::load(entry.path()).transport == "odbc")
            folders.push_back(entry.path());
    }
    std::sort(folders.begin(), folders.end());
    return folders;
}

/// The statements that make a connector's test data.
std::string sql_of(const fs::path& folder) {
    std::string sql;
    for (const char* name : {"schema.sql", "data.sql"}) {
        std::ifstream in(folder / "testdata" / name, std::ios::binary);
        sql.append(std::istreambuf_iterator<char>(in), {}).append("\n");
    }
    return sql;
}

std::string words_of(const Value& value, FieldType type) {
    if (!value.has_value()) return "<" + std::string(to_string(value.missing)) + ">";
    switch (type) {
        case FieldType::date:
        case FieldType::partial_date:
            return to_string(value.date) + (value.date.estimated ? "~" : "");
        case FieldType::timestamp:
        case FieldType::integer:
        case FieldType::decimal:
        case FieldType::boolean:
            return std::to_string(value.integer);
        default:
            return std::string(value.text);
    }
}

std::string words_of(const CanonicalRow& row) {
    std::string words = row.entity->name + " " + std::string(row.source_key) + " " + std::to_string(row.part) + " of " +
                        std::string(row.source_person_key) + " under " + std::string(row.parent_key);
    for (std::size_t i = 0; i < row.entity->fields.size(); ++i)
        words += "|" + words_of(row.values[i], row.entity->fields[i].type);
    return words + "|" + std::string(row.extras);
}

/// What a connector gives, by entity: every canonical row in full, every value that was set aside, every row rejected.
using Records = std::map<std::string, std::vector<std::string>>;

Records records_of(const fs::path& folder, const std::string& connection) {
    static const CanonicalSchema schema = CanonicalSchema::load(CASEWEAVE_SOURCE_DIR "/schemas/canonical");
    const auto definition = std::make_shared<const ConnectorDefinition>(ConnectorDefinition::load(folder));
    Registry registry;
    register_transports_and_formats(registry);
    const TransportContext context{*definition, TomlTable::parse("connection = \"" + connection + "\"\n", "job.toml"),
                                   [](std::string_view) { return std::string(); }};
    const auto connector = registry.connect(definition, context);
    for (const CheckFinding& finding : connector->check(LookInto::headers))
        EXPECT_EQ(finding.level, CheckFinding::Level::ok) << finding.what;
    NormaliseOptions options;
    options.identifiers.accept_test_numbers = true;
    Records records;
    for (const EntityDefinition& entity : definition->entities) {
        EntityNormaliser normaliser(schema, *definition, entity, options);
        std::vector<std::string>& rows = records[entity.name];
        const auto source = connector->open(entity, "");
        for (RecordBatch read(source->shape()); source->next(read); read = RecordBatch(source->shape())) {
            const CanonicalBatch batch = normaliser.normalise(std::move(read));
            for (const CanonicalRow& row : batch.rows) rows.push_back(words_of(row));
            for (const FieldIssue& issue : batch.issues) {
                rows.push_back("issue " + std::string(to_string(issue.rule)) + " " + std::string(issue.field) + " " +
                               std::string(issue.raw_value));
            }
            for (const Reject& reject : batch.rejects)
                rows.push_back("reject " + std::string(to_string(reject.reason)) + " " + reject.raw);
        }
    }
    return records;
}

class OdbcConnector : public ::testing::TestWithParam<fs::path> {};

TEST_P(OdbcConnector, GivesTheSameRecordsFromMariadbAndFromSqlite) {
    const std::string sql = sql_of(GetParam());
    const testing::TemporaryFolder folder;
    const fs::path file = folder.path() / "legacy.sqlite";
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(file.c_str(), &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    sqlite3_close(database);
    testing::PrivateMariadb& server = testing::PrivateMariadb::shared();
    const std::string name = server.new_database();
    server.execute("USE " + name + ";\n" + sql);

    const Records expected = records_of(GetParam(), "Driver=SQLite3;Database=" + file.string());
    const Records found = records_of(GetParam(), server.odbc_connection(name) + ";UID=root");
    ASSERT_EQ(found.size(), expected.size());
    for (const auto& [entity, rows] : expected) {
        EXPECT_FALSE(rows.empty()) << entity << " has no test data";
        EXPECT_EQ(found.at(entity), rows) << entity;
    }
}

INSTANTIATE_TEST_SUITE_P(All, OdbcConnector, ::testing::ValuesIn(odbc_connectors()),
                         [](const auto& parameter) { return parameter.param.filename().string(); });

TEST(OdbcConnectors, AreThoseOfSocialCareAndEducation) {
    std::vector<std::string> names;
    for (const fs::path& folder : odbc_connectors()) names.push_back(folder.filename().string());
    EXPECT_EQ(names, (std::vector<std::string>{"education", "social_care"}));
}

}  // namespace
}  // namespace caseweave
