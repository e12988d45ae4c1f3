#include "app/pack/pack_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "reconcile/report_charts.hpp"
#include "reconcile/report_sections.hpp"

namespace caseweave {

namespace {

using Row = std::vector<std::string>;

/// Style beside that of the report: long tables of words, and the contents.
constexpr std::string_view kPackStyle = R"(
table.words td,table.words th{text-align:left}td.r,th.r{text-align:right!important;white-space:nowrap}table.words td{overflow-wrap:break-word}
td.p{min-width:15em}code.h{font-size:.78rem;color:var(--soft)}nav ul{columns:2;margin:0;padding-left:1.2em}section h3{font-size:1rem;margin:18px 0 4px}
section{overflow-wrap:break-word}pre{background:var(--wash);padding:10px 12px;border-radius:6px;overflow-x:auto}
@media print{nav{display:none}.scroll{overflow:visible}table.words{font-size:.7rem}td.p{min-width:0}table.words td{overflow-wrap:anywhere}}
)";

/// Says how a column of a table is shown: which, under what title, and what its texts are.
struct ShownColumn {
    std::size_t column;
    std::string_view title;
    enum class As : std::uint8_t { words, text, prose, figure, digest, verdict } as = As::text;
};
using As = ShownColumn::As;

/// Escapes a text for HTML and lets long names break behind an underscore.
std::string breakable(const std::string& text) {
    std::string out = html(text);
    for (std::size_t at = out.find('_'); at != out.npos; at = out.find('_', at + 1)) out.insert(at + 1, "<wbr>");
    return out;
}

std::string cell(const std::string& text, As as) {
    switch (as) {
        case As::words:
            return "<td>" + html(heading_words(text)) + "</td>";
        case As::figure:
            return "<td class=\"r\">" + html(text) + "</td>";
        case As::digest:
            return "<td><code class=\"h\" title=\"" + html(text) + "\">" + html(text.substr(0, 16)) + "</code></td>";
        case As::verdict:
            return fmt::format("<td class=\"r\"><span class=\"{}\">{}</span></td>", text == "yes" ? "yes" : "no",
                               html(text));
        case As::prose:
            return "<td class=\"p\">" + breakable(text) + "</td>";
        case As::text:
            break;
    }
    return "<td>" + breakable(text) + "</td>";
}

/// Writes rows as a table; a column without a text in any of them is left out.
std::string render(std::span<const Row> rows, std::vector<ShownColumn> columns) {
    std::erase_if(columns, [&](const ShownColumn& shown) {
        return std::ranges::all_of(rows, [&](const Row& row) { return row[shown.column].empty(); });
    });
    std::string out = "<div class=\"scroll\"><table class=\"words\"><thead><tr>";
    for (const ShownColumn& column : columns)
        out +=
            fmt::format("<th scope=\"col\"{}>{}</th>",
                        column.as == As::figure || column.as == As::verdict ? " class=\"r\"" : "", html(column.title));
    out += "</tr></thead><tbody>";
    for (const Row& row : rows) {
        out += "<tr>";
        for (const ShownColumn& column : columns) out += cell(row[column.column], column.as);
        out += "</tr>";
    }
    return out + "</tbody></table></div>";
}

std::string begin_section(std::string_view id, std::string_view title, std::string_view lead) {
    return fmt::format("<section id=\"{}\"><h2>{}</h2><p class=\"lead\">{}</p>", id, title, lead);
}

/// Writes a table whose rows stand together by their first column, a foldable part each.
/// @param what its rows are, in the plural. @param first how the first column is shown.
std::string render_folded(const PackTable& table, const std::vector<ShownColumn>& columns, std::string_view what,
                          As first = As::words) {
    std::string out;
    const std::span<const Row> rows(table.rows);
    for (std::size_t from = 0; from < rows.size();) {
        std::size_t to = from;
        while (to < rows.size() && rows[to][0] == rows[from][0]) ++to;
        const std::string& title = rows[from][0];
        out += fmt::format("<details><summary>{}: {} {}</summary>{}</details>",
                           html(first == As::words ? heading_words(title) : title), to - from,
                           to - from == 1 ? what.substr(0, what.size() - 1) : what,
                           render(rows.subspan(from, to - from), columns));
        from = to;
    }
    return out.empty() ? "<p class=\"none\">None.</p>" : out;
}

std::string or_none(const PackTable& table, const std::vector<ShownColumn>& columns) {
    return table.rows.empty() ? "<p class=\"none\">None.</p>" : render(table.rows, columns);
}

std::string header(const PackAccount& account, const PackOrigin& origin) {
    const RunReport& report = account.report;
    std::string out = fmt::format(
        "<header><div><h1>Reconciliation pack</h1><p>Consolidation of children's case records &middot; run {} &middot; "
        "job {} &middot; {}{}</p><p>{} &middot; made by caseweave {} for the role {}</p>",
        report.run_id, html(report.job), html(report.started),
        report.seed ? fmt::format(" &middot; simulated county, seed {}", *report.seed) : "", html(account.target),
        html(origin.program), html(origin.role));
    const auto off = std::ranges::count_if(account.totals, [](const ControlTotal& total) { return !total.agrees(); });
    out += report.balanced() && off == 0
               ? "<p class=\"verdict good\">Balanced: every row is accounted for, and what was sent is what is read "
                 "back</p>"
               : "<p class=\"verdict bad\">NOT BALANCED: see what waits for people</p>";
    out +=
        account.unprotected.empty()
            ? "<p>Protected: row-level security, policies, grants, roles and views of the target are as this program "
              "makes them</p>"
            : fmt::format(
                  "<p class=\"verdict bad\">NOT PROTECTED AS MADE: {} {} of the target's catalogue; see what "
                  "waits for people</p>",
                  account.unprotected.size(), account.unprotected.size() == 1 ? "thing" : "things");
    return out + "</div></header>";
}

std::string tiles(const PackAccount& account) {
    const RunReport& report = account.report;
    const PublishedBalance balance = publish_balance(report);
    const auto agree = static_cast<std::uint64_t>(
        std::ranges::count_if(account.totals, [](const ControlTotal& total) { return total.agrees(); }));
    std::uint64_t fields = 0;
    for (const MappingLine& line : account.mapping.lines) fields += line.field.empty() ? 0U : 1U;
    return "<div class=\"tiles\">" + tile(balance.all.read().text(), "source rows read") +
           tile(PublishedCount(report.children_before).text(), "records of children before") +
           tile(PublishedCount(report.children).text(), "children after") +
           tile(balance.all.quarantined.text(), "rows quarantined") +
           tile(with_commas(agree), fmt::format("of {} hash totals agree", with_commas(account.totals.size()))) +
           tile(with_commas(fields), "fields mapped") + "</div>";
}

constexpr std::string_view kContents =
    "<section><nav aria-label=\"Contents\"><ul><li><a href=\"#questions\">What waits for people</a></li><li><a "
    "href=\"#balance\">The balance</a></li><li><a href=\"#totals\">Control and hash totals</a></li><li><a "
    "href=\"#quarantine\">Quarantine</a></li><li><a href=\"#decisions\">Decisions</a></li><li><a "
    "href=\"#profile\">Profile of each source</a></li><li><a href=\"#mapping\">Mapping document</a></li><li><a "
    "href=\"#runs\">Runs</a></li><li><a href=\"#verify\">How to verify this pack</a></li></ul></nav></section>";

/// Writes questions of one kind under a heading; many are folded away.
std::string render_questions(const PackTable& questions) {
    constexpr std::size_t kShownAtOnce = 12;  // about a third of a screen
    const std::vector<ShownColumn> columns = {
        {1, "System", As::words}, {2, "Detail", As::words}, {3, "Count", As::figure}, {4, "What to do", As::prose}};
    std::string out;
    const std::span<const Row> rows(questions.rows);
    for (std::size_t from = 0; from < rows.size();) {
        std::size_t to = from;
        while (to < rows.size() && rows[to][0] == rows[from][0]) ++to;
        const std::string title = html(heading_words(rows[from][0]));
        const std::string table = render(rows.subspan(from, to - from), columns);
        out += to - from > kShownAtOnce
                   ? fmt::format("<details><summary>{}: {} kinds</summary>{}</details>", title, to - from, table)
                   : fmt::format("<h3>{}</h3>{}", title, table);
        from = to;
    }
    return out.empty() ? "<p class=\"none\">Nothing.</p>" : out;
}

std::string people_section(const PackTables& tables) {
    return begin_section("questions", "What waits for people",
                         "What is open, and what to do about it. Nothing here is lost: rows and values that were set "
                         "aside are kept whole in the target. The same is in <code>open_questions.csv</code>.") +
           render_questions(tables.questions) + "</section>";
}

std::string totals_section(const PackTables& tables) {
    return begin_section(
               "totals", "Control and hash totals",
               "For each source entity and each table its rows went to: the rows sent and the rows read back just now "
               "from the target, with the sum of their digests. Equal hash totals mean the same rows with the same "
               "content. They are keyed (HMAC-SHA-256), so that no value can be guessed from them; two packs can be "
               "compared where they name the same digest key. <code>control_totals.csv</code> has them in full, "
               "<code>counts.csv</code> the counts by stage.") +
           render_folded(tables.totals,
                         {{1, "Source entity", As::words},
                          {2, "Table", As::text},
                          {3, "Rows sent", As::figure},
                          {4, "Read back", As::figure},
                          {5, "Hash total sent", As::digest},
                          {6, "Read back", As::digest},
                          {7, "Agree", As::verdict}},
                         "totals") +
           "</section>";
}

std::string exceptions_sections(const PackTables& tables) {
    return begin_section("quarantine", "Quarantine",
                         "Rows that could not be placed, by who mends them. Counts only; "
                         "<code>caseweave quarantine export</code> lists the rows for those who may see them.") +
           render_folded(tables.quarantine,
                         {{1, "System", As::words},
                          {2, "Entity", As::words},
                          {3, "Reason", As::words},
                          {4, "Rows", As::figure},
                          {5, "What to do", As::prose}},
                         "kinds", As::text) +
           "</section>" +
           begin_section("decisions", "Decisions",
                         "What reviewers decided of pairs of records. Each holds in every later run until another "
                         "supersedes it or it is withdrawn; who decided, when and why is in the target.") +
           or_none(tables.decisions,
                   {{0, "Command"}, {1, "Verdict", As::words}, {2, "State"}, {3, "Decisions", As::figure}}) +
           "</section>";
}

std::string mapping_section(const PackTables& tables) {
    return begin_section("mapping", "Mapping document",
                         "Generated from the connectors that read the systems: which source field makes which field of "
                         "the record, by what rule. Coverage is the share of the entity's rows in the target that have "
                         "a value there. Lines without a target are read for keys and conditions. "
                         "<code>mapping.csv</code> and <code>unmapped.csv</code> hold the same.") +
           render_folded(tables.mapping,
                         {{1, "Entity", As::words},
                          {2, "Source field"},
                          {3, "Target", As::words},
                          {4, "Field"},
                          {8, "Coverage", As::figure},
                          {5, "Rule", As::prose},
                          {6, "Code list"},
                          {7, "Only when"}},
                         "lines") +
           "<h3>Columns that no field takes</h3><p class=\"lead\">Kept with their rows, so that none is lost.</p>" +
           render_folded(tables.unmapped, {{1, "Entity", As::words}, {2, "Source field"}, {3, "Why"}}, "columns") +
           "</section>";
}

std::string runs_section(const PackTables& tables) {
    return begin_section("runs", "Runs", "Every run of this target, newest first.") +
           render(tables.runs.rows, {{0, "Run"},
                                     {1, "Kind"},
                                     {2, "Job"},
                                     {3, "Program"},
                                     {4, "Started"},
                                     {6, "Ended as"},
                                     {7, "Rows read", As::figure},
                                     {8, "Quarantined", As::figure}}) +
           "</section>";
}

std::string verify_section(const PackTables& tables, const PackOrigin& origin) {
    std::string files;
    for (const PackTable* table : tables.all()) files += "<li><code>" + table->file + "</code></li>";
    return begin_section("verify", "How to verify this pack",
                         "<code>manifest.json</code> names every file with its size and SHA-256; "
                         "<code>manifest.sig</code> is the Ed25519 signature over it. The check needs neither network "
                         "nor database:") +
           "<pre>caseweave verify FOLDER --public-key their_key.pem</pre><p>or, with OpenSSL alone:</p><pre>openssl "
           "pkeyutl -verify -pubin -inkey their_key.pem -rawin -in manifest.json -sigfile manifest.sig</pre><p>Take "
           "the key from the signer by another way than the pack came: the <code>public_key.pem</code> in the pack "
           "shows that the files belong together, not who signed them.</p><table class=\"words\"><tbody><tr><th "
           "scope=\"row\">Fingerprint of the signing key</th><td><code>" +
           html(origin.fingerprint) + "</code></td></tr><tr><th scope=\"row\">Name of the digest key</th><td><code>" +
           html(origin.digest_key) + "</code></td></tr></tbody></table><h3>Tables</h3><ul>" + files + "</ul></section>";
}

constexpr std::string_view kFooter =
    "<footer><p>This pack holds no names, keys or values of any person. Counts from one to four are shown as &lt;5; c "
    "stands where another count is withheld with them, or they could be computed; &ge; before a sum of which a part is "
    "not shown.</p></footer>";

}  // namespace

std::vector<const PackTable*> PackTables::all() const {
    return {&counts, &totals, &mapping, &unmapped, &profile, &decisions, &quarantine, &questions, &runs};
}

PackTables make_pack_tables(const PackAccount& account, const RowOwners& owners) {
    return {counts_table(account),
            control_totals_table(account),
            mapping_table(account),
            unmapped_table(account),
            profile_table(account),
            decisions_table(account),
            quarantine_table(account, owners),
            open_questions_table(account),
            runs_table(account)};
}

std::string render_pack_page(const PackAccount& account, const PackTables& tables, const PackOrigin& origin) {
    std::string out = fmt::format(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width\"><title>Reconciliation pack, run {}</title><style>{}{}</style></head><body>",
        account.report.run_id, report_style(), kPackStyle);
    out += header(account, origin) + "<main>" + tiles(account);
    out += kContents;
    out += people_section(tables);
    out += "<div id=\"balance\">" + balance_section(account.report, publish_balance(account.report)) + "</div>";
    out += totals_section(tables) + exceptions_sections(tables);
    out += "<div id=\"profile\">" + quality_section(account.report) + overlap_section(account.report) + "</div>";
    out += mapping_section(tables) + runs_section(tables) + verify_section(tables, origin);
    out += kFooter;
    return out + "</main></body></html>\n";
}

}  // namespace caseweave
