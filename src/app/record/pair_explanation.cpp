#include "app/record/pair_explanation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "app/reading/people_of_run.hpp"
#include "app/reading/stored_people.hpp"
#include "app/record/shown_evidence.hpp"
#include "app/record/shown_values.hpp"
#include "core/threads.hpp"
#include "link/explain.hpp"
#include "load/review_decisions.hpp"
#include "reconcile/report_charts.hpp"

namespace caseweave {

namespace {

/// Names each link of the path, with the comparisons that speak for it. The role sees every record on it.
std::string describe_path(const std::vector<Link>& path, const PersonStore& store, const LinkageModel& model,
                          PersonRow from, const ShownEvidence& evidence) {
    std::string text = "The links that hold the two together:\n";
    const auto name = [&](PersonRow row) {
        return fmt::format("{}:{}", store.system_name(store.system(row)), store.key(row));
    };
    PersonRow here = from;
    for (const Link& link : path) {
        const PersonRow there = link.a == here ? link.b : link.a;
        const std::set<Comparison> hidden = evidence.withheld(here, there);
        std::string why;
        if (link.rule == LinkResult::kReviewerRule) {
            why = "a reviewer decided so";
        } else {
            std::vector<ExplainedComparison> comparisons = describe_pattern(model, link.pattern);
            withhold(comparisons, hidden);
            for (const ExplainedComparison& comparison : comparisons) {
                if (comparison.withheld)
                    why += fmt::format("{}{}: {}", why.empty() ? "" : ", ", comparison.aspect, comparison.words);
                else if (comparison.level != kNull && comparison.bits[0] > 0)
                    why += (why.empty() ? "" : ", ") + comparison.words;
            }
        }
        const std::string bits =
            hidden.empty() ? fmt::format("  {:+.1f} bits", static_cast<double>(link.bits)) : std::string();
        text += fmt::format("  {} - {}{}: {}\n", name(here), name(there), bits, why);
        here = there;
    }
    return text;
}

/// Lists the records of the persons that two records belong to.
std::vector<PersonRow> records_of_both(const LinkResult& linked, PersonRow left, PersonRow right) {
    std::vector<PersonRow> records;
    for (std::uint32_t i = 0; i < linked.cluster.size(); ++i) {
        if (linked.cluster[i] == linked.cluster[left.value] || linked.cluster[i] == linked.cluster[right.value])
            records.push_back({i});
    }
    return records;
}

/// Says between which days a record puts its person's birth, as far as the asker may see that; "" where it does not.
std::string describe_birth_range(TargetConnection& connection, const SourceRecordId& record) {
    const TargetResult row = connection.query(
        "SELECT birth_date_earliest, birth_date_latest FROM lineage.person_record"
        " WHERE source_system = $1 AND source_person_key = $2 AND birth_date_earliest IS NOT NULL",
        {record.system, record.key});
    if (row.empty()) return {};
    return fmt::format("{}: born {}.\n", record.text(), shown_birth_range(row.text(0, 0), row.text(0, 1)));
}

std::string draw_svg(const Waterfall& waterfall, const Explanation& explanation, const SourceRecordId& left,
                     const SourceRecordId& right) {
    constexpr double kRow = 24;
    constexpr double kLabels = 430;
    constexpr double kBars = 420;
    constexpr double kTop = 64;
    const auto x = [&](double bits) {
        return kLabels + (bits - waterfall.low) / std::max(waterfall.high - waterfall.low, 1e-9) * kBars;
    };
    const double height = kTop + kRow * static_cast<double>(waterfall.steps.size() + 1) + 40;
    std::string svg = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" "
        "font-family=\"system-ui, sans-serif\" font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" "
        "fill=\"#fff\"/>\n",
        kLabels + kBars + 90, height);
    svg += fmt::format(
        "<text x=\"16\" y=\"26\" font-size=\"16\" font-weight=\"600\" fill=\"#1d2733\">{} and {}</text>\n"
        "<text x=\"16\" y=\"46\" fill=\"#5b6875\">{}{}; weighed against {}</text>\n",
        html(left.text()), html(right.text()),
        explanation.outcome == Explanation::Outcome::same_person  ? "one person"
        : explanation.outcome == Explanation::Outcome::for_review ? "for a reviewer"
                                                                  : "two people",
        explanation.partly_withheld ? std::string() : fmt::format(", probability {:.4f}", explanation.probability),
        html(waterfall.against));
    svg += fmt::format("<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\" stroke=\"#9aa5b1\"/>\n", x(0),
                       kTop - 6, height - 34);
    double y = kTop;
    const auto row = [&](const std::string& words, double from, double to, std::string_view colour, double shown) {
        const double begin = std::min(x(from), x(to));
        const double width = std::max(std::abs(x(to) - x(from)), 1.5);
        svg += fmt::format(
            "<text x=\"{:.0f}\" y=\"{:.1f}\" text-anchor=\"end\" fill=\"#1d2733\">{}</text>"
            "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.0f}\" rx=\"2\" fill=\"{}\"/>"
            "<text x=\"{:.1f}\" y=\"{:.1f}\" fill=\"#5b6875\">{:+.1f}</text>\n",
            kLabels - 12, y + 15, html(words), begin, y + 3, width, kRow - 7, colour, begin + width + 6, y + 15, shown);
        y += kRow;
    };
    for (const WaterfallStep& step : waterfall.steps) {
        if (step.withheld) {
            svg += fmt::format("<text x=\"{:.0f}\" y=\"{:.1f}\" text-anchor=\"end\" fill=\"#5b6875\">{}</text>\n",
                               kLabels - 12, y + 15, html(step.words));
            y += kRow;
            continue;
        }
        row(step.words, step.from, step.to, step.to >= step.from ? "#2b7a78" : "#c0562f", step.to - step.from);
    }
    if (!explanation.partly_withheld) row("in all", 0, waterfall.total, "#37475a", waterfall.total);
    svg +=
        fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\" fill=\"#5b6875\">0 bits</text>\n</svg>\n",
                    x(0), height - 16);
    return svg;
}

}  // namespace

PairExplanation explain_records(const ViewedTarget& viewed, TargetConnection& connection, const SourceRecordId& left,
                                const SourceRecordId& right) {
    TargetConnection loader = viewed.target.connect();
    HiddenPlaces places;
    const PersonStore store = read_people(loader, viewed.canonical, places);
    const LinkageModel model = LinkageModel::load(viewed.linkage_model);
    LinkOptions options;
    options.threads = threads_to_use(0);
    options.decisions = constraints_of(read_decisions(loader, DecisionScope::applied));
    const LinkResult linked = link_people(store, model, options);
    auto explanation = Explainer(store, model, linked, options).explain(left.system, left.key, right.system, right.key);
    PairExplanation told;
    if (!explanation) return told;
    const PersonRow from = *store.find(*store.find_system(left.system), left.key);
    const PersonRow to = *store.find(*store.find_system(right.system), right.key);
    const ShownEvidence evidence(loader, connection, store, model, records_of_both(linked, from, to));
    const std::vector<Link> path = explanation->path;
    const auto seen = [&](const Link& link) { return evidence.sees(link.a) && evidence.sees(link.b); };
    withhold(*explanation, model, evidence.withheld(from, to));
    if (!evidence.sees_everything()) withhold_other_records(*explanation);
    told.text = in_words(*explanation, model);
    for (const SourceRecordId& record : {left, right}) told.text += describe_birth_range(connection, record);
    if (!path.empty()) {
        told.text += std::ranges::all_of(path, seen)
                         ? describe_path(path, store, model, from, evidence)
                         : "The link between the two rests on records not shown to this role.\n";
    }
    if (!explanation->comparisons.empty()) told.svg = draw_svg(waterfall_of(*explanation), *explanation, left, right);
    return told;
}

}  // namespace caseweave
