#include "app/pack/pack_account.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "app/proof/reconciliation.hpp"
#include "app/runs/run_account.hpp"
#include "core/error.hpp"
#include "ledger/run_ledger.hpp"
#include "load/migrations.hpp"
#include "load/run_lock.hpp"
#include "settings/places.hpp"

namespace caseweave {

namespace {

/// Keys a tally's digest. What it is of is part of it: equal digests then say that the same rows were summed.
std::string keyed_total(const DigestKey& key, const TallyKey& of, const RowTally& tally) {
    return key.digest(fmt::format("control total\n{}\n{}\n{}\n{}\n{}", of.system, of.source_entity, of.entity,
                                  tally.rows, to_hex(tally.digest)));
}

std::vector<ControlTotal> control_totals(const TallyTable& sent, const TallyTable& found, const DigestKey& key) {
    std::map<TallyKey, std::pair<RowTally, RowTally>> tallies;
    for (const auto& [of, segments] : sent) tallies[of].first = segments.total();
    for (const auto& [of, segments] : found) tallies[of].second = segments.total();
    std::vector<ControlTotal> totals;
    for (const auto& [of, both] : tallies) {
        if (both.first == RowTally{} && both.second == RowTally{}) continue;
        totals.push_back({of, both.first.rows, both.second.rows, keyed_total(key, of, both.first),
                          keyed_total(key, of, both.second)});
    }
    return totals;
}

/// Counts what the role may see of decisions, and of pairs that wait for one.
void read_decisions(TargetConnection& reader, PackAccount& account) {
    const TargetResult decisions = reader.execute(
        "SELECT command, verdict, coalesce(ended_as, CASE WHEN applied_run IS NULL AND verdict <> 'unsure'"
        " THEN 'waits for the next run' ELSE 'in force' END), count(*) FROM review.decision GROUP BY 1, 2, 3"
        " ORDER BY 1, 2, 3");
    for (std::size_t i = 0; i < decisions.rows(); ++i)
        account.decisions.push_back({std::string(decisions.text(i, 0)), std::string(decisions.text(i, 1)),
                                     std::string(decisions.text(i, 2)), decisions.count(i, 3)});
    const TargetResult pairs = reader.execute(
        "SELECT CASE WHEN shielded THEN '' ELSE reason END, count(*) FROM review.pair WHERE decision_id IS NULL"
        " GROUP BY 1 ORDER BY 1");
    for (std::size_t i = 0; i < pairs.rows(); ++i) {
        const auto count = pairs.count(i, 1);
        if (pairs.text(i, 0).empty())
            account.open_shielded_pairs = count;
        else
            account.open_pairs[std::string(pairs.text(i, 0))] = count;
    }
}

void read_quarantine_counts(TargetConnection& loader, PackAccount& account) {
    const TargetResult rows =
        loader.execute("SELECT source_system, source_entity, reason, count(*) FROM lineage.quarantine GROUP BY 1, 2, 3",
                       TargetConnection::kLongDeadline);
    for (std::size_t i = 0; i < rows.rows(); ++i)
        account.quarantine[{std::string(rows.text(i, 0)), std::string(rows.text(i, 1)), std::string(rows.text(i, 2))}] =
            rows.count(i, 3);
}

std::string name_target(TargetConnection& loader) {
    const TargetResult name = loader.execute(
        "SELECT 'database ' || current_database() || ' of cluster ' || system_identifier FROM pg_control_system()");
    return std::string(name.text(0, 0));
}

RunLedger ledger_to_tell(TargetConnection& loader) {
    auto ledger = RunLedger::of_target(loader);
    if (!ledger) throw Error(ErrorKind::usage, "the target holds no run to tell of: load it first with bulk or demo");
    if (ledger->state() != "done")
        throw Error(ErrorKind::usage, fmt::format("run {} is {}: run {} again to finish it, then make the pack",
                                                  ledger->run().value, ledger->state(), ledger->description().kind));
    return std::move(*ledger);
}

}  // namespace

PackAccount read_pack_account(const StateFolder& state, const ViewedTarget& viewed, JobSources& sources,
                              TargetConnection& reader, const DigestKey& key, Progress& progress) {
    PackAccount account;
    RunReport& report = account.report;
    const RunLock lock(viewed.target.connect(), "pack");
    TargetConnection loader = viewed.target.connect();
    // One snapshot: a hand that changes the target meanwhile does not make two pages disagree.
    const PassingTransaction snapshot(loader);
    loader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
    const RunLedger ledger = ledger_to_tell(loader);
    report.run_id = ledger.run().value;
    report.job = ledger.description().job;
    report.command = ledger.description().kind;
    report.started = utc_now();
    if (ledger.description().seed) report.seed = static_cast<std::uint64_t>(*ledger.description().seed);

    progress.begin("pack: read back and compare");
    const std::array loaders = {&loader};
    std::optional<Consolidator> consolidator;
    const PeopleAgain people_again = []() -> const PeopleOfRun& {
        throw Error(ErrorKind::source, "a pack reads no source; caseweave reconcile names them");
    };
    ReconciliationResult proof = reconcile_target(loaders, ledger, sources, viewed.canonical, viewed.schema, {},
                                                  consolidator, people_again, progress);
    proof.unprotected =
        check_protection(viewed.target, TargetDefinition::load(home_folder() / "schemas" / "target", viewed.schema));
    account.unprotected = proof.unprotected;
    progress.begin("pack: count");
    collect_from_target(loader, viewed.canonical, report);
    fill_balance(report, key, sources, RunLedger::of_run(loader, ledger.run())->counts(), ledger.tallies(), proof);
    account.totals = control_totals(ledger.tallies(), proof.found, key);
    account.target = name_target(loader);
    account.runs = read_runs(loader, state);
    read_decisions(reader, account);
    read_quarantine_counts(loader, account);
    account.mapping = make_mapping_document(sources, viewed.canonical, count_coverage(loader, viewed.canonical));
    progress.end();
    const ExitCode code = exit_code_of(report);
    report.exit_code = static_cast<int>(code);
    report.status = status_of(code);
    return account;
}

}  // namespace caseweave
