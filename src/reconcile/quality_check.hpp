#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "postgres/target_connection.hpp"
#include "reconcile/quality_rules.hpp"

namespace caseweave {

/// Counts what one rule checked and found in one system and team. Freshness counts systems, every other kind rows.
struct QualityCount {
    std::string system;
    std::string team;  ///< key of the team that the rows carry; "" where they carry none
    std::uint64_t checked = 0, failed = 0;
};

/// Says how a rule came out.
enum class QualityVerdict : std::uint8_t {
    holds,
    fails,
    counted,      ///< a rule of severity info, which only counts
    not_checked,  ///< there is no row that it speaks of
};
std::string_view to_string(QualityVerdict verdict) noexcept;

/// Holds what one earlier run found.
struct QualityPoint {
    std::int64_t run = 0;
    std::uint64_t checked = 0, failed = 0;
};

/// Says how the newest run compares with the one before it, by the share of rows that fail.
enum class QualityTrend : std::uint8_t { none, better, worse, same };
std::string_view to_string(QualityTrend trend) noexcept;

/// Holds what a run found by one rule. Counts only: no name, key or value of a person.
struct QualityResult {
    std::string id, title, advice, statutory;
    std::string owner;  ///< of the rule; "": of each system
    QualitySeverity severity = QualitySeverity::error;
    std::optional<std::uint64_t> limit_count;
    std::optional<double> limit_share;
    std::vector<QualityCount> counts;   ///< by system and team
    std::vector<QualityPoint> earlier;  ///< runs before this one, oldest first

    std::uint64_t checked() const noexcept;
    std::uint64_t failed() const noexcept;
    QualityVerdict verdict() const noexcept;
    QualityTrend trend() const noexcept;
};

/// Names the table an entity's rows are read from: the table itself for whoever reads all, what a role may read.
using TableOfEntity = std::function<std::string(const EntityDescriptor&)>;

/// Writes the query that counts a rule's rows: source_system, team, checked, failed.
std::string quality_count_sql(const QualityRule& rule, const TableOfEntity& table_of);

/// Writes the query that names the rows a rule finds: row_id, source_system, source_entity, source_key, team, person.
/// Freshness names systems: row_id is 0, and entity and key are empty.
std::string quality_findings_sql(const QualityRule& rule, const TableOfEntity& table_of);

/// Writes that all these conditions hold of a row of the entity's table, on the alias.
std::string conditions_sql(const std::vector<QualityCondition>& conditions, const EntityDescriptor& of,
                           const std::string& alias);

/// Counts by every rule. @param loader reads all.
std::vector<QualityResult> check_quality(TargetConnection& loader, const QualityRules& rules);

/// Keeps the counts as those of a run, in place of what it found before. The rules of a later run are held against
/// them.
void store_quality(TargetConnection& loader, std::int64_t run, const std::vector<QualityResult>& results);

/// Fills `earlier` of each result from what the runs before `run` stored, but for those that were undone.
void read_earlier_quality(TargetConnection& loader, std::int64_t run, std::vector<QualityResult>& results);

/// Names one row that a rule found.
struct QualityFinding {
    std::string system, entity, key;  ///< key as stored; "" for a finding about a system
    std::string team;
    std::string person;  ///< its id; "" where the row speaks of none
};

/// Names the rows that a rule finds and that a role may know of: those found with all rows in sight and again with what
/// the role sees. What is found only because a row is hidden is no finding; what is found by means of a hidden row
/// would tell of it.
/// @param loader reads all. @param reader bound by the role. @param readable table or view that the role reads.
std::vector<QualityFinding> find_quality_rows(TargetConnection& loader, TargetConnection& reader,
                                              const QualityRule& rule, const TableOfEntity& readable);

}  // namespace caseweave
