#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/deciding/decide_options.hpp"
#include "app/deciding/regrouping.hpp"
#include "app/job/viewer.hpp"
#include "load/review_decisions.hpp"

namespace caseweave {

/// Reads a number that a person typed; `what` names it in the error. @throws Error(usage).
std::int64_t parse_number(const std::string& word, std::string_view what);

/// Connects as the role of someone who decides. @throws Error(usage) where it does not say who and why, or the role
/// sees one area only.
TargetConnection connect_to_decide(const ViewedTarget& viewed, const DecideOptions& options);

/// Says who decides what, as which role, and whether it is to be done or only told.
struct Deciding {
    std::string kind;  ///< of the run: one of kRunsWithoutSources
    std::string role;  ///< as typed after --as
    std::string reviewer, reason;
    bool apply = false;
    unsigned threads = 0;                   ///< 0: as many as the machine has
    std::vector<DecisionRow> decisions;     ///< to record; the first names the events it brings about
    std::vector<std::int64_t> withdrawals;  ///< ids of decisions to end
};

Deciding deciding_of(const DecideOptions& options, std::string kind);

/// Says what deciding did, or would do.
struct Decided {
    PeopleUpdate outcome;
    std::int64_t run = 0;
    std::vector<std::int64_t> ids;  ///< of the decisions recorded
};

/// Records decisions and makes the target what they say, in one transaction; without `apply` the same is done and
/// rolled back, so that what is told is what would be. The target is held meanwhile.
///
/// @throws Error(usage), with nothing changed: a verdict that linking cannot follow (a bar that no reviewer may lift
/// stands between the two), a decision to withdraw that is not in force, or a change that reaches people whom the role
/// may not see.
Decided decide(const ViewedTarget& viewed, const Deciding& deciding);

/// Writes what happens to persons and records, one line each, for a terminal.
std::string describe(const Decided& decided, bool applied);

}  // namespace caseweave
