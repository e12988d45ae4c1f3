#include "app/migration.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <set>

#include "app/decision_file.hpp"
#include "app/linkage_survey.hpp"
#include "app/load_pass.hpp"
#include "app/people_pass.hpp"
#include "app/refused_run.hpp"
#include "app/truth.hpp"
#include "core/digest.hpp"
#include "core/log.hpp"
#include "core/source_ref.hpp"
#include "core/threads.hpp"
#include "load/loading_rights.hpp"
#include "load/people_lineage.hpp"
#include "load/review_decisions.hpp"
#include "load/run_lock.hpp"
#include "load/target_ddl.hpp"
#include "people/person_field.hpp"
#include "pipeline/progress.hpp"
#include "pipeline/shutdown.hpp"
#include "reconcile/report_charts.hpp"
#include "settings/places.hpp"

namespace caseweave {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

void add_reading(StageSeconds& seconds, const ReadSeconds& read) {
    seconds.extract += read.extract;
    seconds.normalise += read.normalise;
}

std::uint64_t peak_rss_bytes() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

std::string utc_now() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    char text[32];
    (void)std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts);
    return text;
}

/// Takes up an interrupted run of the same job, or begins one on an empty target.
RunLedger begin_or_resume(TargetConnection& loader, const Workplace& workplace, const MigrationRequest& request) {
    RunDescription description;
    description.kind = request.command;
    description.job = workplace.job.name;
    description.job_digest = to_hex(digest_bytes(workplace.job.text));
    if (request.seed) description.seed = static_cast<std::int64_t>(*request.seed);
    description.program = CASEWEAVE_VERSION;
    description.holder = describe_holder();
    if (auto resumed = RunLedger::resume(loader, description.holder)) {
        if (resumed->description().job_digest == description.job_digest &&
            resumed->description().seed == description.seed) {
            log::info("resuming run {}", resumed->run().value);
            return std::move(*resumed);
        }
        throw Error(ErrorKind::usage, fmt::format("the target holds an unfinished run of job {} with other settings: "
                                                  "run that job again to finish it, or use another --state",
                                                  resumed->description().job));
    }
    if (!target_is_empty(loader)) {
        throw Error(ErrorKind::usage, fmt::format("the target already holds a finished migration: {} loads an empty "
                                                  "target only. Use another --state, or reconcile what is there",
                                                  request.command));
    }
    throw_if_shutdown_requested();
    TargetTransaction transaction(loader);
    RunLedger ledger = RunLedger::begin(loader, description);
    if (!request.decisions.empty()) {
        for (const DecisionRow& decision : read_decision_file(request.decisions)) restore_decision(loader, decision);
    }
    transaction.commit();
    return ledger;
}

std::vector<std::string> canonical_tables(const TargetSchema& schema) {
    std::vector<std::string> tables;
    for (const EntityDescriptor* entity : schema.entities()) tables.push_back(qualified_table(*entity));
    return tables;
}

/// Counts rows that a restriction or a seal closes and an ordinary reader could see: asked as that reader, not
/// computed.
std::uint64_t count_opened(const Target& target, const TargetSchema& schema, const PeopleOfRun& people) {
    const ProtectedPersons persons = people.shields->persons();
    TargetConnection reader = target.connect(kOrdinaryReaderRole);
    std::uint64_t opened = 0;
    for (const EntityDescriptor* entity : schema.entities()) {
        if (entity->schema == "sealed") continue;  // not that reader's to ask
        const TargetResult rows =
            reader.execute("SELECT count(*) FROM " + qualified_table(*entity) + " t WHERE " +
                               is_restricted_sql(*entity, persons) + " OR " + is_sealed_sql(*entity, persons),
                           TargetConnection::kLongDeadline);
        opened += static_cast<std::uint64_t>(rows.integer(0, 0));
    }
    return opened;
}

Date today() {
    const auto days = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    const std::chrono::year_month_day date(days);
    return to_date(static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                   static_cast<unsigned>(date.day()));
}

void compare_linkage(RunReport& report, const MigrationRequest& request, const PeopleOfRun& people,
                     const LinkageModel& model, const CanonicalSchema& canonical) {
    const SealCheck seals = check_seals(people.store, people.linked);
    HazardFigures& hazards = report.hazards.emplace();
    hazards.sealed_pairs_linked = seals.pairs + seals.clusters;
    if (!request.truth) {
        report.linkage = survey_linkage(people, model, canonical, today(), nullptr);
        return;
    }
    const LinkageQuality quality = compare_with_truth(*request.truth, people.store, people.linked.cluster);
    report.truth = TruthFigures{request.truth->string(), quality.precision, quality.recall, quality.f1};
    hazards.sealed_pairs_linked = quality.sealed_pairs_linked;
    hazards.twin_pairs = quality.twin_pairs;
    hazards.twins_merged = quality.twins_merged;
    report.linkage = survey_linkage(people, model, canonical, today(), &quality);
}

/// Tells whether an entity in front of this one reads the same rows.
bool reads_again(const ConnectorDefinition& connector, const EntityDefinition& entity) {
    for (const EntityDefinition& earlier : connector.entities) {
        if (&earlier == &entity) return false;
        if (earlier.query == entity.query && earlier.resource == entity.resource && earlier.record == entity.record)
            return true;
    }
    return false;
}

void fill_balance(RunReport& report, const JobSources& sources, const RunLedger& ledger,
                  const ReconciliationResult& proof) {
    std::set<SourceEntity> off;
    for (const Imbalance& imbalance : proof.imbalances) off.insert(imbalance.entity);
    for (const RowDifference& difference : proof.differences)
        off.insert({difference.key.system, difference.key.source_entity});
    const auto digest_of = [](const TallyTable& tallies, const SourceEntity& entity) {
        RowTally sum;
        for (const auto& [key, segments] : tallies) {
            if (key.system == entity.system && key.source_entity == entity.entity) sum += segments.total();
        }
        return to_hex(sum.digest);
    };
    report.entities.clear();
    for (const JobSystem& system : sources.systems()) {
        report.titles[system.definition->name] = system.definition->title;
        for (const EntityDefinition& entity : system.definition->entities) {
            const SourceEntity name{system.definition->name, entity.name};
            const auto found = ledger.counts().find(name);
            const EntityCounts counts = found == ledger.counts().end() ? EntityCounts{} : found->second;
            EntityBalance balance;
            balance.system = name.system;
            balance.entity = name.entity;
            const auto take = [](std::int64_t count) {
                return static_cast<std::uint64_t>(std::max<std::int64_t>(count, 0));
            };
            balance.read = take(counts.read);
            balance.placed = take(counts.placed);
            balance.unchanged = take(counts.unchanged);
            balance.duplicate_in_source = take(counts.duplicate_in_source);
            balance.quarantined = take(counts.quarantined);
            balance.excluded = take(counts.excluded);
            balance.field_issues = take(counts.field_issues);
            balance.emitted = take(counts.emitted);
            balance.inserted = take(counts.inserted);
            balance.updated = take(counts.updated);
            balance.digest_source = digest_of(ledger.tallies(), name);
            balance.digest_target = digest_of(proof.found, name);
            balance.reads_again = reads_again(*system.definition, entity);
            balance.balanced = !off.contains(name) && balance.digest_source == balance.digest_target;
            report.entities.push_back(std::move(balance));
        }
    }
    report.differences = proof.differences.size() + proof.imbalances.size();
}

ExitCode exit_code_of(const RunReport& report) {
    if (!report.balanced()) return ExitCode::unbalanced;
    // What was loaded balances, and is not all: the run stays unfinished until the other systems answer.
    if (!report.systems_left_out.empty()) return ExitCode::failed;
    const bool quarantined = std::any_of(report.entities.begin(), report.entities.end(),
                                         [](const EntityBalance& entity) { return entity.quarantined > 0; });
    return quarantined ? ExitCode::quarantined : ExitCode::done;
}

std::string_view status_of(ExitCode code) {
    switch (code) {
        case ExitCode::done:
            return "done";
        case ExitCode::quarantined:
            return "done_with_quarantine";
        case ExitCode::unbalanced:
            return "unbalanced";
        default:
            return "failed";
    }
}

/// The balance of persons: every placed person record is in exactly one cluster, every cluster is one person in the
/// target.
std::vector<Imbalance> check_persons(TargetConnection& loader, const PeopleOfRun& people) {
    PeopleCounts counts;
    const TargetResult rows =
        loader.execute("SELECT (SELECT count(*) FROM lineage.crosswalk), (SELECT count(*) FROM integrated.person)");
    counts.person_records = rows.integer(0, 0);
    for (const auto& members : people.members) counts.clustered += static_cast<std::int64_t>(members.size());
    counts.clusters = static_cast<std::int64_t>(people.members.size());
    counts.inserted = rows.integer(0, 1);
    return check_people(counts);
}

}  // namespace

Workplace::Workplace(const StateFolder& folder, Job settings)
    : state(&folder),
      job(std::move(settings)),
      canonical(CanonicalSchema::load(home_folder() / "schemas" / "canonical")),
      schema(canonical),
      model((job.require_settings_files(), LinkageModel::load(job.linkage_model))),
      survivorship(SurvivorshipSettings::load(job.survivorship, kPersonFieldNames)),
      sources(job) {}

NormaliseOptions Workplace::normalise_options(const RunLedger& ledger) const {
    NormaliseOptions options;
    options.latest_birth = ledger.loading_began();
    options.identifiers.accept_test_numbers = job.accept_test_numbers;
    return options;
}

TargetDefinition Workplace::target_definition() const {
    return TargetDefinition::load(home_folder() / "schemas" / "target", schema);
}

Target Workplace::open_target() const {
    Target target = Target::open(job.target, state->root());
    TargetConnection admin = target.connect_admin();
    const TargetDefinition definition = target_definition();
    require_loading_rights(admin, definition);
    migrate_target(admin, definition, schema);
    return target;
}

void make_people(PeopleOfRun& people, Workplace& workplace, TargetConnection& loader, const RunLedger& ledger,
                 DecisionScope scope, Progress& progress, StageSeconds& seconds) {
    progress.begin("people: read and normalise");
    ReadSeconds read;
    people.store =
        gather_people(workplace.sources, workplace.canonical, workplace.normalise_options(ledger), progress, read);
    progress.end();
    add_reading(seconds, read);

    const auto started = Clock::now();
    progress.begin("people: link");
    LinkOptions options;
    options.threads = threads_to_use(workplace.job.threads);
    const std::vector<DecisionRow> decisions = read_decisions(loader, scope);
    options.decisions = constraints_of(decisions);
    people.linked = link_people(people.store, workplace.model, options);
    progress.add(people.store.size());
    // Ids stay those of the crosswalk where the target has one: a resumed run, or a reconciliation.
    identify_people(people, read_earlier_people(loader), claims_of(decisions));
    progress.end();
    seconds.link += seconds_since(started);
}

void migrate(Workplace& workplace, const MigrationRequest& request, RunReport& report) {
    const auto run_started = Clock::now();
    Progress progress(request.quiet);
    report.command = request.command;
    report.job = workplace.job.name;
    report.seed = request.seed;
    report.started = utc_now();

    progress.begin("check every source");
    const auto health = workplace.sources.verify(workplace.job.on_source_failure);
    progress.end();
    if (stop_a_run(health, workplace.job.on_source_failure)) refuse_run(workplace, report, health);
    for (const SystemHealth& system : health) {
        if (system.failure) report.systems_left_out.push_back(system.system);
        for (const CheckFinding& finding : system.findings) {
            if (finding.level == CheckFinding::Level::warning && !finding.about_columns)
                report.source_notes.push_back(system.system + ": " + finding.what);
        }
    }

    const Target target = workplace.open_target();
    const RunLock lock(target.connect(), request.command);
    TargetConnection loader = target.connect();
    RunLedger ledger = begin_or_resume(loader, workplace, request);
    report.run_id = ledger.run().value;
    try {
        std::optional<PeopleOfRun> held;
        std::optional<Consolidator> consolidator;
        std::set<std::string> unmapped;
        auto loading = Clock::now();
        const auto load = [&] {
            PeopleOfRun& people = held.emplace();
            make_people(people, workplace, loader, ledger, DecisionScope::in_force, progress, report.seconds);
            const auto consolidating = Clock::now();
            consolidator.emplace(people.store, workplace.survivorship, workplace.canonical);
            progress.begin("people: consolidate and load");
            load_people(loader, ledger, people, workplace.model, *consolidator, workplace.schema, progress);
            progress.end();
            report.seconds.consolidate += seconds_since(consolidating);
            loading = Clock::now();
            progress.begin("all rows: read, normalise, load");
            add_reading(report.seconds, load_rows(loader, ledger, workplace.sources, workplace.canonical,
                                                  workplace.normalise_options(ledger), people, progress, unmapped));
        };
        try {
            load();
        } catch (const SourceChanged& changed) {
            log::warning("{} changed since the run was interrupted: loading starts over", changed.what());
            ledger.start_over(loader, canonical_tables(workplace.schema));
            load();
        }
        const PeopleOfRun& people = *held;
        for (const std::string& column : unmapped)
            log::warning("{} is a column no mapping names (kept in extras)", column);
        report.source_notes.insert(report.source_notes.end(), unmapped.begin(), unmapped.end());
        open_people(loader, ledger.run());
        progress.end();
        progress.begin("build indexes");
        TargetConnection second_loader = target.connect();
        const std::array loaders = {&loader, &second_loader};
        build_indexes(loaders, workplace.schema);
        progress.end();
        report.seconds.load = seconds_since(loading);

        const auto started = Clock::now();
        progress.begin("reconcile: read back and compare");
        const PeopleAgain people_again = [&]() -> const PeopleOfRun& { return people; };
        ReconciliationResult proof =
            reconcile_target(loaders, ledger, workplace.sources, workplace.canonical, workplace.schema,
                             workplace.normalise_options(ledger), consolidator, people_again, progress);
        const auto persons = check_persons(loader, people);
        proof.imbalances.insert(proof.imbalances.end(), persons.begin(), persons.end());
        progress.end();
        report.seconds.reconcile = seconds_since(started);

        collect_from_target(loader, workplace.canonical, report);
        compare_linkage(report, request, people, workplace.model, workplace.canonical);
        report.hazards->restricted_opened = count_opened(target, workplace.schema, people);
        fill_balance(report, workplace.sources, ledger, proof);
        const ExitCode code = exit_code_of(report);
        report.exit_code = static_cast<int>(code);
        report.status = status_of(code);
        ledger.close(loader, code);
        report.seconds.total = seconds_since(run_started);
        report.peak_rss_bytes = peak_rss_bytes();
        report.summary = write_report(workplace.state->run(report.run_id), report, proof.differences);
        for (const Imbalance& imbalance : proof.imbalances) log::error("{}", describe(imbalance));
        print_closing(report, proof.differences);
    } catch (const Error& error) {
        fill_balance(report, workplace.sources, ledger, {});  // what was committed, and nothing proved
        // The run stays resumable; what was committed stays. A target that is gone cannot be told.
        bool lost = loader.broken();
        if (!lost) {
            try {
                loader.roll_back();
                ledger.close(loader, error.kind() == ErrorKind::interrupted ? ExitCode::interrupted : ExitCode::failed);
                // A backend may outlive its server for a moment; only a new connection tells.
                if (error.retryable()) target.connect();
            } catch (const Error&) {
                lost = true;
            }
        }
        // A run that lost its target in the middle has failed: it is not one that never began.
        if (lost && error.retryable()) throw Error(ErrorKind::target, error.what());
        throw;
    }
}

void reconcile_last_run(Workplace& workplace, bool quiet, RunReport& report) {
    const auto run_started = Clock::now();
    Progress progress(quiet);
    report.command = "reconcile";
    report.started = utc_now();
    const Target target = workplace.open_target();
    const RunLock lock(target.connect(), report.command);
    TargetConnection loader = target.connect();
    TargetConnection second_loader = target.connect();
    const std::array loaders = {&loader, &second_loader};
    const auto ledger = RunLedger::of_target(loader);
    if (!ledger) throw Error(ErrorKind::usage, "the target holds no run to reconcile: load it first with bulk or demo");
    if (ledger->state() != "done") {
        throw Error(ErrorKind::usage, fmt::format("run {} is {}: run {} again to finish it, then reconcile",
                                                  ledger->run().value, ledger->state(), ledger->description().kind));
    }
    report.run_id = ledger->run().value;
    log::set_run(report.run_id);
    report.job = ledger->description().job;
    if (ledger->description().seed) report.seed = static_cast<std::uint64_t>(*ledger->description().seed);

    // People are made again only where rows have to be named, or a table of the people themselves is off.
    PeopleOfRun people;
    std::optional<Consolidator> consolidator;
    const PeopleAgain people_again = [&]() -> const PeopleOfRun& {
        make_people(people, workplace, loader, *ledger, DecisionScope::applied, progress, report.seconds);
        consolidator.emplace(people.store, workplace.survivorship, workplace.canonical);
        return people;
    };
    const auto started = Clock::now();
    progress.begin("reconcile: read back and compare");
    const ReconciliationResult proof =
        reconcile_target(loaders, *ledger, workplace.sources, workplace.canonical, workplace.schema,
                         workplace.normalise_options(*ledger), consolidator, people_again, progress);
    progress.end();
    report.seconds.reconcile = seconds_since(started);
    collect_from_target(loader, workplace.canonical, report);
    fill_balance(report, workplace.sources, *ledger, proof);
    const ExitCode code = exit_code_of(report);
    report.exit_code = static_cast<int>(code);
    report.status = status_of(code);
    report.seconds.total = seconds_since(run_started);
    report.peak_rss_bytes = peak_rss_bytes();
    report.summary = write_report(workplace.state->reconciliation(report.run_id), report, proof.differences);
    for (const Imbalance& imbalance : proof.imbalances) log::error("{}", describe(imbalance));
    print_closing(report, proof.differences);
}

std::filesystem::path write_report(const std::filesystem::path& folder, const RunReport& report,
                                   const std::vector<RowDifference>& differences) {
    write_file_whole(folder / "report.html", render_html(report));
    if (!differences.empty()) {
        std::string csv = "system,source_entity,entity,source_key,part,difference\n";
        for (const RowDifference& difference : differences) {
            std::string key = display_key(difference.source_key);
            for (std::size_t at = key.find('"'); at != key.npos; at = key.find('"', at + 2)) key.insert(at, 1, '"');
            csv += fmt::format("{},{},{},\"{}\",{},{}\n", difference.key.system, difference.key.source_entity,
                               difference.key.entity, key, difference.part, to_string(difference.kind));
        }
        write_file_whole(folder / "differences.csv", csv);
    }
    write_file_whole(folder / "summary.json", render_summary_json(report));
    return folder / "summary.json";
}

void print_closing(const RunReport& report, const std::vector<RowDifference>& differences) {
    constexpr std::size_t kShownDifferences = 20;  // the rest are in differences.csv
    std::map<std::string, EntityBalance> systems;
    std::vector<std::string> order;
    for (const EntityBalance& entity : report.entities) {
        auto [system, fresh] = systems.try_emplace(entity.system);
        if (fresh) {
            order.push_back(entity.system);
            system->second.balanced = true;
        }
        EntityBalance& sum = system->second;
        sum.read += entity.read;
        sum.placed += entity.placed;
        sum.quarantined += entity.quarantined;
        sum.balanced = sum.balanced && entity.balanced;
    }
    fmt::print("\n{:<20} {:>10} {:>10} {:>8} {:>12}  {}\n", "system", "rows read", "placed", "merged", "quarantined",
               "balanced");
    EntityBalance total;
    total.balanced = true;
    for (const std::string& name : order) {
        const EntityBalance& system = systems[name];
        const auto merged = std::find_if(report.within_system.begin(), report.within_system.end(),
                                         [&](const NamedCount& count) { return count.system == name; });
        const std::uint64_t merged_here = merged == report.within_system.end() ? 0 : merged->count;
        fmt::print("{:<20} {:>10} {:>10} {:>8} {:>12}  {}\n", name, with_commas(system.read),
                   with_commas(system.placed), with_commas(merged_here), with_commas(system.quarantined),
                   system.balanced ? "yes" : "NO");
        total.read += system.read;
        total.placed += system.placed;
        total.quarantined += system.quarantined;
        total.balanced = total.balanced && system.balanced;
    }
    const std::uint64_t persons = report.children + report.unborn + report.adults;
    fmt::print("{:<20} {:>10} {:>10} {:>8} {:>12}  {}\n\n", "all", with_commas(total.read), with_commas(total.placed),
               with_commas(report.source_records - persons), with_commas(total.quarantined),
               report.balanced() ? "yes" : "NO");
    if (const std::uint64_t held = rows_in_sources(report.entities); held < total.read) {
        fmt::print("rows read: a row counts for each entity that reads it; the sources hold {} rows\n",
                   with_commas(held));
    }
    fmt::print("merged: person records that were made one with another, in the same system (last line: in any)\n\n");
    fmt::print("children before: {} records in {} systems\n", with_commas(report.children_before), order.size());
    fmt::print("children after:  {} children, {} unborn\n", with_commas(report.children), with_commas(report.unborn));
    fmt::print("for review:      {} pairs\n", with_commas(report.review_pairs));
    for (const std::string& system : report.systems_left_out)
        fmt::print("NOT LOADED:      {}; run the job again when it answers\n", system);
    if (report.truth) {
        fmt::print("linkage:         precision {:.4f}, recall {:.4f} against the simulated truth\n",
                   report.truth->precision, report.truth->recall);
        fmt::print("hazards:         {} sealed pairs linked, {} of {} twin pairs merged, {} restricted rows opened\n",
                   report.hazards->sealed_pairs_linked, report.hazards->twins_merged,
                   with_commas(report.hazards->twin_pairs), report.hazards->restricted_opened);
    }
    for (std::size_t i = 0; i < std::min(differences.size(), kShownDifferences); ++i) {
        const RowDifference& d = differences[i];
        fmt::print("DIFFERS: {} row {} of {} {} {}\n", d.key.entity, display_key(d.source_key), d.key.system,
                   d.key.source_entity, to_string(d.kind));
    }
    if (differences.size() > kShownDifferences)
        fmt::print("... and {} more: see differences.csv\n", differences.size() - kShownDifferences);
    fmt::print("\nreport: {}\nsummary: {}\n", (report.summary.parent_path() / "report.html").string(),
               report.summary.string());
}

}  // namespace caseweave
