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
#include "reconcile/run_report.hpp"

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
table.heat td{text-align:center;border:1px solid #fff;padding:4px 5px;font-size:.82rem}table.heat th{font-weight:500;font-size:.82rem;padding:4px 5px;border-bottom:0}
table.heat thead th{writing-mode:vertical-rl;transform:rotate(180deg);text-align:left;border:0;white-space:nowrap;padding:6px 2px}
table.heat thead th:first-child{writing-mode:horizontal-tb;transform:none}
footer{color:var(--soft);font-size:.9rem}@media print{body{background:#fff}section,.tile{break-inside:avoid}}
)";

/// What the names of entities and fields shorten, as people write it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kAbbreviations = {
    {{"ehc", "EHC"},
     {"cin", "CIN"},
     {"cp", "CP"},
     {"pep", "PEP"},
     {"neet", "NEET"},
     {"sdq", "SDQ"},
     {"sen", "SEN"},
     {"upn", "UPN"},
     {"uln", "ULN"},
     {"nhs", "NHS"},
     {"section47", "Section 47"}}};

/// Writes a name of the program ("cin_plan") in words ("CIN plan").
std::string words_of(std::string_view name) {
    std::string words;
    while (!name.empty()) {
        std::string_view word = name.substr(0, name.find('_'));
        name.remove_prefix(std::min(name.size(), word.size() + 1));
        const auto* const known =
            std::ranges::find(kAbbreviations, word, [](const auto& entry) { return entry.first; });
        if (known != kAbbreviations.end()) word = known->second;
        words += (words.empty() ? "" : " ") + std::string(word);
    }
    if (!words.empty() && words[0] >= 'a' && words[0] <= 'z') words[0] = static_cast<char>(words[0] - 'a' + 'A');
    return words;
}

std::string tile(std::string_view figure, std::string_view label) {
    return fmt::format("<div class=\"tile\"><b>{}</b><span>{}</span></div>", html(figure), html(label));
}

std::string percent(double share) {
    return fmt::format("{:.2f} %", share * 100);
}

/// Adds the entities of a system up; order of first appearance.
std::vector<EntityBalance> by_system(const RunReport& report) {
    std::vector<EntityBalance> systems;
    for (const EntityBalance& entity : report.entities) {
        auto found = std::find_if(systems.begin(), systems.end(),
                                  [&](const EntityBalance& system) { return system.system == entity.system; });
        if (found == systems.end()) {
            EntityBalance& system = systems.emplace_back();
            system.system = entity.system;
            system.balanced = true;
            found = systems.end() - 1;
        }
        found->read += entity.read;
        found->placed += entity.placed;
        found->unchanged += entity.unchanged;
        found->duplicate_in_source += entity.duplicate_in_source;
        found->quarantined += entity.quarantined;
        found->excluded += entity.excluded;
        found->field_issues += entity.field_issues;
        found->emitted += entity.emitted;
        found->inserted += entity.inserted;
        found->updated += entity.updated;
        found->balanced = found->balanced && entity.balanced;
    }
    return systems;
}

/// Holds what is said of one line of the balance.
struct BalanceLine {
    PublishedCount placed, unchanged, duplicates, quarantined, excluded, issues, inserted;
    bool balanced = false;
    PublishedCount read() const noexcept { return placed + unchanged + duplicates + quarantined + excluded; }
};

/// One column of the balance: the exact count, and what is said of it.
struct BalanceColumn {
    std::uint64_t EntityBalance::*count;
    PublishedCount BalanceLine::*published;
};
constexpr std::array<BalanceColumn, 7> kBalanceColumns = {
    {{&EntityBalance::placed, &BalanceLine::placed},
     {&EntityBalance::unchanged, &BalanceLine::unchanged},
     {&EntityBalance::duplicate_in_source, &BalanceLine::duplicates},
     {&EntityBalance::quarantined, &BalanceLine::quarantined},
     {&EntityBalance::excluded, &BalanceLine::excluded},
     {&EntityBalance::field_issues, &BalanceLine::issues},
     {&EntityBalance::inserted, &BalanceLine::inserted}}};

/// Says of lines what may be said beside the exact total of each column. @param whole: the line they add up to where it
/// is published with suppressions of its own, or null.
std::vector<BalanceLine> publish_balance(const std::vector<EntityBalance>& lines, const BalanceLine* whole) {
    std::vector<BalanceLine> published(lines.size());
    for (std::size_t i = 0; i < lines.size(); ++i) published[i].balanced = lines[i].balanced;
    for (const BalanceColumn& column : kBalanceColumns) {
        std::vector<std::uint64_t> cells;
        for (const EntityBalance& line : lines) cells.push_back(line.*column.count);
        std::vector<PublishedCount> shown = publish_line(cells);
        // What is withheld of the whole would be the sum of its parts.
        if (whole != nullptr && (whole->*column.published).is_withheld())
            std::fill(shown.begin(), shown.end(), PublishedCount::withheld());
        for (std::size_t i = 0; i < lines.size(); ++i) published[i].*column.published = shown[i];
    }
    return published;
}

/// Holds the balance as it is published: the systems, the entities of each, and all together.
struct PublishedBalance {
    std::vector<EntityBalance> systems;  ///< exact, for their names
    std::vector<BalanceLine> lines;      ///< by system
    BalanceLine all;
};

PublishedBalance publish_balance(const RunReport& report) {
    PublishedBalance balance;
    balance.systems = by_system(report);
    balance.lines = publish_balance(balance.systems, nullptr);
    balance.all.balanced = true;
    for (const EntityBalance& system : balance.systems) balance.all.balanced = balance.all.balanced && system.balanced;
    for (const BalanceColumn& column : kBalanceColumns) {
        std::uint64_t total = 0;
        for (const EntityBalance& system : balance.systems) total += system.*column.count;
        balance.all.*column.published = PublishedCount(total);
    }
    return balance;
}

std::string balance_row(std::string_view first_cells, const BalanceLine& line, std::string_view tag = "td") {
    const auto cell = [&](const PublishedCount& count) {
        return fmt::format("<{0}>{1}</{0}>", tag, html(count.text()));
    };
    std::string out = fmt::format("<tr>{}{}", first_cells, cell(line.read()));
    for (const BalanceColumn& column : kBalanceColumns) out += cell(line.*column.published);
    return out + fmt::format("<{0}>{1}</{0}></tr>", tag,
                             line.balanced ? "<span class=\"yes\">yes</span>" : "<span class=\"no\">NO</span>");
}

constexpr std::string_view kBalanceHead =
    "<th>Read</th><th>Placed</th><th>Un&shy;changed</th><th>Duplicate in "
    "source</th><th>Quaran&shy;tined</th><th>Excluded</th><th>Field issues</th>"
    "<th>Rows added</th><th>Balanced</th></tr></thead><tbody>";

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
        out += balance_row(
            fmt::format("<th scope=\"row\" class=\"t\" title=\"{}\">{}</th>", html(described), html(words_of(system))),
            balance.lines[i]);
    }
    out += "</tbody><tfoot>" + balance_row("<th scope=\"row\" class=\"t\">All systems</th>", balance.all) +
           "</tfoot></table></div>";
    out +=
        "<details><summary>By entity, with digests</summary><div class=\"scroll\"><table><thead><tr><th "
        "scope=\"col\">System</th><th class=\"t\" scope=\"col\">Entity</th>";
    out += kBalanceHead;
    for (std::size_t i = 0; i < balance.systems.size(); ++i) {
        std::vector<EntityBalance> entities;
        for (const EntityBalance& entity : report.entities) {
            if (entity.system == balance.systems[i].system) entities.push_back(entity);
        }
        const std::vector<BalanceLine> lines = publish_balance(entities, &balance.lines[i]);
        for (std::size_t k = 0; k < entities.size(); ++k) {
            out += balance_row(fmt::format("<td class=\"t\">{}</td><td class=\"t\">{}<br><small title=\"digest of the "
                                           "rows read back\">{}</small></td>",
                                           html(words_of(entities[k].system)), html(words_of(entities[k].entity)),
                                           html(entities[k].digest_target.substr(0, 16))),
                               lines[k]);
        }
    }
    return out + "</tbody></table></div></details></section>";
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
    for (auto& total : totals) total.first = words_of(total.first);
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
            out += fmt::format("<li><b>{}</b>: {}</li>", html(words_of(to_string(reason))), html(advice(reason)));
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

std::string overlap_section(const RunReport& report) {
    std::vector<std::string> systems;
    for (const NamedCount& system : report.within_system) systems.push_back(system.system);
    if (systems.empty()) return "";
    std::uint64_t most = 1;
    for (const auto& entry : report.known_to_both) most = std::max(most, entry.second);
    std::string out =
        "<section><h2>Who is known where</h2><p class=\"lead\">Each cell counts people that two systems both hold: "
        "what no worker could see in one place "
        "before. On the diagonal, records beyond the first that one system held of the same person.</p><div "
        "class=\"scroll\"><table class=\"heat\"><thead><tr><th></th>";
    for (const std::string& system : systems) out += fmt::format("<th scope=\"col\">{}</th>", html(words_of(system)));
    out += "</tr></thead><tbody>";
    for (const NamedCount& row : report.within_system) {
        out += fmt::format("<tr><th scope=\"row\" class=\"t\">{}</th>", html(words_of(row.system)));
        for (const std::string& column : systems) {
            if (column == row.system) {
                out += fmt::format("<td style=\"background:#e8e2f0\">{}</td>", html(PublishedCount(row.count).text()));
                continue;
            }
            const auto found = report.known_to_both.find(std::minmax(row.system, column));
            const std::uint64_t count = found == report.known_to_both.end() ? 0 : found->second;
            out += fmt::format("<td style=\"{}\">{}</td>",
                               shade(static_cast<double>(count) / static_cast<double>(most), true),
                               count == 0 ? "&middot;" : html(PublishedCount(count).text()));
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
    for (const FieldQuality& quality : report.quality) {
        if (std::find(systems.begin(), systems.end(), quality.system) == systems.end())
            systems.push_back(quality.system);
        if (std::find(fields.begin(), fields.end(), quality.field) == fields.end()) fields.push_back(quality.field);
    }
    std::string out =
        "<section><h2>Completeness and validity</h2><p class=\"lead\">Share of person records that hold each field, by "
        "source system, and after consolidation "
        "(last column). A second figure in a cell is the share whose value was set aside as invalid.</p><div "
        "class=\"scroll\"><table class=\"heat\"><thead><tr><th></th>";
    for (const std::string& system : systems)
        out +=
            fmt::format("<th scope=\"col\">{}</th>", system.empty() ? "<b>Consolidated</b>" : html(words_of(system)));
    out += "</tr></thead><tbody>";
    for (const std::string& field : fields) {
        std::string row;
        bool any = false;
        for (const std::string& system : systems) {
            const auto found = std::find_if(report.quality.begin(), report.quality.end(), [&](const FieldQuality& q) {
                return q.system == system && q.field == field;
            });
            if (found == report.quality.end() || found->records == 0 || found->filled + found->invalid == 0) {
                row += "<td>&middot;</td>";
                continue;
            }
            any = true;
            const auto records = static_cast<double>(found->records);
            const double filled = static_cast<double>(found->filled) / records;
            // Below five records a share would count single people.
            const bool few = (found->filled > 0 && found->filled < 5) || found->records < 5;
            std::string text = few ? html("<5") : fmt::format("{:.0f} %", filled * 100);
            if (found->invalid >= 5)
                text += fmt::format("<br><span class=\"no\" style=\"color:inherit\">{:.1f} % invalid</span>",
                                    static_cast<double>(found->invalid) / records * 100);
            row += fmt::format("<td style=\"{}\">{}</td>", few ? "" : shade(filled, true), text);
        }
        if (any) out += fmt::format("<tr><th scope=\"row\" class=\"t\">{}</th>{}</tr>", html(words_of(field)), row);
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
            line("Twins made one", with_commas(hazards->twins_merged));
        }
        line("Record pairs linked across an adoption or gender recognition seal",
             with_commas(hazards->sealed_pairs_linked));
        line("Restricted rows that an ordinary reader could see", with_commas(hazards->restricted_opened));
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
            html(words_of(refusal.system)), html(title_of(refusal.system)),
            refusal.entity.empty() ? "<span class=\"none\">several or all</span>" : html(words_of(refusal.entity)),
            html(refusal.what), html(refusal.advice));
    }
    out += "</tbody></table></div></section><section><h2>Systems that passed</h2>";
    if (report.sound_systems.empty()) {
        out += "<p class=\"none\">None.</p>";
    } else {
        out += "<p class=\"lead\">Nothing is wrong with these; nothing of them was loaded either.</p><ul>";
        for (const std::string& system : report.sound_systems)
            out += fmt::format("<li><b>{}</b> {}</li>", html(words_of(system)), html(title_of(system)));
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
        return "<tr><th scope=\"row\">" + what + "</th><td>" + PublishedCount(count).text() + "</td></tr>";
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
            names += (names.empty() ? "" : ", ") + html(words_of(system));
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
    out += tile(with_commas(report.children_before), "records of children before");
    out += tile(with_commas(report.children), "children after");
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
        flow.push_back({words_of(balance.systems[i].system), ends_of(balance.lines[i])});
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
    out += kStyle;
    out += fmt::format(
        "</style></head><body><header><div><h1>Consolidation of children's case records</h1><p>{} &middot; {} "
        "&middot; job {} &middot; {}{}</p>",
        words_of(run), html(report.command), html(report.job), html(report.started),
        report.seed ? fmt::format(" &middot; simulated county, seed {}", *report.seed) : "");
    return out + (report.refused() ? refused_run(report) : finished_run(report)) + "</main></body></html>\n";
}

}  // namespace caseweave
