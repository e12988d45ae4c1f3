#include "app/runs/run_account.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <set>

#include "app/job/state_folder.hpp"
#include "app/proof/quality.hpp"
#include "canonical/copy_encoding.hpp"
#include "core/log.hpp"
#include "core/source_ref.hpp"
#include "load/people_lineage.hpp"
#include "load/visible_views.hpp"
#include "reconcile/catalogue_proof.hpp"
#include "reconcile/protection.hpp"
#include "reconcile/report_charts.hpp"
#include "reconcile/retention.hpp"

namespace caseweave {

namespace {

constexpr const char* kDifferencesFile = "differences.csv";

/// Tells whether an entity in front of this one reads the same rows.
bool reads_again(const ConnectorDefinition& connector, const EntityDefinition& entity) {
    for (const EntityDefinition& earlier : connector.entities) {
        if (&earlier == &entity) return false;
        if (earlier.query == entity.query && earlier.resource == entity.resource && earlier.record == entity.record)
            return true;
    }
    return false;
}

/// Writes an account in a line: side, fields, place in the source, why.
std::string describe(const DifferenceAccount& account) {
    std::string text = fmt::format("off: {}; ", to_string(account.off));
    if (!account.fields.empty()) text += fmt::format("fields: {}; ", fmt::join(account.fields, ", "));
    if (!account.position.empty()) text += fmt::format("in its source: {}; ", account.position);
    return text + account.why;
}

}  // namespace

std::uint64_t peak_rss_bytes() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

Date today() {
    const auto days = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
    const std::chrono::year_month_day date(days);
    return to_date(static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                   static_cast<unsigned>(date.day()));
}

std::string utc_now() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    char text[32];
    (void)std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts);
    return text;
}

void fill_balance(RunReport& report, const DigestKey& key, const JobSources& sources, const CountTable& counted,
                  const TallyTable& emitted, const ReconciliationResult& proof) {
    std::set<SourceEntity> off;
    for (const Imbalance& imbalance : proof.imbalances) off.insert(imbalance.entity);
    for (const RowDifference& difference : proof.differences)
        off.insert({difference.key.system, difference.key.source_entity});
    const auto digest_of = [](const TallyTable& tallies, const SourceEntity& entity) {
        RowTally sum;
        for (const auto& [of, segments] : tallies) {
            if (of.system == entity.system && of.source_entity == entity.entity) sum += segments.total();
        }
        return sum.digest;
    };
    // Of what it is goes into it: equal digests then say that the same rows were summed.
    const auto keyed = [&](const SourceEntity& entity, Digest128 digest) {
        return key.digest(fmt::format("entity\n{}\n{}\n{}", entity.system, entity.entity, to_hex(digest)));
    };
    report.entities.clear();
    for (const JobSystem& system : sources.systems()) {
        report.titles[system.definition->name] = system.definition->title;
        for (const EntityDefinition& entity : system.definition->entities) {
            const SourceEntity name{system.definition->name, entity.name};
            const auto found = counted.find(name);
            const EntityCounts counts = found == counted.end() ? EntityCounts{} : found->second;
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
            balance.kept = take(counts.kept);
            balance.deleted = take(counts.deleted);
            const Digest128 sent = digest_of(emitted, name);
            const Digest128 found_there = digest_of(proof.found, name);
            balance.digest_source = keyed(name, sent);
            balance.digest_target = keyed(name, found_there);
            balance.reads_again = reads_again(*system.definition, entity);
            balance.balanced = !off.contains(name) && sent == found_there;
            report.entities.push_back(std::move(balance));
        }
    }
    report.differences = proof.differences.size() + proof.imbalances.size() + proof.unprotected.size();
}

std::optional<LinkageQuality> note_hazards(RunReport& report, const std::optional<std::filesystem::path>& truth,
                                           const PeopleOfRun& people) {
    const SealCheck seals = check_seals(people.store, people.linked);
    HazardFigures& hazards = report.hazards.emplace();
    hazards.sealed_pairs_linked = seals.pairs + seals.clusters;
    if (!truth) return std::nullopt;
    const LinkageQuality quality = compare_with_truth(*truth, people.store, people.linked.cluster);
    report.truth = TruthFigures{truth->string(), quality.precision, quality.recall, quality.f1};
    hazards.sealed_pairs_linked = quality.sealed_pairs_linked;
    hazards.twin_pairs = quality.twin_pairs;
    hazards.twins_merged = quality.twins_merged;
    return quality;
}

std::uint64_t count_opened(const Target& target, const TargetSchema& schema, const PeopleOfRun& people) {
    const ProtectedPersons persons = people.shields->persons();
    TargetConnection reader = target.connect(kOrdinaryReaderRole);
    std::uint64_t opened = 0;
    for (const EntityDescriptor* entity : schema.entities()) {
        if (entity->schema == "sealed") continue;  // not that reader's to ask
        const TargetResult rows = reader.execute(
            "SELECT count(*) FROM " + readable_table(*entity) + " t WHERE " + is_restricted_sql(*entity, persons) +
                " OR " + is_sealed_sql(*entity, persons) +
                (closes_address_apart(*entity) ? " OR " + names_hidden_place_sql(*entity, persons.places) : ""),
            TargetConnection::kLongDeadline);
        opened += rows.count(0, 0);
    }
    return opened;
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

std::vector<RowDifference> check_retention(TargetConnection& loader, const RetentionRules& rules, std::size_t limit) {
    auto wrong = find_wrong_retention(loader, rules, limit);
    if (!wrong) {
        log::warning(
            "integrated.retention was computed by other rules than the job's retention file: run caseweave nightly to "
            "compute it anew");
        return {};
    }
    for (RowDifference& difference : *wrong) {
        difference.key.system = kGoldenSystem;
        difference.key.source_entity = "retention";
    }
    return std::move(*wrong);
}

std::vector<std::string> check_protection(const Target& target, const TargetDefinition& definition) {
    TargetConnection loader = target.connect();
    std::vector<std::string> wrong = find_unlike_protection(loader, definition.protection, definition.views_sql);
    for (const UnlikeEvents& events : find_unlike_events(loader)) {
        wrong.push_back(fmt::format(
            "lineage.identity_event of run {} is not what the run told ({} rows, and it told {}): put its rows "
            "back from the database's backup",
            events.run.value, events.found, events.told));
    }
    return wrong;
}

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

void write_differences(OutputFile& file, const ReconciliationResult& proof) {
    CsvWriter csv(file);
    for (const std::string_view column : {"system", "source_entity", "entity", "source_key", "part", "difference",
                                          "side_off", "fields", "position", "why"})
        csv.field(column);
    csv.end_row();
    for (const RowDifference& difference : proof.differences) {
        const DifferenceAccount& account = difference.account;
        csv.field(difference.key.system).field(difference.key.source_entity).field(difference.key.entity);
        csv.quoted_field(display_key(difference.source_key)).field(std::to_string(difference.part));
        csv.field(to_string(difference.kind)).field(to_string(account.off));
        csv.field(fmt::format("{}", fmt::join(account.fields, " "))).field(account.position).field(account.why);
        csv.end_row();
    }
    // Of no one row: what is off stands under `difference`, in words.
    const auto add = [&](const SourceEntity& entity, const std::string& what, std::string_view side) {
        csv.field(entity.system).field(entity.entity).field("").field("").field("").field(what).field(side);
        for (int rest = 0; rest < 3; ++rest) csv.field("");
        csv.end_row();
    };
    for (const Imbalance& imbalance : proof.imbalances) add(imbalance.entity, describe(imbalance), "");
    for (const std::string& what : proof.unprotected) add({}, what, to_string(DifferenceAccount::Off::target));
}

std::filesystem::path write_report(const std::filesystem::path& folder, const RunReport& report,
                                   const ReconciliationResult& proof) {
    write_file_whole(folder / "report.html", render_html(report));
    if (!proof.balanced()) {
        OutputFile csv(folder / kDifferencesFile, {});
        write_differences(csv, proof);
        csv.finish();
    }
    write_file_whole(folder / "summary.json", render_summary_json(report));
    return folder / "summary.json";
}

void print_closing(const RunReport& report, const ReconciliationResult& proof) {
    constexpr std::size_t kShownDifferences = 20;  // the rest are in differences.csv
    const std::vector<RowDifference>& differences = proof.differences;
    const std::string details = (report.summary.parent_path() / kDifferencesFile).string();
    for (const Imbalance& imbalance : proof.imbalances) log::error("{}; see {}", describe(imbalance), details);
    for (const std::string& what : proof.unprotected) log::error("{}; see {}", what, details);
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
    if (report.night) {
        const NightFigures& night = *report.night;
        fmt::print(
            "{}         {} rows new, {} changed, {} gone; {} records of persons differ, {} source records moved\n",
            night.applied ? "changed:" : "planned:", with_commas(night.rows_new), with_commas(night.rows_changed),
            with_commas(night.rows_gone), with_commas(night.golden_records), with_commas(night.records_moved));
        if (night.applied && !report.balanced())
            fmt::print("NOTHING WAS CHANGED: what was written did not balance, and the night was taken back\n");
    }
    for (const std::string& system : report.systems_unchanged)
        fmt::print("unchanged:       {}; it delivered what it had, and was not read\n", system);
    if (report.entities_in_part > 0)
        fmt::print(
            "in part:         {} entities; what changed since their watermark was read, and what is gone was not "
            "looked for\n",
            report.entities_in_part);
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
        if (!d.account.why.empty()) fmt::print("    {}\n", describe(d.account));
    }
    if (differences.size() > kShownDifferences)
        fmt::print("... and {} more: see differences.csv\n", differences.size() - kShownDifferences);
    if (!proof.balanced())
        fmt::print("\nDOES NOT BALANCE: {} things are off, all in {}\n", report.differences, details);
    if (const std::string quality = render_quality_table(report.quality_rules); !quality.empty())
        fmt::print("\n{}", quality);
    fmt::print("\nreport: {}\nsummary: {}\n", (report.summary.parent_path() / "report.html").string(),
               report.summary.string());
}

}  // namespace caseweave
