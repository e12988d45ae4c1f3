#include "app/runs/migration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <utility>

#include "app/deciding/decision_file.hpp"
#include "app/job/digest_key_file.hpp"
#include "app/placing/load_pass.hpp"
#include "app/placing/people_update.hpp"
#include "app/reading/deliveries.hpp"
#include "app/reading/people_pass.hpp"
#include "app/runs/linkage_survey.hpp"
#include "app/runs/refused_run.hpp"
#include "app/runs/run_account.hpp"
#include "app/runs/truth.hpp"
#include "core/digest.hpp"
#include "core/log.hpp"
#include "core/shutdown.hpp"
#include "core/stopwatch.hpp"
#include "core/threads.hpp"
#include "load/certain_commit.hpp"
#include "load/loading_rights.hpp"
#include "load/people_lineage.hpp"
#include "load/review_decisions.hpp"
#include "load/run_lock.hpp"
#include "load/target_ddl.hpp"
#include "people/person_field.hpp"
#include "pipeline/progress.hpp"
#include "reconcile/retention.hpp"
#include "settings/places.hpp"

namespace caseweave {

namespace {

void add_reading(StageSeconds& seconds, const ReadSeconds& read) {
    seconds.extract += read.extract;
    seconds.normalise += read.normalise;
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

void compare_linkage(RunReport& report, const MigrationRequest& request, const PeopleOfRun& people,
                     const LinkageModel& model, const CanonicalSchema& canonical) {
    const auto quality = note_hazards(report, request.truth, people);
    report.linkage = survey_linkage(people, model, canonical, today(), quality ? &*quality : nullptr);
}

/// Computes how long the loaded records are kept, and commits it.
std::uint64_t store_retention(TargetConnection& loader, const RunLedger& ledger, const RetentionRules& rules) {
    TargetTransaction transaction(loader);
    ledger.sign_changes(loader);
    const std::uint64_t rows = compute_retention(loader, ledger.run(), rules);
    transaction.commit();
    return rows;
}

}  // namespace

Workplace::Workplace(const StateFolder& folder, Job settings)
    : state(&folder),
      job(std::move(settings)),
      canonical(CanonicalSchema::load(home_folder() / "schemas" / "canonical")),
      schema(canonical),
      model((job.require_settings_files(), LinkageModel::load(job.linkage_model))),
      survivorship(SurvivorshipSettings::load(job.survivorship, kPersonFieldNames)),
      retention(RetentionRules::load(job.retention, canonical)),
      quality_rules(QualityRules::load(job.quality_rules, canonical)),
      sources(job) {}

NormaliseOptions Workplace::normalise_options(const RunLedger& ledger) const {
    NormaliseOptions options;
    options.latest_birth = ledger.loading_began();
    options.identifiers.accept_test_numbers = job.accept_test_numbers;
    return options;
}

PeopleUpdateTools Workplace::people_update_tools() const {
    return {&canonical, &schema, &model, &survivorship, &retention, threads_to_use(job.threads)};
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
                 DecisionScope scope, Progress& progress, StageSeconds& seconds, const PeopleInTarget* in_target) {
    progress.begin("people: read and normalise");
    ReadSeconds read;
    people.store = gather_people(workplace.sources, workplace.canonical, workplace.normalise_options(ledger), progress,
                                 read, people.providers, in_target);
    progress.end();
    add_reading(seconds, read);

    const auto started = SteadyClock::now();
    progress.begin("people: link");
    LinkOptions options;
    options.threads = threads_to_use(workplace.job.threads);
    const std::vector<DecisionRow> decisions = read_decisions(loader, scope);
    options.decisions = constraints_of(decisions);
    const StopOnShutdown stop;
    options.stop = stop.token();
    people.linked = link_people(people.store, workplace.model, options);
    throw_if_shutdown_requested();
    progress.add(people.store.size());
    // Ids stay those of the crosswalk where the target has one: a resumed run, or a reconciliation.
    identify_people(people, read_earlier_people(loader), claims_of(decisions));
    progress.end();
    seconds.link += seconds_since(started);
}

void migrate(Workplace& workplace, const MigrationRequest& request, RunReport& report) {
    const auto run_started = SteadyClock::now();
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
    const DigestKey digest_key = open_digest_key(*workplace.state);
    TargetConnection loader = target.connect();
    RunLedger ledger = begin_or_resume(loader, workplace, request);
    if (request.begun) request.begun();
    report.run_id = ledger.run().value;
    try {
        std::optional<PeopleOfRun> held;
        std::optional<Consolidator> consolidator;
        std::set<std::string> unmapped;
        auto loading = SteadyClock::now();
        const auto load = [&] {
            PeopleOfRun& people = held.emplace();
            make_people(people, workplace, loader, ledger, DecisionScope::in_force, progress, report.seconds);
            const auto consolidating = SteadyClock::now();
            consolidator.emplace(people.store, workplace.survivorship, workplace.canonical);
            progress.begin("people: consolidate and load");
            load_people(loader, ledger, people, workplace.model, *consolidator, workplace.schema, progress);
            progress.end();
            report.seconds.consolidate += seconds_since(consolidating);
            loading = SteadyClock::now();
            progress.begin("all rows: read, normalise, load");
            add_reading(report.seconds, load_rows(loader, ledger, workplace.sources, workplace.canonical,
                                                  workplace.normalise_options(ledger), people, progress, unmapped));
        };
        for (bool loaded = false, changed_before = false; !loaded;) {
            try {
                load();
                loaded = true;
            } catch (const SourceChanged& changed) {
                if (std::exchange(changed_before, true)) throw;
                log::warning("{} changed since the run was interrupted: loading starts over", changed.what());
                ledger.start_over(loader, canonical_tables(workplace.schema));
            } catch (const SourceError& failure) {
                if (!workplace.sources.leave_out(failure, workplace.job.on_source_failure)) throw;
                report.systems_left_out.push_back(failure.system());
                unmapped.clear();
                ledger.start_over(loader, canonical_tables(workplace.schema));
            }
        }
        const PeopleOfRun& people = *held;
        for (const std::string& column : unmapped)
            log::warning("{} is a column no mapping names (kept in extras)", column);
        report.source_notes.insert(report.source_notes.end(), unmapped.begin(), unmapped.end());
        open_people(loader, ledger.run());
        write_deliveries(loader, ledger.run(), digest_deliveries(workplace.sources, workplace.job));
        progress.end();
        progress.begin("build indexes");
        TargetConnection second_loader = target.connect();
        const std::array loaders = {&loader, &second_loader};
        build_indexes(loaders, workplace.schema);
        progress.end();
        progress.begin("compute retention");
        progress.add(store_retention(loader, ledger, workplace.retention));
        progress.end();
        report.seconds.load = seconds_since(loading);

        const auto started = SteadyClock::now();
        progress.begin("reconcile: read back and compare");
        const PeopleAgain people_again = [&]() -> const PeopleOfRun& { return people; };
        ReconciliationResult proof =
            reconcile_target(loaders, ledger, workplace.sources, workplace.canonical, workplace.schema,
                             workplace.normalise_options(ledger), consolidator, people_again, progress);
        const auto persons = check_persons(loader, people);
        proof.imbalances.insert(proof.imbalances.end(), persons.begin(), persons.end());
        proof.unprotected = check_protection(target, workplace.target_definition());
        progress.end();
        report.seconds.reconcile = seconds_since(started);

        collect_from_target(loader, workplace.canonical, report);
        compare_linkage(report, request, people, workplace.model, workplace.canonical);
        report.hazards->restricted_opened = count_opened(target, workplace.schema, people);
        fill_balance(report, digest_key, workplace.sources, ledger.counts(), ledger.tallies(), proof);
        const ExitCode code = exit_code_of(report);
        report.exit_code = static_cast<int>(code);
        report.status = status_of(code);
        TargetTransaction closing(loader);
        ledger.close_within(loader, code);
        commit_for_certain(closing, loader, target, ledger);
        report.seconds.total = seconds_since(run_started);
        report.peak_rss_bytes = peak_rss_bytes();
        report.summary = write_report(workplace.state->run(report.run_id), report, proof);
        print_closing(report, proof);
    } catch (const Error& error) {
        fill_balance(report, digest_key, workplace.sources, ledger.counts(), ledger.tallies(),
                     {});  // what was committed, and nothing proved
        if (dynamic_cast<const SourceError*>(&error) != nullptr)
            log::warning("run {} is unfinished: run the same command again to go on with it", report.run_id);
        // The run stays resumable; what was committed stays. A target that is gone cannot be told.
        try {
            loader.roll_back();
            ledger.close(loader, error.kind() == ErrorKind::interrupted ? ExitCode::interrupted : ExitCode::failed);
        } catch (const Error&) {
        }
        throw;
    }
}

}  // namespace caseweave
