#include "app/pack/pack_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "core/parsed.hpp"
#include "core/reject.hpp"
#include "ledger/lineage_tables.hpp"
#include "load/target_schema.hpp"
#include "reconcile/published_balance.hpp"

namespace caseweave {

namespace {

/// Says of counts what may be said beside their sum, which stands elsewhere in the pack. @param sum as it stands there.
std::vector<PublishedCount> publish_parts(const std::vector<std::uint64_t>& parts, const PublishedCount& sum) {
    if (sum.is_withheld()) return std::vector<PublishedCount>(parts.size(), PublishedCount::withheld());
    return publish_line(parts);
}

/// Gives the lines of the balance by system and entity.
std::map<SourceEntity, BalanceLine> lines_by_entity(const RunReport& report) {
    std::map<SourceEntity, BalanceLine> lines;
    const PublishedBalance balance = publish_balance(report);
    for (std::size_t i = 0; i < balance.systems.size(); ++i) {
        const std::vector<EntityBalance> entities = entities_of(report, balance.systems[i].system);
        const std::vector<BalanceLine> published = publish_balance(entities, &balance.lines[i]);
        for (std::size_t k = 0; k < entities.size(); ++k)
            lines[{entities[k].system, entities[k].entity}] = published[k];
    }
    return lines;
}

std::vector<std::string> counts_row(const std::string& system, const std::string& entity, const BalanceLine& line) {
    std::vector<std::string> row = {system, entity, line.read().text()};
    for (const BalanceColumn& column : kBalanceColumns) row.push_back((line.*column.published).text());
    row.emplace_back(line.balanced ? "yes" : "NO");
    return row;
}

/// Tells whether a total's rows could be set against a suppressed count of its entity's line: then they are not said.
bool tells_suppressed(const std::string& entity, const BalanceLine& line) {
    const std::string_view table = table_of_tally(entity);
    if (table == kQuarantinedRows) return !line.quarantined.is_exact();
    if (table == kFieldIssues) return !line.issues.is_exact();
    if (table == kSourceRows) return !line.read().is_exact();
    // What stands is what earlier runs left and this one placed, found unchanged, added, replaced, kept or took away.
    const std::array said_of_rows = {line.placed, line.unchanged, line.inserted, line.updated, line.kept, line.deleted};
    return !std::ranges::all_of(said_of_rows, &PublishedCount::is_exact);
}

/// Says of an entity's totals what may be said of their rows. The rows of its canonical tables add up to those added.
std::vector<PublishedCount> publish_totals(std::span<const ControlTotal> totals, const BalanceLine* line) {
    std::vector<std::uint64_t> of_tables;
    for (const ControlTotal& total : totals) {
        if (!is_kept_beside(total.key.entity)) of_tables.push_back(total.rows_sent);
    }
    const std::vector<PublishedCount> tables = publish_line(of_tables);
    std::vector<PublishedCount> shown;
    std::size_t next = 0;
    for (const ControlTotal& total : totals) {
        shown.push_back(is_kept_beside(total.key.entity) ? PublishedCount(total.rows_sent) : tables[next++]);
        // Pairs near a restricted record are among the pairs for review, and are not for every role to count.
        if (total.key.entity == kReviewPairs || (line != nullptr && tells_suppressed(total.key.entity, *line)))
            shown.back() = PublishedCount::withheld();
    }
    return shown;
}

template <typename Reason>
std::string advice_for(const std::string& name, int reasons) {
    for (int i = 0; i < reasons; ++i) {
        const auto reason = static_cast<Reason>(i);
        if (to_string(reason) == name) return std::string(advice(reason));
    }
    return "";
}

/// Adds a question a line, with what may be said of how often.
class Questions {
  public:
    explicit Questions(PackTable& table) : table_(&table) {}
    void add(const std::string& what, const std::string& system, const std::string& detail, const std::string& count,
             const std::string& advice) {
        table_->rows.push_back({what, system, detail, count, advice});
    }

  private:
    PackTable* table_;
};

void ask_about_pairs(const PackAccount& account, Questions& questions) {
    std::vector<std::uint64_t> parts;
    for (const auto& entry : account.open_pairs) parts.push_back(entry.second);
    const std::vector<PublishedCount> shown = publish_line(parts);
    std::size_t i = 0;
    for (const auto& [reason, count] : account.open_pairs)
        questions.add("pairs of records that may be one person", "", reason, shown[i++].text(),
                      "Decide each: caseweave review list, then review decide.");
    if (account.open_shielded_pairs > 0)
        questions.add("pairs near a restricted record", "", "for the safeguarding owner only",
                      PublishedCount(account.open_shielded_pairs).text(),
                      "Decide each: caseweave review list --as restricted or sealed.");
}

void ask_about_values(const PackAccount& account, Questions& questions) {
    const PublishedBalance balance = publish_balance(account.report);
    for (std::size_t i = 0; i < balance.systems.size(); ++i) {
        std::vector<std::uint64_t> parts;
        std::vector<const NamedCount*> issues;
        for (const NamedCount& issue : account.report.issues) {
            if (issue.system != balance.systems[i].system) continue;
            issues.push_back(&issue);
            parts.push_back(issue.count);
        }
        const std::vector<PublishedCount> shown = publish_parts(parts, balance.lines[i].issues);
        for (std::size_t k = 0; k < issues.size(); ++k)
            questions.add("values set aside", issues[k]->system, issues[k]->name, shown[k].text(),
                          advice_for<IssueRule>(issues[k]->name, static_cast<int>(IssueRule::unmapped_column) + 1));
    }
}

/// Tells whether any run read a row of the entity: a night passes over what was delivered as before.
bool was_ever_read(const PackAccount& account, const SourceEntity& entity) {
    return std::ranges::any_of(account.runs, [&](const RunBooks& run) {
        const auto books = run.entities.find(entity);
        return books != run.entities.end() && books->second.counts.read > 0;
    });
}

void ask_about_balance(const PackAccount& account, Questions& questions) {
    for (const EntityBalance& entity : account.report.entities) {
        if (!entity.balanced)
            questions.add("does not balance", entity.system, entity.entity, "",
                          "Run caseweave reconcile: differences.csv names the rows.");
        if (entity.read == 0 && !entity.reads_again && !was_ever_read(account, {entity.system, entity.entity}))
            questions.add("nothing was read", entity.system, entity.entity, "0",
                          "Ask the system's owner whether it holds none, or whether the delivery was incomplete.");
    }
    for (const std::string& what : account.unprotected)
        questions.add("protection that is not as made", "", what, "",
                      "Whoever keeps the target's database puts it right; then run caseweave reconcile.");
    if (account.report.differences > 0)
        questions.add("differences found on reading back", "", "", PublishedCount(account.report.differences).text(),
                      "Run caseweave reconcile before anybody signs this off.");
}

void ask_about_columns(const PackAccount& account, Questions& questions) {
    std::map<std::string, std::uint64_t> columns;
    for (const UnmappedColumn& column : account.mapping.unmapped) ++columns[column.system];
    for (const auto& [system, count] : columns)
        questions.add("columns that no field takes", system, "", std::to_string(count),
                      "See unmapped.csv: agree with the system's owner that each may stay an extra.");
}

}  // namespace

PackTable counts_table(const PackAccount& account) {
    PackTable table{"counts.csv",
                    {"system", "entity", "read", "placed", "unchanged", "duplicate_in_source", "quarantined",
                     "excluded", "field_issues", "rows_added", "rows_updated", "rows_kept", "rows_deleted", "balanced"},
                    {}};
    const auto lines = lines_by_entity(account.report);
    const PublishedBalance balance = publish_balance(account.report);
    for (std::size_t i = 0; i < balance.systems.size(); ++i) {
        const std::string& system = balance.systems[i].system;
        for (const EntityBalance& entity : entities_of(account.report, system))
            table.rows.push_back(counts_row(system, entity.entity, lines.at({system, entity.entity})));
        table.rows.push_back(counts_row(system, "(all)", balance.lines[i]));
    }
    table.rows.push_back(counts_row("(all)", "(all)", balance.all));
    return table;
}

PackTable control_totals_table(const PackAccount& account) {
    PackTable table{"control_totals.csv",
                    {"system", "source_entity", "table", "rows_sent", "rows_read_back", "hash_total_sent",
                     "hash_total_read_back", "agree"},
                    {}};
    const auto lines = lines_by_entity(account.report);
    const std::span<const ControlTotal> totals(account.totals);
    for (std::size_t from = 0; from < totals.size();) {
        const auto same_entity = [&](const ControlTotal& total) {
            return total.key.system == totals[from].key.system &&
                   total.key.source_entity == totals[from].key.source_entity;
        };
        std::size_t to = from;
        while (to < totals.size() && same_entity(totals[to])) ++to;
        const auto line = lines.find({totals[from].key.system, totals[from].key.source_entity});
        const auto shown =
            publish_totals(totals.subspan(from, to - from), line == lines.end() ? nullptr : &line->second);
        for (std::size_t i = from; i < to; ++i) {
            const ControlTotal& total = totals[i];
            const PublishedCount& sent = shown[i - from];
            const PublishedCount found = sent.is_exact() ? PublishedCount(total.rows_found) : sent;
            table.rows.push_back({total.key.system, total.key.source_entity, total.key.entity, sent.text(),
                                  found.text(), total.digest_sent, total.digest_found, total.agrees() ? "yes" : "NO"});
        }
        from = to;
    }
    return table;
}

PackTable mapping_table(const PackAccount& account) {
    PackTable table{"mapping.csv",
                    {"system", "entity", "source_field", "target_entity", "target_field", "rule", "code_list",
                     "applies_when", "coverage"},
                    {}};
    for (const MappingLine& line : account.mapping.lines)
        table.rows.push_back({line.system, line.entity, line.columns, line.target_entity, line.field, line.rule,
                              line.code_list, line.applies_when, line.coverage});
    return table;
}

PackTable unmapped_table(const PackAccount& account) {
    PackTable table{"unmapped.csv", {"system", "entity", "source_field", "reason"}, {}};
    for (const UnmappedColumn& column : account.mapping.unmapped)
        table.rows.push_back({column.system, column.entity, column.column, column.reason});
    return table;
}

PackTable profile_table(const PackAccount& account) {
    PackTable table{"profile.csv", {"system", "field", "records_of", "filled", "values_valid"}, {}};
    for (const FieldQuality& quality : account.report.quality) {
        if (quality.given == 0) continue;
        table.rows.push_back({quality.system.empty() ? "(consolidated)" : quality.system, quality.field,
                              quality.of_children ? "children" : "everyone",
                              publish_share(quality.filled, quality.records), publish_validity(quality)});
    }
    return table;
}

PackTable decisions_table(const PackAccount& account) {
    PackTable table{"decisions.csv", {"command", "verdict", "state", "decisions"}, {}};
    std::vector<std::uint64_t> parts;
    for (const DecisionCount& count : account.decisions) parts.push_back(count.decisions);
    const std::vector<PublishedCount> shown = publish_line(parts);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const DecisionCount& count = account.decisions[i];
        table.rows.push_back({count.command, count.verdict, count.state, shown[i].text()});
    }
    return table;
}

PackTable quarantine_table(const PackAccount& account, const RowOwners& owners) {
    PackTable table{"quarantine.csv", {"owner", "system", "entity", "reason", "rows", "what_to_do"}, {}};
    const auto lines = lines_by_entity(account.report);
    for (auto at = account.quarantine.begin(); at != account.quarantine.end();) {
        const auto& [system, entity, first_reason] = at->first;
        std::vector<std::uint64_t> parts;
        const auto first = at;
        for (; at != account.quarantine.end() && std::get<0>(at->first) == system && std::get<1>(at->first) == entity;
             ++at)
            parts.push_back(at->second);
        const auto line = lines.find({system, entity});
        const auto shown = publish_parts(parts, line == lines.end() ? PublishedCount() : line->second.quarantined);
        std::size_t i = 0;
        for (auto row = first; row != at; ++row) {
            const std::string& reason = std::get<2>(row->first);
            table.rows.push_back({owners.of(system), system, entity, reason, shown[i++].text(),
                                  advice_for<RejectReason>(reason, static_cast<int>(kRejectReasons.size()))});
        }
    }
    std::ranges::stable_sort(table.rows, {}, [](const auto& row) { return row.front(); });
    return table;
}

PackTable open_questions_table(const PackAccount& account) {
    PackTable table{"open_questions.csv", {"what_waits", "system", "detail", "count", "what_to_do"}, {}};
    Questions questions(table);
    ask_about_balance(account, questions);
    ask_about_pairs(account, questions);
    ask_about_columns(account, questions);
    ask_about_values(account, questions);
    return table;
}

PackTable runs_table(const PackAccount& account) {
    PackTable table{"runs.csv",
                    {"run", "kind", "job", "program", "started", "state", "ended_as", "rows_read", "rows_quarantined"},
                    {}};
    for (const RunBooks& run : account.runs) {
        const EntityCounts total = run.total();
        const auto count = [](std::int64_t rows) {
            return rows < 0 ? PublishedCount::withheld() : PublishedCount(static_cast<std::uint64_t>(rows));
        };
        // The sum of what is said of its parts: the rows read would give a suppressed part away.
        const PublishedCount read = count(total.placed) + count(total.unchanged) + count(total.duplicate_in_source) +
                                    count(total.quarantined) + count(total.excluded);
        table.rows.push_back(
            {std::to_string(run.head.id), run.head.kind, run.head.job, run.head.program, run.head.started,
             run.head.state,
             run.head.exit_code ? std::string(in_words(static_cast<ExitCode>(*run.head.exit_code))) : std::string(),
             read.text(), count(total.quarantined).text()});
    }
    return table;
}

}  // namespace caseweave
