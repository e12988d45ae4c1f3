#pragma once

#include <string>
#include <vector>

#include "app/runs/migration.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Proves that the target holds what its books say, as the open transaction of `loader` sees both, without asking a
/// source: what a run that changes rows ends with, before it commits. @return a line for each thing that does not hold;
/// empty when all does.
std::vector<std::string> find_unlike_books(TargetConnection& loader, Workplace& workplace);

/// Proves that the target holds what its books say and `behind` besides, by content alone: what an undone repair
/// leaves.
std::vector<std::string> find_unlike_books_and(const TallyTable& behind, TargetConnection& loader,
                                               Workplace& workplace);

}  // namespace caseweave
