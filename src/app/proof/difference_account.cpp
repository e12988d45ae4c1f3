#include "app/proof/difference_account.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "canonical/copy_encoding.hpp"
#include "ledger/lineage_tables.hpp"
#include "ledger/lineage_writer.hpp"

namespace caseweave {

namespace {

/// Names one row of one table.
using RowName = std::tuple<TallyKey, std::string, std::int32_t>;

std::vector<std::string> tables_of(const std::string& entity, const TargetSchema& schema) {
    if (entity == kSourceRows) return {"lineage.source_row", "sealed.source_row"};
    if (entity == kCrosswalkRecord) return {"lineage.crosswalk"};
    if (is_kept_beside(entity)) return {entity};
    const EntityDescriptor* descriptor = schema.find(entity);
    return {descriptor->schema + '.' + descriptor->table};
}

/// Makes a temporary table of the differences, by their number.
void name_differences(TargetConnection& loader, const TargetSchema& schema,
                      const std::vector<RowDifference>& differences) {
    loader.execute(
        "DROP TABLE IF EXISTS pg_temp.named_difference; CREATE TEMPORARY TABLE named_difference (number bigint,"
        " table_name text, source_system text, source_entity text, source_key text, source_part smallint)");
    CopyBuffer rows;
    for (std::size_t i = 0; i < differences.size(); ++i) {
        const RowDifference& difference = differences[i];
        for (const std::string& table : tables_of(difference.key.entity, schema)) {
            rows.begin_row(6);
            rows.put_bigint(static_cast<std::int64_t>(i));
            rows.put_text(table);
            rows.put_text(difference.key.system);
            rows.put_text(difference.key.source_entity);
            rows.put_text(difference.source_key);
            rows.put_smallint(static_cast<std::int16_t>(difference.part));
        }
    }
    copy_rows(loader, "pg_temp.named_difference",
              "number, table_name, source_system, source_entity, source_key, source_part", rows);
    loader.execute("ANALYZE pg_temp.named_difference");
}

/// What the target itself tells of a difference.
struct Trace {
    std::string runs;      ///< that wrote what is there: "3"; "" where nothing is
    std::string by_hand;   ///< when someone changed it outside any run; "" where history has no such thing last
    std::string from_run;  ///< the run whose version was replaced then
};

/// Finds which runs the rows bear.
void trace_runs(TargetConnection& loader, const TargetSchema& schema, const std::vector<RowDifference>& differences,
                std::vector<Trace>& traces) {
    std::set<std::string> entities;
    for (const RowDifference& difference : differences) entities.insert(difference.key.entity);
    for (const std::string& entity : entities) {
        if (entity == kReviewPairs) continue;  // keyed by both its records
        const bool crosswalk = entity == kCrosswalkRecord;
        for (const std::string& table : tables_of(entity, schema)) {
            std::string same = "t.source_system = d.source_system AND ";
            same += crosswalk ? "t.source_person_key = d.source_key"
                              : "t.source_entity = d.source_entity AND t.source_key = d.source_key";
            if (!crosswalk && !is_lineage_table(entity)) same += " AND t.source_part = d.source_part";
            const TargetResult rows = loader.query(
                "SELECT d.number, string_agg(DISTINCT t.run_id::text, ' and ') FROM pg_temp.named_difference d JOIN " +
                    table + " t ON " + same + " WHERE d.table_name = $1 GROUP BY 1",
                {table}, TargetConnection::kLongDeadline);
            for (std::size_t i = 0; i < rows.rows(); ++i)
                traces[static_cast<std::size_t>(rows.integer(i, 0))].runs = rows.text(i, 1);
        }
    }
}

/// Finds what history says last of each row.
void trace_history(TargetConnection& loader, std::vector<Trace>& traces) {
    const TargetResult rows = loader.execute(
        "SELECT DISTINCT ON (d.number) d.number, h.from_run, to_char(h.replaced_at AT TIME ZONE 'UTC',"
        " 'YYYY-MM-DD HH24:MI \"UTC\"'), h.to_run IS NULL FROM pg_temp.named_difference d JOIN lineage.row_history h"
        " ON h.table_name = d.table_name AND h.source_system = d.source_system"
        " AND coalesce(h.row ->> 'source_entity', d.source_entity) = d.source_entity"
        " AND coalesce(h.row ->> 'source_key', h.source_person_key) = d.source_key"
        " AND coalesce((h.row ->> 'source_part')::smallint, d.source_part) = d.source_part"
        " ORDER BY d.number, h.history_id DESC",
        TargetConnection::kLongDeadline);
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        if (!rows.boolean(i, 3)) continue;
        Trace& trace = traces[static_cast<std::size_t>(rows.integer(i, 0))];
        trace.from_run = rows.text(i, 1);
        trace.by_hand = rows.text(i, 2);
    }
}

/// Says which columns of the rows differ from what their source gives, by row. Columns outside the digest (ids, what
/// the target decides) are left out, and why a value is missing where the value's own column is named.
std::map<RowName, std::vector<std::string>> find_changed_fields(TargetConnection& loader, const TargetSchema& schema,
                                                                const SourceWitness& witness) {
    std::map<RowName, std::vector<std::string>> fields;
    for (const auto& [key, rows] : witness.rows) {
        if (rows.empty()) continue;
        const EntityDescriptor& entity = *schema.find(key.entity);
        const std::string table = qualified_table(entity);
        loader.execute("DROP TABLE IF EXISTS pg_temp.given_row; CREATE TEMPORARY TABLE given_row (LIKE " + table +
                       "); ALTER TABLE pg_temp.given_row DROP COLUMN row_id");
        std::string copy = copy_in_sql(entity);
        copy.replace(copy.find(table), table.size(), "pg_temp.given_row");
        loader.copy_in_begin(copy);
        for (const std::string_view piece : {copy_header(), rows.view(), copy_trailer()}) loader.copy_in_put(piece);
        loader.copy_in_end();
        std::string outside = "ARRAY['missing'";
        for (const TableColumn& column : table_columns(entity))
            if (!column.in_digest) outside += ", " + TargetConnection::quote_literal(column.name);
        const TargetResult changed = loader.execute(
            "SELECT g.source_key, g.source_part, c.name FROM pg_temp.given_row g JOIN " + table +
                " t USING (source_system, source_entity, source_key, source_part) CROSS JOIN LATERAL (SELECT a.key AS"
                " name FROM jsonb_each(to_jsonb(g)) a JOIN jsonb_each(to_jsonb(t)) b USING (key) WHERE a.value IS"
                " DISTINCT FROM b.value AND a.key <> ALL (" +
                outside + "])) c GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
            TargetConnection::kLongDeadline);
        for (std::size_t i = 0; i < changed.rows(); ++i)
            fields[{key, std::string(changed.text(i, 0)), static_cast<std::int32_t>(changed.integer(i, 1))}]
                .emplace_back(changed.text(i, 2));
        loader.execute("DROP TABLE pg_temp.given_row");
    }
    return fields;
}

std::string why(const RowDifference& difference, const Trace& trace) {
    using Kind = RowDifference::Kind;
    if (difference.account.off == DifferenceAccount::Off::source)
        return "its source gives other rows now than the last run loaded: run caseweave nightly";
    if (!trace.by_hand.empty())
        return fmt::format("{} outside any run on {}; run {} had written it",
                           trace.runs.empty() ? "taken away" : "changed", trace.by_hand, trace.from_run);
    if (difference.kind == Kind::missing && trace.runs.empty()) return "history keeps nothing of who took it away";
    if (trace.runs.empty()) return "no run and no history tell of it";
    if (difference.kind == Kind::extra || difference.kind == Kind::twice)
        return fmt::format("it bears run {}, in whose books it is not: put there outside any run", trace.runs);
    if (difference.kind > Kind::twice) {
        return fmt::format(
            "last written by run {}; history has no change of the row itself: look at the person, "
            "restriction or place it follows from",
            trace.runs);
    }
    return fmt::format("last written by run {}; history keeps nothing of who changed it", trace.runs);
}

/// Leaves out rows that their source has elsewhere by now: where they stood when they were read only history can say
/// then. A table of which nothing else is told is told of as a whole.
void leave_out_moved_in_source(std::vector<RowDifference>& differences) {
    std::set<TallyKey> moved, told;
    std::erase_if(differences, [&](const RowDifference& difference) {
        const bool leave_out = is_of_place(difference) && difference.account.off == DifferenceAccount::Off::source;
        (leave_out ? moved : told).insert(difference.key);
        return leave_out;
    });
    for (const TallyKey& key : moved) {
        if (told.contains(key)) continue;
        RowDifference whole{RowDifference::Kind::unexplained, key, "", 0};
        whole.account.why = "rows stand at other places than the books say, and the source has moved them since";
        differences.push_back(std::move(whole));
    }
}

}  // namespace

void account_for_differences(TargetConnection& loader, const TargetSchema& schema, ReconciliationResult& result) {
    if (result.differences.empty()) return;
    std::vector<Trace> traces(result.differences.size());
    name_differences(loader, schema, result.differences);
    trace_runs(loader, schema, result.differences, traces);
    trace_history(loader, traces);
    const auto fields = find_changed_fields(loader, schema, result.witness);
    for (std::size_t i = 0; i < result.differences.size(); ++i) {
        RowDifference& difference = result.differences[i];
        DifferenceAccount& account = difference.account;
        if (difference.kind == RowDifference::Kind::unexplained) {
            account.why = "the source cannot be read, or gives the rows as the target has them";
            continue;
        }
        // Whose a row is and who may see it is the target's own affair.
        const bool of_content = difference.kind <= RowDifference::Kind::twice;
        // Of a row that history saw changed outside any run it is known; of others only whether its segment's source is
        // another now.
        TallyKey told = difference.key;
        if (is_of_place(difference)) told.entity = places_of(told.entity);
        const bool source_is_other = of_content && traces[i].by_hand.empty() &&
                                     result.witness.changed.contains({told, segment_of(difference.source_key)});
        account.off = source_is_other ? DifferenceAccount::Off::source : DifferenceAccount::Off::target;
        if (difference.kind == RowDifference::Kind::changed) {
            const auto names = fields.find({difference.key, difference.source_key, difference.part});
            if (names != fields.end()) account.fields = names->second;
        }
        const auto position =
            result.witness.positions.find({difference.key.system, difference.key.source_entity, difference.source_key});
        if (position != result.witness.positions.end()) account.position = position->second;
        account.why = why(difference, traces[i]);
    }
    leave_out_moved_in_source(result.differences);
    // What somebody did to the target is told before what a night will bring.
    std::ranges::stable_partition(result.differences, [](const RowDifference& difference) {
        return difference.account.off == DifferenceAccount::Off::target;
    });
}

}  // namespace caseweave
