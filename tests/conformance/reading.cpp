#include "conformance/reading.hpp"

#include <algorithm>

#include "app/reading/entity_stream.hpp"

namespace caseweave::conformance {

namespace {

std::string text_of(const RecordBatch& batch, std::size_t row) {
    // Names in order: where records name their columns, extras come in the order they are met.
    std::map<std::string, std::string> fields;
    for (std::size_t i = 0; i < batch.columns(); ++i) {
        const FieldView field = batch.row(row)[i];
        if (field.missing() == Missing::absent) continue;
        fields[batch.shape().columns[i]] = std::string(to_string(field.missing())) + ":" + std::string(field.text());
    }
    std::string text = std::string(batch.document(row)) + " line " + std::to_string(batch.position(row).line);
    for (const auto& [name, value] : fields) text += "|" + name + "=" + value;
    return text;
}

void take(const EntityDefinition& entity, const PlacedBatch& placed, EntityReading& reading) {
    const CanonicalBatch& batch = placed.batch;
    reading.read += placed.counts.read;
    reading.emitted += placed.counts.emitted;
    reading.rejects.insert(reading.rejects.end(), batch.rejects.begin(), batch.rejects.end());
    std::uint32_t last = 0;
    bool any = false;
    for (const CanonicalRow& row : batch.rows) {
        if (!any || row.source_row != last) {
            PlacedRow source;
            source.key = row.source_key;
            for (std::size_t i = 0; i < entity.columns.size(); ++i) {
                const FieldView field = batch.source.row(row.source_row)[i];
                if (field.has_value()) source.fields[entity.columns[i]] = field.text();
            }
            reading.placed.push_back(std::move(source));
        }
        any = true;
        last = row.source_row;
        PlacedRow& source = reading.placed.back();
        if (!row.extras.empty()) source.extras = row.extras;
        const bool of_person = row.entity->subject != Subject::none;
        const auto person = source.fields.find(entity.person_key);
        if (of_person && person != source.fields.end() && person->second == row.source_person_key)
            source.speaks_of_person = true;
        if (row.source_key.empty() || (of_person && row.source_person_key.empty())) reading.empty_key_or_person = true;
        reading.fired.emplace(row.entity->name, row.part);
    }
}

}  // namespace

std::size_t EntityReading::rejected_for(RejectReason reason) const {
    return static_cast<std::size_t>(
        std::count_if(rejects.begin(), rejects.end(), [&](const Reject& reject) { return reject.reason == reason; }));
}

const CanonicalSchema& canonical_schema() {
    static const CanonicalSchema schema = CanonicalSchema::load(CASEWEAVE_SOURCE_DIR "/schemas/canonical");
    return schema;
}

SystemReading read_system(const StagedSource& staged, const std::shared_ptr<const ConnectorDefinition>& definition) {
    JobSystem system;
    system.settings.name = definition->name;
    system.definition = definition;
    system.connector = staged.connect(definition);
    NormaliseOptions options;
    options.identifiers.accept_test_numbers = true;

    std::set<std::string, std::less<>> persons;
    {
        EntityStream people(system, canonical_schema(), options);
        for (const EntityDefinition& entity : definition->entities) {
            if (!EntityStream::is_people_entity(entity, canonical_schema())) continue;
            people.stream(entity, nullptr, [&](const PlacedBatch& placed) {
                for (const CanonicalRow& row : placed.batch.rows) {
                    if (row.entity->name == "person") persons.emplace(row.source_person_key);
                }
                return true;
            });
        }
    }
    SystemReading readings;
    EntityStream stream(system, canonical_schema(), options);
    for (const EntityDefinition& entity : definition->entities) {
        EntityReading& reading = readings[entity.name];
        stream.stream(
            entity, [&](std::string_view key) { return persons.contains(key); },
            [&](const PlacedBatch& placed) {
                take(entity, placed, reading);
                return true;
            });
    }
    return readings;
}

RawReading read_raw(Connector& connector, const EntityDefinition& entity, const std::string& checkpoint) {
    RawReading reading;
    const auto source = connector.open(entity, checkpoint);
    for (RecordBatch batch; source->next(batch);) {
        for (std::size_t i = 0; i < batch.rows(); ++i) reading.rows.push_back(text_of(batch, i));
        for (const Reject& reject : batch.rejects()) {
            reading.rows.push_back(reject.document + " line " + std::to_string(reject.position.line) +
                                   " rejected: " + std::string(to_string(reject.reason)) + "|" + reject.raw);
        }
        reading.checkpoints.emplace_back(reading.rows.size(), batch.checkpoint);
    }
    return reading;
}

}  // namespace caseweave::conformance
