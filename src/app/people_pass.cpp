#include "app/people_pass.hpp"

#include "app/read_ahead.hpp"

namespace caseweave {

PersonStore gather_people(JobSources& sources, const CanonicalSchema& schema, NormaliseOptions options,
                          Progress& progress, ReadSeconds& seconds, const std::function<void(PersonStore&)>& add_more) {
    PersonStore store;
    ReadPlan plan;
    plan.options = options;
    plan.wanted = [&](const JobSystem&, const EntityDefinition& entity) {
        return EntityStream::is_people_entity(entity, schema);
    };

    SystemId id;
    ReadTaker taker;
    taker.begin_system = [&](std::size_t system) {
        const JobSystem& job_system = sources.systems()[system];
        id = store.add_system(job_system.definition->name, job_system.area());
    };
    taker.take = [&](std::size_t, const EntityDefinition&, const PlacedBatch& placed) {
        for (const CanonicalRow& row : placed.batch.rows) {
            if (row.entity->pass == Pass::people) store.add(id, row);
        }
        progress.add(static_cast<std::uint64_t>(placed.counts.read));
    };
    seconds += read_ahead(sources, schema, plan, taker);
    if (add_more) add_more(store);
    store.seal();
    return store;
}

}  // namespace caseweave
