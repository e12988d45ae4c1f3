#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Says what a reviewer decided of two records.
enum class Verdict : std::uint8_t { same, different, unsure };
std::string_view to_string(Verdict verdict) noexcept;
/// Reads "same", "different" or "unsure"; nullopt for another word.
std::optional<Verdict> verdict_of(std::string_view word) noexcept;

/// One row of review.decision.
///
/// Left is the lower of the two by (system, key): one question has one decision in force, however it is asked.
struct DecisionRow {
    std::int64_t id = 0;  ///< 0 until it is recorded
    std::string left_system, left_key;
    std::string right_system, right_key;
    Verdict verdict = Verdict::unsure;
    std::string reason;
    std::string reviewer;                   ///< as they gave their name
    std::string os_user, role;              ///< whose login it was, and as what they looked
    std::string command = "review decide";  ///< or "unmerge"
    PersonId keeps;                         ///< id that stays with one of the two; 0 = what the rules of ids say
    bool keeps_right = false;               ///< with the right one
    std::string decided_at;                 ///< as the server writes it; set by reading
    bool applied = false;                   ///< the target's persons are linked under it
    std::string ended_at, ended_as, ended_by, end_reason;  ///< "" while it is in force

    /// Exchanges left and right where they stand the wrong way round.
    void put_lower_first();
};

/// Says which decisions are meant.
enum class DecisionScope : std::uint8_t {
    in_force,  ///< what the next run links under
    applied,   ///< what the persons in the target are linked under
    all,       ///< withdrawn and superseded ones too
};

/// Reads decisions by id. What a connection may see of them is for its role to say; the loader sees all.
std::vector<DecisionRow> read_decisions(TargetConnection& connection, DecisionScope scope);

/// Records a decision; one in force about the same two records is superseded, and stays as history. Joins the open
/// transaction. @return its id.
std::int64_t record_decision(TargetConnection& loader, const DecisionRow& decision);

/// Records a decision as it was in an earlier target, with who and when ("": now); it waits for the next run.
void restore_decision(TargetConnection& loader, const DecisionRow& decision);

/// Ends a decision that is in force, and keeps it as history. @return false when none of that id is in force.
bool withdraw_decision(TargetConnection& loader, std::int64_t id, std::string_view reviewer, std::string_view reason);

/// Takes back what an undone run did to decisions: those that it took are withdrawn, in the name of `actor`, those that
/// it ended are in force again, and those that waited for it wait for the next. Joins the open transaction.
void take_back_decisions(TargetConnection& loader, RunId undone, RunId run, std::string_view actor,
                         std::string_view reason);

/// Notes that a run has linked under everything in force. Joins the open transaction.
void note_decisions_applied(TargetConnection& loader, RunId run);

/// Brings what depends on whose a record is up to the crosswalk: which clearance a decision needs, and which pairs for
/// review are answered (a pair between the persons of an `unsure` decision, or of one that waits for the next run).
/// Joins the open transaction.
void refresh_review(TargetConnection& loader);

}  // namespace caseweave
