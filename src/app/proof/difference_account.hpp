#pragma once

#include "app/proof/reconciliation.hpp"
#include "load/target_schema.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Accounts for every difference that reconciliation named: which side is off, which fields, where the row stands in
/// its source, and why, as far as the runs and lineage.row_history tell. Names columns and never shows a value.
///
/// Makes temporary tables on `loader`, which reads all.
void account_for_differences(TargetConnection& loader, const TargetSchema& schema, ReconciliationResult& result);

}  // namespace caseweave
