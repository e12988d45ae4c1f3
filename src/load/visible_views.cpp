#include "load/visible_views.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "canonical/copy_encoding.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

std::string is_visible_sql(std::string_view alias) {
    return fmt::format(
        "({0}.access & ~(SELECT integrated.access_clearance())) = 0"
        " AND ({0}.area & (SELECT integrated.service_areas())) <> 0",
        alias);
}

std::string readable_table(const EntityDescriptor& entity) {
    if (!closes_address_apart(entity)) return qualified_table(entity);
    return TargetConnection::quote_identifier(entity.schema) + '.' +
           TargetConnection::quote_identifier(entity.table + "_visible");
}

std::string strictest_retention_sql(std::string_view rows) {
    return fmt::format(
        "SELECT DISTINCT ON (r.person_id) r.person_id, r.rule, r.legal_hold, r.retain_until, r.basis, r.basis_date,"
        " r.unknown FROM {} r ORDER BY r.person_id, r.legal_hold DESC, r.retain_until DESC NULLS FIRST, r.rule",
        rows);
}

std::string retention_view_sql() {
    return fmt::format(
        "CREATE VIEW {0} WITH (security_invoker = true) AS {1};\n"
        "COMMENT ON VIEW {0} IS 'How long each person''s record is kept, as far as it rests on rows that the asking "
        "role "
        "may see: a hold, then what has no date, then the latest date.';\n"
        "GRANT SELECT ON {0} TO caseweave_loader, caseweave_reader_social_care, caseweave_reader_education, "
        "caseweave_reader_youth_justice;\n",
        kRetentionView, strictest_retention_sql("integrated.retention"));
}

std::string quarantine_view_sql() {
    const auto shown = [](std::string_view column) {
        return fmt::format("CASE WHEN shown.text THEN q.{0} END AS {0}", column);
    };
    return fmt::format(
        "CREATE VIEW {0} WITH (security_barrier = true) AS SELECT q.row_id, q.run_id, q.area, q.access, q.raw_access,"
        " q.source_system, q.source_entity, q.position, q.reason, q.field, q.advice, {1}, {2}, {3}\n"
        "FROM lineage.quarantine q\nCROSS JOIN LATERAL (SELECT (q.raw_access & ~(SELECT "
        "integrated.access_clearance())) = 0 AS text) shown\nWHERE {4} AND q.run_id = ANY (ARRAY(SELECT r.run_id FROM "
        "lineage.run r WHERE r.people_open));\n"
        "COMMENT ON VIEW {0} IS 'Rejected rows that the asking role may see, with text and keys where it may know "
        "them.';\n"
        "GRANT SELECT ON {0} TO caseweave_loader, caseweave_reader_social_care, caseweave_reader_education, "
        "caseweave_reader_youth_justice;\n",
        kQuarantineView, shown("source_key"), shown("source_person_key"), shown("raw"), is_visible_sql("q"));
}

std::string visible_views_sql(const TargetSchema& schema) {
    std::string statements;
    for (const EntityDescriptor* entity : schema.entities()) {
        if (!closes_address_apart(*entity)) continue;
        const std::vector<std::string> hidden = address_columns(*entity);
        std::string columns;
        for (const TableColumn& column : table_columns(*entity)) {
            const std::string name = "t." + TargetConnection::quote_identifier(column.name);
            columns += columns.empty() ? "" : ",\n    ";
            columns += std::ranges::find(hidden, column.name) == hidden.end()
                           ? name
                           : fmt::format("CASE WHEN shown.address THEN {} END AS {}", name,
                                         TargetConnection::quote_identifier(column.name));
        }
        statements += fmt::format(
            "CREATE VIEW {0} WITH (security_barrier = true) AS SELECT {1}\nFROM {2} t\nCROSS JOIN LATERAL (SELECT "
            "(t.address_access & ~(SELECT integrated.access_clearance())) = 0 AS address) shown\nWHERE {3};\n"
            "COMMENT ON VIEW {0} IS {4};\n"
            "GRANT SELECT ON {0} TO caseweave_loader, caseweave_reader_social_care, caseweave_reader_education, "
            "caseweave_reader_youth_justice;\n",
            readable_table(*entity), columns, qualified_table(*entity), is_visible_sql("t"),
            TargetConnection::quote_literal(entity->description + " Addresses as the asking role may know them."));
    }
    return statements;
}

}  // namespace caseweave
