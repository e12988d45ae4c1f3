#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "app/reading/hidden_places.hpp"
#include "canonical/canonical_batch.hpp"
#include "canonical/schema.hpp"
#include "core/ids.hpp"
#include "people/person_store.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// One canonical row as the target holds it. Views live as long as the call that hands it over.
struct StoredRow {
    std::int64_t row_id = 0;
    std::string_view system, source_entity;
    CanonicalRow row;
    PersonId person;                       ///< whose it is; 0 = NULL, or the table has no such column
    std::uint8_t access = 0;               ///< bits kAccess*
    std::uint8_t address_access = 0;       ///< likewise; 0 where the table has no such column
    std::span<const PersonId> references;  ///< of the person_ref fields, in field order; 0 = NULL
};

/// Reads an entity's rows back in the order they were loaded. @param condition SQL after WHERE, on the alias `t`; ""
/// for all.
void for_each_stored_row(TargetConnection& connection, const EntityDescriptor& entity, const std::string& condition,
                         const std::function<void(const StoredRow&)>& take);

/// Adds the target's people of every system that the store does not have yet, and of those of its systems that are in
/// `also`; and into `providers` their places that must not be found. @param loader reads all.
void add_other_people(TargetConnection& loader, const CanonicalSchema& canonical, const std::set<std::string>& also,
                      PersonStore& store, HiddenPlaces& providers);

/// Reads the people of the target back into a store, and the places that must not be found, as linking saw them.
/// @param loader reads all.
PersonStore read_people(TargetConnection& loader, const CanonicalSchema& canonical, HiddenPlaces& providers);

}  // namespace caseweave
