#pragma once

#include <cstddef>
#include <vector>

#include "canonical/schema.hpp"
#include "postgres/target_connection.hpp"
#include "reconcile/content_proof.hpp"

namespace caseweave {

/// Finds rows that lineage keeps (verbatim, set aside, quarantined) less protected than the person they speak of or
/// than what became of them: at most `limit` of each table and reason. For a role that sees all rows.
std::vector<RowDifference> find_opened_lineage(TargetConnection& target, const CanonicalSchema& canonical,
                                               std::size_t limit);

}  // namespace caseweave
