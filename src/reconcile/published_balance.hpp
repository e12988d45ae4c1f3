#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "reconcile/published_count.hpp"
#include "reconcile/run_report.hpp"

namespace caseweave {

/// Holds what is said of one line of the balance.
struct BalanceLine {
    PublishedCount placed, unchanged, duplicates, quarantined, excluded, issues, inserted, updated, kept, deleted;
    bool balanced = false;
    PublishedCount read() const noexcept { return placed + unchanged + duplicates + quarantined + excluded; }
};

/// One column of the balance: the exact count, and what is said of it.
struct BalanceColumn {
    std::uint64_t EntityBalance::*count;
    PublishedCount BalanceLine::*published;
};
inline constexpr std::array<BalanceColumn, 10> kBalanceColumns = {
    {{&EntityBalance::placed, &BalanceLine::placed},
     {&EntityBalance::unchanged, &BalanceLine::unchanged},
     {&EntityBalance::duplicate_in_source, &BalanceLine::duplicates},
     {&EntityBalance::quarantined, &BalanceLine::quarantined},
     {&EntityBalance::excluded, &BalanceLine::excluded},
     {&EntityBalance::field_issues, &BalanceLine::issues},
     {&EntityBalance::inserted, &BalanceLine::inserted},
     {&EntityBalance::updated, &BalanceLine::updated},
     {&EntityBalance::kept, &BalanceLine::kept},
     {&EntityBalance::deleted, &BalanceLine::deleted}}};

/// Holds the balance as it is published: the systems, the entities of each, and all together.
struct PublishedBalance {
    std::vector<EntityBalance> systems;  ///< exact, for their names
    std::vector<BalanceLine> lines;      ///< by system
    BalanceLine all;
};

/// Adds the entities of a system up; order of first appearance.
std::vector<EntityBalance> by_system(const std::vector<EntityBalance>& entities);

/// Says of lines what may be said beside the exact total of each column. @param whole: the line they add up to where it
/// is published with suppressions of its own, or null.
std::vector<BalanceLine> publish_balance(const std::vector<EntityBalance>& lines, const BalanceLine* whole);

/// Says of a run's balance what may be said, with exact totals of all systems together.
PublishedBalance publish_balance(const RunReport& report);

/// Gives the entities of a system, in the report's order.
std::vector<EntityBalance> entities_of(const RunReport& report, const std::string& system);

}  // namespace caseweave
