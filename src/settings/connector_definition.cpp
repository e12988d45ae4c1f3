#include "settings/connector_definition.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "core/error.hpp"

namespace caseweave {

namespace {

// What the words of a connector.toml mean stands with the members they are read into.
constexpr std::array<std::string_view, 3> kServiceAreas = {"social_care", "education", "youth_justice"};
constexpr std::array<std::string_view, 3> kCombinations = {"first", "join", "date_parts"};
constexpr std::array<std::string_view, 3> kNameParts = {"given", "middle", "family"};
constexpr std::array<std::string_view, 1> kPersonFrom = {"first"};

std::string read_query(const TomlTable& entity, const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) entity.fail("query", "cannot read " + file.string());
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

EmitCondition read_condition(const TomlTable& table) {
    EmitCondition condition;
    condition.columns = table.strings("column");
    condition.equals = table.strings("equals");
    condition.not_equals = table.strings("not_equals");
    condition.not_null = table.boolean("not_null", false);
    if (condition.columns.empty()) table.fail("column", "a condition needs a column");
    if (condition.equals.empty() && condition.not_equals.empty() && !condition.not_null) {
        table.fail("column", "a condition needs equals, not_equals or not_null");
    }
    return condition;
}

std::vector<EmitCondition> read_conditions(const TomlTable& table, std::string_view key) {
    std::vector<EmitCondition> conditions;
    for (const TomlTable& entry : table.tables(key)) conditions.push_back(read_condition(entry));
    return conditions;
}

FieldMapping read_field(const TomlTable& fields, const std::string& name) {
    FieldMapping mapping;
    mapping.field = name;
    if (fields.is_string(name)) {
        mapping.columns = {fields.string(name)};
        return mapping;
    }
    const TomlTable table = fields.table(name);
    mapping.columns = table.strings("column");
    for (std::string& column : table.strings("columns")) mapping.columns.push_back(std::move(column));
    mapping.combine = table.word("combine", kCombinations, "");
    mapping.part = table.word("part", kNameParts, "");
    mapping.foreign = table.boolean("foreign", false);
    mapping.codes = table.string("codes", "");
    mapping.dates = table.strings("dates");
    mapping.constant = table.optional_string("constant");
    mapping.estimated_column = table.string("estimated", "");
    mapping.status_column = table.string("status", "");
    if (mapping.columns.empty() == !mapping.constant.has_value()) {
        table.fail("column", "field " + name + " needs either column(s) or a constant");
    }
    if (mapping.combine == "date_parts" && mapping.columns.size() != 3) {
        table.fail("columns", "date_parts takes three columns: day, month, year");
    }
    return mapping;
}

EmitDefinition read_emit(const TomlTable& table) {
    EmitDefinition emit;
    emit.to = table.string("to");
    emit.when = read_conditions(table, "when");
    emit.person_key = table.string("person_key", "");
    const TomlTable fields = table.table("fields");
    for (const std::string& name : fields.keys()) emit.fields.push_back(read_field(fields, name));
    return emit;
}

void read_columns(const TomlTable& table, EntityDefinition& entity) {
    if (!table.is_table("columns")) {
        entity.columns = table.strings("columns");
        return;
    }
    const TomlTable columns = table.table("columns");
    for (const std::string& name : columns.keys()) {
        entity.columns.push_back(name);
        if (columns.is_string(name)) {
            entity.column_paths.push_back(columns.string(name));
            continue;
        }
        const auto extent = columns.integer_pairs(name).front();
        constexpr std::int64_t kWidestLine = 1'000'000;  // far beyond any real line, far below what wraps around
        if (extent.first < 1 || extent.second < 1 || extent.first > kWidestLine || extent.second > kWidestLine)
            columns.fail(name, "an extent is [start, width], both from 1 and at most 1000000");
        entity.column_extents.emplace_back(static_cast<unsigned>(extent.first), static_cast<unsigned>(extent.second));
    }
    if (!entity.column_paths.empty() && !entity.column_extents.empty()) {
        table.fail("columns", "columns are either paths or extents, not both");
    }
}

void check_known(const TomlTable& table, std::string_view key, const EntityDefinition& entity,
                 const std::string& column) {
    if (column.empty() || std::find(entity.columns.begin(), entity.columns.end(), column) != entity.columns.end())
        return;
    const std::string suggestion = nearest_word(column, entity.columns);
    table.fail(key, "entity " + entity.name + " has no column \"" + column + "\"" +
                        (suggestion.empty() ? std::string() : "; did you mean \"" + suggestion + "\"?"));
}

/// Holds every column name the mapping uses against the entity's columns.
void check_columns(const TomlTable& table, const EntityDefinition& entity) {
    for (const std::string& column : entity.key) check_known(table, "key", entity, column);
    for (const std::string& column : entity.parent_key) check_known(table, "parent_key", entity, column);
    for (const std::string& column : entity.optional_columns) check_known(table, "optional_columns", entity, column);
    check_known(table, "person_key", entity, entity.person_key);
    check_known(table, "watermark", entity, entity.watermark);
    const auto check_conditions = [&](std::string_view key, const std::vector<EmitCondition>& conditions) {
        for (const EmitCondition& condition : conditions) {
            for (const std::string& column : condition.columns) check_known(table, key, entity, column);
        }
    };
    check_conditions("exclude", entity.exclude);
    for (const EmitDefinition& emit : entity.emits) {
        check_known(table, "emit", entity, emit.person_key);
        check_conditions("emit", emit.when);
        for (const FieldMapping& field : emit.fields) {
            for (const std::string& column : field.columns) check_known(table, "emit", entity, column);
            check_known(table, "emit", entity, field.estimated_column);
            check_known(table, "emit", entity, field.status_column);
        }
    }
}

EntityDefinition read_entity(const TomlTable& table, const std::filesystem::path& folder) {
    EntityDefinition entity;
    entity.name = table.string("name");
    if (const auto query = table.optional_string("query"))
        entity.query = read_query(table, folder / "queries" / *query);
    entity.resource = table.string("resource", "");
    entity.record = table.string("record", "");
    read_columns(table, entity);
    entity.optional_columns = table.strings("optional_columns");
    entity.key = table.strings("key");
    if (entity.key.empty()) table.fail("key", "entity " + entity.name + " needs a natural key");
    entity.ordered_by_key = table.boolean("ordered_by_key", false);
    entity.person_key = table.string("person_key", "");
    entity.person_from = table.word("person_from", kPersonFrom, "");
    if (!entity.person_from.empty() && entity.person_key.empty()) {
        table.fail("person_from", "person_from needs a person_key");
    }
    entity.parent = table.string("parent", "");
    entity.parent_key = table.strings("parent_key");
    entity.watermark = table.string("watermark", "");
    entity.ignored = table.strings("ignored");
    entity.exclude = read_conditions(table, "exclude");
    entity.exclude_reason = table.string("exclude_reason", "");
    for (const TomlTable& emit : table.tables("emit")) entity.emits.push_back(read_emit(emit));
    check_columns(table, entity);
    return entity;
}

}  // namespace

ConnectorDefinition ConnectorDefinition::load(const std::filesystem::path& folder) {
    const TomlTable table = TomlTable::parse_file(folder / "connector.toml");
    ConnectorDefinition connector;
    connector.folder = folder;
    connector.name = table.string("name");
    connector.title = table.string("title");
    connector.supplier = table.string("supplier");
    connector.service_area = table.word("service_area", kServiceAreas);
    connector.version = table.string("version");
    connector.transport = table.string("transport");
    connector.format = table.string("format", "");
    connector.dates = table.strings("dates");
    connector.null_texts = table.strings("null_texts");
    for (const TomlTable& entry : table.tables("entity")) {
        EntityDefinition entity = read_entity(entry, folder);
        if (connector.find(entity.name) != nullptr) entry.fail("name", "entity " + entity.name + " stands twice");
        if (!entity.parent.empty() && connector.find(entity.parent) == nullptr) {
            entry.fail("parent", "parent " + entity.parent + " must be an entity above this one");
        }
        connector.entities.push_back(std::move(entity));
    }
    // The two settings tables are read by the transport and the format, which report what they do not know.
    connector.transport_settings = table.detached_table("transport_settings");
    connector.format_settings = table.detached_table("format_settings");
    table.finish();
    return connector;
}

const EntityDefinition* ConnectorDefinition::find(std::string_view entity) const noexcept {
    for (const EntityDefinition& candidate : entities) {
        if (candidate.name == entity) return &candidate;
    }
    return nullptr;
}

}  // namespace caseweave
