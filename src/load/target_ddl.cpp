#include "load/target_ddl.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "canonical/copy_encoding.hpp"
#include "load/share_out.hpp"

namespace caseweave {

namespace {

/// Wide enough for every Decimal: no amount can make a COPY fail.
constexpr std::string_view kNumeric = "numeric(19,2)";

std::string ddl_type(const TableColumn& column) {
    return column.type == "numeric" ? std::string(kNumeric) : column.type;
}

std::string column_sql(const TableColumn& column) {
    return fmt::format("{} {}{}{}", TargetConnection::quote_identifier(column.name), ddl_type(column),
                       column.generated ? " GENERATED ALWAYS AS IDENTITY" : "", column.nullable ? "" : " NOT NULL");
}

}  // namespace

std::string create_table_sql(const EntityDescriptor& entity) {
    const std::string table = qualified_table(entity);
    std::string sql = "CREATE TABLE " + table + " (\n";
    const auto columns = table_columns(entity);
    for (std::size_t i = 0; i < columns.size(); ++i)
        sql += "    " + column_sql(columns[i]) + (i + 1 < columns.size() ? ",\n" : "\n");
    sql += ");\n";
    sql += fmt::format("COMMENT ON TABLE {} IS {};\n", table, TargetConnection::quote_literal(entity.description));
    for (const FieldDescriptor& field : entity.fields)
        sql += fmt::format("COMMENT ON COLUMN {}.{} IS {};\n", table, TargetConnection::quote_identifier(field.name),
                           TargetConnection::quote_literal(field.description));
    return sql;
}

std::string protect_table_sql(const EntityDescriptor& entity) {
    const std::string table = qualified_table(entity);
    std::string withheld;
    for (const std::string& column : address_columns(entity))
        withheld += (withheld.empty() ? ", ARRAY[" : ", ") + TargetConnection::quote_literal(column);
    return fmt::format(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO caseweave_loader;\n"
        "CALL integrated.protect({}{});\n"
        "CALL lineage.keep_history_of({});\n",
        table, TargetConnection::quote_literal(table), withheld.empty() ? "" : withheld + ']',
        TargetConnection::quote_literal(table));
}

std::string describe(const SchemaDifference& difference) {
    const std::string table = difference.entity->schema + '.' + difference.entity->table;
    switch (difference.kind) {
        case SchemaDifference::Kind::missing_table:
            return fmt::format("the table {} is missing", table);
        case SchemaDifference::Kind::missing_column:
            return fmt::format("the column {}.{} is missing", table, difference.column);
        case SchemaDifference::Kind::unknown_column:
            return fmt::format("the column {}.{} is in the target and not in the schema", table, difference.column);
        case SchemaDifference::Kind::other_type:
            return fmt::format("the column {}.{} is {}, which is not what the schema says", table, difference.column,
                               difference.found);
    }
    return table;
}

std::vector<SchemaDifference> compare_with_target(TargetConnection& connection, const TargetSchema& schema) {
    const TargetResult found = connection.execute(
        "SELECT table_schema || '.' || table_name, column_name,"
        "       CASE WHEN data_type = 'numeric' THEN format('numeric(%s,%s)', numeric_precision, numeric_scale) ELSE "
        "data_type END"
        "       || CASE WHEN is_identity = 'YES' THEN ' GENERATED ' || identity_generation || ' AS IDENTITY' ELSE '' "
        "END"
        "       || CASE WHEN is_nullable = 'NO' THEN ' NOT NULL' ELSE '' END"
        "  FROM information_schema.columns WHERE table_schema IN ('integrated', 'lineage', 'sealed')"
        " ORDER BY 1, ordinal_position");
    std::map<std::string, std::map<std::string, std::string>> tables;
    for (std::size_t row = 0; row < found.rows(); ++row)
        tables[std::string(found.text(row, 0))][std::string(found.text(row, 1))] = found.text(row, 2);

    std::vector<SchemaDifference> differences;
    for (const EntityDescriptor* entity : schema.entities()) {
        const auto table = tables.find(entity->schema + '.' + entity->table);
        if (table == tables.end()) {
            differences.push_back({SchemaDifference::Kind::missing_table, entity, "", ""});
            continue;
        }
        std::map<std::string, std::string> rest = table->second;
        for (const TableColumn& column : table_columns(*entity)) {
            const std::string wanted =
                fmt::format("{}{}{}", ddl_type(column), column.generated ? " GENERATED ALWAYS AS IDENTITY" : "",
                            column.nullable ? "" : " NOT NULL");
            const auto there = rest.find(column.name);
            if (there == rest.end()) {
                differences.push_back({SchemaDifference::Kind::missing_column, entity, column.name, ""});
                continue;
            }
            if (there->second != wanted)
                differences.push_back({SchemaDifference::Kind::other_type, entity, column.name, there->second});
            rest.erase(there);
        }
        for (const auto& [column, type] : rest)
            differences.push_back({SchemaDifference::Kind::unknown_column, entity, column, type});
    }
    return differences;
}

void build_indexes(std::span<TargetConnection* const> connections, const TargetSchema& schema) {
    std::vector<std::string> tables{"lineage.crosswalk", "lineage.source_row", "sealed.source_row",
                                    "lineage.quarantine", "lineage.field_issue"};
    for (const EntityDescriptor* entity : schema.entities()) tables.push_back(qualified_table(*entity));
    // The largest first: the last one handed out should be short.
    std::string names;
    for (const std::string& table : tables)
        names += (names.empty() ? "" : ", ") + TargetConnection::quote_literal(table);
    const TargetResult by_size = connections.front()->execute(
        "SELECT name FROM unnest(ARRAY[" + names + "]) AS name ORDER BY pg_relation_size(name::regclass) DESC, name");
    share_out(connections, by_size.rows(), [&](TargetConnection& connection, std::size_t row) {
        connection.execute(
            fmt::format("CALL integrated.build_indexes({})", TargetConnection::quote_literal(by_size.text(row, 0))),
            TargetConnection::kLongDeadline);
    });
}

}  // namespace caseweave
