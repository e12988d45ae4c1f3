#include <algorithm>
#include <map>
#include <set>

#include "conformance/connector_conformance.hpp"

namespace caseweave::conformance {

namespace {

using Expected = std::map<std::pair<std::string, RejectReason>, std::size_t>;  // rows by entity and reason

bool emits_person(const EntityDefinition& entity) {
    return std::any_of(entity.emits.begin(), entity.emits.end(),
                       [](const EmitDefinition& emit) { return emit.to == "person"; });
}

/// Tells whether a row of the entity can speak of a person nobody knows: its person stands in the row, and the same
/// record makes no person.
bool can_be_orphan(const ConnectorDefinition& connector, const SourceData& data, const EntityDefinition& entity) {
    if (entity.person_key.empty() || !data.settable(entity, entity.person_key)) return false;
    return std::none_of(connector.entities.begin(), connector.entities.end(), [&](const EntityDefinition& other) {
        const bool same_rows =
            other.name == entity.name ||
            (!entity.resource.empty() && other.resource == entity.resource && other.record == entity.record);
        return same_rows && emits_person(other);
    });
}

/// Column whose text is kept as it is: not a key, a code or a date.
std::string text_column(const SourceData& data, const EntityDefinition& entity) {
    std::set<std::string> taken(entity.key.begin(), entity.key.end());
    taken.insert(entity.parent_key.begin(), entity.parent_key.end());
    taken.insert(entity.person_key);
    for (const EmitDefinition& emit : entity.emits) {
        const EntityDescriptor* const to = canonical_schema().find(emit.to);
        for (const FieldMapping& field : emit.fields) {
            const int index = to->find(field.field);
            if (field.columns.empty() || index < 0) continue;
            const FieldType type = to->fields[static_cast<std::size_t>(index)].type;
            if (type != FieldType::text && type != FieldType::name) continue;
            for (const std::string& column : field.columns) {
                if (!taken.contains(column) && data.settable(entity, column)) return column;
            }
        }
    }
    return {};
}

std::set<std::string> keys_of(const EntityReading& reading) {
    std::set<std::string> keys;
    for (const PlacedRow& row : reading.placed) keys.insert(row.key);
    return keys;
}

/// Expects the planted rejects, each with its address, and every row that was placed before.
void expect_rejects(const ConnectorDefinition& connector, const SystemReading& before, const SystemReading& after,
                    const Expected& expected) {
    for (const auto& [what, rows] : expected) {
        const auto& [entity, reason] = what;
        SCOPED_TRACE("entity " + entity + ", " + std::string(to_string(reason)));
        EXPECT_GE(after.at(entity).rejected_for(reason), before.at(entity).rejected_for(reason) + rows);
        for (const Reject& reject : after.at(entity).rejects) {
            EXPECT_GT(reject.position.line, 0U) << "a reject without its line";
            EXPECT_FALSE(reject.raw.empty()) << "a reject without its row";
            EXPECT_EQ(reject.document.empty(), connector.format.empty()) << "a reject without its document";
        }
    }
    for (const EntityDefinition& entity : connector.entities) {
        const std::set<std::string> kept = keys_of(after.at(entity.name));
        const std::set<std::string> wanted = keys_of(before.at(entity.name));
        EXPECT_TRUE(std::includes(kept.begin(), kept.end(), wanted.begin(), wanted.end()))
            << "entity " << entity.name << " lost rows that are as they were";
    }
}

/// The first entity that reads an entity's rows by its key: a row without one is quarantined there, once.
const EntityDefinition& first_reader(const ConnectorDefinition& connector, const EntityDefinition& entity) {
    return *std::find_if(connector.entities.begin(), connector.entities.end(), [&](const EntityDefinition& other) {
        return other.query == entity.query && other.resource == entity.resource && other.record == entity.record &&
               other.key == entity.key;
    });
}

TEST_P(ConnectorConformance, RejectsABadRowAndReadsTheOthers) {
    const auto data = test_data();
    const SystemReading before = read_system(*data->stage(), shared_definition());
    Expected expected;
    unsigned unreadable = 0, keyless = 0, orphans = 0;
    for (const EntityDefinition& entity : entities()) {
        SCOPED_TRACE("entity " + entity.name);
        const EntityReading& reading = before.at(entity.name);
        ASSERT_FALSE(reading.placed.empty());
        const Fields like = key_of(*data, entity, reading);
        for (const RejectReason reason : data->add_unreadable_rows(entity, like)) {
            ++expected[{entity.name, reason}];
            ++unreadable;
        }
        if (!like.empty()) {
            data->copy_row(entity, like, {{like.begin()->first, ""}});
            ++expected[{first_reader(definition(), entity).name, RejectReason::no_key}];
            ++keyless;
        }
        if (can_be_orphan(definition(), *data, entity) && reading.placed.front().speaks_of_person) {
            Fields changes = {{entity.person_key, "ZZ997"}};
            for (const auto& [column, value] : like) {
                if (column == entity.person_key) continue;
                changes[column] = "ZZ998";
                break;
            }
            data->copy_row(entity, like, changes);
            ++expected[{entity.name, RejectReason::orphan_person}];
            ++orphans;
        }
    }
    const auto staged = data->stage();
    staged->connect(shared_definition())->verify();
    expect_rejects(definition(), before, read_system(*staged, shared_definition()), expected);
    EXPECT_GT(keyless, 0U);
    cover("bad rows: " + std::to_string(unreadable) + " unreadable, " + std::to_string(keyless) + " without key, " +
          std::to_string(orphans) + " of unknown persons" +
          (orphans == 0 ? " (persons enclose their records, or every record makes its person)" : ""));
}

TEST_P(ConnectorConformance, RejectsBytesThatAreNotInTheEncoding) {
    const auto data = test_data();
    const SystemReading before = read_system(*data->stage(), shared_definition());
    Expected expected;
    for (const EntityDefinition& entity : entities()) {
        SCOPED_TRACE("entity " + entity.name);
        const std::string column = text_column(*data, entity);
        if (column.empty()) continue;
        if (data->add_undecodable_row(entity, key_of(*data, entity, before.at(entity.name)), column))
            ++expected[{entity.name, RejectReason::undecodable}];
    }
    if (!expected.empty()) {
        const auto staged = data->stage();
        staged->connect(shared_definition())->verify();
        expect_rejects(definition(), before, read_system(*staged, shared_definition()), expected);
    }
    // Formats whose documents are one piece refuse the piece, before any of its rows.
    unsigned refused = 0;
    std::set<std::string> resources;
    for (const EntityDefinition& entity : entities()) {
        SCOPED_TRACE("entity " + entity.name);
        const auto damaged = test_data();
        if (!resources.insert(entity.resource).second || !damaged->damage_document(entity)) continue;
        const auto staged = damaged->stage();
        const auto connector = staged->connect(shared_definition());
        const auto error = expect_error(
            [&] {
                connector->verify();
                (void)read_raw(*connector, entity, "");
            },
            "");
        if (error != nullptr) {
            EXPECT_EQ(error->kind(), ErrorKind::integrity) << error->what();
        }
        if (!staged->folder.empty()) (void)expect_error([&] { connector->verify(); }, "");
        ++refused;
    }
    EXPECT_GT(expected.size() + refused, 0U);
    cover("bytes not in the encoding: a row rejected in " + std::to_string(expected.size()) + " entities, " +
          std::to_string(refused) + " documents refused whole");
}

}  // namespace

}  // namespace caseweave::conformance
