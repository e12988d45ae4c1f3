#include <algorithm>
#include <set>

#include "conformance/connector_conformance.hpp"

namespace caseweave::conformance {

namespace {

bool contains(const std::vector<std::string>& list, const std::string& one) {
    return std::find(list.begin(), list.end(), one) != list.end();
}

/// Picks a declared column that must be there: the last such, since a file without a header can only lose its end.
std::string required_column(const SourceData& data, const EntityDefinition& entity) {
    std::string fallback;
    for (auto column = entity.columns.rbegin(); column != entity.columns.rend(); ++column) {
        if (!data.can_drop(entity, *column) || contains(entity.optional_columns, *column)) continue;
        if (!contains(entity.key, *column) && *column != entity.person_key) return *column;
        if (fallback.empty()) fallback = *column;
    }
    return fallback;
}

/// Tells whether a check can know the columns without reading people's records from a service.
bool check_sees_columns(const ConnectorDefinition& connector) {
    return connector.transport != "https";
}

TEST_P(ConnectorConformance, KeepsAndReportsANewColumn) {
    constexpr const char* kName = "conformance_new";
    constexpr const char* kValue = "kept";
    const auto data = test_data();
    for (const EntityDefinition& entity : entities()) data->add_column(entity, kName, kValue);
    const auto staged = data->stage();
    const auto connector = staged->connect(shared_definition());
    connector->verify();
    const auto findings = connector->check(LookInto::records);
    const SystemReading readings = read_system(*staged, shared_definition());
    for (const EntityDefinition& entity : entities()) {
        SCOPED_TRACE("entity " + entity.name);
        if (check_sees_columns(definition())) {
            const std::string words = "entity " + entity.name + " has a column no mapping names: ";
            EXPECT_TRUE(std::any_of(findings.begin(), findings.end(), [&](const CheckFinding& finding) {
                return finding.level == CheckFinding::Level::warning && finding.what.find(words) != std::string::npos;
            })) << "check() does not report the new column";
        }
        ASSERT_FALSE(readings.at(entity.name).placed.empty());
        for (const PlacedRow& row : readings.at(entity.name).placed) {
            EXPECT_NE(row.extras.find(std::string(":\"") + kValue + "\""), std::string::npos)
                << "the new column is not in extras";
        }
    }
    cover("new column: kept for " + std::to_string(entities().size()) + " entities, " +
          (check_sees_columns(definition()) ? "reported by check()"
                                            : "seen while reading (a check asks a service for no records)"));
}

TEST_P(ConnectorConformance, NamesAMissingColumn) {
    const auto data = test_data();
    std::map<std::string, std::string> dropped;
    for (const EntityDefinition& entity : entities()) {
        const std::string column = required_column(*data, entity);
        if (!column.empty()) dropped[entity.name] = column;
    }
    for (const auto& [entity, column] : dropped) data->drop_column(*definition().find(entity), column);
    const auto staged = data->stage();
    const auto connector = staged->connect(shared_definition());
    for (const EntityDefinition& entity : entities()) {
        if (!dropped.contains(entity.name)) continue;
        SCOPED_TRACE("entity " + entity.name + " without " + dropped[entity.name]);
        const auto error = expect_error([&] { (void)read_raw(*connector, entity, ""); }, "entity " + entity.name);
        if (error == nullptr) continue;
        EXPECT_EQ(error->kind(), ErrorKind::source);
        // Entities that share records lose each other's columns.
        const std::string words = error->what();
        EXPECT_TRUE(std::any_of(dropped.begin(), dropped.end(),
                                [&](const auto& one) {
                                    return words.find(one.second) != std::string::npos &&
                                           definition().find(one.first)->resource == entity.resource;
                                }))
            << "the error does not name the column: " << words;
    }
    if (check_sees_columns(definition())) {
        (void)expect_error([&] { (void)staged->connect(shared_definition())->check(LookInto::records); }, "column");
    }
    ASSERT_FALSE(dropped.empty());
    cover("missing column: named for " + std::to_string(dropped.size()) + " of " + std::to_string(entities().size()) +
          " entities" +
          (dropped.size() < entities().size() ? " (the others declare none of their own that must be there)" : ""));
}

TEST_P(ConnectorConformance, TakesAColumnThatOnlyALateRecordHas) {
    if (definition().format != "xml" && definition().format != "json")
        GTEST_SKIP() << "a header names the columns of " << GetParam();
    const SystemReading before = read_system(*test_data()->stage(), shared_definition());
    unsigned taken = 0;
    for (const EntityDefinition& entity : entities()) {
        const auto data = test_data();
        const std::string column = required_column(*data, entity);
        const Fields like = key_of(*data, entity, before.at(entity.name));
        if (column.empty() || like.empty() || like.contains(column)) continue;
        SCOPED_TRACE("entity " + entity.name + ", column " + column);
        data->drop_column(entity, column);
        data->copy_row(entity, like, {{like.begin()->first, "ZZ996"}, {column, "late"}});
        const auto staged = data->stage();
        const auto connector = staged->connect(shared_definition());
        RecordBatch::set_row_limit(1);
        RawReading reading;
        EXPECT_NO_THROW(reading = read_raw(*connector, entity, ""));
        RecordBatch::set_row_limit(RecordBatch::kRows);
        ASSERT_FALSE(reading.rows.empty());
        EXPECT_EQ(std::count_if(reading.rows.begin(), reading.rows.end(),
                                [&](const std::string& row) { return row.find("|" + column + "=") != row.npos; }),
                  1);
        if (check_sees_columns(definition())) {
            EXPECT_NO_THROW(staged->connect(shared_definition())->check(LookInto::records));
        }
        ++taken;
    }
    EXPECT_GT(taken, 0U);
    cover("late column: taken in " + std::to_string(taken) + " entities");
}

}  // namespace

}  // namespace caseweave::conformance
