#include <fmt/format.h>

#include <array>
#include <chrono>
#include <optional>
#include <span>

#include "app/job/digest_key_file.hpp"
#include "app/proof/difference_account.hpp"
#include "app/proof/quality.hpp"
#include "app/runs/migration.hpp"
#include "app/runs/repair.hpp"
#include "app/runs/run_account.hpp"
#include "app/writing/output_file.hpp"
#include "core/log.hpp"
#include "core/stopwatch.hpp"
#include "load/run_lock.hpp"
#include "pipeline/progress.hpp"

namespace caseweave {

namespace {

/// Counts by the job's quality rules and writes what the files of a reconciliation say of them; rows are named where
/// someone asks for them.
void hold_to_quality_rules(const Workplace& workplace, const Target& target, TargetConnection& loader,
                           const std::optional<Asking>& naming, RunReport& report, Progress& progress) {
    progress.begin("reconcile: quality rules");
    const QualityRules& rules = workplace.quality_rules;
    const RowOwners owners(workplace.job);
    const std::filesystem::path folder = workplace.state->reconciliation(report.run_id);
    report.quality_rules = run_quality_rules(loader, report.run_id, rules, owners);
    progress.add(report.quality_rules.size());
    write_quality_counts(folder, rules, report.quality_rules, owners);
    if (naming) {
        const std::size_t rows = write_quality_exceptions(folder, target, loader, rules, owners, *naming);
        log::info("quality.csv and quality.xlsx name {} rows for their owners", rows);
    }
    progress.end();
}

/// Makes the people of the newest run once, where rows have to be named.
class PeopleMadeAgain {
  public:
    PeopleMadeAgain(Workplace& workplace, TargetConnection& loader, const RunLedger& ledger, Progress& progress,
                    RunReport& report)
        : workplace_(&workplace), loader_(&loader), ledger_(&ledger), progress_(&progress), report_(&report) {}

    const PeopleOfRun& operator()() {
        if (!consolidator_) {
            make_people(people_, *workplace_, *loader_, *ledger_, DecisionScope::applied, *progress_, report_->seconds);
            consolidator_.emplace(people_.store, workplace_->survivorship, workplace_->canonical);
        }
        return people_;
    }
    const std::optional<Consolidator>& consolidator() const noexcept { return consolidator_; }

  private:
    Workplace* workplace_;
    TargetConnection* loader_;
    const RunLedger* ledger_;
    Progress* progress_;
    RunReport* report_;
    PeopleOfRun people_;
    std::optional<Consolidator> consolidator_;
};

/// Reads the newest run that loaded. @throws Error(usage) where there is none, or it has not ended.
RunLedger require_ended_run(TargetConnection& loader) {
    auto ledger = RunLedger::of_target(loader);
    if (!ledger) throw Error(ErrorKind::usage, "the target holds no run to reconcile: load it first with bulk or demo");
    if (ledger->state() != "done") {
        throw Error(ErrorKind::usage, fmt::format("run {} is {}: run {} again to finish it, then reconcile",
                                                  ledger->run().value, ledger->state(), ledger->description().kind));
    }
    return std::move(*ledger);
}

/// Compares, accounts for what differs, and writes and prints the report.
ReconciliationResult compare_and_report(Workplace& workplace, const Target& target, const DigestKey& digest_key,
                                        const ReconcileRequest& request, RunReport& report, Progress& progress) {
    const auto started = SteadyClock::now();
    TargetConnection loader = target.connect();
    TargetConnection second_loader = target.connect();
    const std::array loaders = {&loader, &second_loader};
    const RunLedger ledger = require_ended_run(loader);
    report.run_id = ledger.run().value;
    log::set_run(report.run_id);
    report.job = ledger.description().job;
    if (ledger.description().seed) report.seed = static_cast<std::uint64_t>(*ledger.description().seed);

    PeopleMadeAgain people(workplace, loader, ledger, progress, report);
    progress.begin("reconcile: read back and compare");
    ReconciliationResult proof = reconcile_target(
        loaders, ledger, workplace.sources, workplace.canonical, workplace.schema, workplace.normalise_options(ledger),
        people.consolidator(), [&]() -> const PeopleOfRun& { return people(); }, progress,
        {request.repair != nullptr ? kEveryRow : kNamedRows, request.read_sources});
    proof.unprotected = check_protection(target, workplace.target_definition());
    account_for_differences(loader, workplace.schema, proof);
    // With the others of which the target is off, in front of those that a night will bring.
    const auto retention =
        check_retention(loader, workplace.retention, request.repair != nullptr ? kEveryRow : kNamedRows);
    proof.differences.insert(proof.differences.begin(), retention.begin(), retention.end());
    progress.end();
    report.seconds.reconcile = seconds_since(started);
    collect_from_target(loader, workplace.canonical, report);
    fill_balance(report, digest_key, workplace.sources, RunLedger::of_run(loader, ledger.run())->counts(),
                 ledger.tallies(), proof);
    const ExitCode code = exit_code_of(report);
    report.exit_code = static_cast<int>(code);
    report.status = status_of(code);
    const auto folder = workplace.state->reconciliation(report.run_id);
    try {
        hold_to_quality_rules(workplace, target, loader, request.naming, report, progress);
    } catch (const Error&) {
        // What was proved stands, and is told, whatever becomes of the rules.
        report.summary = write_report(folder, report, proof);
        throw;
    }
    report.seconds.total = seconds_since(started);
    report.peak_rss_bytes = peak_rss_bytes();
    report.summary = write_report(folder, report, proof);
    print_closing(report, proof);
    return proof;
}

}  // namespace

void reconcile_last_run(Workplace& workplace, const ReconcileRequest& request, RunReport& report) {
    if (request.naming) require_asking(*request.naming);
    Progress progress(request.quiet);
    report.command = "reconcile";
    report.started = utc_now();
    const RunReport before = report;
    std::optional<OutputFile> output;
    if (!request.output.empty()) output.emplace(request.output, std::span<const std::filesystem::path>{});
    const Target target = workplace.open_target();
    const RunLock lock(target.connect(), report.command);
    const DigestKey digest_key = open_digest_key(*workplace.state);
    const ReconciliationResult proof = compare_and_report(workplace, target, digest_key, request, report, progress);
    if (output) {
        write_differences(*output, proof);
        output->finish();
    }
    if (request.repair == nullptr) return;
    if (!repair_target(workplace, target, lock, *request.repair, proof, report, progress)) return;
    report = before;
    compare_and_report(workplace, target, digest_key, request, report, progress);
}

}  // namespace caseweave
