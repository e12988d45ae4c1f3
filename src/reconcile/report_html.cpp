#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "core/parsed.hpp"
#include "core/reject.hpp"
#include "reconcile/quality_report.hpp"
#include "reconcile/report_charts.hpp"
#include "reconcile/report_sections.hpp"
#include "reconcile/run_report.hpp"

namespace caseweave {

namespace {

std::string percent(double share) {
    return fmt::format("{:.2f} %", share * 100);
}

std::vector<std::pair<std::string, std::uint64_t>> totals_by_name(const std::vector<NamedCount>& counts) {
    std::vector<std::pair<std::string, std::uint64_t>> totals;
    for (const NamedCount& count : counts) {
        auto found =
            std::find_if(totals.begin(), totals.end(), [&](const auto& total) { return total.first == count.name; });
        if (found == totals.end()) found = totals.insert(totals.end(), {count.name, 0});
        found->second += count.count;
    }
    std::stable_sort(totals.begin(), totals.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    totals = join_small(std::move(totals));
    for (auto& total : totals) total.first = heading_words(total.first);
    return totals;
}

template <typename Reason>
std::string advice_list(const std::vector<NamedCount>& counts, int reasons) {
    std::set<std::string> seen;
    for (const NamedCount& count : counts) seen.insert(count.name);
    std::string out = "<details><summary>What to do about each</summary><ul>";
    for (int i = 0; i < reasons; ++i) {
        const auto reason = static_cast<Reason>(i);
        if (seen.contains(std::string(to_string(reason))))
            out += fmt::format("<li><b>{}</b>: {}</li>", html(heading_words(to_string(reason))), html(advice(reason)));
    }
    return out + "</ul></details>";
}

std::string faults_section(const RunReport& report) {
    std::string out =
        "<section><h2>Quarantined rows</h2><p class=\"lead\">Rows that could not be placed. Each is kept whole in "
        "<code>lineage.quarantine</code> with its "
        "address and what to do; none is lost.</p>";
    out += draw_bars(totals_by_name(report.quarantine), "Quarantined rows by reason", "#b3261e");
    if (!report.quarantine.empty())
        out += advice_list<RejectReason>(report.quarantine, static_cast<int>(RejectReason::shielded) + 1);
    out +=
        "</section><section><h2>Values set aside</h2><p class=\"lead\">A bad value never costs its row: the row is "
        "loaded, the field is empty with the reason "
        "\"invalid\", and the value is kept in <code>lineage.field_issue</code>.</p>";
    out += draw_bars(totals_by_name(report.issues), "Field issues by rule", "#8a6d1a");
    if (!report.issues.empty())
        out += advice_list<IssueRule>(report.issues, static_cast<int>(IssueRule::unmapped_column) + 1);
    return out + "</section>";
}

std::string linkage_section(const RunReport& report) {
    std::string out =
        "<section><h2>Linkage</h2><p class=\"lead\">Two children are never made one; one child is not left as two. "
        "Pairs that the evidence does not decide go "
        "to people, not to a threshold.</p><table><tbody>";
    const auto line = [&](std::string_view what, const std::string& value) {
        out += fmt::format("<tr><th scope=\"row\" class=\"t\">{}</th><td>{}</td></tr>", html(what), value);
    };
    if (report.truth) {
        line("Precision against the simulated truth", percent(report.truth->precision));
        line("Recall against the simulated truth", percent(report.truth->recall));
        line("F1", percent(report.truth->f1));
    }
    if (const auto& hazards = report.hazards) {
        if (report.truth) {
            line("Twin pairs in the county", html(PublishedCount(hazards->twin_pairs).text()));
            line("Twins made one", html(PublishedCount(hazards->twins_merged).text()));
        }
        line("Record pairs linked across an adoption or gender recognition seal",
             html(PublishedCount(hazards->sealed_pairs_linked).text()));
        line("Restricted rows that an ordinary reader could see",
             html(PublishedCount(hazards->restricted_opened).text()));
    }
    line("Pairs for review", html(PublishedCount(report.review_pairs).text()));
    line("Pairs for the safeguarding owner only", html(PublishedCount(report.shielded_pairs).text()));
    return out + "</tbody></table></section>";
}

/// Says why nothing was loaded, system by system, in place of an account of rows.
std::string refused_run(const RunReport& report) {
    const auto title_of = [&](const std::string& system) {
        const auto title = report.titles.find(system);
        return title == report.titles.end() ? std::string() : title->second;
    };
    std::string out =
        "<p class=\"verdict bad\">REFUSED: nothing was loaded, and the target is as it was</p></div></header><main>"
        "<section><h2>What stopped the run</h2><p class=\"lead\">Every system is checked before a row is loaded: that "
        "it answers, that its files are whole and those of their manifest, that control totals and stated numbers of "
        "rows hold. These did not pass.</p><div class=\"scroll\"><table class=\"refusals\"><thead><tr><th "
        "scope=\"col\">System</th><th class=\"t\" scope=\"col\">Entity</th><th class=\"t\" scope=\"col\">What is "
        "wrong</th><th class=\"t\" scope=\"col\">What to try</th></tr></thead><tbody>";
    for (const RefusedSource& refusal : report.refusals) {
        out += fmt::format(
            "<tr><th scope=\"row\" class=\"t\">{}<br><small>{}</small></th><td class=\"t\">{}</td><td "
            "class=\"t\">{}</td><td class=\"t\">{}</td></tr>",
            html(heading_words(refusal.system)), html(title_of(refusal.system)),
            refusal.entity.empty() ? "<span class=\"none\">several or all</span>" : html(heading_words(refusal.entity)),
            html(refusal.what), html(refusal.advice));
    }
    out += "</tbody></table></div></section><section><h2>Systems that passed</h2>";
    if (report.sound_systems.empty()) {
        out += "<p class=\"none\">None.</p>";
    } else {
        out += "<p class=\"lead\">Nothing is wrong with these; nothing of them was loaded either.</p><ul>";
        for (const std::string& system : report.sound_systems)
            out += fmt::format("<li><b>{}</b> {}</li>", html(heading_words(system)), html(title_of(system)));
        out += "</ul>";
    }
    return out +
           "</section><footer><p>This page holds no names, keys or values of any person. <code>caseweave check</code> "
           "asks the systems again without reading a record; the run is then started as before.</p></footer>";
}

/// Says what a night changed, or what a plan would change.
std::string night_section(const RunReport& report) {
    if (!report.night) return {};
    const NightFigures& night = *report.night;
    const auto line = [](const std::string& what, std::uint64_t count) {
        return "<tr><th scope=\"row\">" + what + "</th><td>" + html(PublishedCount(count).text()) + "</td></tr>";
    };
    std::string out = night.applied ? "<section><h2>What this night changed</h2><p class=\"lead\">Rows that are in the "
                                      "sources as they were are counted and left alone; what was replaced is kept as "
                                      "history, and the night can be undone.</p>"
                                    : "<section><h2>What a night would change</h2><p class=\"lead\">A plan: the same "
                                      "run, taken back at its end. Nothing was changed.</p>";
    out += "<div class=\"scroll\"><table><tbody>";
    out += line("source rows that are new", night.rows_new);
    out += line("source rows that changed", night.rows_changed);
    out += line("source rows that are gone", night.rows_gone);
    out += line("persons whose consolidated record differs", night.golden_records);
    out += line("source records that are another person's now, or gone", night.records_moved);
    out += line("rows that moved with them", night.rows_moved);
    out += line("rows that need another clearance", night.rows_reshielded);
    for (const auto& [kind, count] : night.identity_events) out += line("person ids " + html(kind), count);
    out += "</tbody></table></div>";
    if (!report.systems_unchanged.empty()) {
        std::string names;
        for (const std::string& system : report.systems_unchanged)
            names += (names.empty() ? "" : ", ") + html(heading_words(system));
        out += "<p>Not read, because they delivered what they had: " + names + ".</p>";
    }
    if (report.entities_in_part > 0)
        out += fmt::format(
            "<p>{} source entities were read from their watermark on; what is gone from them shows when "
            "they are read whole.</p>",
            report.entities_in_part);
    return out + "</section>";
}

/// Gives the account of a run that loaded or reconciled.
std::string finished_run(const RunReport& report) {
    std::string out =
        report.balanced()
            ? std::string("<p class=\"verdict good\">Balanced: every row is accounted for, and the target holds ") +
                  (report.night ? "what this night wrote" : "what was loaded from the sources") + "</p>"
            : fmt::format("<p class=\"verdict bad\">NOT BALANCED: {} {}; differences.csv in this folder names {}</p>",
                          with_commas(report.differences), report.differences == 1 ? "row differs" : "rows differ",
                          report.differences == 1 ? "it" : "them");
    if (report.night && report.night->applied && !report.balanced())
        out += "<p class=\"verdict bad\">NOTHING WAS CHANGED: the night was taken back</p>";
    if (!report.systems_left_out.empty()) {
        std::string names;
        for (const std::string& system : report.systems_left_out) names += (names.empty() ? "" : ", ") + system;
        out += "<p class=\"verdict bad\">NOT COMPLETE: nothing of " + html(names) +
               " was loaded; run the job again when it answers</p>";
    }
    out += "</div></header><main><div class=\"tiles\">";
    const PublishedBalance balance = publish_balance(report);
    out += tile(balance.all.read().text(), "source rows read");
    out += tile(PublishedCount(report.children_before).text(), "records of children before");
    out += tile(PublishedCount(report.children).text(), "children after");
    out += tile(PublishedCount(report.unborn).text(), "unborn children");
    out += tile(balance.all.quarantined.text(), "rows quarantined");
    out += tile(PublishedCount(report.review_pairs).text(), "pairs for review");
    out +=
        "</div><section><h2>Where every row went</h2><p class=\"lead\">From each system on the left to where its rows "
        "ended on the right; bands are as wide as rows are many.</p>";
    const auto ends_of = [](const BalanceLine& line) {
        return std::array{line.placed + line.unchanged, line.duplicates, line.quarantined, line.excluded};
    };
    std::vector<FlowRow> flow;
    for (std::size_t i = 0; i < balance.systems.size(); ++i)
        flow.push_back({heading_words(balance.systems[i].system), ends_of(balance.lines[i])});
    out += draw_flow(flow, ends_of(balance.all)) + "</section>";
    out += night_section(report);
    out += balance_section(report, balance);
    out += linkage_section(report);
    if (report.linkage) out += render_linkage_account(*report.linkage);
    out += faults_section(report);
    out += overlap_section(report);
    out += quality_section(report);
    out += render_quality_section(report.quality_rules);
    const StageSeconds& s = report.seconds;
    out += "<section><h2>Time</h2>" +
           draw_parts({{"Extract", s.extract},
                       {"Normalise", s.normalise},
                       {"Link", s.link},
                       {"Consolidate", s.consolidate},
                       {"Load", s.load},
                       {"Reconcile", s.reconcile}},
                      "Seconds by stage") +
           fmt::format("<p>{:.1f} s in all; most memory used by this process {:.0f} MB.</p></section>", s.total,
                       static_cast<double>(report.peak_rss_bytes) / 1e6);
    out +=
        "<footer><p>This page holds no names, keys or values of any person. Counts from one to four are shown as "
        "&lt;5; c stands where another count is withheld with them, or they could be computed; &ge; before a sum of "
        "which "
        "a part is not shown. The rows themselves are in the target's <code>lineage</code> schema, for those who may "
        "see "
        "them.</p></footer>";
    return out;
}

}  // namespace

std::string render_html(const RunReport& report) {
    const std::string run = report.refused() ? "run refused" : fmt::format("run {}", report.run_id);
    std::string out = fmt::format(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width\"><title>caseweave {}</title><style>",
        run);
    out += report_style();
    out += fmt::format(
        "</style></head><body><header><div><h1>Consolidation of children's case records</h1><p>{} &middot; {} "
        "&middot; job {} &middot; {}{}</p>",
        heading_words(run), html(report.command), html(report.job), html(report.started),
        report.seed ? fmt::format(" &middot; simulated county, seed {}", *report.seed) : "");
    return out + (report.refused() ? refused_run(report) : finished_run(report)) + "</main></body></html>\n";
}

}  // namespace caseweave
