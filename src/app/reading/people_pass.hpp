#pragma once

#include <set>
#include <string>

#include "app/job/job_sources.hpp"
#include "app/reading/entity_stream.hpp"
#include "app/reading/hidden_places.hpp"
#include "app/reading/partial_reading.hpp"
#include "canonical/schema.hpp"
#include "normalise/entity_normaliser.hpp"
#include "people/person_store.hpp"
#include "pipeline/progress.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Says whose people are not read from their sources but are those of the target.
struct PeopleInTarget {
    TargetConnection* reader = nullptr;                  ///< reads all
    const std::set<std::string>* passed_over = nullptr;  ///< systems of the job that are not read
    const PartialReading* partial = nullptr;             ///< entities of which only what changed is read
};

/// Reads every system's people (persons, names, identifiers, addresses, contacts, relationships, restrictions, seals)
/// into one PersonStore and seals it; and into `providers` those places that must not be found, for what the load pass
/// loads first can name a place that a later row marks. Systems are read at once and taken in job order, so that the
/// store is always the same. The time of reading is added to `seconds`. `add_more` is called before the store is
/// sealed; it may be null.
/// Systems of the job in `passed_over` are not read: `add_more` adds theirs.
PersonStore gather_people(JobSources& sources, const CanonicalSchema& schema, NormaliseOptions options,
                          Progress& progress, ReadSeconds& seconds, HiddenPlaces& providers,
                          const PeopleInTarget* in_target = nullptr);

}  // namespace caseweave
