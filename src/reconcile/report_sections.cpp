#include "reconcile/report_sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <utility>

#include "canonical/name_words.hpp"
#include "reconcile/report_charts.hpp"

namespace caseweave {

namespace {

constexpr std::string_view kStyle = R"(
:root{--ink:#17202e;--soft:#55606e;--line:#d9dee5;--paper:#fff;--wash:#f4f6f9;--brand:#1f3a5f;--good:#0b6e4f;--bad:#b3261e}
*{box-sizing:border-box}body{margin:0;background:var(--wash);color:var(--ink);font:16px/1.5 system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:1080px;margin:0 auto;padding:24px 20px 64px}
header{background:var(--brand);color:#fff;padding:28px 20px}header>div{max-width:1040px;margin:0 auto}
h1{margin:0 0 4px;font-size:1.7rem}header p{margin:0;color:#dbe4ef}
h2{font-size:1.2rem;margin:0 0 4px}section{background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:20px;margin:20px 0}
section>p.lead{margin:0 0 14px;color:var(--soft);max-width:75ch}
.verdict{display:inline-block;margin-top:14px;padding:6px 14px;border-radius:6px;font-weight:700;background:#fff}
.verdict.good{color:var(--good)}.verdict.bad{color:var(--bad)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin-top:-14px}
.tile{background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:14px 16px}
.tile b{display:block;font-size:1.5rem;white-space:nowrap;line-height:1.15;font-variant-numeric:tabular-nums}.tile span{color:var(--soft);font-size:.9rem}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.92rem}
caption{text-align:left;color:var(--soft);padding-bottom:6px}th,td{padding:6px 8px;border-bottom:1px solid var(--line);text-align:right;vertical-align:top}
th:first-child,td:first-child,td.t,th.t{text-align:left}thead th{border-bottom:2px solid var(--brand);font-weight:600}
tfoot td,tfoot th{border-top:2px solid var(--brand);font-weight:700}
.yes{color:var(--good);font-weight:700}.no{color:var(--bad);font-weight:700}
.scroll{overflow-x:auto}svg{max-width:100%;height:auto;display:block}svg text{font:13px system-ui,"DejaVu Sans",sans-serif;fill:var(--ink)}svg .n{fill:var(--soft)}
.key{margin-right:18px;white-space:nowrap;font-size:.9rem}.key i{display:inline-block;width:12px;height:12px;border-radius:2px;margin-right:6px;vertical-align:-1px}
table.refusals td,table.refusals th{padding:10px 12px}table.refusals td:nth-child(3){overflow-wrap:anywhere;min-width:22em}table.refusals small{color:var(--soft);font-weight:400}
details{margin-top:12px}summary{cursor:pointer;color:var(--brand);font-weight:600}.none{color:var(--soft)}
table.heat td{text-align:center;border:1px solid #fff;padding:4px 5px;font-size:.82rem}table.heat small{white-space:nowrap}table.heat th{font-weight:500;font-size:.82rem;padding:4px 5px;border-bottom:0}
table.heat thead th{writing-mode:vertical-rl;transform:rotate(180deg);text-align:left;border:0;white-space:nowrap;padding:6px 2px}
table.heat thead th:first-child{writing-mode:horizontal-tb;transform:none}
footer{color:var(--soft);font-size:.9rem}@media print{body{background:#fff}section,.tile{break-inside:avoid}}
)";

/// Columns of kBalanceColumns that the page shows, from the first: what became of rows that were there before is told
/// by a night's own section.
constexpr std::size_t kShownColumns = 7;

std::string balance_row(std::string_view first_cells, const BalanceLine& line, std::string_view tag = "td") {
    const auto cell = [&](const PublishedCount& count) {
        return fmt::format("<{0}>{1}</{0}>", tag, html(count.text()));
    };
    std::string out = fmt::format("<tr>{}{}", first_cells, cell(line.read()));
    for (const BalanceColumn& column : std::span(kBalanceColumns).first(kShownColumns))
        out += cell(line.*column.published);
    return out + fmt::format("<{0}>{1}</{0}></tr>", tag,
                             line.balanced ? "<span class=\"yes\">yes</span>" : "<span class=\"no\">NO</span>");
}

constexpr std::string_view kBalanceHead =
    "<th>Read</th><th>Placed</th><th>Un&shy;changed</th><th>Duplicate in "
    "source</th><th>Quaran&shy;tined</th><th>Excluded</th><th>Field issues</th>"
    "<th>Rows added</th><th>Balanced</th></tr></thead><tbody>";

std::string shade(double share, bool dark_is_good) {
    const double s = std::clamp(share, 0.0, 1.0);
    const int r = static_cast<int>(dark_is_good ? 232 - s * 190 : 255 - s * 30);
    const int g = static_cast<int>(dark_is_good ? 240 - s * 110 : 250 - s * 150);
    const int b = static_cast<int>(dark_is_good ? 236 - s * 140 : 245 - s * 170);
    return fmt::format("background:rgb({},{},{});color:{}", r, g, b, dark_is_good && s > 0.62 ? "#fff" : "#17202e");
}

/// Counts persons by number of records. Sizes that few persons have are counted with the next smaller size.
std::vector<std::pair<std::string, std::uint64_t>> cluster_size_bars(const RunReport& report) {
    constexpr std::uint64_t kLargestShown = 12;  // larger clusters are counted together
    std::map<std::uint64_t, std::uint64_t> persons;
    bool joined = false;
    for (const auto& [size, count] : report.cluster_sizes) {
        persons[std::min(size, kLargestShown + 1)] += count;
        joined = joined || size > kLargestShown;
    }
    while (persons.size() > 1 &&
           std::ranges::any_of(persons, [](const auto& entry) { return is_small(entry.second); })) {
        const auto last = std::prev(persons.end());
        std::prev(last)->second += last->second;
        persons.erase(last);
        joined = true;
    }
    std::vector<std::pair<std::string, std::uint64_t>> bars;
    for (const auto& [size, count] : persons)
        bars.emplace_back(fmt::format("{} record{}", size, size == 1 ? "" : "s"), count);
    if (joined) bars.back().first = fmt::format("{} records or more", persons.rbegin()->first);
    return bars;
}

/// Writes how full and how valid one field is in one system. A share of few, or of all but few, would count single
/// people.
std::string quality_cell(const FieldQuality* line) {
    if (line == nullptr || line->records == 0 || line->given == 0) return "<td>&middot;</td>";
    const bool few = is_small(line->filled) || is_small(line->records);
    const std::string filled = few ? "<5" : publish_share(line->filled, line->records);
    return fmt::format(
        "<td style=\"{}\">{}<br><small{}>{}</small></td>",
        few || filled == "c" ? "" : shade(static_cast<double>(line->filled) / static_cast<double>(line->records), true),
        html(filled), line->invalid > 0 ? " class=\"no\" style=\"color:inherit\"" : "", html(publish_validity(*line)));
}

}  // namespace

std::string_view report_style() {
    return kStyle;
}

std::string heading_words(std::string_view name) {
    std::string words = name_in_words(name);
    if (!words.empty() && words[0] >= 'a' && words[0] <= 'z') words[0] = static_cast<char>(words[0] - 'a' + 'A');
    return words;
}

std::string tile(std::string_view figure, std::string_view label) {
    return fmt::format("<div class=\"tile\"><b>{}</b><span>{}</span></div>", html(figure), html(label));
}

std::string balance_section(const RunReport& report, const PublishedBalance& balance) {
    std::string out =
        "<section><h2>The balance</h2><p class=\"lead\">Every source row ends in exactly one place: read = placed + "
        "unchanged + duplicate in source + "
        "quarantined + excluded. A row that says several things is read by several entities and counts for each. A "
        "line "
        "is balanced when its rows add up and the digest of what was sent equals the "
        "digest of what was read back from "
        "the target, row for row. &lt;5 stands for one to four, and &ge; before a sum that holds such a count.</p><div "
        "class=\"scroll\"><table><caption>Rows by system</caption><thead><tr><th "
        "scope=\"col\">System</th>";
    out += kBalanceHead;
    for (std::size_t i = 0; i < balance.systems.size(); ++i) {
        const std::string& system = balance.systems[i].system;
        const auto title = report.titles.find(system);
        const std::string described = title == report.titles.end() ? std::string() : title->second;
        out += balance_row(fmt::format("<th scope=\"row\" class=\"t\" title=\"{}\">{}</th>", html(described),
                                       html(heading_words(system))),
                           balance.lines[i]);
    }
    out += "</tbody><tfoot>" + balance_row("<th scope=\"row\" class=\"t\">All systems</th>", balance.all) +
           "</tfoot></table></div>";
    out +=
        "<details><summary>By entity, with digests</summary><div class=\"scroll\"><table><thead><tr><th "
        "scope=\"col\">System</th><th class=\"t\" scope=\"col\">Entity</th>";
    out += kBalanceHead;
    for (std::size_t i = 0; i < balance.systems.size(); ++i) {
        const std::vector<EntityBalance> entities = entities_of(report, balance.systems[i].system);
        const std::vector<BalanceLine> lines = publish_balance(entities, &balance.lines[i]);
        for (std::size_t k = 0; k < entities.size(); ++k) {
            out += balance_row(
                fmt::format("<td class=\"t\">{}</td><td class=\"t\">{}<br><small title=\"digest of the "
                            "rows read back\">{}</small></td>",
                            html(heading_words(entities[k].system)), html(heading_words(entities[k].entity)),
                            html(entities[k].digest_target.substr(0, 16))),
                lines[k]);
        }
    }
    return out + "</tbody></table></div></details></section>";
}

std::string overlap_section(const RunReport& report) {
    std::vector<std::string> systems;
    for (const NamedCount& system : report.within_system) systems.push_back(system.system);
    if (systems.empty()) return "";
    std::uint64_t most = 1;
    for (const auto& entry : report.known_to_both) most = std::max(most, PublishedCount(entry.second).floor());
    std::string out =
        "<section><h2>Who is known where</h2><p class=\"lead\">Each cell counts people that two systems both hold: "
        "what no worker could see in one place "
        "before. On the diagonal, records beyond the first that one system held of the same person.</p><div "
        "class=\"scroll\"><table class=\"heat\"><thead><tr><th></th>";
    for (const std::string& system : systems)
        out += fmt::format("<th scope=\"col\">{}</th>", html(heading_words(system)));
    out += "</tr></thead><tbody>";
    for (const NamedCount& row : report.within_system) {
        out += fmt::format("<tr><th scope=\"row\" class=\"t\">{}</th>", html(heading_words(row.system)));
        for (const std::string& column : systems) {
            if (column == row.system) {
                out += fmt::format("<td style=\"background:#e8e2f0\">{}</td>", html(PublishedCount(row.count).text()));
                continue;
            }
            const auto found = report.known_to_both.find(std::minmax(row.system, column));
            const std::uint64_t count = found == report.known_to_both.end() ? 0 : found->second;
            // A suppressed count is as dark as the least it may be: its colour must not give it away.
            const PublishedCount shown(count);
            out += fmt::format("<td style=\"{}\">{}</td>",
                               shade(static_cast<double>(shown.floor()) / static_cast<double>(most), true),
                               shown.is_none() ? "&middot;" : html(shown.text()));
        }
        out += "</tr>";
    }
    out += "</tbody></table></div></section>";

    out +=
        "<section><h2>Records that make one person</h2><p class=\"lead\">How many source records each consolidated "
        "person has.</p>";
    return out + draw_bars(cluster_size_bars(report), "Persons by number of source records", "#33658a") + "</section>";
}

std::string quality_section(const RunReport& report) {
    std::vector<std::string> systems;
    std::vector<std::string> fields;
    std::map<std::pair<std::string, std::string>, const FieldQuality*> lines;
    for (const FieldQuality& quality : report.quality) {
        if (std::find(systems.begin(), systems.end(), quality.system) == systems.end())
            systems.push_back(quality.system);
        if (std::find(fields.begin(), fields.end(), quality.field) == fields.end()) fields.push_back(quality.field);
        lines[{quality.field, quality.system}] = &quality;
    }
    std::string out =
        "<section><h2>Completeness and validity</h2><p class=\"lead\">By source system and, in the last column, after "
        "consolidation. First the share of records that hold the field; below it, smaller, the share of the values "
        "given that "
        "are valid: the others were set aside as they loaded. Fields of the person are told of everyone; identifiers, "
        "addresses and contacts of children and unborn children, before and after. After consolidation, a value that "
        "is chosen (the person's fields, NHS number, UPN, ULN) is counted as valid where a record of that person gives "
        "it as a value that passed; all other identifiers, addresses and contacts are kept, and with them the "
        "account of what was set aside.</p><div class=\"scroll\"><table class=\"heat\"><thead><tr><th></th>";
    for (const std::string& system : systems)
        out += fmt::format("<th scope=\"col\">{}</th>",
                           system.empty() ? "<b>Consolidated</b>" : html(heading_words(system)));
    out += "</tr></thead><tbody>";
    bool children = false;
    for (const std::string& field : fields) {
        std::string row;
        bool any = false;
        bool of_children = false;
        for (const std::string& system : systems) {
            const auto found = lines.find({field, system});
            const FieldQuality* line = found == lines.end() ? nullptr : found->second;
            any = any || (line != nullptr && line->given > 0);
            of_children = of_children || (line != nullptr && line->of_children);
            row += quality_cell(line);
        }
        if (!any) continue;
        if (of_children && !std::exchange(children, true))
            out += fmt::format(
                "<tr><th scope=\"rowgroup\" class=\"t\" colspan=\"{}\"><b>Of children: identifiers, addresses, "
                "contacts</b></th></tr>",
                systems.size() + 1);
        out += fmt::format("<tr><th scope=\"row\" class=\"t\">{}</th>{}</tr>", html(heading_words(field)), row);
    }
    out += "</tbody></table></div>";
    if (!report.source_notes.empty()) {
        out +=
            "<details><summary>Source columns that no mapping names (kept with their rows), and files refused by "
            "name</summary><ul>";
        for (const std::string& column : report.source_notes) out += "<li>" + html(column) + "</li>";
        out += "</ul></details>";
    }
    return out + "</section>";
}

}  // namespace caseweave
