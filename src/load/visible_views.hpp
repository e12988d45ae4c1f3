#pragma once

#include <string>
#include <string_view>

#include "canonical/entity.hpp"
#include "load/target_schema.hpp"

namespace caseweave {

/// Writes the policy of every table for the rows of `alias`: what a view that runs as the owner, whom row-level
/// security does not bind, has to ask for itself.
std::string is_visible_sql(std::string_view alias);

/// Names what readers read an entity from: its table, or the view `<table>_visible` where an address is closed apart
/// from its row. Quoted, with its schema.
std::string readable_table(const EntityDescriptor& entity);

/// Writes the statements that make those views: the rows that the asking role may see, and of each the address columns
/// where it is cleared for the address too. Of the tables themselves readers may not select these columns.
std::string visible_views_sql(const TargetSchema& schema);

/// Names the view that readers read rejected rows through: their text and keys where the role is cleared for these too.
inline constexpr std::string_view kQuarantineView = "lineage.quarantine_visible";
/// Writes the statements that make it.
std::string quarantine_view_sql();

/// Names the view of how long each person's record is kept: of the rows of integrated.retention that the asking role
/// may see the one that keeps longest.
inline constexpr std::string_view kRetentionView = "integrated.retention_visible";

/// Picks that row of each person out of `rows`, a table or a query in brackets with the columns of
/// integrated.retention.
std::string strictest_retention_sql(std::string_view rows);

/// Writes the statements that make the view.
std::string retention_view_sql();

}  // namespace caseweave
