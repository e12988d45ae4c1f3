#include "reconcile/quality_check.hpp"

#include <fmt/core.h>

#include <array>
#include <set>
#include <utility>

#include "canonical/copy_encoding.hpp"

namespace caseweave {

namespace {

/// Runs shown beside the newest: what fits a line, and a working week of nights.
constexpr int kEarlierRuns = 5;

std::string identifier(std::string_view name) {
    return TargetConnection::quote_identifier(name);
}

std::string literal(std::string_view text) {
    return TargetConnection::quote_literal(text);
}

/// Writes what a rule asks as SQL over the tables of one reader. Aliases count up, so that nested queries do not meet.
class RuleSql {
  public:
    RuleSql(const QualityRule& rule, const TableOfEntity& table_of) : rule_(&rule), table_of_(&table_of) {}

    std::string from() const { return table(*rule_->entity) + " t"; }
    std::string population() {
        std::string sql = all_of(rule_->where, *rule_->entity, "t");
        if (needs_person()) sql += " AND t." + id(*rule_->entity) + " IS NOT NULL";
        for (const QualityField* field : measured_fields())
            sql += " AND " + value(*field, *rule_->entity, "t") + " IS NOT NULL";
        return sql;
    }
    /// What is true of a row that breaks the rule.
    std::string failure() {
        switch (rule_->kind) {
            case QualityKind::completeness:
                return incomplete();
            case QualityKind::validity:
                return set_aside();
            case QualityKind::uniqueness:
                return shared();
            case QualityKind::range:
                return out_of_range();
            case QualityKind::agreement:
                return disagrees();
            case QualityKind::overlap:
                return overlaps();
            case QualityKind::forbidden:
                return all_of(rule_->never, *rule_->entity, "t");
            case QualityKind::freshness:
                break;
        }
        return "false";
    }
    /// What is true of a system whose newest row is too old.
    std::string stale() const {
        const std::string date = value(rule_->fields.front(), *rule_->entity, "t");
        return fmt::format("(max({0}) FILTER (WHERE {0} <= CURRENT_DATE) >= CURRENT_DATE - {1}) IS NOT TRUE", date,
                           rule_->days);
    }
    std::string team() const { return rule_->entity->find("team_key") >= 0 ? "coalesce(t.team_key, '')" : "''"; }
    std::string person() const {
        return id_column(*rule_->entity).empty() ? "''" : "coalesce(t." + id(*rule_->entity) + "::text, '')";
    }

    std::string all_of(const std::vector<QualityCondition>& conditions, const EntityDescriptor& of,
                       const std::string& alias) {
        std::string sql;
        for (const QualityCondition& condition : conditions)
            sql += (sql.empty() ? "(" : " AND (") + one(condition, of, alias) + ") IS TRUE";
        return sql.empty() ? "true" : sql;
    }

  private:
    std::string table(const EntityDescriptor& entity) const { return (*table_of_)(entity); }
    static std::string id(const EntityDescriptor& entity) { return identifier(id_column(entity)); }

    bool needs_person() const {
        return rule_->kind == QualityKind::agreement || rule_->kind == QualityKind::overlap ||
               (rule_->kind == QualityKind::uniqueness && rule_->way == "people");
    }

    /// Fields without which a row says nothing that the rule could hold against anything.
    std::vector<const QualityField*> measured_fields() const {
        std::vector<const QualityField*> fields;
        switch (rule_->kind) {
            case QualityKind::uniqueness:
            case QualityKind::range:
            case QualityKind::agreement:
            case QualityKind::overlap:
                for (const QualityField& field : rule_->fields) fields.push_back(&field);
                break;
            default:
                break;
        }
        if (rule_->kind == QualityKind::overlap) fields.push_back(&rule_->start);
        return fields;
    }

    /// Writes a field as it is stored.
    static std::string stored(const QualityField& field, const EntityDescriptor& of, const std::string& alias,
                              const std::string& suffix = {}) {
        const std::string column = identifier(field.name + suffix);
        if (!field.golden) return alias + "." + column;
        return fmt::format("(SELECT g.{} FROM integrated.person g WHERE g.person_id = {}.{})", column, alias, id(of));
    }

    /// Writes a field so that it can be compared: a date that is known to the day only, the day of a time.
    static std::string value(const QualityField& field, const EntityDescriptor& of, const std::string& alias) {
        const std::string plain = stored(field, of, alias);
        if (field.type == FieldType::timestamp) return plain + "::date";
        if (field.type != FieldType::partial_date) return plain;
        return fmt::format("CASE WHEN {} = 'day' THEN {} END", stored(field, of, alias, "_precision"), plain);
    }

    static std::string date(const QualityBound& bound, const EntityDescriptor& of, const std::string& alias) {
        if (bound.field) return value(*bound.field, of, alias);
        // The collections of children's social care run from 1 April to 31 March.
        constexpr std::string_view kNextYear =
            "(date_trunc('year', CURRENT_DATE - interval '3 months') + interval '3 months')::date";
        if (bound.date == "today") return fmt::format("(CURRENT_DATE + {})", bound.days);
        if (bound.date == "year_end") return fmt::format("({} - 1 + {})", kNextYear, bound.days);
        if (bound.date == "year_start")
            return fmt::format("(({} - interval '1 year')::date + {})", kNextYear, bound.days);
        return "date " + literal(bound.date);
    }

    static std::string list(const std::vector<std::string>& values) {
        std::string sql;
        for (const std::string& entry : values) sql += (sql.empty() ? "" : ", ") + literal(entry);
        return sql;
    }

    std::string one(const QualityCondition& condition, const EntityDescriptor& of, const std::string& alias) {
        using Test = QualityCondition::Test;
        if (condition.entity != nullptr) return related(condition, of, alias);
        const std::string plain = stored(condition.field, of, alias);
        const std::string dated = value(condition.field, of, alias);
        switch (condition.test) {
            case Test::is:
                return fmt::format("{}::text IN ({})", plain, list(condition.values));
            case Test::is_not:
                return fmt::format("({}::text IN ({})) IS NOT TRUE", plain, list(condition.values));
            case Test::missing:
                return plain + " IS NULL";
            case Test::present:
                return plain + " IS NOT NULL";
            case Test::matches:
                return fmt::format("{}::text ~ {}", plain, literal(condition.pattern));
            case Test::not_matching:
                return fmt::format("{}::text !~ {}", plain, literal(condition.pattern));
            case Test::before:
                return fmt::format("{} < {}", dated, date(condition.bound, of, alias));
            case Test::after:
                return fmt::format("{} > {}", dated, date(condition.bound, of, alias));
            case Test::age_from:
                return fmt::format("{} <= (CURRENT_DATE - interval '{} years')::date", plain, condition.number);
            case Test::age_to:
                return fmt::format("{} > (CURRENT_DATE - interval '{} years')::date", plain, condition.number + 1);
            case Test::has:
            case Test::has_no:
                break;
        }
        return "false";
    }

    std::string related(const QualityCondition& condition, const EntityDescriptor& of, const std::string& alias) {
        const std::string other = "r" + std::to_string(++aliases_);
        return fmt::format("{}{}EXISTS (SELECT FROM {} {} WHERE {}.{} = {}.{} AND {})",
                           // Without a person nothing can be said of what the person has.
                           fmt::format("{}.{} IS NOT NULL AND ", alias, id(of)),
                           condition.test == QualityCondition::Test::has ? "" : "NOT ", table(*condition.entity), other,
                           other, id(*condition.entity), alias, id(of),
                           all_of(condition.where, *condition.entity, other));
    }

    std::string incomplete() const {
        std::string filled;
        for (const QualityField& field : rule_->fields)
            filled += (filled.empty() ? "" : ", ") + stored(field, *rule_->entity, "t");
        if (rule_->way == "one") return "num_nonnulls(" + filled + ") <> 1";
        return rule_->way == "any" ? "num_nonnulls(" + filled + ") = 0" : "num_nulls(" + filled + ") > 0";
    }

    std::string set_aside() const {
        std::string sql = fmt::format("',' || coalesce(t.missing, '') || ',' LIKE {}",
                                      literal("%," + rule_->fields.front().name + ":invalid,%"));
        if (rule_->rules.empty() && rule_->given.empty()) return sql;
        sql +=
            " AND EXISTS (SELECT FROM lineage.field_issue i WHERE (i.source_system, i.source_entity, i.source_key) ="
            " (t.source_system, t.source_entity, t.source_key)";
        if (!rule_->rules.empty()) sql += fmt::format(" AND i.rule IN ({})", list(rule_->rules));
        if (!rule_->given.empty()) sql += " AND i.raw_value ~ " + literal(rule_->given);
        return sql + ")";
    }

    std::string shared() {
        std::string mine, theirs;
        std::vector<QualityField> fields = rule_->fields;
        if (rule_->within_system) fields.push_back({"source_system", FieldType::text, false});
        for (const QualityField& field : fields) {
            mine += (mine.empty() ? "" : ", ") + value(field, *rule_->entity, "t");
            theirs += (theirs.empty() ? "" : ", ") + value(field, *rule_->entity, "u");
        }
        const std::string counted =
            rule_->way == "people" ? "count(DISTINCT u." + id(*rule_->entity) + ")" : std::string("count(*)");
        return fmt::format("({}) IN (SELECT {} FROM {} u WHERE {} GROUP BY {} HAVING {} > 1)", mine, theirs,
                           table(*rule_->entity), all_of(rule_->where, *rule_->entity, "u"), theirs, counted);
    }

    std::string out_of_range() const {
        const std::string date_here = value(rule_->fields.front(), *rule_->entity, "t");
        std::string sql;
        const auto add = [&](const QualityBound& bound, const char* comparison) {
            if (!bound.given()) return;
            sql += fmt::format("{}{} {} {}", sql.empty() ? "" : " OR ", date_here, comparison,
                               date(bound, *rule_->entity, "t"));
        };
        add(rule_->not_before, "<");
        add(rule_->not_after, ">");
        return sql;
    }

    std::string disagrees() {
        const QualityField& field = rule_->fields.front();
        return fmt::format("EXISTS (SELECT FROM {} u WHERE u.{} = t.{}{} AND {} <> {} AND {})", table(*rule_->entity),
                           id(*rule_->entity), id(*rule_->entity),
                           rule_->way == "systems" ? " AND u.source_system <> t.source_system" : "",
                           value(field, *rule_->entity, "u"), value(field, *rule_->entity, "t"),
                           all_of(rule_->where, *rule_->entity, "u"));
    }

    std::string overlaps() {
        const auto part = [&](const QualityField& field, const char* alias) {
            return value(field, *rule_->entity, alias);
        };
        // A row that ends on the day another begins does not overlap it.
        return fmt::format(
            "EXISTS (SELECT FROM {0} u WHERE u.{1} = t.{1} AND {2} <> {3} AND {4} < coalesce({7}, 'infinity') AND "
            "{6} < coalesce({5}, 'infinity') AND {8})",
            table(*rule_->entity), id(*rule_->entity), part(rule_->fields.front(), "u"),
            part(rule_->fields.front(), "t"), part(rule_->start, "u"), part(rule_->end, "u"), part(rule_->start, "t"),
            part(rule_->end, "t"), all_of(rule_->where, *rule_->entity, "u"));
    }

    const QualityRule* rule_;
    const TableOfEntity* table_of_;
    int aliases_ = 0;
};

double failed_share(std::uint64_t failed, std::uint64_t checked) {
    return checked == 0 ? 0 : static_cast<double>(failed) / static_cast<double>(checked);
}

}  // namespace

std::string_view to_string(QualityVerdict verdict) noexcept {
    constexpr std::array<std::string_view, 4> kNames = {"holds", "fails", "counted", "not checked"};
    return kNames[static_cast<std::size_t>(verdict)];
}

std::string_view to_string(QualityTrend trend) noexcept {
    constexpr std::array<std::string_view, 4> kNames = {"", "better", "worse", "same"};
    return kNames[static_cast<std::size_t>(trend)];
}

std::uint64_t QualityResult::checked() const noexcept {
    std::uint64_t sum = 0;
    for (const QualityCount& count : counts) sum += count.checked;
    return sum;
}

std::uint64_t QualityResult::failed() const noexcept {
    std::uint64_t sum = 0;
    for (const QualityCount& count : counts) sum += count.failed;
    return sum;
}

QualityVerdict QualityResult::verdict() const noexcept {
    if (checked() == 0) return QualityVerdict::not_checked;
    if (severity == QualitySeverity::info) return QualityVerdict::counted;
    const bool fails =
        (limit_count && failed() > *limit_count) || (limit_share && failed_share(failed(), checked()) > *limit_share);
    return fails ? QualityVerdict::fails : QualityVerdict::holds;
}

QualityTrend QualityResult::trend() const noexcept {
    if (earlier.empty() || checked() == 0 || earlier.back().checked == 0) return QualityTrend::none;
    const double before = failed_share(earlier.back().failed, earlier.back().checked);
    const double now = failed_share(failed(), checked());
    if (now == before) return QualityTrend::same;
    return now < before ? QualityTrend::better : QualityTrend::worse;
}

std::string quality_count_sql(const QualityRule& rule, const TableOfEntity& table_of) {
    RuleSql sql(rule, table_of);
    if (rule.kind == QualityKind::freshness)
        return fmt::format("SELECT t.source_system, '', 1, ({})::int FROM {} WHERE {} GROUP BY 1 ORDER BY 1",
                           sql.stale(), sql.from(), sql.population());
    return fmt::format(
        "SELECT system, team, count(*), count(*) FILTER (WHERE failed) FROM (SELECT t.source_system AS system, {} AS "
        "team, "
        "({}) IS TRUE AS failed FROM {} WHERE {}) checked GROUP BY 1, 2 ORDER BY 1, 2",
        sql.team(), sql.failure(), sql.from(), sql.population());
}

std::string quality_findings_sql(const QualityRule& rule, const TableOfEntity& table_of) {
    RuleSql sql(rule, table_of);
    if (rule.kind == QualityKind::freshness)
        return fmt::format("SELECT 0, t.source_system, '', '', '', '' FROM {} WHERE {} GROUP BY 2 HAVING {} ORDER BY 2",
                           sql.from(), sql.population(), sql.stale());
    return fmt::format(
        "SELECT t.row_id, t.source_system, t.source_entity, t.source_key, {}, {} FROM {} WHERE {} AND ({}) IS TRUE "
        "ORDER BY 2, 3, 4, 1",
        sql.team(), sql.person(), sql.from(), sql.population(), sql.failure());
}

std::string conditions_sql(const std::vector<QualityCondition>& conditions, const EntityDescriptor& of,
                           const std::string& alias) {
    const QualityRule none;
    const TableOfEntity table_of = qualified_table;
    return RuleSql(none, table_of).all_of(conditions, of, alias);
}

std::vector<QualityResult> check_quality(TargetConnection& loader, const QualityRules& rules) {
    std::vector<QualityResult> results;
    for (const QualityRule& rule : rules.rules) {
        QualityResult& result = results.emplace_back();
        result.id = rule.id;
        result.title = rule.title;
        result.advice = rule.advice;
        result.statutory = rule.statutory;
        result.owner = rule.owner;
        result.severity = rule.severity;
        result.limit_count = rule.limit_count;
        result.limit_share = rule.limit_share;
        const TargetResult rows =
            loader.execute(quality_count_sql(rule, qualified_table), TargetConnection::kLongDeadline);
        for (std::size_t i = 0; i < rows.rows(); ++i)
            result.counts.push_back(
                {std::string(rows.text(i, 0)), std::string(rows.text(i, 1)), rows.count(i, 2), rows.count(i, 3)});
    }
    return results;
}

void store_quality(TargetConnection& loader, std::int64_t run, const std::vector<QualityResult>& results) {
    std::string values;
    for (const QualityResult& result : results)
        for (const QualityCount& count : result.counts)
            values += fmt::format("{}({}, {}, {}, {}, {}, {})", values.empty() ? "" : ",\n", run, literal(result.id),
                                  literal(count.system), literal(count.team), count.checked, count.failed);
    loader.begin();
    loader.execute(fmt::format("DELETE FROM lineage.quality_result WHERE run_id = {}", run));
    if (!values.empty())
        loader.execute(
            "INSERT INTO lineage.quality_result (run_id, rule, source_system, team, checked, failed) VALUES " + values);
    loader.commit();
}

void read_earlier_quality(TargetConnection& loader, std::int64_t run, std::vector<QualityResult>& results) {
    const TargetResult rows = loader.execute(fmt::format(
        "SELECT rule, run_id, sum(checked)::bigint, sum(failed)::bigint FROM lineage.quality_result WHERE run_id IN "
        "(SELECT DISTINCT run_id FROM lineage.quality_result WHERE run_id < {} AND run_id NOT IN (SELECT undoes FROM "
        "lineage.run WHERE undoes IS NOT NULL) ORDER BY 1 DESC LIMIT {}) GROUP BY 1, 2 "
        "ORDER BY 1, 2",
        run, kEarlierRuns));
    std::map<std::string, std::vector<QualityPoint>> points;
    for (std::size_t i = 0; i < rows.rows(); ++i)
        points[std::string(rows.text(i, 0))].push_back({rows.integer(i, 1), rows.count(i, 2), rows.count(i, 3)});
    for (QualityResult& result : results) result.earlier = points[result.id];
}

std::vector<QualityFinding> find_quality_rows(TargetConnection& loader, TargetConnection& reader,
                                              const QualityRule& rule, const TableOfEntity& readable) {
    const TargetResult seen = reader.execute(quality_findings_sql(rule, readable), TargetConnection::kLongDeadline);
    std::vector<QualityFinding> findings;
    if (seen.empty()) return findings;
    std::set<std::pair<std::string, std::int64_t>> true_ones;
    const TargetResult all =
        loader.execute(quality_findings_sql(rule, qualified_table), TargetConnection::kLongDeadline);
    for (std::size_t i = 0; i < all.rows(); ++i) true_ones.emplace(all.text(i, 1), all.integer(i, 0));
    for (std::size_t i = 0; i < seen.rows(); ++i) {
        const auto text = [&](std::size_t column) { return std::string(seen.text(i, column)); };
        if (true_ones.contains({text(1), seen.integer(i, 0)}))
            findings.push_back({text(1), text(2), text(3), text(4), text(5)});
    }
    return findings;
}

}  // namespace caseweave
