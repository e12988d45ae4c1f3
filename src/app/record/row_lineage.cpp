#include "app/record/row_lineage.hpp"

#include <fmt/format.h>

#include "canonical/copy_encoding.hpp"
#include "core/source_ref.hpp"
#include "load/visible_views.hpp"

namespace caseweave {

namespace {

/// The row's own columns are $1, $2 and $3; a key as shown may be one of several parts.
constexpr std::string_view kIsIt =
    "source_system = $1 AND source_entity = $2 AND source_key IN ($3, replace($3, '/', chr(31)))";

std::string positions(TargetConnection& connection, const AskedSourceRow& row, std::uint8_t clearance) {
    std::string sql = fmt::format("SELECT position, run_id FROM lineage.source_row WHERE {}", kIsIt);
    if (clearance != kAccessOpen)
        sql += fmt::format(" UNION ALL SELECT position, run_id FROM sealed.source_row WHERE {}", kIsIt);
    const TargetResult rows = connection.query(sql, {row.system, row.entity, row.key});
    std::string text;
    for (std::size_t i = 0; i < rows.rows(); ++i)
        text += fmt::format("  read at {}, kept as read by run {}\n", rows.text(i, 0), rows.text(i, 1));
    return text;
}

/// @param rows_of what the connection reads an entity's rows from.
std::string placed(TargetConnection& connection, const TargetSchema& schema, const AskedSourceRow& row, bool sealed_too,
                   std::string (*rows_of)(const EntityDescriptor&)) {
    std::string text;
    for (const EntityDescriptor* entity : schema.entities()) {
        if (entity->schema == "sealed" && !sealed_too) continue;
        const std::string id(id_column(*entity));
        const TargetResult rows = connection.query(
            fmt::format("SELECT row_id, run_id, {} FROM {} WHERE {} ORDER BY source_part, row_id",
                        id.empty() ? "NULL" : TargetConnection::quote_identifier(id), rows_of(*entity), kIsIt),
            {row.system, row.entity, row.key});
        for (std::size_t i = 0; i < rows.rows(); ++i)
            text += fmt::format("  placed in {}.{} as row {} by run {}{}\n", entity->schema, entity->table,
                                rows.text(i, 0), rows.text(i, 1),
                                rows.is_null(i, 2) ? std::string() : fmt::format(", person {}", rows.text(i, 2)));
    }
    return text;
}

std::string set_aside(TargetConnection& connection, const AskedSourceRow& row) {
    std::string text;
    const TargetResult quarantined =
        connection.query(fmt::format("SELECT row_id, reason, coalesce(field, ''), position, run_id FROM "
                                     "lineage.quarantine_visible WHERE {} ORDER"
                                     " BY row_id",
                                     kIsIt),
                         {row.system, row.entity, row.key});
    for (std::size_t i = 0; i < quarantined.rows(); ++i)
        text +=
            fmt::format("  quarantined as {} by run {}: {}{}{}, {}\n", quarantined.text(i, 0), quarantined.text(i, 4),
                        quarantined.text(i, 1), quarantined.text(i, 2).empty() ? "" : " in ", quarantined.text(i, 2),
                        quarantined.text(i, 3));
    const TargetResult issues = connection.query(
        fmt::format("SELECT field, rule, run_id FROM lineage.field_issue WHERE {} ORDER BY field, rule", kIsIt),
        {row.system, row.entity, row.key});
    for (std::size_t i = 0; i < issues.rows(); ++i)
        text += fmt::format("  value of {} set aside by run {}: {}\n", issues.text(i, 0), issues.text(i, 2),
                            issues.text(i, 1));
    return text;
}

/// Names the runs that replaced or took away a version of anything the row became.
std::string earlier(TargetConnection& connection, TargetConnection& loader, const TargetSchema& schema,
                    const AskedSourceRow& row, std::uint8_t clearance) {
    std::string tables;
    for (const EntityDescriptor* entity : schema.entities()) {
        if (entity->schema == "sealed" && (clearance & kAccessSealed) == 0) continue;
        tables += (tables.empty() ? "" : ", ") + TargetConnection::quote_literal(qualified_table(*entity)) +
                  "::regclass::text";
    }
    const TargetResult areas = connection.execute("SELECT integrated.service_areas()");
    const TargetResult rows = loader.query(
        fmt::format(
            "SELECT h.table_name, h.row ->> 'row_id', h.from_run, coalesce(h.to_run::text, ''), h.replaced_at::text,"
            " coalesce(h.row ->> 'child_id', h.row ->> 'person_id', '') FROM lineage.row_history h WHERE h.table_name "
            "IN"
            " ({0}) AND h.source_system = $1 AND h.row ->> 'source_entity' = $2 AND h.row ->> 'source_key' IN ($3,"
            " replace($3, '/', chr(31))) AND (((h.row ->> 'access')::int | coalesce((h.row ->> 'address_access')::int, "
            "0)"
            " | lineage.access_now(h.source_system, h.source_person_key)) & ~{1}) = 0 AND ((h.row ->> 'area')::int & "
            "{2})"
            " <> 0 ORDER BY h.history_id",
            tables, clearance, areas.text(0, 0)),
        {row.system, row.entity, row.key});
    std::string text;
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        const std::string by = rows.text(i, 3).empty() ? "by hand" : fmt::format("by run {}", rows.text(i, 3));
        text += fmt::format("  was row {} of {} by run {}{}; replaced or taken away {} on {}\n", rows.text(i, 1),
                            rows.text(i, 0), rows.text(i, 2),
                            rows.text(i, 5).empty() ? std::string() : fmt::format(", person {}", rows.text(i, 5)), by,
                            rows.text(i, 4));
    }
    return text;
}

}  // namespace

std::string describe_row_lineage(TargetConnection& connection, TargetConnection& loader, const TargetSchema& schema,
                                 const AskedSourceRow& row, std::uint8_t clearance) {
    const std::string there = placed(connection, schema, row, (clearance & kAccessSealed) != 0, readable_table);
    const std::string now = positions(connection, row, clearance) + there + set_aside(connection, row);
    // What the row was is told only to whoever may see all that it is.
    const bool whole = there == placed(loader, schema, row, true, qualified_table);
    const std::string before = whole ? earlier(connection, loader, schema, row, clearance) : std::string();
    if (now.empty() && before.empty()) return {};
    return fmt::format("{} {} {}\n", row.system, row.entity, display_key(row.key)) +
           (now.empty() ? "  not in the target today\n" : now) + before;
}

}  // namespace caseweave
