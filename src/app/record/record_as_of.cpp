#include "app/record/record_as_of.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <regex>

#include "canonical/copy_encoding.hpp"
#include "canonical/golden_identifiers.hpp"
#include "core/error.hpp"
#include "load/visible_views.hpp"
#include "reconcile/protection.hpp"

namespace caseweave {

namespace {

constexpr std::string_view kCrosswalk = "lineage.crosswalk";
/// What consolidation counts or decides itself: no source gives it.
constexpr std::array<std::string_view, 3> kMadeHere = {"person_kind", "records", "systems"};

std::string literal(std::string_view text) {
    return TargetConnection::quote_literal(text);
}

std::string identifier(std::string_view name) {
    return TargetConnection::quote_identifier(name);
}

template <std::size_t Size>
bool is_one_of(const std::array<std::string_view, Size>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

/// Writes a table's name as lineage.row_history has it: quotes stand only where they must.
std::string history_name(std::string_view table) {
    return fmt::format("{}::regclass::text", literal(table));
}

/// Selects the versions of a table's rows that were in force, alias t: its columns and those of its history.
///
/// A version began when the run that wrote it ended, or, where it was taken away before and put back, when it was put
/// back: by the run that undid the one that took it, or after a change by hand. @param name as row_history names the
/// table. @param now condition on t. @param kept the same on the kept versions h.
std::string versions_in_force(std::string_view name, const std::string& now, const std::string& kept,
                              const AsOf& as_of) {
    return fmt::format(
        "(SELECT t.* FROM (SELECT t.*, NULL::bigint AS history_id, NULL::timestamptz AS gone FROM {0} t WHERE {1} UNION"
        " ALL SELECT r.*, h.history_id, coalesce(u.finished_at, h.replaced_at) FROM lineage.row_history h LEFT JOIN"
        " lineage.run u ON u.run_id = h.to_run CROSS JOIN LATERAL jsonb_populate_record(NULL::{0}, h.row) r WHERE"
        " h.table_name = {2} AND {3}) t WHERE (t.gone IS NULL OR t.gone > {4}) AND coalesce((SELECT"
        " max(coalesce(z.finished_at, b.replaced_at)) FROM lineage.row_history b LEFT JOIN lineage.run z ON z.undoes ="
        " b.to_run WHERE b.table_name = {2} AND b.row ->> 'row_id' = t.row_id::text AND b.from_run = t.run_id AND"
        " (t.history_id IS NULL OR b.history_id < t.history_id) AND (b.to_run IS NULL OR z.run_id IS NOT NULL)),"
        " (SELECT w.finished_at FROM lineage.run w WHERE w.run_id = t.run_id)) <= {4})",
        name, now, history_name(name), kept, literal(as_of.instant) + "::timestamptz");
}

std::string of_person(std::string_view name, std::string_view id_column, const std::string& id, const AsOf& as_of) {
    return versions_in_force(name, "t." + identifier(id_column) + " = " + id,
                             fmt::format("coalesce(h.row ->> 'child_id', h.row ->> 'person_id') = {}", literal(id)),
                             as_of);
}

/// Says that the reader is cleared for these access bits.
std::string cleared(const std::string& bits, const AsOf& as_of) {
    return fmt::format("({} & ~{}) = 0", bits, as_of.clearance);
}

/// What a version on the alias t needs: what it needed itself, what stands in its place needs, and what the records
/// need today that it speaks of or names.
std::string access_of_version(const EntityDescriptor& entity, const TargetSchema& schema) {
    const bool is_value = entity.name == schema.person_value().name;
    std::string bits = fmt::format(
        "(t.access | lineage.access_now(t.source_system, t.source_person_key) | coalesce((SELECT bit_or(n.access) FROM "
        "{}"
        " n WHERE {}), 0)",
        qualified_table(entity),
        // A person may have another id today, and the value's key begins with it.
        is_value ? "n.person_id = (SELECT c.person_id FROM lineage.crosswalk c WHERE (c.source_system,"
                   " c.source_person_key) = (t.origin_system, t.origin_key) LIMIT 1) AND (n.field, n.origin_system,"
                   " n.origin_key) = (t.field, t.origin_system, t.origin_key)"
                 : "(n.source_system, n.source_entity, n.source_key, n.source_part) ="
                   " (t.source_system, t.source_entity, t.source_key, t.source_part)");
    if (is_value) bits += " | lineage.access_now(t.origin_system, t.origin_key)";
    for (const FieldDescriptor& field : entity.fields)
        if (field.type == FieldType::person_ref)
            bits += fmt::format(" | lineage.access_now(t.source_system, t.{})", identifier(field.name));
    return bits + ")";
}

/// Whether a version on the alias t names a place that is hidden from the reader; "false" where it cannot.
std::string hides_place(const EntityDescriptor& entity, const AsOf& as_of) {
    if ((as_of.clearance & kAccessRestricted) != 0) return "false";
    std::string hidden = names_hidden_place_sql(entity, protected_by_target().places);
    if (!closes_address_apart(entity)) return hidden;
    return fmt::format(
        "({} OR (t.address_access & ~{}) <> 0 OR EXISTS (SELECT FROM {} n WHERE (n.source_system, n.source_entity,"
        " n.source_key, n.source_part) = (t.source_system, t.source_entity, t.source_key, t.source_part) AND"
        " (n.address_access & ~{}) <> 0))",
        hidden, as_of.clearance, qualified_table(entity), as_of.clearance);
}

std::string rows_as_of(const EntityDescriptor& entity, const TargetSchema& schema, const std::string& id,
                       const AsOf& as_of) {
    const std::string hidden = hides_place(entity, as_of);
    const std::vector<std::string> address = address_columns(entity);
    std::string columns;
    for (const TableColumn& column : table_columns(entity)) {
        const std::string name = identifier(column.name);
        columns += columns.empty() ? "" : ", ";
        columns += std::ranges::find(address, column.name) == address.end()
                       ? "t." + name
                       : fmt::format("CASE WHEN NOT {} THEN t.{} END AS {}", hidden, name, name);
    }
    return fmt::format(
        "(SELECT {} FROM {} t WHERE {}{})", columns, of_person(qualified_table(entity), id_column(entity), id, as_of),
        cleared(access_of_version(entity, schema), as_of), address.empty() ? " AND NOT " + hidden : std::string());
}

/// Shows of the golden record what a version of a value that is shown agrees with, and what no source gives.
std::string golden_as_of(const TargetSchema& schema, const std::string& id, const AsOf& as_of) {
    const EntityDescriptor& golden = schema.golden_person();
    std::string columns = "t.person_id";
    for (const FieldDescriptor& field : golden.fields) {
        const std::string name = identifier(field.name);
        if (is_one_of(kMadeHere, field.name)) {
            columns += ", t." + name;
            continue;
        }
        const std::string given = is_one_of(kGoldenIdentifiers, field.name)
                                      ? fmt::format("SELECT FROM {} i WHERE i.id_type = {} AND i.value = t.{}",
                                                    rows_as_of(*schema.find("person_identifier"), schema, id, as_of),
                                                    literal(field.name), name)
                                      : "";
        columns += given.empty() ? fmt::format(", CASE WHEN {} = ANY (given.fields) THEN t.{} END AS {}",
                                               literal(field.name), name, name)
                                 : fmt::format(", CASE WHEN EXISTS ({}) THEN t.{} END AS {}", given, name, name);
    }
    return fmt::format(
        "(SELECT {} FROM {} t CROSS JOIN (SELECT array_agg(v.field) AS fields FROM {} v WHERE v.agrees) given) golden",
        columns, rows_as_of(golden, schema, id, as_of), rows_as_of(schema.person_value(), schema, id, as_of));
}

/// A version is told where the person has nothing that is closed to the reader today, or its rule is told today: only
/// the longest of a person's rules stand, so that one that is not among them may be closed.
std::string retention_as_of(const std::string& id, const AsOf& as_of) {
    const std::string rows = fmt::format(
        "(SELECT t.* FROM {} t WHERE {} AND (NOT EXISTS (SELECT FROM integrated.retention n WHERE n.person_id ="
        " t.person_id AND NOT {}) OR EXISTS (SELECT FROM integrated.retention n WHERE n.person_id = t.person_id AND"
        " n.rule = t.rule AND {}) AND NOT EXISTS (SELECT FROM integrated.retention n WHERE n.person_id = t.person_id"
        " AND n.rule = t.rule AND NOT {})))",
        of_person("integrated.retention", "person_id", id, as_of), cleared("t.access", as_of),
        cleared("n.access", as_of), cleared("n.access", as_of), cleared("n.access", as_of));
    return "(" + strictest_retention_sql(rows) + ") kept";
}

std::string records_as_of(const std::string& id, const AsOf& as_of) {
    return of_person(kCrosswalk, "person_id", id, as_of) + " t";
}

}  // namespace

std::string read_instant(TargetConnection& loader, const std::string& text) {
    static const std::regex form(R"(\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?)");
    const Error no_instant(ErrorKind::usage, fmt::format("--as-of takes a day, 2026-03-31, or a time of it, "
                                                         "2026-03-31T14:30; \"{}\" is neither",
                                                         text));
    if (!std::regex_match(text, form)) throw no_instant;
    std::string instant;
    bool future = false;
    std::string first;
    try {
        const bool is_day = text.find('T') == text.npos;
        const std::string sql =
            is_day ? "($1::date + 1)::timestamptz - interval '1 microsecond'" : "$1::timestamp::timestamptz";
        const std::string to_come = is_day ? "i::date > current_date" : "i > now()";
        const TargetResult row = loader.query(
            "SELECT i::text, " + to_come +
                ", (SELECT min(finished_at)::text FROM lineage.run "
                "WHERE"
                " state = 'done'), i < (SELECT min(finished_at) FROM lineage.run WHERE state = 'done') FROM (SELECT " +
                sql + " AS i) given",
            {text});
        instant = row.text(0, 0);
        future = row.boolean(0, 1);
        if (row.is_null(0, 2) || row.boolean(0, 3)) first = row.is_null(0, 2) ? "none has ended" : row.text(0, 2);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::target || loader.broken()) throw;
        throw no_instant;  // the thirtieth of February
    }
    if (future)
        throw Error(ErrorKind::usage,
                    fmt::format("{} is still to come: leave --as-of out for the record as it is", text));
    if (!first.empty())
        throw Error(ErrorKind::usage,
                    fmt::format("the target held no record on {} yet; the end of its first run: {}", text, first));
    return instant;
}

std::int64_t find_person_as_of(TargetConnection& loader, const std::string& id, const AsOf& as_of) {
    std::int64_t person = 0;
    if (const std::size_t colon = id.find(':'); colon != id.npos) {
        const auto on = [&](const std::string& alias) {
            return fmt::format("{0}.source_system = {1} AND {0}.source_person_key = {2}", alias,
                               literal(id.substr(0, colon)), literal(id.substr(colon + 1)));
        };
        const TargetResult row =
            loader.execute("SELECT t.person_id FROM " + versions_in_force(kCrosswalk, on("t"), on("h"), as_of) + " t");
        if (row.empty()) return 0;
        person = row.integer(0, 0);
    } else {
        const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), person);
        if (error != std::errc() || end != id.data() + id.size()) return 0;
    }
    const TargetResult seen =
        loader.execute("SELECT count(*) > 0 AND coalesce(bool_and(" +
                       cleared("(t.access | lineage.access_now(t.source_system, t.source_person_key))", as_of) +
                       "), false) FROM " + records_as_of(std::to_string(person), as_of));
    return seen.boolean(0, 0) ? person : 0;
}

RecordView record_as_of(TargetConnection& loader, const TargetSchema& schema, std::int64_t person, const AsOf& as_of) {
    const std::string id = std::to_string(person);
    RecordView view;
    view.connection = &loader;
    view.rows_of = [&schema, id, as_of](const EntityDescriptor& entity) {
        return rows_as_of(entity, schema, id, as_of) + " t";
    };
    view.golden = golden_as_of(schema, id, as_of);
    view.retention = retention_as_of(id, as_of);
    view.tells_runs = true;
    return view;
}

std::string retired_since(TargetConnection& loader, std::int64_t person, const AsOf& as_of) {
    const std::string id = std::to_string(person);
    const TargetResult rows =
        loader.execute("SELECT EXISTS (SELECT FROM integrated.person WHERE person_id = " + id +
                       "), string_agg(DISTINCT c.person_id::text, ', ') FROM " + records_as_of(id, as_of) +
                       " LEFT JOIN lineage.crosswalk c ON (c.source_system, c.source_person_key) = (t.source_system, "
                       "t.source_person_key)");
    if (rows.boolean(0, 0)) return {};
    if (rows.is_null(0, 1)) return fmt::format("The id {} is retired; none of its records is left today.\n", id);
    return fmt::format("The id {} is retired; its records are with person {} today.\n", id, rows.text(0, 1));
}

}  // namespace caseweave
