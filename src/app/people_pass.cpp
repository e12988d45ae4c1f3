#include "app/people_pass.hpp"

#include <algorithm>

#include "app/read_ahead.hpp"

namespace caseweave {

namespace {

bool gives_places(const EntityDefinition& entity, const CanonicalSchema& schema) {
    return std::ranges::any_of(entity.emits, [&](const EmitDefinition& emit) {
        const EntityDescriptor* descriptor = schema.find(emit.to);
        return descriptor != nullptr && describes_places(*descriptor);
    });
}

}  // namespace

PersonStore gather_people(JobSources& sources, const CanonicalSchema& schema, NormaliseOptions options,
                          Progress& progress, ReadSeconds& seconds, HiddenPlaces& providers, const AddPeople& add_more,
                          const std::set<std::string>& passed_over) {
    PersonStore store;
    ReadPlan plan;
    plan.options = options;
    plan.wanted = [&](const JobSystem& system, const EntityDefinition& entity) {
        if (passed_over.contains(system.definition->name)) return false;
        return EntityStream::is_people_entity(entity, schema) || gives_places(entity, schema);
    };

    SystemId id;
    ReadTaker taker;
    taker.begin_system = [&](std::size_t system) {
        const JobSystem& job_system = sources.systems()[system];
        id = store.add_system(job_system.definition->name, job_system.area());
    };
    taker.take = [&](std::size_t system, const EntityDefinition&, const PlacedBatch& placed) {
        for (const CanonicalRow& row : placed.batch.rows) {
            if (row.entity->pass == Pass::people) store.add(id, row);
            if (describes_places(*row.entity)) providers.add_provider(sources.systems()[system].definition->name, row);
        }
        progress.add(static_cast<std::uint64_t>(placed.counts.read));
    };
    seconds += read_ahead(sources, schema, plan, taker);
    if (add_more) add_more(store, providers);
    store.seal();
    return store;
}

}  // namespace caseweave
