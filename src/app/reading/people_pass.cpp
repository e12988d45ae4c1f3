#include "app/reading/people_pass.hpp"

#include <algorithm>
#include <map>

#include "app/reading/read_ahead.hpp"
#include "app/reading/stored_people.hpp"
#include "core/digest.hpp"

namespace caseweave {

namespace {

bool gives_places(const EntityDefinition& entity, const CanonicalSchema& schema) {
    return std::ranges::any_of(entity.emits, [&](const EmitDefinition& emit) {
        const EntityDescriptor* descriptor = schema.find(emit.to);
        return descriptor != nullptr && describes_places(*descriptor);
    });
}

/// Adds what the target has of entities that were read in part, but for the source keys that were seen.
void add_unseen_people(TargetConnection& reader, const CanonicalSchema& schema, const PartialReading& partial,
                       const JobSources& sources, const std::map<SourceEntity, KeyRegister>& seen, PersonStore& store,
                       HiddenPlaces& providers) {
    std::string entities;
    for (const JobSystem& system : sources.systems()) {
        for (const EntityDefinition& entity : system.definition->entities) {
            if (partial.narrowed(system.definition->name, entity) == nullptr) continue;
            entities += (entities.empty() ? "(" : ", (") + TargetConnection::quote_literal(system.definition->name) +
                        ", " + TargetConnection::quote_literal(entity.name) + ")";
        }
    }
    if (entities.empty()) return;
    for (const EntityDescriptor& entity : schema.entities()) {
        if (entity.pass != Pass::people && !describes_places(entity)) continue;
        for_each_stored_row(
            reader, entity, "(t.source_system, t.source_entity) IN (" + entities + ")", [&](const StoredRow& stored) {
                const auto keys = seen.find({std::string(stored.system), std::string(stored.source_entity)});
                if (keys != seen.end() && keys->second.contains(hash64(stored.row.source_key))) return;
                if (describes_places(entity)) providers.add_provider(stored.system, stored.row);
                if (entity.pass == Pass::people) store.add(*store.find_system(stored.system), stored.row);
            });
    }
}

}  // namespace

PersonStore gather_people(JobSources& sources, const CanonicalSchema& schema, NormaliseOptions options,
                          Progress& progress, ReadSeconds& seconds, HiddenPlaces& providers,
                          const PeopleInTarget* in_target) {
    PersonStore store;
    ReadPlan plan;
    plan.options = options;
    plan.partial = in_target != nullptr ? in_target->partial : nullptr;
    plan.wanted = [&](const JobSystem& system, const EntityDefinition& entity) {
        if (in_target != nullptr && in_target->passed_over->contains(system.definition->name)) return false;
        return EntityStream::is_people_entity(entity, schema) || gives_places(entity, schema);
    };

    SystemId id;
    ReadTaker taker;
    taker.begin_system = [&](std::size_t system) {
        const JobSystem& job_system = sources.systems()[system];
        id = store.add_system(job_system.definition->name, job_system.area());
    };
    std::map<SourceEntity, KeyRegister> seen;  // keys of entities that are read in part
    taker.take = [&](std::size_t system, const EntityDefinition& entity, const PlacedBatch& placed) {
        const std::string& name = sources.systems()[system].definition->name;
        if (plan.partial != nullptr && plan.partial->narrowed(name, entity) != nullptr) {
            KeyRegister& keys = seen[{name, entity.name}];
            for (const SourceRowOutcome& outcome : placed.batch.outcomes) keys.insert(hash64(outcome.key), 0);
            for (const Reject& reject : placed.batch.rejects) keys.insert(hash64(reject.key), 0);
        }
        for (const CanonicalRow& row : placed.batch.rows) {
            if (row.entity->pass == Pass::people) store.add(id, row);
            if (describes_places(*row.entity)) providers.add_provider(name, row);
        }
        progress.add(static_cast<std::uint64_t>(placed.counts.read));
    };
    seconds += read_ahead(sources, schema, plan, taker);
    if (in_target != nullptr) {
        add_other_people(*in_target->reader, schema, *in_target->passed_over, store, providers);
        if (in_target->partial != nullptr)
            add_unseen_people(*in_target->reader, schema, *in_target->partial, sources, seen, store, providers);
    }
    store.seal();
    return store;
}

}  // namespace caseweave
