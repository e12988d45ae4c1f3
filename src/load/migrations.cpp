#include "load/migrations.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <map>

#include "core/digest.hpp"
#include "load/golden_view.hpp"
#include "load/ssd_views.hpp"
#include "load/target_ddl.hpp"
#include "load/visible_views.hpp"

namespace caseweave {

namespace {

/// Key of the advisory lock under which one program migrates at a time; any number nobody else uses.
constexpr int kMigrationLock = 0x63777632;

struct Applied {
    int version = 0;
    std::string checksum;
};

std::map<std::string, std::map<int, std::string>> read_applied(TargetConnection& connection) {
    std::map<std::string, std::map<int, std::string>> applied;
    if (connection.execute("SELECT to_regclass('lineage.schema_version')").is_null(0, 0)) return applied;
    const TargetResult rows = connection.execute("SELECT component, version, checksum FROM lineage.schema_version");
    for (std::size_t row = 0; row < rows.rows(); ++row)
        applied[std::string(rows.text(row, 0))][static_cast<int>(rows.integer(row, 1))] = rows.text(row, 2);
    return applied;
}

/// The newest version of a component: {0, ""} when there is none.
Applied newest(const std::map<std::string, std::map<int, std::string>>& applied, const std::string& component) {
    const auto versions = applied.find(component);
    if (versions == applied.end() || versions->second.empty()) return {};
    return {versions->second.rbegin()->first, versions->second.rbegin()->second};
}

void refuse_foreign_steps(TargetConnection& connection, const TargetDefinition& definition,
                          const std::map<std::string, std::map<int, std::string>>& applied) {
    const auto steps = applied.find("step");
    if (steps == applied.end()) return;
    for (const auto& [version, checksum] : steps->second) {
        const auto step = std::find_if(definition.steps.begin(), definition.steps.end(),
                                       [v = version](const auto& candidate) { return candidate.version == v; });
        if (step == definition.steps.end())
            throw Error(
                ErrorKind::target,
                fmt::format("The target ({}) has schema version {}, which is newer than this program knows ({}). "
                            "Use the newer caseweave.",
                            connection.place(), version, definition.steps.size()));
        if (step->checksum != checksum)
            throw Error(
                ErrorKind::target,
                fmt::format("The target ({}) was made with another text of schemas/target/{}.sql. Released files "
                            "are never edited: restore it, and add a new file for the change.",
                            connection.place(), step->name));
    }
}

void record(TargetConnection& connection, const std::string& component, int version, const std::string& name,
            const std::string& checksum) {
    connection.query("INSERT INTO lineage.schema_version (component, version, name, checksum) VALUES ($1, $2, $3, $4)",
                     {component, std::to_string(version), name, checksum});
}

void migrate_tables(TargetConnection& admin, const TargetSchema& schema, MigrationOutcome& outcome) {
    const auto columns_sql = [](const SchemaDifference& difference) {
        // A column of the descriptor is a line of its CREATE TABLE.
        const std::string create = create_table_sql(*difference.entity);
        const std::string name = "    " + TargetConnection::quote_identifier(difference.column) + ' ';
        const std::size_t start = create.find(name) + 4;
        std::string line = create.substr(start, create.find('\n', start) - start);
        if (line.back() == ',') line.pop_back();
        return line;
    };
    for (const SchemaDifference& difference : compare_with_target(admin, schema)) {
        const EntityDescriptor& entity = *difference.entity;
        switch (difference.kind) {
            case SchemaDifference::Kind::missing_table:
                admin.execute(create_table_sql(entity) + protect_table_sql(entity));
                ++outcome.tables_created;
                break;
            case SchemaDifference::Kind::missing_column:
                admin.execute(fmt::format("ALTER TABLE {}.{} ADD COLUMN {}",
                                          TargetConnection::quote_identifier(entity.schema),
                                          TargetConnection::quote_identifier(entity.table), columns_sql(difference)));
                admin.execute(protect_table_sql(entity));  // who may read a column is said column by column
                ++outcome.columns_added;
                break;
            case SchemaDifference::Kind::unknown_column:
            case SchemaDifference::Kind::other_type:
                throw Error(ErrorKind::target,
                            fmt::format("The target ({}) does not fit the schema: {}. It needs a numbered file in "
                                        "schemas/target.",
                                        admin.place(), describe(difference)));
        }
    }
}

/// Holds the migration lock of a connection for as long as it lives.
class MigrationLock {
  public:
    explicit MigrationLock(TargetConnection& connection) : connection_(connection) {
        connection_.execute(fmt::format("SELECT pg_advisory_lock({})", kMigrationLock));
    }
    ~MigrationLock() {
        if (connection_.broken()) return;
        try {
            connection_.execute(fmt::format("SELECT pg_advisory_unlock({})", kMigrationLock));
        } catch (const Error&) {  // the server frees it with the connection
        }
    }
    MigrationLock(const MigrationLock&) = delete;
    MigrationLock& operator=(const MigrationLock&) = delete;

  private:
    TargetConnection& connection_;
};

}  // namespace

TargetDefinition TargetDefinition::load(const std::filesystem::path& folder, const TargetSchema& schema) {
    TargetDefinition definition;
    std::vector<std::filesystem::path> files;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error))
        if (entry.path().extension() == ".sql") files.push_back(entry.path());
    if (error || files.empty())
        throw Error(ErrorKind::usage,
                    fmt::format("The folder {} holds no schema files; set CASEWEAVE_HOME to the program's folder.",
                                folder.string()));
    std::sort(files.begin(), files.end());
    for (const std::filesystem::path& file : files) {
        Step step;
        step.name = file.stem().string();
        std::from_chars(step.name.data(), step.name.data() + step.name.size(), step.version);
        if (step.version != static_cast<int>(definition.steps.size()) + 1)
            throw Error(ErrorKind::usage,
                        fmt::format("{}: the numbered files have to count up from 0001 without a gap.", file.string()));
        std::ifstream in(file, std::ios::binary);
        step.sql.assign(std::istreambuf_iterator<char>(in), {});
        step.checksum = to_hex(digest_bytes(step.sql));
        definition.steps.push_back(std::move(step));
    }
    for (const EntityDescriptor* entity : schema.entities())
        definition.tables_sql += create_table_sql(*entity) + protect_table_sql(*entity);
    definition.canonical_checksum = to_hex(digest_bytes(definition.tables_sql));
    definition.views_sql = golden_view_sql(schema) + visible_views_sql(schema) + quarantine_view_sql() +
                           retention_view_sql() + ssd_views_sql(schema, folder / "ssd_views.toml");
    definition.views_checksum = to_hex(digest_bytes(definition.views_sql));
    std::ifstream protection(folder / "protection.txt");
    for (std::string line; std::getline(protection, line);)
        if (!line.empty() && !line.starts_with('#')) definition.protection.push_back(line);
    return definition;
}

MigrationOutcome migrate_target(TargetConnection& admin, const TargetDefinition& definition,
                                const TargetSchema& schema) {
    MigrationOutcome outcome;
    if (admin.server_version() < 150000)
        throw Error(ErrorKind::target,
                    fmt::format("The target ({}) runs PostgreSQL older than 15, which has no security_invoker views.",
                                admin.place()));
    // What is due is made under the lock; a target that has it all is nobody's to wait for.
    if (schema_state(admin, definition) != SchemaState::current) admin.begin_to_write();
    const MigrationLock lock(admin);
    const auto applied = read_applied(admin);
    refuse_foreign_steps(admin, definition, applied);

    const auto steps = applied.find("step");
    for (const TargetDefinition::Step& step : definition.steps) {
        if (steps != applied.end() && steps->second.contains(step.version)) continue;
        TargetTransaction transaction(admin);
        admin.execute(step.sql);
        record(admin, "step", step.version, step.name, step.checksum);
        transaction.commit();
        ++outcome.steps_applied;
    }
    if (!admin.execute("SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = 'caseweave_loader'")
             .boolean(0, 0))
        throw Error(
            ErrorKind::target,
            "The role caseweave_loader is bound by row-level security, and COPY FROM refuses that; a superuser has "
            "to run: ALTER ROLE caseweave_loader BYPASSRLS");

    const Applied canonical = newest(applied, "canonical");
    const Applied views = newest(applied, "views");
    const bool tables_differ = canonical.checksum != definition.canonical_checksum;
    if (!tables_differ && views.checksum == definition.views_checksum) return outcome;
    TargetTransaction transaction(admin);
    admin.execute("SET LOCAL ROLE caseweave_owner");
    // Views stand in the way of changes to their tables, and hold no data.
    const TargetResult old_views = admin.execute(
        "SELECT format('DROP VIEW IF EXISTS %I.%I CASCADE', schemaname, viewname) FROM pg_views"
        " WHERE schemaname IN ('integrated', 'lineage', 'ssd')");
    for (std::size_t row = 0; row < old_views.rows(); ++row) admin.execute(std::string(old_views.text(row, 0)));
    if (tables_differ) {
        migrate_tables(admin, schema, outcome);
        record(admin, "canonical", canonical.version + 1, "schemas/canonical", definition.canonical_checksum);
    }
    admin.execute(definition.views_sql);
    if (views.checksum != definition.views_checksum)
        record(admin, "views", views.version + 1, "ssd_views", definition.views_checksum);
    outcome.views_made = true;
    transaction.commit();
    return outcome;
}

SchemaState schema_state(TargetConnection& connection, const TargetDefinition& definition) {
    const auto applied = read_applied(connection);
    refuse_foreign_steps(connection, definition, applied);
    const auto steps = applied.find("step");
    if (steps == applied.end()) return SchemaState::none;
    const bool current = steps->second.size() == definition.steps.size() &&
                         newest(applied, "canonical").checksum == definition.canonical_checksum &&
                         newest(applied, "views").checksum == definition.views_checksum;
    return current ? SchemaState::current : SchemaState::older;
}

void require_current_target(TargetConnection& connection, const TargetDefinition& definition) {
    const SchemaState state = schema_state(connection, definition);
    if (state == SchemaState::current) return;
    throw Error(ErrorKind::target,
                fmt::format("The target ({}) {}. Run `caseweave bulk` or `caseweave target` once as a role that may "
                            "change its schema.",
                            connection.place(),
                            state == SchemaState::none ? "holds no caseweave schema yet"
                                                       : "has an older schema than this program"));
}

}  // namespace caseweave
