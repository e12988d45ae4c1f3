#include "reconcile/quality_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/json_text.hpp"
#include "reconcile/report_charts.hpp"

namespace caseweave {

namespace {

std::vector<QualityCount> by_system(const QualityResult& result) {
    std::vector<QualityCount> systems;
    for (const QualityCount& count : result.counts) {
        if (systems.empty() || systems.back().system != count.system) systems.push_back({count.system, "", 0, 0});
        systems.back().checked += count.checked;
        systems.back().failed += count.failed;
    }
    return systems;
}

/// Publishes one figure of lines whose sum is published. @param whole is withheld: then are all its parts.
std::vector<PublishedCount> publish(const std::vector<QualityCount>& lines, std::uint64_t QualityCount::*figure,
                                    bool whole_withheld) {
    std::vector<std::uint64_t> cells;
    for (const QualityCount& line : lines) cells.push_back(line.*figure);
    if (whole_withheld) return std::vector<PublishedCount>(lines.size(), PublishedCount::withheld());
    return publish_line(cells);
}

void add_lines(std::vector<PublishedQualityLine>& to, const std::vector<QualityCount>& lines,
               const PublishedQualityLine* whole) {
    const auto failed = publish(lines, &QualityCount::failed, whole != nullptr && whole->failed.is_withheld());
    const auto checked = publish(lines, &QualityCount::checked, whole != nullptr && whole->checked.is_withheld());
    for (std::size_t i = 0; i < lines.size(); ++i)
        to.push_back({lines[i].system, lines[i].team, failed[i], checked[i]});
}

/// Two small counts are not told apart by which of them is the larger.
bool trend_tells_small_counts(const QualityResult& result) {
    return !result.earlier.empty() && is_small(result.failed()) && is_small(result.earlier.back().failed);
}

/// Keeps the sign of a share on the line of its number.
std::string unbroken(std::string text) {
    for (std::size_t at = text.find(" %"); at != text.npos; at = text.find(" %", at)) text.replace(at, 1, "&nbsp;");
    return text;
}

std::string published_share(const QualityResult& result) {
    return is_small(result.failed()) || is_small(result.checked()) ? std::string() : share_text(result);
}

std::string trend_cell(const QualityResult& result) {
    std::string out;
    for (const QualityPoint& point : result.earlier)
        out += fmt::format("<span title=\"run {}\">{}</span> &middot; ", point.run,
                           html(PublishedCount(point.failed).text()));
    if (out.empty()) return "";
    out += html(PublishedCount(result.failed()).text());
    if (trend_tells_small_counts(result)) return out;
    switch (result.trend()) {
        case QualityTrend::better:
            return out + " <span class=\"yes\">&#9660; better</span>";
        case QualityTrend::worse:
            return out + " <span class=\"no\">&#9650; worse</span>";
        case QualityTrend::same:
            return out + " = same";
        case QualityTrend::none:
            return out;
    }
    return out;
}

std::string verdict_cell(const QualityResult& result) {
    switch (result.verdict()) {
        case QualityVerdict::holds:
            return "<span class=\"yes\">holds</span>";
        case QualityVerdict::fails:
            return "<span class=\"no\">FAILS</span>";
        default:
            return html(to_string(result.verdict()));
    }
}

std::string json_count(const PublishedCount& count) {
    return count.is_exact() ? std::to_string(count.floor()) : json_text(count.text());
}

std::string rule_json(const QualityResult& result) {
    std::string systems;
    for (const PublishedQualityLine& line : publish_systems(result))
        systems += fmt::format("{}{{\"name\":{},\"found\":{},\"checked\":{}}}", systems.empty() ? "" : ",",
                               json_text(line.system), json_count(line.failed), json_count(line.checked));
    std::string earlier;
    for (const QualityPoint& point : result.earlier)
        earlier += fmt::format("{}{{\"run_id\":{},\"found\":{},\"checked\":{}}}", earlier.empty() ? "" : ",", point.run,
                               json_count(PublishedCount(point.failed)), json_count(PublishedCount(point.checked)));
    return fmt::format(
        "{{\"rule\":{},\"title\":{},\"statutory\":{},\"severity\":{},\"owner\":{},\"found\":{},\"checked\":{},"
        "\"verdict\":{},"
        "\"trend\":{},\"systems\":[{}],\"earlier\":[{}]}}",
        json_text(result.id), json_text(result.title), result.statutory.empty() ? "null" : json_text(result.statutory),
        json_text(to_string(result.severity)), json_text(result.owner), json_count(PublishedCount(result.failed())),
        json_count(PublishedCount(result.checked())), json_text(to_string(result.verdict())),
        result.trend() == QualityTrend::none || trend_tells_small_counts(result) ? "null"
                                                                                 : json_text(to_string(result.trend())),
        systems, earlier);
}

}  // namespace

std::vector<PublishedQualityLine> publish_systems(const QualityResult& result) {
    std::vector<PublishedQualityLine> lines;
    add_lines(lines, by_system(result), nullptr);
    return lines;
}

std::vector<PublishedQualityLine> publish_teams(const QualityResult& result) {
    std::vector<PublishedQualityLine> lines;
    auto first = result.counts.begin();
    for (const PublishedQualityLine& system : publish_systems(result)) {
        const auto end = std::find_if(first, result.counts.end(),
                                      [&](const QualityCount& count) { return count.system != system.system; });
        add_lines(lines, {first, end}, &system);
        first = end;
    }
    return lines;
}

std::string limit_text(const QualityResult& result) {
    if (result.severity == QualitySeverity::info) return "";
    std::string text = result.limit_count ? with_commas(*result.limit_count) : std::string();
    if (result.limit_share) text += fmt::format("{}{:.2f} %", text.empty() ? "" : " or ", *result.limit_share * 100);
    return text;
}

std::string share_text(const QualityResult& result) {
    if (result.checked() == 0) return "";
    return fmt::format("{:.2f} %", 100 * static_cast<double>(result.failed()) / static_cast<double>(result.checked()));
}

std::string render_quality_section(const std::vector<QualityResult>& results) {
    if (results.empty()) return "";
    std::string out =
        "<section><h2>Quality rules</h2><p class=\"lead\">What the rules of the job find in the consolidated record. A "
        "rule "
        "fails when more rows break it than its limit allows; what it found in earlier runs stands in the last column, "
        "oldest first.</p><div class=\"scroll\"><table><thead><tr><th scope=\"col\">Rule</th><th class=\"t\" "
        "scope=\"col\">Severity</th><th class=\"t\" scope=\"col\">Owner</th><th scope=\"col\">Found</th><th "
        "scope=\"col\">Of</th><th scope=\"col\">Share</th><th scope=\"col\">Limit</th><th "
        "scope=\"col\">Verdict</th><th "
        "scope=\"col\">Trend</th></tr></thead><tbody>";
    for (const QualityResult& result : results)
        out += fmt::format(
            "<tr><th scope=\"row\" class=\"t\" title=\"{}\">{}{}</th><td class=\"t\">{}</td><td "
            "class=\"t\">{}</td><td>{}</td>"
            "<td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            html(result.id), result.statutory.empty() ? "" : "<small>" + html(result.statutory) + "</small> ",
            html(result.title), html(to_string(result.severity)), html(result.owner),
            html(PublishedCount(result.failed()).text()), html(PublishedCount(result.checked()).text()),
            unbroken(published_share(result)), unbroken(limit_text(result)), verdict_cell(result), trend_cell(result));
    out +=
        "</tbody></table></div><details><summary>By system, and what to do</summary><div "
        "class=\"scroll\"><table><thead><tr>"
        "<th scope=\"col\">Rule</th><th class=\"t\" scope=\"col\">System</th><th scope=\"col\">Found</th><th "
        "scope=\"col\">Of</th><th class=\"t\" scope=\"col\">What to do</th></tr></thead><tbody>";
    for (const QualityResult& result : results) {
        if (result.failed() == 0) continue;
        for (const PublishedQualityLine& line : publish_systems(result))
            out += fmt::format(
                "<tr><td class=\"t\">{}</td><td class=\"t\">{}</td><td>{}</td><td>{}</td><td class=\"t\">{}</td></tr>",
                html(result.title), html(line.system), html(line.failed.text()), html(line.checked.text()),
                html(result.advice));
    }
    return out + "</tbody></table></div></details></section>";
}

std::string render_quality_json(const std::vector<QualityResult>& results) {
    if (results.empty()) return "null";
    std::string rules;
    for (const QualityResult& result : results) rules += (rules.empty() ? "\n  " : ",\n  ") + rule_json(result);
    const auto failing = [&](QualitySeverity severity) {
        return std::ranges::count_if(results, [&](const QualityResult& result) {
            return result.severity == severity && result.verdict() == QualityVerdict::fails;
        });
    };
    return fmt::format("{{\"errors_failing\":{},\"warnings_failing\":{},\"rules\":[{}]}}",
                       failing(QualitySeverity::error), failing(QualitySeverity::warning), rules);
}

}  // namespace caseweave
