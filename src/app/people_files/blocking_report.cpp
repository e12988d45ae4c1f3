#include "app/people_files/blocking_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "app/writing/share_text.hpp"
#include "core/json_text.hpp"

namespace caseweave {

namespace {

/// A rule that costs more than this share of all pairs ...
constexpr double kDearShare = 0.2;
/// ... and is the first to make less than this share of those of one person could go.
constexpr double kPoorShare = 0.001;

/// A share of what may be nothing.
using Recall = std::optional<double>;

Recall share_of(double part, double whole) {
    return whole > 0 ? Recall(part / whole) : std::nullopt;
}

/// Holds one rule's line: what it adds to the rules before it, and how far all of them have come.
struct RuleLine {
    const BlockingReport::Rule* rule;
    std::uint64_t cumulative_pairs = 0;
    double pairs_per_record = 0;
    Recall recall, cumulative_recall, recall_alone;
    bool could_go = false;
};

struct Lines {
    std::vector<RuleLine> rules;  ///< those whose columns are there
    std::vector<std::string> without_columns;
    std::uint64_t pairs = 0;
    std::uint64_t true_pairs = 0;  ///< that some rule makes
    double expected_pairs = 0;
};

Lines lines_of(const BlockingReport& report) {
    Lines lines;
    for (const BlockingReport::Rule& rule : report.rules) {
        lines.pairs += rule.yield.pairs;
        lines.true_pairs += rule.yield.true_pairs;
        lines.expected_pairs += rule.yield.expected_pairs;
    }
    const auto found_by = [&](const RuleYield& yield) {
        return report.truth ? static_cast<double>(yield.true_pairs) : yield.expected_pairs;
    };
    const double all = report.truth ? static_cast<double>(report.truth->pairs) : lines.expected_pairs;
    std::uint64_t pairs = 0;
    double found = 0;
    for (const BlockingReport::Rule& rule : report.rules) {
        if (!rule.has_columns) {
            lines.without_columns.push_back(rule.name);
            continue;
        }
        const double found_first = found_by(rule.yield);
        pairs += rule.yield.pairs;
        found += found_first;
        RuleLine& line = lines.rules.emplace_back();
        line.rule = &rule;
        line.cumulative_pairs = pairs;
        if (report.records > 0)
            line.pairs_per_record = static_cast<double>(rule.yield.pairs) / static_cast<double>(report.records);
        line.recall = share_of(found_first, all);
        line.cumulative_recall = share_of(found, all);
        if (report.truth) line.recall_alone = share_of(static_cast<double>(rule.yield.true_pairs_alone), all);
        line.could_go = static_cast<double>(rule.yield.pairs) > kDearShare * static_cast<double>(lines.pairs) &&
                        line.recall && *line.recall < kPoorShare;
    }
    return lines;
}

std::string text_of(Recall recall) {
    return recall ? share_text(*recall) : "-";
}

std::string heading_text(const BlockingReport& report, const Lines& lines) {
    std::string text = fmt::format("{} records, {} pairs to compare{}\n", report.records, lines.pairs,
                                   report.across_files ? " across files (those within one are not counted)" : "");
    if (!report.truth) {
        return text + fmt::format(
                          "recall is an estimate by the model '{}', relative to what all rules together find (the "
                          "probabilities of these pairs add up to {:.1f} pairs of one person): a pair that no rule "
                          "makes is beyond it\n",
                          report.model, lines.expected_pairs);
    }
    text += fmt::format("recall is of the {} true pairs among the {} records that {} has\n", report.truth->pairs,
                        report.truth->records, report.truth->file);
    if (report.truth->only_in_truth > 0) {
        text += fmt::format("{} rows of {} are no record of the files: taken out of the figures\n",
                            report.truth->only_in_truth, report.truth->file);
    }
    return text;
}

std::string rules_text(const BlockingReport& report, const Lines& lines) {
    std::size_t width = 4;
    for (const RuleLine& line : lines.rules) width = std::max(width, line.rule->name.size());
    std::string text =
        fmt::format("{:{}}{:>14}{:>14}{:>11}{:>9}{:>9}{:>10}{:>12}{}\n", "rule", width, "pairs", "cumulative",
                    "a record", "capped", "largest", "recall", "cumulative", report.truth ? "     alone" : "");
    for (const RuleLine& line : lines.rules) {
        const RuleYield& yield = line.rule->yield;
        text += fmt::format("{:{}}{:>14}{:>14}{:>11.2f}{:>9}{:>9}{:>10}{:>12}", line.rule->name, width, yield.pairs,
                            line.cumulative_pairs, line.pairs_per_record, yield.capped_blocks,
                            yield.capped_blocks == 0 ? "-" : fmt::format("{}", yield.largest_capped),
                            text_of(line.recall), text_of(line.cumulative_recall));
        text += report.truth ? fmt::format("{:>10}\n", text_of(line.recall_alone)) : "\n";
    }
    if (!lines.without_columns.empty()) text += fmt::format("no column: {}\n", fmt::join(lines.without_columns, "; "));
    return text;
}

std::string suggestions_text(const BlockingReport& report, const Lines& lines) {
    const std::string_view what = report.truth ? "true" : "estimated";
    std::string text = "suggestions\n";
    for (const RuleLine& line : lines.rules) {
        if (!line.could_go) continue;
        const double cost = static_cast<double>(line.rule->yield.pairs) / static_cast<double>(lines.pairs);
        text += fmt::format(
            "'{}' could go: it costs {:.1f} % of all pairs and is the first to make {:.3f} % of the {} pairs\n",
            line.rule->name, 100 * cost, 100 * line.recall.value_or(0), what);
    }
    if (std::ranges::none_of(lines.rules, &RuleLine::could_go)) {
        text +=
            fmt::format("no rule costs more than {:.0f} % of all pairs and gives less than {:.1f} % of the {} pairs\n",
                        100 * kDearShare, 100 * kPoorShare, what);
    }
    if (report.truth) {
        text += fmt::format("{} of {} true pairs no rule makes\n", report.truth->pairs - lines.true_pairs,
                            report.truth->pairs);
    }
    return text;
}

std::string json_share(Recall share) {
    return share ? fmt::format("{:.9g}", *share) : "null";
}

std::string json_names(const std::vector<std::string>& names) {
    std::vector<std::string> quoted;
    for (const std::string& name : names) quoted.push_back(json_text(name));
    return fmt::format("[{}]", fmt::join(quoted, ","));
}

}  // namespace

std::string render_blocking(const BlockingReport& report) {
    const Lines lines = lines_of(report);
    return heading_text(report, lines) + "\n" + rules_text(report, lines) + "\n" + suggestions_text(report, lines);
}

std::string render_blocking_json(const BlockingReport& report) {
    const Lines lines = lines_of(report);
    std::string json = fmt::format(
        "{{\"model\":{},\"records\":{},\"across_files\":{},\"pairs\":{},\"recall_basis\":\"{}\",",
        json_text(report.model), report.records, report.across_files, lines.pairs, report.truth ? "truth" : "model");
    if (report.truth) {
        json += fmt::format(
            "\n \"records_in_truth\":{},\"only_in_truth\":{},\"true_pairs\":{},\"true_pairs_no_rule_makes\":{},",
            report.truth->records, report.truth->only_in_truth, report.truth->pairs,
            report.truth->pairs - lines.true_pairs);
    } else {
        json += fmt::format("\n \"expected_pairs\":{:.9g},", lines.expected_pairs);
    }
    json += "\n \"rules\":[";
    std::vector<std::string> could_go;
    for (const RuleLine& line : lines.rules) {
        const RuleYield& yield = line.rule->yield;
        json += fmt::format(
            "{}\n  {{\"rule\":{},\"pairs\":{},\"cumulative_pairs\":{},\"pairs_per_record\":{:.9g},\"blocks_capped\":{},"
            "\"largest_capped\":{},\"recall\":{},\"cumulative_recall\":{}",
            &line == &lines.rules.front() ? "" : ",", json_text(line.rule->name), yield.pairs, line.cumulative_pairs,
            line.pairs_per_record, yield.capped_blocks, yield.largest_capped, json_share(line.recall),
            json_share(line.cumulative_recall));
        json += report.truth ? fmt::format(",\"recall_alone\":{}}}", json_share(line.recall_alone)) : "}";
        if (line.could_go) could_go.push_back(line.rule->name);
    }
    return json + fmt::format("],\n \"no_column\":{},\n \"could_go\":{}}}\n", json_names(lines.without_columns),
                              json_names(could_go));
}

}  // namespace caseweave
