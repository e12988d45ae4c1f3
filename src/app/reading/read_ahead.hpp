#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

#include "app/job/job_sources.hpp"
#include "app/reading/entity_stream.hpp"

namespace caseweave {

/// Says what to read of every system, and how.
struct ReadPlan {
    NormaliseOptions options;
    /// Which entities are read in part; null: none. Must outlive the reading.
    const PartialReading* partial = nullptr;
    /// Which entities to read; called on the calling thread before anything is read.
    std::function<bool(const JobSystem&, const EntityDefinition&)> wanted;
    /// Knows the persons of a system, by its place in the job; may be null. Called from the readers' threads.
    std::function<bool(std::size_t system, std::string_view person_key)> knows_person;
    /// Whether to warn of each column of which every date is written in another form than the definition says: of a run
    /// that reads twice, once.
    bool warns_of_date_forms = false;
};

/// Takes what is read, always on the calling thread.
struct ReadTaker {
    std::function<void(std::size_t system)> begin_system;
    std::function<void(std::size_t system, const EntityDefinition& entity, PlacedBatch batch)> take;
    /// `totals` are the reader's own sums over the entity's batches, counted before any of them was handed over.
    std::function<void(std::size_t system, const EntityDefinition& entity, const EntityCounts& totals)> end_entity;
};

/// Reads all systems of a job at once, each on a thread of its own and a few batches ahead, and hands the batches over
/// in job order: concurrency in reading, one order in taking, and so one result at any speed of the sources.
/// @return the time all readers spent. @throws what a reader or the taker throws; every reader has ended then.
ReadSeconds read_ahead(JobSources& sources, const CanonicalSchema& schema, const ReadPlan& plan,
                       const ReadTaker& taker);

}  // namespace caseweave
