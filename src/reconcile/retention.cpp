#include "reconcile/retention.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <string>

#include "canonical/copy_encoding.hpp"
#include "core/source_ref.hpp"
#include "reconcile/quality_check.hpp"

namespace caseweave {

namespace {

constexpr std::string_view kComputed =
    "person_id, area, access, rule, legal_hold, retain_until, basis, basis_date, unknown";

std::string identifier(std::string_view name) {
    return TargetConnection::quote_identifier(name);
}

std::string literal(std::string_view text) {
    return TargetConnection::quote_literal(text);
}

/// Writes the last day that a date known to the day, month or year can mean.
std::string last_day(const std::string& alias, const std::string& field, FieldType type) {
    const std::string column = alias + "." + identifier(field);
    if (type == FieldType::timestamp) return column + "::date";
    if (type != FieldType::partial_date) return column;
    return fmt::format(
        "CASE rtrim({0}, '~') WHEN 'year' THEN (date_trunc('year', {1}) + interval '1 year - 1 day')::date"
        " WHEN 'month' THEN (date_trunc('month', {1}) + interval '1 month - 1 day')::date ELSE {1} END",
        alias + "." + identifier(field + "_precision"), column);
}

/// Selects whoever falls under a rule, a row for each reason: person_id, area, access, row_date.
std::string falls_under(const RetentionRule& rule) {
    if (!rule.records.empty()) {
        std::string records;
        for (const auto& [system, key] : rule.records)
            records += fmt::format("{}({}, {})", records.empty() ? "" : ", ", literal(system), literal(key));
        return "SELECT person_id, area, access, NULL::date AS row_date FROM lineage.crosswalk WHERE (source_system,"
               " source_person_key) IN (" +
               records + ")";
    }
    if (rule.entity == nullptr)
        return "SELECT child_id AS person_id, area, access, NULL::date AS row_date FROM integrated.child";
    const bool dated = !rule.hold && rule.start == RetentionRule::Start::row;
    const std::string date = dated ? last_day("t", rule.date.name, rule.date.type) : "NULL::date";
    const std::string from = qualified_table(*rule.entity) + " t";
    const std::string where = conditions_sql(rule.where, *rule.entity, "t");
    const std::string id = identifier(id_column(*rule.entity));
    std::string sql = fmt::format(
        "SELECT t.{0} AS person_id, t.area, t.access, {1} AS row_date FROM {2} WHERE t.{0} IS NOT NULL"
        " AND {3}",
        id, date, from, where);
    for (const std::string& key : rule.persons)
        sql += fmt::format(
            " UNION ALL SELECT c.person_id, t.area, t.access, {} FROM {} JOIN lineage.crosswalk c ON c.source_system ="
            " t.source_system AND c.source_person_key = t.{} WHERE {}",
            date, from, identifier(key), where);
    return sql;
}

/// Selects what one rule gives for each person, area and clearance: the columns of kComputed, then the rule's place.
std::string judged(const RetentionRule& rule, std::size_t place) {
    const std::string persons = fmt::format(
        "SELECT f.person_id, f.area, (f.access | p.access)::smallint AS access, max(f.row_date) AS row_date,"
        " bool_or(f.row_date IS NULL) AS open, {} AS birth, {} AS death FROM ({}) f JOIN integrated.person"
        " p USING (person_id) GROUP BY f.person_id, f.area, (f.access | p.access)::smallint, p.row_id",
        last_day("p", "birth_date", FieldType::partial_date), last_day("p", "death_date", FieldType::partial_date),
        falls_under(rule));
    std::string basis, date, unknown;
    std::string years = std::to_string(rule.years);
    switch (rule.start) {
        case RetentionRule::Start::birth:
            basis = "'birth'";
            date = "birth";
            unknown = "no birth date";
            break;
        case RetentionRule::Start::death:
            basis = "'death'";
            date = "death";
            unknown = "no death date";
            break;
        case RetentionRule::Start::row:
            basis = literal(rule.entity->name + "." + rule.date.name);
            date = "CASE WHEN NOT open THEN row_date END";
            unknown = "a row has no " + rule.date.name;
            break;
    }
    if (rule.died_under) {
        const std::string young = fmt::format("death < birth + interval '{} years'", *rule.died_under);
        basis = fmt::format("CASE WHEN {} THEN 'death' ELSE 'birth' END", young);
        date = fmt::format("CASE WHEN {} THEN death ELSE birth END", young);
        years = fmt::format("CASE WHEN {} THEN {} ELSE {} END", young, rule.years_from_death, rule.years);
    }
    if (rule.hold)
        return fmt::format(
            "SELECT person_id, area, access, {} AS rule, true AS legal_hold, NULL::date AS retain_until, 'hold' AS "
            "basis,"
            " NULL::date AS basis_date, NULL AS unknown, {} AS place FROM ({}) r",
            literal(rule.id), place, persons);
    return fmt::format(
        "SELECT person_id, area, access, {} AS rule, false AS legal_hold, (basis_date + years * interval '1 "
        "year')::date"
        " AS retain_until, basis, basis_date, CASE WHEN basis_date IS NULL THEN {} END AS unknown, {} AS place FROM"
        " (SELECT r.*, {} AS basis, {} AS basis_date, {} AS years FROM ({}) r) d",
        literal(rule.id), literal(unknown), place, basis, date, years, persons);
}

/// Makes the temporary table retention_now of what the rules give now; until the transaction ends.
void compute_now(TargetConnection& loader, const RetentionRules& rules) {
    std::string all;
    for (std::size_t i = 0; i < rules.rules.size(); ++i)
        all += (i == 0 ? "" : " UNION ALL ") + judged(rules.rules[i], i);
    loader.execute(
        fmt::format(
            "CREATE TEMPORARY TABLE retention_now ON COMMIT DROP AS SELECT DISTINCT ON (person_id, area, access) {}"
            " FROM ({}) judged ORDER BY person_id, area, access, legal_hold DESC, retain_until DESC NULLS FIRST,"
            " place",
            kComputed, all),
        TargetConnection::kLongDeadline);
    loader.execute("ANALYZE pg_temp.retention_now");
}

/// Says that the row n of retention_now stands as it is in integrated.retention t.
constexpr std::string_view kSame =
    "(n.person_id, n.area, n.access) = (t.person_id, t.area, t.access) AND (n.rule, n.legal_hold, n.retain_until, "
    "n.basis,"
    " n.basis_date, n.unknown) IS NOT DISTINCT FROM (t.rule, t.legal_hold, t.retain_until, t.basis, t.basis_date,"
    " t.unknown)";

/// Selects the rows of either side that the other does not have as they are, and what history says last of each:
/// person_id, area, access, whether they stand in the target and are given, the columns that differ, the run they bear,
/// and of a change outside any run when it was and whose version was replaced.
constexpr std::string_view kWrongRows =
    "WITH wrong AS MATERIALIZED (SELECT coalesce(t.person_id, n.person_id) AS person_id, coalesce(t.area, n.area) AS"
    " area, coalesce(t.access, n.access) AS access, t.person_id IS NOT NULL AS stands, n.person_id IS NOT NULL AS"
    " given, concat_ws(' ', CASE WHEN n.rule <> t.rule THEN 'rule' END, CASE WHEN n.legal_hold <> t.legal_hold THEN"
    " 'legal_hold' END, CASE WHEN n.retain_until IS DISTINCT FROM t.retain_until THEN 'retain_until' END, CASE WHEN"
    " n.basis <> t.basis THEN 'basis' END, CASE WHEN n.basis_date IS DISTINCT FROM t.basis_date THEN 'basis_date' END,"
    " CASE WHEN n.unknown IS DISTINCT FROM t.unknown THEN 'unknown' END) AS fields, t.run_id FROM integrated.retention "
    "t"
    " FULL JOIN pg_temp.retention_now n ON n.person_id = t.person_id AND n.area = t.area AND n.access = t.access WHERE"
    " ({0}) IS NOT TRUE ORDER BY 1, 2, 3 LIMIT {1}), last AS (SELECT DISTINCT ON (w.person_id, w.area, w.access)"
    " w.person_id, w.area, w.access, h.from_run, h.to_run, h.replaced_at FROM lineage.row_history h JOIN wrong w ON"
    " (h.row ->> 'person_id')::bigint = w.person_id AND (h.row ->> 'area')::smallint = w.area AND"
    " (h.row ->> 'access')::smallint = w.access WHERE h.table_name = 'integrated.retention' ORDER BY w.person_id,"
    " w.area, w.access, h.history_id DESC) SELECT w.person_id, w.area, w.access, stands, given, fields, w.run_id,"
    " l.from_run, to_char(l.replaced_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI \"UTC\"') FROM wrong w LEFT JOIN last "
    "l ON"
    " (l.person_id, l.area, l.access) = (w.person_id, w.area, w.access) AND l.to_run IS NULL ORDER BY 1, 2, 3";

RowDifference difference_of(const TargetResult& wrong, std::size_t row) {
    using Kind = RowDifference::Kind;
    const bool stands = wrong.boolean(row, 3);
    const bool given = wrong.boolean(row, 4);
    const std::string run(wrong.text(row, 6));
    const std::string from_run(wrong.text(row, 7));
    RowDifference difference;
    difference.kind = !stands ? Kind::missing : given ? Kind::changed : Kind::extra;
    difference.key.entity = kRetentionRow;
    difference.source_key =
        fmt::format("{1}{0}{2}{0}{3}", kKeySeparator, wrong.text(row, 0), wrong.text(row, 1), wrong.text(row, 2));
    DifferenceAccount& account = difference.account;
    account.off = DifferenceAccount::Off::target;
    if (difference.kind == Kind::changed) {
        std::string_view fields = wrong.text(row, 5);
        while (!fields.empty()) {
            account.fields.emplace_back(fields.substr(0, fields.find(' ')));
            fields.remove_prefix(std::min(fields.size(), account.fields.back().size() + 1));
        }
    }
    if (!from_run.empty())
        account.why = fmt::format("{} outside any run on {}; run {} had written it", stands ? "changed" : "taken away",
                                  wrong.text(row, 8), from_run);
    else if (!stands)
        account.why = "history keeps nothing of who took it away";
    else
        account.why = fmt::format(
            "last written by run {}; history has no change of the row itself: look at the rows its rule counts from",
            run);
    return difference;
}

}  // namespace

std::uint64_t compute_retention(TargetConnection& loader, RunId run, const RetentionRules& rules) {
    compute_now(loader, rules);
    std::uint64_t changed =
        loader
            .execute(
                fmt::format("DELETE FROM integrated.retention t WHERE NOT EXISTS (SELECT FROM pg_temp.retention_now n"
                            " WHERE {})",
                            kSame),
                TargetConnection::kLongDeadline)
            .affected_rows();
    changed += loader
                   .execute(fmt::format("INSERT INTO integrated.retention ({0}, run_id) SELECT {0}, {1} FROM"
                                        " pg_temp.retention_now n WHERE NOT EXISTS (SELECT FROM integrated.retention t"
                                        " WHERE {2}) ORDER BY person_id, area, access",
                                        kComputed, run.value, kSame),
                            TargetConnection::kLongDeadline)
                   .affected_rows();
    loader.execute("DROP TABLE pg_temp.retention_now");
    loader.query("UPDATE lineage.run SET retention_rules = $2 WHERE run_id = $1",
                 {std::to_string(run.value), rules.digest});
    return changed;
}

std::optional<std::vector<RowDifference>> find_wrong_retention(TargetConnection& loader, const RetentionRules& rules,
                                                               std::size_t limit) {
    const TargetResult last = loader.execute(
        "SELECT retention_rules FROM lineage.run WHERE retention_rules IS NOT NULL ORDER BY run_id DESC LIMIT 1");
    if (last.empty() || last.text(0, 0) != rules.digest) return std::nullopt;
    const bool joined = loader.in_transaction();
    if (!joined) loader.begin();
    compute_now(loader, rules);
    const TargetResult wrong = loader.execute(fmt::format(kWrongRows, kSame, limit), TargetConnection::kLongDeadline);
    loader.execute("DROP TABLE pg_temp.retention_now");
    if (!joined) loader.roll_back();
    std::vector<RowDifference> differences;
    for (std::size_t i = 0; i < wrong.rows(); ++i) differences.push_back(difference_of(wrong, i));
    return differences;
}

}  // namespace caseweave
