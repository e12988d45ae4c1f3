#include "app/runs/repair.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "app/placing/night_pass.hpp"
#include "app/placing/people_update.hpp"
#include "app/reading/watermarks.hpp"
#include "app/runs/books_proof.hpp"
#include "app/runs/refused_run.hpp"
#include "app/runs/run_account.hpp"
#include "canonical/copy_encoding.hpp"
#include "core/digest.hpp"
#include "core/log.hpp"
#include "core/source_ref.hpp"
#include "ledger/lineage_tables.hpp"
#include "load/certain_commit.hpp"
#include "load/people_lineage.hpp"
#include "load/review_decisions.hpp"
#include "reconcile/report_charts.hpp"
#include "reconcile/retention.hpp"

namespace caseweave {

namespace {

/// Names, as the pass of its batches, what a repair found behind the books.
constexpr std::string_view kBehindBooks = "behind the books";

/// What a repair did, for its plan.
struct RepairFigures {
    NightOutcome rows;
    PeopleUpdate people;
    std::uint64_t strays = 0;  ///< rows of source entities that no run loaded
    std::uint64_t areas = 0;   ///< rows that stood in another service area than their system's
};

/// Sees to it that a repair would be no night: every source answers, no decision waits.
void require_nothing_waits(Workplace& workplace, TargetConnection& loader, RunReport& report) {
    const auto health = workplace.sources.verify(OnSourceFailure::stop);
    if (stop_a_run(health, OnSourceFailure::stop)) refuse_run(workplace, report, health);
    const std::vector<DecisionRow> decisions = read_decisions(loader, DecisionScope::in_force);
    if (!std::ranges::all_of(decisions, &DecisionRow::applied))
        throw Error(ErrorKind::usage,
                    "reviewers' decisions wait for the next run: run caseweave nightly first, then repair. "
                    "Nothing was changed");
}

RunLedger begin_repair(TargetConnection& loader, const Workplace& workplace, const RepairRequest& request) {
    RunDescription description;
    description.kind = kRepairRun;
    description.job = workplace.job.name;
    description.job_digest = to_hex(digest_bytes(workplace.job.text));
    description.program = CASEWEAVE_VERSION;
    description.holder = describe_holder();
    RunLedger ledger = RunLedger::begin(loader, description);
    loader.query("UPDATE lineage.run SET actor = $2, reason = $3 WHERE run_id = $1",
                 {std::to_string(ledger.run().value), request.actor, request.reason});
    ledger.sign_changes(loader);
    return ledger;
}

/// Gives the persons of golden rows and the source rows that reconciliation found under the wrong person, or shown to
/// those who may not see them. What differs in content the night's own comparison finds.
void add_found_off(TouchedPeople& touched, const std::vector<RowDifference>& differences) {
    for (const RowDifference& difference : differences) {
        const std::string& key = difference.source_key;
        if (difference.key.entity == kCrosswalkRecord || difference.key.entity == kReviewPairs ||
            difference.key.entity == kRetentionRow)
            continue;
        if (difference.key.system == kGoldenSystem) {
            const std::string number = key.substr(0, key.find(kKeySeparator));
            if (!number.empty() && number.size() < 19 && number.find_first_not_of("0123456789") == number.npos)
                touched.persons.insert(PersonId{std::stoll(number)});
            continue;
        }
        touched.rows.emplace(difference.key.system, difference.key.source_entity, key);
    }
}

/// Names the table that a key's rows stand in.
std::vector<std::string> tables_of(const TallyKey& key, const TargetSchema& schema) {
    if (table_of_tally(key.entity) == kSourceRows) return {"lineage.source_row", "sealed.source_row"};
    if (is_lineage_table(key.entity)) return {std::string(table_of_tally(key.entity))};
    return {qualified_table(*schema.find(key.entity))};
}

/// Tells whether a job's systems, or consolidation, give rows of a key.
bool is_given(const TallyKey& key, const Workplace& workplace) {
    if (key.entity == kReviewPairs) return true;
    if (key.system == kGoldenSystem && key.source_entity == kGoldenEntity)
        return workplace.canonical.find(key.entity) == nullptr;
    for (const JobSystem& system : workplace.sources.systems()) {
        if (system.definition->name != key.system) continue;
        for (const EntityDefinition& entity : system.definition->entities) {
            if (entity.name != key.source_entity) continue;
            if (is_lineage_table(key.entity)) return true;
            if (std::ranges::any_of(entity.emits, [&](const EmitDefinition& emit) { return emit.to == key.entity; }))
                return true;
        }
    }
    return false;
}

/// Takes away rows of source entities that no run loaded and no system of the job gives.
std::uint64_t take_away_strays(TargetConnection& loader, RunLedger& ledger, const Workplace& workplace,
                               const TallyTable& books, const TallyTable& found) {
    std::uint64_t rows = 0;
    for (const auto& [key, tallies] : found) {
        const auto booked = books.find(key);
        const bool loaded = booked != books.end() && booked->second != SegmentTallies{};
        if (loaded || is_given(key, workplace)) continue;
        for (const std::string& table : tables_of(key, workplace.schema))
            rows += loader.execute("DELETE FROM " + table + " WHERE " + is_of(key), TargetConnection::kLongDeadline)
                        .affected_rows();
        BatchRecord record;
        record.entity = {key.system, key.source_entity};
        record.pass = kRepairRun;
        record.checkpoint.complete = true;
        record.tallies[key] -= tallies;
        if (!is_kept_beside(key.entity)) record.counts.deleted = static_cast<std::int64_t>(tallies.total().rows);
        ledger.write(loader, record);
        ledger.committed(record);
    }
    return rows;
}

/// Puts rows back into the service area of the system that gave them.
std::uint64_t mend_areas(TargetConnection& loader, RunId run, const Workplace& workplace) {
    std::uint64_t rows = 0;
    std::vector<std::string> tables = {"lineage.source_row", "sealed.source_row", "lineage.field_issue",
                                       "lineage.quarantine"};
    for (const EntityDescriptor& entity : workplace.canonical.entities()) tables.push_back(qualified_table(entity));
    for (const JobSystem& system : workplace.sources.systems())
        for (const std::string& table : tables)
            rows +=
                loader
                    .query("UPDATE " + table + " SET area = $1, run_id = $2 WHERE source_system = $3 AND area <> $1",
                           {std::to_string(system.area()), std::to_string(run.value), system.definition->name},
                           TargetConnection::kLongDeadline)
                    .affected_rows();
    return rows;
}

/// Enters in the repair's books what was done to the target behind them, and takes out again what the repair has
/// counted as read: the runs before have counted that. What they say must be in the target is then what they said.
void settle_books(TargetConnection& loader, RunLedger& ledger, const TallyTable& books, const TallyTable& found) {
    std::map<SourceEntity, BatchRecord> records;
    for (const auto& [entity, counts] : ledger.counts()) {
        EntityCounts& settled = records[entity].counts;
        for (const auto member :
             {&EntityCounts::read, &EntityCounts::placed, &EntityCounts::unchanged, &EntityCounts::duplicate_in_source,
              &EntityCounts::quarantined, &EntityCounts::excluded, &EntityCounts::field_issues, &EntityCounts::kept})
            settled.*member = -(counts.*member);
        settled.emitted = -counts.kept;
    }
    TallyTable behind = found;
    for (const auto& [key, tallies] : books) behind[key] -= tallies;
    for (const auto& [key, tallies] : behind) {
        // Pairs for review are entered against the books themselves.
        if (key.entity == kReviewPairs || tallies == SegmentTallies{}) continue;
        BatchRecord& record = records[{key.system, key.source_entity}];
        record.tallies[key] = tallies;
        if (is_kept_beside(key.entity)) continue;
        const auto rows = static_cast<std::int64_t>(tallies.total().rows);
        record.counts.inserted += std::max<std::int64_t>(rows, 0);
        record.counts.emitted += std::max<std::int64_t>(rows, 0);
        record.counts.deleted += std::max<std::int64_t>(-rows, 0);
    }
    for (auto& [entity, record] : records) {
        record.entity = entity;
        record.pass = kBehindBooks;
        record.checkpoint.complete = true;
        ledger.write(loader, record);
        ledger.committed(record);
    }
}

/// Refuses what would be a night: a repair leaves the target as the runs before loaded it, so its books come to
/// nothing.
void require_as_loaded(const RunLedger& ledger) {
    std::set<std::string> changed;
    for (const auto& [key, tallies] : ledger.tallies())
        if (tallies != SegmentTallies{}) changed.insert(key.system + ' ' + key.source_entity);
    if (changed.empty()) return;
    const bool of_golden_rows_only = std::ranges::all_of(ledger.tallies(), [](const auto& entry) {
        return entry.second == SegmentTallies{} || entry.first.system == kGoldenSystem;
    });
    if (of_golden_rows_only) {
        throw Error(ErrorKind::target,
                    "the sources give what the last run loaded, and yet other persons come of it: lineage.crosswalk, "
                    "which keeps their ids, was changed outside any run. Put its rows back first (lineage.row_history "
                    "has them with no to_run, the database's backup all), then repair; a night would give new ids. "
                    "Nothing was changed");
    }
    throw Error(ErrorKind::source,
                fmt::format("the sources or settings do not give any more what the last run loaded ({}): a repair "
                            "would bring in what is new. Run caseweave nightly first, then repair. Nothing was changed",
                            fmt::join(changed, ", ")));
}

RepairFigures mend(TargetConnection& loader, TargetConnection& reader, Workplace& workplace, RunLedger& ledger,
                   const RunLedger& books, const ReconciliationResult& found, RunReport& report, Progress& progress) {
    RepairFigures figures;
    PeopleOfRun people;
    make_people(people, workplace, loader, books, DecisionScope::applied, progress, report.seconds);
    const PeopleBefore before = read_people_before(reader, people.store);

    progress.begin("all rows: read, compare, put back what differs");
    const std::set<std::string> none_passed_over;
    const PartialReading read_whole;
    const Watermarks no_watermarks;
    std::set<SourceRowName> misplaced;
    for (const RowDifference& difference : found.differences)
        if (is_of_place(difference))
            misplaced.emplace(difference.key.system, difference.key.source_entity, difference.source_key);
    const NightTools tools{&loader, &reader,   &ledger,           &workplace.sources, &workplace.canonical,
                           &people, &progress, &none_passed_over, &read_whole,        &no_watermarks,
                           1,       &misplaced};
    figures.rows = apply_night(tools, workplace.normalise_options(books));
    progress.end();

    progress.begin("people: put back under whom they belong");
    // Before the people are brought up to date: what is computed of a person's rows, retention too, then follows.
    figures.areas = mend_areas(loader, ledger.run(), workplace);
    figures.strays = take_away_strays(loader, ledger, workplace, books.tallies(), found.found);
    add_found_off(figures.rows.touched, found.differences);
    figures.people = update_people(loader, ledger, workplace.people_update_tools(), people, before,
                                   figures.rows.touched, 0, figures.rows.written);
    settle_books(loader, ledger, books.tallies(), found.found);
    progress.end();
    require_as_loaded(ledger);
    return figures;
}

void print_plan(const RepairFigures& figures, const RepairRequest& request, RunId run) {
    fmt::print(
        "{}: {} source rows put back, {} written again, {} taken away, {} rows that nothing gave taken away; {} rows "
        "put under whom they belong, {} closed or opened as they must be, {} put into their service area; {} golden "
        "records and {} records of persons put right\n",
        request.apply ? fmt::format("repaired, as run {} for {}", run.value, request.actor) : "repair would do",
        with_commas(figures.rows.source_rows_new), with_commas(figures.rows.source_rows_changed),
        with_commas(figures.rows.source_rows_gone), with_commas(figures.strays), with_commas(figures.people.rows_moved),
        with_commas(figures.people.rows_reshielded), with_commas(figures.areas),
        with_commas(figures.people.golden_records), with_commas(figures.people.moves.size()));
}

}  // namespace

TallyTable read_behind_books(TargetConnection& loader, RunId repair) {
    // Of each entity the last batch: nothing follows it in a repair.
    const TargetResult rows = loader.query(
        "SELECT DISTINCT ON (source_system, source_entity) source_system, source_entity, tallies FROM lineage.batch b"
        " WHERE run_id = $1 AND EXISTS (SELECT FROM lineage.checkpoint c WHERE c.run_id = b.run_id AND c.source_system "
        "="
        " b.source_system AND c.source_entity = b.source_entity AND c.pass = $2)"
        " ORDER BY source_system, source_entity, batch_no DESC",
        {std::to_string(repair.value), kBehindBooks});
    TallyTable behind;
    for (std::size_t i = 0; i < rows.rows(); ++i)
        behind.merge(read_tallies({std::string(rows.text(i, 0)), std::string(rows.text(i, 1))}, rows.text(i, 2)));
    return behind;
}

bool repair_target(Workplace& workplace, const Target& target, const RunLock& lock, const RepairRequest& request,
                   const ReconciliationResult& found, RunReport& report, Progress& progress) {
    if (found.balanced()) {
        fmt::print("nothing to repair: the target holds what was loaded\n");
        return false;
    }
    TargetConnection loader = target.connect();
    TargetConnection reader = target.connect();
    require_nothing_waits(workplace, loader, report);
    const auto books = RunLedger::of_target(loader);
    TargetTransaction transaction(loader);
    lock.bind(loader);
    RunLedger ledger = begin_repair(loader, workplace, request);
    const RepairFigures figures = mend(loader, reader, workplace, ledger, *books, found, report, progress);

    const std::vector<std::string> wrong = find_unlike_books(loader, workplace);
    for (const std::string& what : wrong) fmt::print("STILL DIFFERS: {}\n", what);
    for (const Imbalance& imbalance : figures.rows.imbalances) log::error("{}", describe(imbalance));
    if (!wrong.empty() || !figures.rows.imbalances.empty()) {
        fmt::print(
            "this cannot be repaired: nothing was changed. Take the target back (undo) or load it anew (bulk)\n");
        return false;
    }
    if (request.apply) {
        ledger.close_within(loader, ExitCode::done);
        commit_for_certain(transaction, loader, target, ledger);
    }
    print_plan(figures, request, ledger.run());
    if (!request.apply) fmt::print("Nothing is changed yet: give --apply to do this.\n");
    return request.apply;
}

}  // namespace caseweave
