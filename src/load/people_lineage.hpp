#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/ids.hpp"
#include "ledger/balance.hpp"
#include "ledger/lineage_writer.hpp"
#include "load/crosswalk.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// One row of lineage.crosswalk.
struct CrosswalkRow {
    CrosswalkEntry entry;
    std::string_view source_system;
    std::string_view source_person_key;
    std::optional<double> link_bits;  ///< weight of the best link that holds the record; nullopt when it stands alone
    std::string link_reason;          ///< names of comparisons and rules; never values
};

/// Copies crosswalk rows into lineage.crosswalk; joins the open transaction.
void write_crosswalk(TargetConnection& loader, RunId run, std::span<const CrosswalkRow> rows);

/// Makes lineage.crosswalk hold these records: those that are new are added, those that are not among them go, those
/// that differ are brought up to date. A weight counts as the same within 0.05 bits. Joins the open transaction.
void update_crosswalk(TargetConnection& loader, RunId run, std::span<const CrosswalkRow> rows);

/// Tells whether lineage.crosswalk holds exactly these records, persons and weights.
bool crosswalk_equals(TargetConnection& loader, std::span<const CrosswalkRow> rows);

/// Reads lineage.crosswalk back for a resumed run. @param system_of numbers a system by name; rows of others are left
/// out.
Crosswalk read_crosswalk(TargetConnection& loader,
                         const std::function<std::optional<SystemId>(std::string_view)>& system_of);

/// One row of review.pair: source ids of two person records, and why they need a reviewer.
struct ReviewPairRow {
    std::uint8_t area = 0;    ///< bits of both records
    std::uint8_t access = 0;  ///< bits of both records
    bool shielded = false;
    std::string_view left_system, left_key, right_system, right_key;
    double weight_bits = 0;
    double probability = 0;
    std::string reason;
};

/// Makes review.pair hold these pairs: those that are there keep their number and are brought up to date, the others
/// are added or go. Joins the open transaction.
void write_review_pairs(TargetConnection& loader, RunId run, std::span<const ReviewPairRow> rows);

/// Names whose the pairs for review are in the books: linking's.
const SourceEntity& review_pair_entity();
/// Gives what tallies take of a pair; who may see it is part of that, since no source row says it again.
TalliedRow tallied_review_pair(const ReviewPairRow& row);
/// Writes the `COPY ... TO STDOUT (FORMAT binary)` of review.pair whose rows RowDigestReader reads.
std::string review_pair_read_back_sql();

/// One row of lineage.identity_event.
struct IdentityEventRow {
    CrosswalkEntry entry;    ///< the person it happened to
    std::string_view event;  ///< created, grown, shrunk, merged_into, split_from, promoted, retired
    PersonId other;          ///< who held the records before, or holds them now; 0 = none
    std::string reason;
    std::int64_t decision = 0;  ///< the reviewer's decision that brought it about; 0 = none
};

/// Copies events into lineage.identity_event and enters in the run's books what stands there of it then; joins the open
/// transaction.
void write_identity_events(TargetConnection& loader, RunId run, std::span<const IdentityEventRow> rows);
/// Enters in the run's books what lineage.identity_event holds of it.
void note_identity_events(TargetConnection& loader, RunId run);

/// Says of one run that its identity events are not those it told.
struct UnlikeEvents {
    RunId run;
    std::int64_t told = 0, found = 0;  ///< rows; the same number where one was changed
};
/// Holds lineage.identity_event against what each run entered of it. Events are only ever added, an undone run's too:
/// so each run has books of its own here, and not the target.
std::vector<UnlikeEvents> find_unlike_events(TargetConnection& loader);

/// One row of lineage.record_move: a source record that is another person's now.
struct RecordMoveRow {
    std::uint8_t area = 0;    ///< of the record
    std::uint8_t access = 0;  ///< bits of both persons
    std::string_view source_system, source_person_key;
    PersonId from;
    PersonId to;                ///< 0 = the record is gone
    std::int64_t decision = 0;  ///< 0 = none
};

/// Copies moves into lineage.record_move; joins the open transaction.
void write_record_moves(TargetConnection& loader, RunId run, std::span<const RecordMoveRow> rows);

/// Opens a run's lineage to readers once the crosswalk says who is restricted or sealed: their verbatim source rows
/// move to sealed.source_row, their field issues and quarantined rows
/// take their access, and only then row-level security shows the run's
/// rows. One transaction. @return source rows moved.
std::uint64_t open_people(TargetConnection& loader, RunId run);

/// Shows a run's lineage to readers: of a run whose rows need no moving, because each was written with the access it
/// needs. Joins the open transaction.
void open_lineage(TargetConnection& loader, RunId run);

/// Writes one look at a child's record to audit.access_log, committed before anything is shown. Any role may call it;
/// the target itself writes down which login and role that is.
void record_access(TargetConnection& connection, std::string_view os_user, std::string_view command,
                   std::string_view purpose, std::string_view asked_for, bool found);

/// Tells whether the target holds rows of any run that was not undone: what `bulk` refuses to load into.
bool target_is_empty(TargetConnection& loader);

}  // namespace caseweave
