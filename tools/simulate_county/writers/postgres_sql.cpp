#include "simulate_county/writers/byte_defects.hpp"
#include "simulate_county/writers/encoding.hpp"
#include "simulate_county/writers/writers.hpp"

namespace simulate {
namespace {

constexpr std::string_view kSchema = "estart";
// Rows of one INSERT: as fast as COPY for files of this size, and any client can send it.
constexpr std::size_t kRowsPerInsert = 500;

const char* postgres_type(ColumnType type) {
    switch (type) {
        case ColumnType::integer:
            return "bigint";
        case ColumnType::decimal:
            return "numeric(14,2)";
        case ColumnType::boolean:
            return "boolean";
        case ColumnType::date:
            return "date";
        case ColumnType::timestamp:
            return "timestamp";
        case ColumnType::text:
            break;
    }
    return "text";
}

std::string literal(const Cell& cell) {
    if (!cell) return "NULL";
    std::string out = "'";
    for (const char c : *cell) {
        if (c == '\'') out += '\'';
        out += c;
    }
    return out + "'";
}

std::string identifier(const std::string& name) {
    return "\"" + name + "\"";
}

std::string qualified(const Table& table) {
    return std::string(kSchema) + "." + identifier(table.name);
}

}  // namespace

void write_postgres_sql(const SystemDump& dump, const std::filesystem::path& folder) {
    make_folder(folder);
    std::string sql = "SET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\nBEGIN;\n";
    sql += "DROP SCHEMA IF EXISTS estart CASCADE;\nCREATE SCHEMA estart;\n";
    for (const Table& table : dump.tables) {
        expect_no_defects(table);
        sql += "CREATE TABLE " + qualified(table) + " (";
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            sql += (i > 0 ? ", " : "") + identifier(table.columns[i]) + " " +
                   postgres_type(table.types.empty() ? ColumnType::text : table.types[i]);
        }
        sql += ");\n";
        for (std::size_t row = 0; row < table.rows.size(); ++row) {
            const bool first = row % kRowsPerInsert == 0;
            const bool last = row + 1 == table.rows.size() || (row + 1) % kRowsPerInsert == 0;
            if (first) sql += "INSERT INTO " + qualified(table) + " VALUES\n";
            sql += '(';
            for (std::size_t i = 0; i < table.rows[row].size(); ++i)
                sql += (i > 0 ? "," : "") + literal(table.rows[row][i]);
            sql += last ? ");\n" : "),\n";
        }
        if (table.index.empty()) continue;
        sql += "CREATE INDEX ON " + qualified(table) + " (";
        for (std::size_t i = 0; i < table.index.size(); ++i) sql += (i > 0 ? ", " : "") + identifier(table.index[i]);
        sql += ");\n";
    }
    write_file(folder / (dump.system + ".sql"), sql + "COMMIT;\n");
}

}  // namespace simulate
