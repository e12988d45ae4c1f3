#include "app/reading/watermarks.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <memory>

namespace caseweave {
namespace {

EntityDefinition visits() {
    EntityDefinition entity;
    entity.name = "visit";
    entity.query = "SELECT *\nFROM VISITS\nORDER BY VISIT_ID;\n";
    entity.key = {"VISIT_ID", "PART"};
    entity.watermark = "UPDATED";
    return entity;
}

std::optional<std::string> greatest_of(const std::vector<std::string>& values) {
    auto shape = std::make_shared<RowShape>();
    shape->columns = {"VISIT_ID", "UPDATED"};
    shape->declared = 2;
    RecordBatch batch(shape);
    for (const std::string& value : values) {
        batch.begin_row({});
        batch.set(0, "1");
        value.empty() ? batch.set_missing(1, Missing::null) : batch.set(1, value);
        batch.commit_row();
    }
    const EntityDefinition entity = visits();
    WatermarkReader reader;
    reader.open(entity);
    reader.note(batch);
    return reader.greatest();
}

TEST(Watermarks, TheGreatestIsFoundWhateverTheOrder) {
    EXPECT_EQ(greatest_of({"2026-03-30 09:00:00", "", "2026-03-31 08:59:59", "2026-03-31 08:59:58"}),
              "2026-03-31 08:59:59");
    EXPECT_EQ(greatest_of({}), std::nullopt);
    EXPECT_EQ(greatest_of({"", ""}), std::nullopt);
}

TEST(Watermarks, WhatCannotBeComparedAsTextIsNone) {
    EXPECT_EQ(greatest_of({"2026-03-31", "2026-03-31 08:59:59"}), std::nullopt);
    EXPECT_EQ(greatest_of({"31/03/2026", "01/04/2026"}), std::nullopt);
    EXPECT_EQ(greatest_of({"2026-02-31 08:59:59"}), std::nullopt);
}

TEST(Watermarks, DaysBeforeKeepTheTimeOfDay) {
    EXPECT_EQ(days_before("2026-03-02T08:59:59Z", 3), "2026-02-27T08:59:59Z");
    EXPECT_EQ(days_before("2024-03-01", 1), "2024-02-29");
    EXPECT_EQ(days_before("2026-03-02 08:00:00", 0), "2026-03-02 08:00:00");
    EXPECT_EQ(days_before("yesterday", 3), std::nullopt);
}

TEST(Watermarks, ANarrowedQueryKeepsItsOrderOutsideAndAsksForNullsAndKeys) {
    const EntityDefinition narrowed = changed_since(visits(), "2026-03-28 09:00:00", {std::string("7\x1f") + "a'b"});
    EXPECT_EQ(narrowed.query,
              "SELECT * FROM (SELECT *\nFROM VISITS\n) caseweave_changed WHERE UPDATED >= '2026-03-28 09:00:00' OR "
              "UPDATED IS NULL OR (VISIT_ID = '7' AND PART = 'a''b')\nORDER BY VISIT_ID");
    EntityDefinition inner = visits();
    inner.query = "SELECT * FROM (SELECT * FROM VISITS ORDER BY VISIT_ID LIMIT 5) v";
    EXPECT_EQ(changed_since(inner, "2026-03-28", {}).query,
              "SELECT * FROM (SELECT * FROM (SELECT * FROM VISITS ORDER BY VISIT_ID LIMIT 5) v\n) caseweave_changed "
              "WHERE UPDATED >= '2026-03-28' OR UPDATED IS NULL\n");
}

TEST(Watermarks, ThousandsOfKeysMakeAQueryThatDatabasesTake) {
    std::vector<std::string> keys;
    for (int i = 0; i < 5000; ++i) keys.push_back(std::to_string(i) + "\x1f" + "a");
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(":memory:", &database), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(database,
                           "CREATE TABLE VISITS (VISIT_ID TEXT, PART TEXT, UPDATED TEXT);"
                           "INSERT INTO VISITS VALUES ('4999', 'a', '2020'), ('4999', 'b', '2020')",
                           nullptr, nullptr, nullptr),
              SQLITE_OK);
    int rows = 0;
    const auto count = [](void* counter, int, char**, char**) { return ++*static_cast<int*>(counter), 0; };
    char* message = nullptr;
    EntityDefinition of_one_column = visits();
    of_one_column.key.pop_back();
    const std::vector<std::string> of_one = {"4999", "it's"};
    for (const std::string& query : {changed_since(visits(), "2026-03-28 09:00:00", keys).query,
                                     changed_since(of_one_column, "2026-03-28 09:00:00", of_one).query}) {
        rows = 0;
        EXPECT_EQ(sqlite3_exec(database, query.c_str(), count, &rows, &message), SQLITE_OK)
            << (message != nullptr ? message : "");
        EXPECT_EQ(rows, query.find(" IN (") == std::string::npos ? 1 : 2);
    }
    sqlite3_free(message);
    sqlite3_close(database);
}

}  // namespace
}  // namespace caseweave
