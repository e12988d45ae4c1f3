#pragma once

#include "canonical/schema.hpp"
#include "people/person_store.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Reads the people of the last run back from the target into a store, as linking saw them. @param loader reads all.
PersonStore read_people(TargetConnection& loader, const CanonicalSchema& canonical);

}  // namespace caseweave
