#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "postgres/target_connection.hpp"
#include "reconcile/content_proof.hpp"
#include "reconcile/retention_rules.hpp"

namespace caseweave {

/// Makes integrated.retention what the rules give for the people and rows that the target holds, and notes the rules
/// with the run. Rows that stay are not touched. Joins the open transaction, which must be signed by the run.
/// One set-based pass over the tables the rules name. @return rows written or taken away.
std::uint64_t compute_retention(TargetConnection& loader, RunId run, const RetentionRules& rules);

/// Stands as entity of rows of integrated.retention in differences.
inline constexpr std::string_view kRetentionRow = "integrated.retention";

/// Finds the rows of integrated.retention that the rules do not give, or give otherwise, and those they give that are
/// missing: at most `limit`, keyed by person id, area and access, each with its account. Names columns and never shows
/// a value. nullopt where the target was computed by other rules, or by none: there is nothing to hold it against.
/// Opens a transaction and rolls it back, or joins the one that is open.
std::optional<std::vector<RowDifference>> find_wrong_retention(TargetConnection& loader, const RetentionRules& rules,
                                                               std::size_t limit);

}  // namespace caseweave
