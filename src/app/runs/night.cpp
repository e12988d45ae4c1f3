#include "app/runs/night.hpp"

#include <fmt/format.h>

#include <chrono>
#include <limits>
#include <utility>

#include "app/job/digest_key_file.hpp"
#include "app/placing/night_pass.hpp"
#include "app/placing/people_update.hpp"
#include "app/reading/deliveries.hpp"
#include "app/reading/stored_people.hpp"
#include "app/runs/refused_run.hpp"
#include "app/runs/run_account.hpp"
#include "canonical/copy_encoding.hpp"
#include "core/digest.hpp"
#include "core/log.hpp"
#include "core/stopwatch.hpp"
#include "load/certain_commit.hpp"
#include "load/run_lock.hpp"
#include "pipeline/progress.hpp"

namespace caseweave {

namespace {

/// Refuses a target that has nothing to bring up to date, or whose load has not ended.
void require_loaded(TargetConnection& loader) {
    const auto loaded = RunLedger::of_target(loader);
    if (!loaded)
        throw Error(ErrorKind::usage, "the target holds no records yet: load it first with bulk, then run nightly");
    if (loaded->state() != "done") {
        throw Error(ErrorKind::usage, fmt::format("run {} is {}: run {} again to finish it first", loaded->run().value,
                                                  loaded->state(), loaded->description().kind));
    }
}

RunDescription describe_run(const Workplace& workplace, const NightRequest& request) {
    RunDescription description;
    description.kind = kNightlyRun;
    description.job = workplace.job.name;
    description.job_digest = to_hex(digest_bytes(workplace.job.text));
    if (request.seed) description.seed = static_cast<std::int64_t>(*request.seed);
    description.program = CASEWEAVE_VERSION;
    description.holder = describe_holder();
    return description;
}

/// Reads the rows that this run has written back, compares them with what it meant to write, and asks whose they are
/// and who may see them.
ReconciliationResult prove_night(TargetConnection& loader, const RunLedger& ledger, Workplace& workplace,
                                 const TallyTable& written) {
    const TargetSchema& schema = workplace.schema;
    ReconciliationResult proof;
    proof.imbalances = check_balance(ledger.counts(), ledger.tallies());
    const std::string of_run = "run_id = " + std::to_string(ledger.run().value);
    std::set<std::string> entities;
    for (const auto& [key, tallies] : written) entities.insert(key.entity);
    for (const std::string& entity : entities)
        read_back(loader, entity, digest_read_back_sql(*schema.find(entity), of_run), proof.found);
    AreasOfSystems areas;
    for (const JobSystem& system : workplace.sources.systems()) areas[system.definition->name] = system.area();
    for (const std::string& entity : entities) {
        const PersonKeys keys =
            workplace.canonical.find(entity) != nullptr ? PersonKeys::of_source : PersonKeys::person_id;
        const auto misplaced =
            find_misplaced_rows(loader, *schema.find(entity), keys, areas, kNamedRows, "t." + of_run);
        proof.differences.insert(proof.differences.end(), misplaced.begin(), misplaced.end());
    }
    for (const SegmentDifference& difference : compare_tallies(written, proof.found)) {
        if (!proof.differences.empty() && proof.differences.back().key == difference.key) continue;
        proof.differences.push_back({RowDifference::Kind::unexplained, difference.key, "", 0});
    }
    return proof;
}

NightFigures figures_of(const NightOutcome& night, const PeopleUpdate& people, bool applied) {
    NightFigures figures;
    figures.applied = applied;
    figures.rows_new = night.source_rows_new;
    figures.rows_changed = night.source_rows_changed;
    figures.rows_gone = night.source_rows_gone;
    figures.golden_records = people.golden_records;
    figures.records_moved = people.moves.size();
    figures.rows_moved = people.rows_moved;
    figures.rows_reshielded = people.rows_reshielded;
    for (const IdentityEvent& event : people.events) ++figures.identity_events[std::string(to_string(event.kind))];
    return figures;
}

/// What a night works on, held for as long as it takes.
struct NightPlace {
    Workplace* workplace;
    const NightRequest* request;
    const Target* target;
    const RunLock* lock;
    const DigestKey* digest_key;
    TargetConnection* loader;
    TargetConnection* reader;
    std::set<std::string> passed_over;  ///< systems that delivered what they had
};

/// Does the night's work in one transaction, and writes its report. @param begun when the run began.
void work_through(const NightPlace& place, SteadyClock::time_point begun, Progress& progress, RunReport& report) {
    Workplace& workplace = *place.workplace;
    const NightRequest& request = *place.request;
    TargetConnection& loader = *place.loader;
    TargetConnection& reader = *place.reader;
    const std::set<std::string>& passed_over = place.passed_over;
    const Watermarks known_watermarks = read_watermarks(reader);
    PartialReadingRules rules = workplace.job.partial_reading;
    if (request.in_part) rules.whole_days = std::numeric_limits<int>::max();
    if (request.full) rules.whole_days = 0;
    const PartialReading partial(workplace.sources, workplace.canonical, known_watermarks, rules, passed_over, reader);
    report.entities_in_part = partial.size();
    const Deliveries delivered = digest_deliveries(workplace.sources, workplace.job);

    TargetTransaction transaction(loader);
    place.lock->bind(loader);
    RunLedger ledger = RunLedger::begin(loader, describe_run(workplace, request));
    ledger.sign_changes(loader);
    report.run_id = ledger.run().value;
    log::set_run(report.run_id);
    PeopleOfRun people;
    const PeopleInTarget in_target{&reader, &passed_over, &partial};
    make_people(people, workplace, loader, ledger, DecisionScope::in_force, progress, report.seconds, &in_target);
    const PeopleBefore before = read_people_before(reader, people.store);

    const auto loading = SteadyClock::now();
    progress.begin("all rows: read, compare, load what differs");
    const NightTools tools{&loader,
                           &reader,
                           &ledger,
                           &workplace.sources,
                           &workplace.canonical,
                           &people,
                           &progress,
                           &passed_over,
                           &partial,
                           &known_watermarks,
                           request.accept_deletions ? 1 : workplace.job.largest_deletion,
                           nullptr};
    NightOutcome night = apply_night(tools, workplace.normalise_options(ledger));
    progress.end();
    report.seconds.extract += night.read.extract;
    report.seconds.normalise += night.read.normalise;
    report.seconds.load = seconds_since(loading);
    for (const std::string& column : night.unmapped)
        log::warning("{} is a column no mapping names (kept in extras)", column);
    report.source_notes.assign(night.unmapped.begin(), night.unmapped.end());

    const auto consolidating = SteadyClock::now();
    progress.begin("people: consolidate and move what is another's");
    const PeopleUpdate update =
        update_people(loader, ledger, workplace.people_update_tools(), people, before, night.touched, 0, night.written);
    progress.end();
    report.seconds.consolidate = seconds_since(consolidating);
    report.night = figures_of(night, update, request.apply);

    const auto proving = SteadyClock::now();
    progress.begin("read back and compare");
    ReconciliationResult proof = prove_night(loader, ledger, workplace, night.written);
    proof.imbalances.insert(proof.imbalances.end(), night.imbalances.begin(), night.imbalances.end());
    const auto persons = check_persons(loader, people);
    proof.imbalances.insert(proof.imbalances.end(), persons.begin(), persons.end());
    // As it is committed: a night makes nothing that protects.
    proof.unprotected = check_protection(*place.target, workplace.target_definition());
    progress.end();
    report.seconds.reconcile = seconds_since(proving);

    collect_from_target(loader, workplace.canonical, report);
    fill_balance(report, *place.digest_key, workplace.sources, ledger.counts(), night.written, proof);
    const ExitCode code = exit_code_of(report);
    report.exit_code = static_cast<int>(code);
    report.status = request.apply ? status_of(code) : "planned";
    if (request.apply && report.balanced()) {
        write_deliveries(loader, ledger.run(), delivered);
        write_watermarks(loader, ledger.run(), night.watermarks);
        ledger.close_within(loader, code);
        commit_for_certain(transaction, loader, *place.target, ledger);
    }
    if (request.truth) {  // a reader sees what is committed: of a plan, what was there before
        note_hazards(report, request.truth, people);
        report.hazards->restricted_opened = count_opened(*place.target, workplace.schema, people);
    }
    report.seconds.total = seconds_since(begun);
    report.peak_rss_bytes = peak_rss_bytes();
    const auto folder = request.apply ? workplace.state->run(report.run_id) : workplace.state->plan();
    report.summary = write_report(folder, report, proof);
    print_closing(report, proof);
}

}  // namespace

void run_night(Workplace& workplace, const NightRequest& request, RunReport& report) {
    const auto run_started = SteadyClock::now();
    Progress progress(request.quiet);
    report.command = request.apply ? kNightlyRun : "plan";
    report.job = workplace.job.name;
    report.seed = request.seed;
    report.started = utc_now();

    const Target target = workplace.open_target();
    const RunLock lock(target.connect(), report.command);
    const DigestKey digest_key = open_digest_key(*workplace.state);
    TargetConnection loader = target.connect();
    TargetConnection reader = target.connect();
    require_loaded(loader);

    progress.begin("check every source");
    const Deliveries known = request.full ? Deliveries{} : read_deliveries(reader, today());
    const auto health = workplace.sources.verify(workplace.job.on_source_failure, [&](JobSystem& system) {
        const auto last = known.find(system.definition->name);
        return last != known.end() && digest_delivery(system, workplace.job) == last->second;
    });
    progress.end();
    if (stop_a_run(health, workplace.job.on_source_failure)) refuse_run(workplace, report, health);
    NightPlace place{&workplace, &request, &target, &lock, &digest_key, &loader, &reader, {}};
    for (const SystemHealth& system : health) {
        if (system.failure) report.systems_left_out.push_back(system.system);
        if (!system.passed_over) continue;
        place.passed_over.insert(system.system);
        report.systems_unchanged.push_back(system.system);
    }
    for (;;) {
        const RunReport before = report;
        try {
            return work_through(place, run_started, progress, report);
        } catch (const SourceError& failure) {  // the transaction is rolled back
            if (!workplace.sources.leave_out(failure, workplace.job.on_source_failure)) throw;
            report = before;
            report.systems_left_out.push_back(failure.system());
        }
    }
}

}  // namespace caseweave
