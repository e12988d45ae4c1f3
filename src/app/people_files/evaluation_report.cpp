#include "app/people_files/evaluation_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/writing/share_text.hpp"
#include "core/json_text.hpp"

namespace caseweave {

namespace {

/// Sizes up to which people are told clusters apart; the JSON has each size.
constexpr std::array<std::uint32_t, 10> kSizeBandEnds = {1, 2, 3, 4, 5, 10, 20, 50, 100, UINT32_MAX};
/// Groups of one column that people are shown; the JSON has them all.
constexpr std::size_t kGroupsShown = 40;

std::string text_of(Share share) {
    return share ? share_text(*share) : "-";
}

std::string overall_text(const EvaluationReport& report) {
    const ClusterAgreement& all = report.overall;
    std::string text =
        fmt::format("{} records in both files: {} clusters, {} entities, {} clusters exactly as the truth has them\n",
                    all.records, all.clusters, all.entities, all.exact_clusters);
    if (report.only_in_clusters > 0) {
        text += fmt::format("{} ids of {} are not in {}: taken out of the figures\n", report.only_in_clusters,
                            report.clusters_file, report.truth_file);
    }
    if (report.only_in_truth > 0) {
        text += fmt::format("{} ids of {} are not in {}: taken out of the figures\n", report.only_in_truth,
                            report.truth_file, report.clusters_file);
    }
    text += fmt::format("pairs{}: {} true, {} found, {} common\n",
                        report.across_sources ? " across sources (those within one are not counted)" : "",
                        all.pairs.truth, all.pairs.found, all.pairs.common);
    text += fmt::format("{:10}{:>10}{:>10}{:>10}\n", "", "precision", "recall", "F1");
    text += fmt::format("{:10}{:>10}{:>10}{:>10}\n", "pairwise", text_of(precision(all.pairs)),
                        text_of(recall(all.pairs)), text_of(f1(all.pairs)));
    text += fmt::format("{:10}{:>10}{:>10}{:>10}\n", "B-cubed", text_of(all.b_cubed_precision),
                        text_of(all.b_cubed_recall), text_of(all.b_cubed_f1()));
    return text;
}

std::uint64_t count_between(const std::map<std::uint32_t, std::uint64_t>& by_size, std::uint32_t from,
                            std::uint32_t to) {
    std::uint64_t count = 0;
    for (auto size = by_size.lower_bound(from); size != by_size.end() && size->first <= to; ++size)
        count += size->second;
    return count;
}

std::string size_band_text(std::uint32_t from, std::uint32_t to) {
    if (from == to) return fmt::format("{}", from);
    return to == UINT32_MAX ? fmt::format("{} and more", from) : fmt::format("{} to {}", from, to);
}

std::string sizes_text(const EvaluationReport& report) {
    std::string text = fmt::format("{:14}{:>10}{:>10}\n", "records", "clusters", "entities");
    std::uint32_t from = 1;
    for (const std::uint32_t to : kSizeBandEnds) {
        const std::uint64_t clusters = count_between(report.cluster_sizes, from, to);
        const std::uint64_t entities = count_between(report.entity_sizes, from, to);
        if (clusters + entities > 0)
            text += fmt::format("{:14}{:>10}{:>10}\n", size_band_text(from, to), clusters, entities);
        from = to + 1;
    }
    return text;
}

std::string groups_text(const EvaluationReport::ByColumn& by) {
    std::size_t width = by.column.size() + 3;
    const std::size_t shown = std::min(by.groups.size(), kGroupsShown);
    for (std::size_t i = 0; i < shown; ++i) width = std::max(width, by.groups[i].value.size());
    constexpr std::string_view kRow =
        "{:{}}{:>10}{:>11}{:>11}{:>11}{:>10}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}{:>10}{:>10}{:>7}{}\n";
    std::string text = fmt::format(fmt::runtime(kRow), "by " + by.column, width, "records", "true", "found", "common",
                                   "precision", "recall", "F1", "missed", "false", "B3 prec", "B3 rec", "B3 F1",
                                   "clusters", "entities", "exact", "");
    bool any_small = false;
    for (std::size_t i = 0; i < shown; ++i) {
        const ClusterAgreement& group = by.groups[i].agreement;
        const bool small = is_small_group(group);
        any_small = any_small || small;
        text += fmt::format(
            fmt::runtime(kRow), by.groups[i].value, width, group.records, group.pairs.truth, group.pairs.found,
            group.pairs.common, text_of(precision(group.pairs)), text_of(recall(group.pairs)), text_of(f1(group.pairs)),
            text_of(missed_link_rate(group.pairs)), text_of(false_link_rate(group.pairs)),
            text_of(group.b_cubed_precision), text_of(group.b_cubed_recall), text_of(group.b_cubed_f1()),
            group.clusters, group.entities, group.exact_clusters, small ? "  *" : "");
    }
    if (shown < by.groups.size())
        text += fmt::format("and {} smaller groups (--json has all)\n", by.groups.size() - shown);
    if (any_small)
        text += fmt::format("* fewer than {} true pairs or pairs found: too few to compare rates\n", kSmallGroupPairs);
    return text;
}

std::string json_share(Share share) {
    return share ? fmt::format("{:.9g}", *share) : "null";
}

std::string sizes_json(const std::map<std::uint32_t, std::uint64_t>& by_size) {
    std::string json;
    for (const auto& [size, count] : by_size) json += fmt::format("{}\"{}\":{}", json.empty() ? "" : ",", size, count);
    return "{" + json + "}";
}

std::string agreement_json(const ClusterAgreement& agreement) {
    const PairCounts& pairs = agreement.pairs;
    return fmt::format(
        R"("records":{},"pairs":{{"true":{},"found":{},"common":{},"precision":{},"recall":{},"f1":{},)"
        R"("missed_link_rate":{},"false_link_rate":{}}},"b_cubed":{{"precision":{},"recall":{},"f1":{}}},)"
        R"("clusters":{},"entities":{},"exact_clusters":{})",
        agreement.records, pairs.truth, pairs.found, pairs.common, json_share(precision(pairs)),
        json_share(recall(pairs)), json_share(f1(pairs)), json_share(missed_link_rate(pairs)),
        json_share(false_link_rate(pairs)), json_share(agreement.b_cubed_precision),
        json_share(agreement.b_cubed_recall), json_share(agreement.b_cubed_f1()), agreement.clusters,
        agreement.entities, agreement.exact_clusters);
}

}  // namespace

EvaluationReport evaluate_records(const EvaluatedRecords& records, bool across_sources) {
    const ClusterPartition* sources = across_sources ? &records.sources : nullptr;
    EvaluationReport report;
    report.across_sources = across_sources;
    report.only_in_clusters = records.only_in_clusters;
    report.only_in_truth = records.only_in_truth;
    report.not_in_groups = records.not_in_groups;
    report.overall = compare_with_truth(records.clusters, records.entities, sources);
    report.cluster_sizes = parts_by_size(records.clusters);
    report.entity_sizes = parts_by_size(records.entities);
    for (const GroupColumn& column : records.group_columns) {
        const std::vector<ClusterAgreement> groups =
            compare_with_truth(records.clusters, records.entities, sources, column.groups);
        EvaluationReport::ByColumn& by = report.by_columns.emplace_back();
        by.column = column.name;
        for (std::size_t i = 0; i < groups.size(); ++i) by.groups.push_back({column.values[i], groups[i]});
        std::sort(by.groups.begin(), by.groups.end(), [](const auto& a, const auto& b) {
            if (a.agreement.records != b.agreement.records) return a.agreement.records > b.agreement.records;
            return a.value < b.value;
        });
    }
    return report;
}

std::string render_evaluation(const EvaluationReport& report) {
    std::string text = overall_text(report) + "\n" + sizes_text(report);
    if (report.not_in_groups > 0) {
        text += fmt::format("\n{} of these records are not in {}: their group is {}\n", report.not_in_groups,
                            report.groups_file, kNoGroup);
    }
    for (const EvaluationReport::ByColumn& by : report.by_columns) text += "\n" + groups_text(by);
    return text;
}

std::string render_evaluation_json(const EvaluationReport& report) {
    std::string json = fmt::format(
        "{{\"across_sources\":{},\"only_in_clusters\":{},\"only_in_truth\":{},\"not_in_groups\":{},\n {},\n "
        "\"cluster_sizes\":{},\n "
        "\"entity_sizes\":{},\n \"by\":{{",
        report.across_sources, report.only_in_clusters, report.only_in_truth, report.not_in_groups,
        agreement_json(report.overall), sizes_json(report.cluster_sizes), sizes_json(report.entity_sizes));
    for (std::size_t i = 0; i < report.by_columns.size(); ++i) {
        const EvaluationReport::ByColumn& by = report.by_columns[i];
        json += fmt::format("{}\n  {}:[", i == 0 ? "" : ",", json_text(by.column));
        for (std::size_t j = 0; j < by.groups.size(); ++j) {
            json +=
                fmt::format("{}\n   {{\"value\":{},\"small\":{},{}}}", j == 0 ? "" : ",", json_text(by.groups[j].value),
                            is_small_group(by.groups[j].agreement), agreement_json(by.groups[j].agreement));
        }
        json += "]";
    }
    return json + "}}\n";
}

}  // namespace caseweave
