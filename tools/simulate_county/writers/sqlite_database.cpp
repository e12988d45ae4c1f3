#include <sqlite3.h>

#include <memory>
#include <stdexcept>

#include "simulate_county/writers/byte_defects.hpp"
#include "simulate_county/writers/encoding.hpp"
#include "simulate_county/writers/writers.hpp"

namespace simulate {
namespace {

struct CloseDatabase {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
};
struct FinishStatement {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinishStatement>;

void check(int code, sqlite3* database, const std::string& what) {
    if (code != SQLITE_OK && code != SQLITE_DONE)
        throw std::runtime_error("SQLite: " + what + ": " + sqlite3_errmsg(database));
}

void run(sqlite3* database, const std::string& sql) {
    check(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), database, sql.substr(0, 60));
}

const char* sqlite_type(ColumnType type) {
    switch (type) {
        case ColumnType::integer:
            return "INTEGER";
        case ColumnType::decimal:
            return "NUMERIC(14,2)";
        case ColumnType::date:
            return "DATE";
        case ColumnType::timestamp:
            return "DATETIME";
        case ColumnType::text:
        case ColumnType::boolean:
            break;
    }
    return "TEXT";
}

void fill(sqlite3* database, const Table& table) {
    std::string columns;
    std::string marks;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        columns += (i > 0 ? ", " : "") + ("\"" + table.columns[i] + "\" ") +
                   sqlite_type(table.types.empty() ? ColumnType::text : table.types[i]);
        marks += i > 0 ? ",?" : "?";
    }
    run(database, "CREATE TABLE \"" + table.name + "\" (" + columns + ")");
    sqlite3_stmt* raw = nullptr;
    const std::string insert = "INSERT INTO \"" + table.name + "\" VALUES (" + marks + ")";
    check(sqlite3_prepare_v2(database, insert.c_str(), -1, &raw, nullptr), database, table.name);
    const Statement statement(raw);
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        Row cells = table.rows[row];
        for (const Defect& defect : defects_of(table, row)) {
            if (defect.kind != DefectKind::undecodable_byte) refuse_defect(table, defect.kind);
            cells[defect.column] = with_byte(cells[defect.column].value_or(""), '\xFF');
        }
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const int index = static_cast<int>(i) + 1;
            if (!cells[i])
                check(sqlite3_bind_null(statement.get(), index), database, table.name);
            else
                check(sqlite3_bind_text(statement.get(), index, cells[i]->data(), static_cast<int>(cells[i]->size()),
                                        SQLITE_STATIC),
                      database, table.name);
        }
        check(sqlite3_step(statement.get()), database, table.name);
        check(sqlite3_reset(statement.get()), database, table.name);
    }
    if (table.index.empty()) return;
    std::string keys;
    for (const std::string& column : table.index) keys += (keys.empty() ? "\"" : ", \"") + column + "\"";
    run(database, "CREATE INDEX \"ix_" + table.name + "\" ON \"" + table.name + "\" (" + keys + ")");
}

}  // namespace

void write_sqlite(const SystemDump& dump, const std::filesystem::path& folder) {
    make_folder(folder);
    const std::filesystem::path file = folder / (dump.system + ".sqlite");
    std::filesystem::remove(file);
    sqlite3* raw = nullptr;
    const int opened = sqlite3_open(file.c_str(), &raw);
    const Database database(raw);
    check(opened, raw, file.string());
    run(raw, "PRAGMA journal_mode = OFF");
    run(raw, "PRAGMA synchronous = OFF");
    run(raw, "BEGIN");
    for (const Table& table : dump.tables) fill(raw, table);
    run(raw, "COMMIT");
}

}  // namespace simulate
