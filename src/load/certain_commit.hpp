#pragma once

#include "ledger/run_ledger.hpp"
#include "load/target.hpp"

namespace caseweave {

/// Commits the transaction with which a run ends. Where the link breaks before the answer, asks the ledger over another
/// connection, once the server's session is over (it is ended there if it still waits), and returns if the run is done.
///
/// @param transaction the open transaction of `connection`, which is one of `target`; it says that the run is done.
/// @throws Error(target) when it was rolled back, so that nothing was changed; Error(in_doubt) when the server could
/// not
///         be asked within the target's answer timeout.
void commit_for_certain(TargetTransaction& transaction, TargetConnection& connection, const Target& target,
                        const RunLedger& ledger);

}  // namespace caseweave
