#include "app/proof/quality.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "app/books/owner_file.hpp"
#include "app/writing/output_file.hpp"
#include "app/writing/text_table.hpp"
#include "core/log.hpp"
#include "core/source_ref.hpp"
#include "load/visible_views.hpp"
#include "reconcile/quality_report.hpp"
#include "text/utf8.hpp"

namespace caseweave {

namespace {

const std::string& owner_of(const QualityRule& rule, const std::string& system, const RowOwners& owners) {
    return rule.owner.empty() ? owners.of(system) : rule.owner;
}

std::string owner_in_short(const QualityResult& result, const RowOwners& owners) {
    if (!result.owner.empty() || result.counts.empty()) return result.owner;
    const std::string& first = result.counts.front().system;
    const bool one_system =
        std::ranges::all_of(result.counts, [&](const QualityCount& count) { return count.system == first; });
    return one_system ? owners.of(first) : "each system's";
}

std::string trend_text(const QualityResult& result) {
    std::string text;
    for (const QualityPoint& point : result.earlier) text += with_commas(point.failed) + " > ";
    switch (result.trend()) {
        case QualityTrend::better:
            return text + "\u2193 better";
        case QualityTrend::worse:
            return text + "\u2191 worse";
        case QualityTrend::same:
            return text + "= same";
        case QualityTrend::none:
            break;
    }
    return "";
}

/// Cuts an owner's name to a width that leaves the figures on the line; the files have all of it.
std::string shortened(const std::string& owner) {
    constexpr std::size_t kCharacters = 24;
    std::size_t at = 0;
    for (std::size_t i = 0; i < kCharacters && at < owner.size(); ++i)
        at += text::decode_code_point(owner, at).length_bytes;
    return at < owner.size() ? owner.substr(0, at) + "..." : owner;
}

}  // namespace

std::vector<QualityResult> run_quality_rules(TargetConnection& loader, std::int64_t run, const QualityRules& rules,
                                             const RowOwners& owners) {
    std::vector<QualityResult> results = check_quality(loader, rules);
    store_quality(loader, run, results);
    read_earlier_quality(loader, run, results);
    for (QualityResult& result : results) result.owner = owner_in_short(result, owners);
    return results;
}

void write_quality_counts(const std::filesystem::path& folder, const QualityRules& rules,
                          const std::vector<QualityResult>& results, const RowOwners& owners) {
    OutputFile file(folder / "quality_counts.csv", {});
    CsvWriter writer(file);
    for (const char* title : {"owner", "rule", "statutory", "severity", "system", "team", "found", "of", "title"})
        writer.field(title);
    writer.end_row();
    for (std::size_t i = 0; i < results.size(); ++i) {
        for (const PublishedQualityLine& line : publish_teams(results[i])) {
            for (const std::string& field :
                 {owner_of(rules.rules[i], line.system, owners), results[i].id, results[i].statutory,
                  std::string(to_string(results[i].severity)), line.system, line.team, line.failed.text(),
                  line.checked.text(), results[i].title})
                writer.field(field);
            writer.end_row();
        }
    }
    file.finish();
}

std::size_t write_quality_exceptions(const std::filesystem::path& folder, const Target& target,
                                     TargetConnection& loader, const QualityRules& rules, const RowOwners& owners,
                                     const Asking& asking) {
    TargetConnection reader = connect_as(target, asking);
    OwnerTable table;
    table.titles = {"owner",  "rule", "statutory", "severity",      "system",    "team",
                    "entity", "key",  "person",    "what is wrong", "what to do"};
    table.empty_sheet = "nothing found";
    std::size_t left_out = 0;
    for (const QualityRule& rule : rules.rules) {
        if (rule.compares_systems() && !sees_all_areas(asking.role)) {
            ++left_out;
            continue;
        }
        for (const QualityFinding& row : find_quality_rows(loader, reader, rule, readable_table))
            table.rows.push_back({owner_of(rule, row.system, owners), rule.id, rule.statutory,
                                  std::string(to_string(rule.severity)), row.system, row.team, row.entity,
                                  display_key(row.key), row.person, rule.title, rule.advice});
    }
    std::ranges::stable_sort(table.rows, {}, [](const auto& row) { return row.front(); });
    record_access(reader, asking, !table.rows.empty());
    write_owner_file(folder / "quality.csv", table);
    write_owner_file(folder / "quality.xlsx", table);
    if (left_out > 0)
        log::info("{} rules compare systems: what they find is for roles that see every service area", left_out);
    return table.rows.size();
}

std::string render_quality_table(const std::vector<QualityResult>& results) {
    if (results.empty()) return "";
    std::vector<std::vector<std::string>> rows;
    for (const QualityResult& result : results) {
        const QualityVerdict verdict = result.verdict();
        rows.push_back(
            {result.id, std::string(to_string(result.severity)), shortened(result.owner), with_commas(result.failed()),
             with_commas(result.checked()), share_text(result), limit_text(result),
             verdict == QualityVerdict::fails ? "FAILS" : std::string(to_string(verdict)), trend_text(result)});
    }
    return render_table({"quality rule", "severity", "owner", "found", "of", "share", "limit", "verdict", "trend"},
                        rows);
}

}  // namespace caseweave
