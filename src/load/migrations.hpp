#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "load/target_schema.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Holds what this program expects of a target: schemas/target as read.
struct TargetDefinition {
    struct Step {
        int version = 0;
        std::string name;  ///< "0003_lineage"
        std::string sql;
        std::string checksum;  ///< 32 hexadecimal digits
    };
    std::vector<Step> steps;         ///< in order
    std::string tables_sql;          ///< the DDL that the descriptors give: row tables, and who may use them
    std::string canonical_checksum;  ///< of tables_sql
    std::string views_sql;
    std::string views_checksum;
    std::vector<std::string> protection;  ///< who may see what, as read_protection reads it of a target made of these

    /// Reads `schemas/target`. @throws Error(usage) when the numbers have a gap, SettingsError for ssd_views.toml.
    static TargetDefinition load(const std::filesystem::path& folder, const TargetSchema& schema);
};

/// Says what a migration did.
struct MigrationOutcome {
    int steps_applied = 0;
    int tables_created = 0;
    int columns_added = 0;
    bool views_made = false;
    bool changed() const noexcept { return steps_applied + tables_created + columns_added > 0 || views_made; }
};

/// Brings the target up to this program: numbered files, canonical tables and columns, views. Each step is one
/// transaction; two programs migrating at once take turns. Does nothing to a target that is current.
/// @param admin a superuser, or a member of caseweave_owner who may create roles.
/// @throws Error(target) when the target is newer than the program, a released file has changed, or a table
/// differs in a way that needs a numbered file.
MigrationOutcome migrate_target(TargetConnection& admin, const TargetDefinition& definition,
                                const TargetSchema& schema);

/// Says what a target holds of this program's schema.
enum class SchemaState { none, older, current };
/// Looks, and changes nothing. @throws Error(target) when the target is newer than the program, or a released file has
/// changed.
SchemaState schema_state(TargetConnection& connection, const TargetDefinition& definition);

/// Checks that the target is what this program expects. @throws Error(target) that says which of the two is older.
void require_current_target(TargetConnection& connection, const TargetDefinition& definition);

}  // namespace caseweave
