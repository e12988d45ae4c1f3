#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "canonical/row_digest.hpp"
#include "core/date.hpp"
#include "core/error.hpp"
#include "core/ids.hpp"
#include "ledger/balance.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Says what a run is, for lineage.run.
struct RunDescription {
    std::string kind;        ///< "bulk", "demo", "nightly"
    std::string job;         ///< name of the job file
    std::string job_digest;  ///< of its text: a resume with another job is another run
    std::optional<std::int64_t> seed;
    std::string program;  ///< version of caseweave
    std::string holder;   ///< user, host and process
};

/// Names the kind of run that takes back what another did.
inline constexpr std::string_view kUndoRun = "undo";
/// Names the kind of run that puts back what other runs loaded, where the target does not hold it any more.
inline constexpr std::string_view kRepairRun = "repair";
/// Names the kinds of runs that load nothing new from a source: they work on what other runs loaded.
inline constexpr std::array<std::string_view, 4> kRunsWithoutSources = {"review", "unmerge", kUndoRun, kRepairRun};

/// Names the kind of run that brings a loaded target up to date.
inline constexpr std::string_view kNightlyRun = "nightly";

/// Says how far a source entity has been taken.
struct Checkpoint {
    std::string position;   ///< the source's own text
    bool complete = false;  ///< its end was reached and committed
};

/// Records what one transaction did for one source entity.
struct BatchRecord {
    SourceEntity entity;
    std::string pass;  ///< "people", "cases", ...: checkpoints of one entity are kept apart by pass
    EntityCounts counts;
    TallyTable tallies;
    Checkpoint checkpoint;
};

/// Keeps the books of one run: counters, tallies and checkpoints in memory, and in `lineage` in the transactions of the
/// rows they speak of.
///
/// What was committed, and only that, is in memory: write() goes into the open transaction, committed() is called after
/// it. A killed run is taken up by resume() with exactly the counters of the batches that are in the target. One
/// thread.
class RunLedger {
  public:
    /// Starts a run: one row of lineage.run, committed at once unless a transaction is open.
    static RunLedger begin(TargetConnection& connection, const RunDescription& description);

    /// Takes up the newest run when it has not ended as done. Its counters, tallies, checkpoints and phases are read
    /// back.
    /// @return nullopt when there is no such run.
    static std::optional<RunLedger> resume(TargetConnection& connection, std::string_view holder);

    /// Reads the newest run, ended or not, for reports and reconciliation. nullopt when the target has none.
    static std::optional<RunLedger> newest(TargetConnection& connection);

    /// Reads the newest run that loaded from sources, with the books of all runs summed: what must be in the target
    /// now. nullopt when the target has none.
    static std::optional<RunLedger> of_target(TargetConnection& connection);

    /// Takes back in the books what another run has entered there; joins the open transaction. What the target must
    /// hold afterwards is what it held before that run.
    void take_back(TargetConnection& connection, const RunLedger& undone);

    /// Reads one run with its own books. nullopt when the target has no such run.
    static std::optional<RunLedger> of_run(TargetConnection& connection, RunId run);

    RunId run() const noexcept { return run_; }
    const RunDescription& description() const noexcept { return description_; }
    const std::string& state() const noexcept { return state_; }
    /// Day on which the newest run that loaded from sources began, by the clocks of England: what was yet to come for
    /// the rows in the target is told from it on every reading.
    Date loading_began() const noexcept { return loading_began_; }

    /// Tells whether a stage of the run is complete ("people", "link", "load_people", "cases", ...).
    bool phase_done(std::string_view phase) const noexcept;
    /// Records that it is; joins the open transaction where there is one.
    void finish_phase(TargetConnection& connection, std::string_view phase);

    /// Says in the open transaction that this run changes rows: history names it beside what it replaces.
    void sign_changes(TargetConnection& connection) const { sign_changes(connection, run_); }
    static void sign_changes(TargetConnection& connection, RunId run);

    /// Writes the next batch into the open transaction. @return its number.
    std::int64_t write(TargetConnection& connection, const BatchRecord& record) const;
    /// Takes over what write() wrote, once its transaction is committed.
    void committed(const BatchRecord& record);
    /// Asks, on a fresh connection after Error(in_doubt), whether a batch is in the target.
    bool is_committed(TargetConnection& connection, std::int64_t batch) const;
    /// Number of the last batch known to be committed; 0 before the first.
    std::int64_t last_batch() const noexcept { return last_batch_; }

    const CountTable& counts() const noexcept { return counts_; }
    const TallyTable& tallies() const noexcept { return tallies_; }
    std::optional<Checkpoint> checkpoint(const SourceEntity& entity, std::string_view pass) const;

    /// Deletes what the run has loaded of one source entity, rows, batches and checkpoint, in one transaction, so that
    /// it can be loaded again from its start. @param tables quoted names of the canonical tables its rows are in.
    void discard(TargetConnection& connection, const SourceEntity& entity, std::string_view pass,
                 const std::vector<std::string>& tables);

    /// Deletes all that the run has loaded, books and phases too, in one transaction, so that it can start over.
    /// Reviewers' decisions stay. @param tables as for discard.
    void start_over(TargetConnection& connection, const std::vector<std::string>& tables);

    /// Closes the books: writes lineage.balance and lineage.row_tally, and the run's end. Committed to disk before it
    /// returns.
    /// @return what does not balance; empty when everything does. An exit code of interrupted or failed leaves the run
    /// resumable.
    std::vector<Imbalance> close(TargetConnection& connection, ExitCode exit_code);
    /// The same within the transaction that is open; the run has ended once that commits.
    std::vector<Imbalance> close_within(TargetConnection& connection, ExitCode exit_code);

  private:
    /// Says whose batches are summed.
    enum class Books { of_run, of_target };
    RunLedger() = default;
    /// @param which closes the subquery for the newest run: ")", or conditions on the runs it is chosen from.
    static std::optional<RunLedger> read(TargetConnection& connection, const std::string& which, Books books);

    RunId run_;
    RunDescription description_;
    std::string state_;
    Date loading_began_;
    std::vector<std::string> phases_;
    CountTable counts_;
    TallyTable tallies_;
    std::map<std::pair<SourceEntity, std::string>, Checkpoint> checkpoints_;
    std::int64_t last_batch_ = 0;
};

/// Writes one source entity's tallies as lineage.batch stores them, and reads them back.
std::string write_tallies(const TallyTable& tallies);
/// @throws Error(target) when the text is not one of write_tallies.
TallyTable read_tallies(const SourceEntity& entity, std::string_view text);

}  // namespace caseweave
