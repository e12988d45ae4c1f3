#pragma once

#include <cstdint>
#include <optional>

#include "core/ids.hpp"
#include "postgres/target_connection.hpp"
#include "reconcile/retention_rules.hpp"

namespace caseweave {

/// Makes integrated.retention what the rules give for the people and rows that the target holds, and notes the rules
/// with the run. Rows that stay are not touched. Joins the open transaction, which must be signed by the run.
/// One set-based pass over the tables the rules name. @return rows written or taken away.
std::uint64_t compute_retention(TargetConnection& loader, RunId run, const RetentionRules& rules);

/// Counts the rows of integrated.retention that the rules do not give and those they give that are missing. nullopt
/// where the target was computed by other rules, or by none: there is nothing to hold it against.
/// Opens a transaction and rolls it back, or joins the one that is open.
std::optional<std::uint64_t> count_wrong_retention(TargetConnection& loader, const RetentionRules& rules);

}  // namespace caseweave
