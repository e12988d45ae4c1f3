#include <fmt/format.h>

#include <algorithm>

#include "app/commands.hpp"
#include "app/job/prepared_job.hpp"
#include "app/runs/books_proof.hpp"
#include "app/runs/migration.hpp"
#include "app/runs/repair.hpp"
#include "load/certain_commit.hpp"
#include "load/people_lineage.hpp"
#include "load/review_decisions.hpp"
#include "load/row_history.hpp"
#include "load/run_lock.hpp"
#include "reconcile/report_charts.hpp"
#include "reconcile/retention.hpp"

namespace caseweave {

namespace {

/// Reads the run to undo. @throws Error(usage) where there is none, it has not ended, was undone, or later runs build
/// on it.
RunLedger require_newest(TargetConnection& loader, std::int64_t number) {
    auto ledger = RunLedger::of_run(loader, RunId{number});
    if (!ledger) throw Error(ErrorKind::usage, fmt::format("the target has no run {}: see caseweave runs", number));
    if (ledger->description().kind == kUndoRun) {
        throw Error(ErrorKind::usage,
                    fmt::format("run {} took back another run: load again what that one did (nightly)", number));
    }
    const std::string id = std::to_string(number);
    const TargetResult undone = loader.query("SELECT run_id FROM lineage.run WHERE undoes = $1", {id});
    if (!undone.empty())
        throw Error(ErrorKind::usage, fmt::format("run {} is undone already, by run {}", number, undone.text(0, 0)));
    if (ledger->state() != "done") {
        throw Error(ErrorKind::usage, fmt::format("run {} is {}: run {} again to finish it first", number,
                                                  ledger->state(), ledger->description().kind));
    }
    const TargetResult later = loader.query(
        "SELECT run_id, kind FROM lineage.run r WHERE run_id > $1 AND kind <> 'undo' AND NOT EXISTS"
        " (SELECT FROM lineage.run u WHERE u.undoes = r.run_id) ORDER BY run_id DESC",
        {id});
    if (later.empty()) return std::move(*ledger);
    std::string runs;
    for (std::size_t i = 0; i < later.rows(); ++i)
        runs += fmt::format("{}run {} ({})", i == 0 ? "" : ", then ", later.text(i, 0), later.text(i, 1));
    throw Error(ErrorKind::usage, fmt::format("later runs build on run {}: undo {} first", number, runs));
}

RunLedger begin_undo(TargetConnection& loader, const RunLedger& undone, const UndoOptions& options) {
    RunDescription description = undone.description();
    description.kind = kUndoRun;
    description.program = CASEWEAVE_VERSION;
    description.holder = describe_holder();
    RunLedger ledger = RunLedger::begin(loader, description);
    loader.query(
        "UPDATE lineage.run SET undoes = $2, actor = $3, reason = $4 WHERE run_id = $1",
        {std::to_string(ledger.run().value), std::to_string(undone.run().value), options.actor, options.reason});
    return ledger;
}

/// Tells systems fed from the target what became of persons and records: the opposite of what the run told.
void write_opposite_events(TargetConnection& loader, RunId run, RunId undone) {
    const std::string ids = fmt::format("SELECT {} AS run_id, ", run.value);
    const std::string of_run = fmt::format(" WHERE run_id = {}", undone.value);
    loader.execute("INSERT INTO lineage.identity_event (run_id, area, access, person_id, event, other_id, reason) " +
                   ids +
                   "area, access, person_id, CASE event WHEN 'created' THEN 'retired' WHEN 'split_from' THEN 'retired'"
                   " WHEN 'merged_into' THEN 'restored' WHEN 'retired' THEN 'restored' WHEN 'grown' THEN 'shrunk'"
                   " WHEN 'shrunk' THEN 'grown' ELSE event END, other_id, 'undo' FROM lineage.identity_event" +
                   of_run + " ORDER BY event_id");
    note_identity_events(loader, run);
    loader.execute(
        "INSERT INTO lineage.record_move (run_id, area, access, source_system, source_person_key, from_person_id,"
        " to_person_id) " +
        ids + "area, access, source_system, source_person_key, to_person_id, from_person_id FROM lineage.record_move" +
        of_run + " AND to_person_id IS NOT NULL ORDER BY move_id");
}

}  // namespace

ExitCode run_undo(const UndoOptions& options) {
    const auto state = StateFolder::of_earlier_run(options.state);
    const StateLock state_lock(state, "undo");
    const auto command = MigrationCommand::load(state);
    if (!command) state.refuse_as_unused();
    PreparedJob prepared = prepare_job(*command, state);
    Workplace workplace(state, std::move(prepared.job));
    const Target target = workplace.open_target();
    const RunLock lock(target.connect(), kUndoRun);
    TargetConnection loader = target.connect();
    TargetTransaction transaction(loader);
    lock.bind(loader);
    const RunLedger undone = require_newest(loader, options.run);
    RunLedger ledger = begin_undo(loader, undone, options);
    // What a first load wrote was nobody's answer before: it leaves no history.
    const bool first_load =
        undone.description().kind != kNightlyRun &&
        std::ranges::find(kRunsWithoutSources, undone.description().kind) == kRunsWithoutSources.end();
    (first_load ? undone : ledger).sign_changes(loader);
    const RestoredRows rows = restore_rows_before(loader, undone.run());
    take_back_decisions(loader, undone.run(), ledger.run(), options.actor, options.reason);
    write_opposite_events(loader, ledger.run(), undone.run());
    ledger.take_back(loader, undone);
    if (!first_load) {
        // The rules may be others than the run's before it: retention is always that of the rules in force.
        compute_retention(loader, ledger.run(), workplace.retention);
        refresh_review(loader);
    }
    const bool of_repair = undone.description().kind == kRepairRun;
    const std::vector<std::string> wrong =
        of_repair ? find_unlike_books_and(read_behind_books(loader, undone.run()), loader, workplace)
                  : find_unlike_books(loader, workplace);
    for (const std::string& what : wrong) fmt::print("DIFFERS: {}\n", what);
    if (!wrong.empty()) {
        fmt::print("run {} cannot be undone cleanly: nothing was changed. Run caseweave reconcile first\n",
                   options.run);
        return ExitCode::unbalanced;
    }
    fmt::print("undoing run {} ({}): {} row versions that it wrote go, {} that it replaced come back; {}\n",
               options.run, undone.description().kind, with_commas(rows.removed), with_commas(rows.restored),
               of_repair ? "the target then differs from its books again, as it did before the repair"
                         : "the target then balances");
    if (!options.apply) {
        fmt::print("Nothing is changed yet: give --apply to do this.\n");
        return ExitCode::done;
    }
    ledger.close_within(loader, ExitCode::done);
    commit_for_certain(transaction, loader, target, ledger);
    fmt::print("Done, as run {}.\n", ledger.run().value);
    return ExitCode::done;
}

}  // namespace caseweave
