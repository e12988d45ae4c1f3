#include "app/people_pass.hpp"

#include <memory>
#include <thread>
#include <vector>

#include "app/entity_stream.hpp"
#include "pipeline/bounded_queue.hpp"

namespace caseweave {

namespace {

/// Batches a reader may be ahead of the store: enough to hide a page of a slow REST source, about 16 MB a system.
constexpr std::size_t kReadAhead = 8;

void read_people(JobSystem& system, const CanonicalSchema& schema, NormaliseOptions options,
                 BoundedQueue<PlacedBatch>& queue) {
    try {
        EntityStream stream(system, schema, options);
        for (const EntityDefinition& entity : system.definition->entities) {
            if (!EntityStream::is_people_entity(entity, schema)) continue;
            if (!stream.stream(entity, nullptr, [&](PlacedBatch batch) { return queue.push(std::move(batch)); }))
                return;
        }
        queue.close();
    } catch (...) {  // thread entry: the store's thread rethrows
        queue.fail(std::current_exception());
    }
}

}  // namespace

PersonStore gather_people(JobSources& sources, const CanonicalSchema& schema, NormaliseOptions options,
                          Progress& progress) {
    PersonStore store;
    std::vector<std::unique_ptr<BoundedQueue<PlacedBatch>>> queues;
    for (std::size_t i = 0; i < sources.systems().size(); ++i)
        queues.push_back(std::make_unique<BoundedQueue<PlacedBatch>>(kReadAhead));
    std::vector<std::jthread> readers;
    try {
        for (std::size_t i = 0; i < queues.size(); ++i) {
            readers.emplace_back([&, i] { read_people(sources.systems()[i], schema, options, *queues[i]); });
        }
        for (std::size_t i = 0; i < queues.size(); ++i) {
            JobSystem& system = sources.systems()[i];
            const SystemId id = store.add_system(system.definition->name, system.area());
            while (const auto placed = queues[i]->pop()) {
                for (const CanonicalRow& row : placed->batch.rows) {
                    if (row.entity->pass == Pass::people) store.add(id, row);
                }
                progress.add(placed->counts.read);
            }
        }
    } catch (...) {  // rethrown: the readers must not wait for a store that is gone
        for (const auto& queue : queues) queue->abandon();
        throw;
    }
    readers.clear();
    store.seal();
    return store;
}

}  // namespace caseweave
