#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "app/books/row_owners.hpp"
#include "app/job/viewer.hpp"
#include "load/target.hpp"
#include "postgres/target_connection.hpp"
#include "reconcile/quality_check.hpp"
#include "reconcile/quality_rules.hpp"

namespace caseweave {

/// Counts by every rule, keeps the counts as those of `run`, and holds them against earlier runs. Of a rule that names
/// no owner the owner becomes that of the one system it looked at, or "each system's".
std::vector<QualityResult> run_quality_rules(TargetConnection& loader, std::int64_t run, const QualityRules& rules,
                                             const RowOwners& owners);

/// Writes quality_counts.csv into `folder`: a line a rule, system and team, with the owner. Counts that could tell of
/// one to four rows are suppressed as in the report.
void write_quality_counts(const std::filesystem::path& folder, const QualityRules& rules,
                          const std::vector<QualityResult>& results, const RowOwners& owners);

/// Writes quality.csv and quality.xlsx into `folder`: the rows that the rules find, named for those who mend them, as
/// far as the role of `asking` may know of them; the access log says so first. Rules that compare systems are left out
/// for a role that does not see every service area.
/// @return rows named.
std::size_t write_quality_exceptions(const std::filesystem::path& folder, const Target& target,
                                     TargetConnection& loader, const QualityRules& rules, const RowOwners& owners,
                                     const Asking& asking);

/// Writes the results as a table for a terminal; "" when no rules were run.
std::string render_quality_table(const std::vector<QualityResult>& results);

}  // namespace caseweave
