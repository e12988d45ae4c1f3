#include "integration/program/source_database.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <random>

namespace caseweave::testing {

SourceDatabase::SourceDatabase(const std::filesystem::path& file) {
    EXPECT_EQ(sqlite3_open(file.c_str(), &database_), SQLITE_OK);
}

SourceDatabase::~SourceDatabase() {
    sqlite3_close(database_);
}

int SourceDatabase::run(const std::string& sql) {
    char* message = nullptr;
    EXPECT_EQ(sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, &message), SQLITE_OK) << sql << message;
    return sqlite3_changes(database_);
}

std::vector<std::string> SourceDatabase::column(const std::string& sql) {
    std::vector<std::string> values;
    const auto take = [](void* to, int, char** row, char**) {
        static_cast<std::vector<std::string>*>(to)->emplace_back(row[0] != nullptr ? row[0] : "");
        return 0;
    };
    EXPECT_EQ(sqlite3_exec(database_, sql.c_str(), take, &values, nullptr), SQLITE_OK) << sql;
    return values;
}

void SourceDatabase::change_at_random(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    int fresh = 0;
    run("BEGIN");
    for (const std::string& table : column("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")) {
        const auto columns = column("SELECT name FROM pragma_table_info('" + table + "')");
        const auto rows = column("SELECT rowid FROM " + table + " ORDER BY rowid");
        if (rows.empty()) continue;
        const auto some_row = [&] { return rows[random() % rows.size()]; };
        for (std::size_t i = 0; i < rows.size() / 30 + 1; ++i) {
            const std::string where = " WHERE rowid = " + some_row();
            const std::string& changed = columns[1 + random() % (columns.size() - 1)];
            std::string others;
            for (std::size_t c = 1; c < columns.size(); ++c) others += ", " + columns[c];
            switch (random() % 4) {
                case 0:
                    run("DELETE FROM " + table + where);
                    break;
                case 1:
                    run("INSERT OR IGNORE INTO " + table + " SELECT " + columns[0] + " || '" +
                        std::to_string(7000 + ++fresh) + "'" + others + " FROM " + table + where);
                    break;
                default:
                    run("UPDATE OR IGNORE " + table + " SET " + changed + " = (SELECT " + changed + " FROM " + table +
                        " WHERE rowid = " + some_row() + ")" + where);
            }
        }
    }
    run("COMMIT");
}

}  // namespace caseweave::testing
