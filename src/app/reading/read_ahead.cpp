#include "app/reading/read_ahead.hpp"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/log.hpp"
#include "pipeline/bounded_queue.hpp"

namespace caseweave {

namespace {

/// Batches a reader may be ahead: enough to hide a page of a slow REST source, about 16 MB a system.
constexpr std::size_t kReadAhead = 8;

/// A batch of an entity, or the entity's end.
struct Item {
    const EntityDefinition* entity = nullptr;
    std::optional<PlacedBatch> batch;
    EntityCounts totals{};                          // at the end: of all its batches
    std::set<std::string> columns_in_other_form{};  // likewise
};

struct Reader {
    std::vector<const EntityDefinition*> entities;
    BoundedQueue<Item> queue{kReadAhead};
    ReadSeconds seconds;  // the reader's own until its thread has ended
};

/// Where the whole of a column is written otherwise the definition is wrong, or the export, and not its dates.
void warn_of_date_forms(const JobSystem& system, const Item& end) {
    for (const std::string& column : end.columns_in_other_form) {
        log::warning(
            "{}, entity {}: every date of column {} is written in another form than {} says, and is set aside: have it "
            "exported in that form, or add its form to `dates` there",
            system.definition->name, end.entity->name, column, (system.definition->folder / "connector.toml").string());
    }
}

/// Ends with the taker, however that ends: no reader waits for one that is gone.
struct Taking {
    explicit Taking(const std::vector<std::unique_ptr<Reader>>& from) : readers(from) {}
    Taking(const Taking&) = delete;
    Taking& operator=(const Taking&) = delete;
    ~Taking() {
        for (const auto& reader : readers) reader->queue.abandon();
    }
    const std::vector<std::unique_ptr<Reader>>& readers;
};

void read_system(JobSystem& system, std::size_t index, const CanonicalSchema& schema, const ReadPlan& plan,
                 Reader& reader) {
    try {
        NormaliseOptions options = plan.options;
        options.return_year = system.settings.year;
        EntityStream stream(system, schema, options, plan.partial);
        EntityStream::KnowsPerson knows_person;
        if (plan.knows_person) knows_person = [&](std::string_view key) { return plan.knows_person(index, key); };
        for (const EntityDefinition* entity : reader.entities) {
            const auto hand_over = [&](PlacedBatch batch) { return reader.queue.push({entity, std::move(batch)}); };
            if (!stream.stream(*entity, knows_person, hand_over)) return;
            if (!reader.queue.push({entity, std::nullopt, stream.totals(), stream.columns_in_other_form()})) return;
        }
        reader.seconds = stream.seconds();
        reader.queue.close();
    } catch (...) {  // thread entry: the taker's thread rethrows
        reader.queue.fail(std::current_exception());
    }
}

}  // namespace

ReadSeconds read_ahead(JobSources& sources, const CanonicalSchema& schema, const ReadPlan& plan,
                       const ReadTaker& taker) {
    std::vector<JobSystem>& systems = sources.systems();
    std::vector<std::unique_ptr<Reader>> readers;
    for (const JobSystem& system : systems) {
        readers.push_back(std::make_unique<Reader>());
        for (const EntityDefinition& entity : system.definition->entities) {
            if (plan.wanted(system, entity)) readers.back()->entities.push_back(&entity);
        }
    }
    std::vector<std::jthread> threads;
    const Taking taking(readers);  // after the threads: it ends before they are waited for
    for (std::size_t i = 0; i < systems.size(); ++i) {
        threads.emplace_back([&, i] { read_system(systems[i], i, schema, plan, *readers[i]); });
    }
    for (std::size_t i = 0; i < systems.size(); ++i) {
        if (taker.begin_system) taker.begin_system(i);
        while (auto item = readers[i]->queue.pop()) {
            if (item->batch) {
                taker.take(i, *item->entity, std::move(*item->batch));
                continue;
            }
            if (plan.warns_of_date_forms) warn_of_date_forms(systems[i], *item);
            if (taker.end_entity) taker.end_entity(i, *item->entity, item->totals);
        }
    }
    threads.clear();
    ReadSeconds seconds;
    for (const auto& reader : readers) seconds += reader->seconds;
    return seconds;
}

}  // namespace caseweave
