#pragma once

#include <span>
#include <string>
#include <vector>

#include "canonical/entity.hpp"
#include "load/target_schema.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Writes CREATE TABLE and the comments of an entity's table, from its descriptor.
std::string create_table_sql(const EntityDescriptor& entity);
/// Writes who may use the table: the loader everything; readers by row-level security.
std::string protect_table_sql(const EntityDescriptor& entity);

/// Names one way in which the target's tables and the descriptors disagree.
struct SchemaDifference {
    enum class Kind {
        missing_table,
        missing_column,  ///< the descriptor has it, the table has not
        unknown_column,  ///< the table has it, the descriptor has not
        other_type,      ///< type or nullability differ
    } kind{};
    const EntityDescriptor* entity = nullptr;
    std::string column;
    std::string found;  ///< what the target has, where it has something
};

/// Writes a difference for an operator: "integrated.referral.close_date is text, and the schema says date".
std::string describe(const SchemaDifference& difference);

/// Compares information_schema with the descriptors; empty when they agree.
std::vector<SchemaDifference> compare_with_target(TargetConnection& connection, const TargetSchema& schema);

/// Builds the indexes that bulk leaves out while it loads (source reference, child or person id, primary key) and
/// gathers statistics. Run it once everything is loaded; running it again does nothing. Tables are shared out among the
/// connections.
void build_indexes(std::span<TargetConnection* const> connections, const TargetSchema& schema);

}  // namespace caseweave
