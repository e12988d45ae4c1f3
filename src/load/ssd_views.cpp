#include "load/ssd_views.hpp"

#include <fmt/core.h>

#include "load/golden_view.hpp"
#include "load/visible_views.hpp"
#include "postgres/target_connection.hpp"
#include "settings/toml_table.hpp"

namespace caseweave {

namespace {

/// Writes a field the way the standard stores it.
std::string standard_form(const FieldDescriptor& field) {
    const std::string column = "t." + TargetConnection::quote_identifier(field.name);
    if (field.type == FieldType::boolean)
        return fmt::format("CASE WHEN {0} THEN 'Y' WHEN NOT {0} THEN 'N' END", column);
    return column;
}

std::string column_expression(const TomlTable& view, const TomlTable& sql, const EntityDescriptor& entity,
                              const std::string& view_name, const std::string& column) {
    if (const auto written = sql.optional_string(column)) return *written;
    for (const FieldDescriptor& field : entity.fields)
        if (field.ssd == view_name + '.' + column) return standard_form(field);
    view.fail("columns", fmt::format("no field of {} says ssd = \"{}.{}\"; name an expression for it under [view.sql]",
                                     entity.name, view_name, column));
}

}  // namespace

std::string ssd_views_sql(const TargetSchema& schema, const std::filesystem::path& file) {
    std::string statements;
    const TomlTable settings = TomlTable::parse_file(file);
    for (const TomlTable& view : settings.tables("view")) {
        const std::string name = view.string("name");
        const EntityDescriptor* entity = schema.find(view.string("entity"));
        if (entity == nullptr) view.fail("entity", "there is no such entity in schemas/canonical");
        const std::string join = view.string("join", "");
        const std::string where = view.string("where", "");
        const TomlTable sql = view.table("sql");
        std::string columns;
        for (const std::string& column : view.strings("columns")) {
            columns += columns.empty() ? "\n    " : ",\n    ";
            columns += column_expression(view, sql, *entity, name, column) + " AS " +
                       TargetConnection::quote_identifier(column);
        }
        const std::string rows = entity == &schema.golden_person() ? std::string(kGoldenView) : readable_table(*entity);
        const std::string quoted = "ssd." + TargetConnection::quote_identifier(name);
        statements += fmt::format("CREATE VIEW {} WITH (security_invoker = true) AS SELECT{}\nFROM {} t {}{}{};\n",
                                  quoted, columns, rows, join, where.empty() ? "" : "\nWHERE ", where);
        statements += fmt::format(
            "GRANT SELECT ON {} TO caseweave_loader, caseweave_reader_social_care, caseweave_reader_education, "
            "caseweave_reader_youth_justice;\n",
            quoted);
    }
    settings.finish();
    return statements;
}

}  // namespace caseweave
