#pragma once

#include <memory>
#include <span>
#include <vector>

#include "app/shields.hpp"
#include "link/identity.hpp"
#include "link/link.hpp"
#include "load/crosswalk.hpp"
#include "people/person_store.hpp"

namespace caseweave {

/// Holds the people of a run once they are linked and have their ids: what the load pass and reconciliation look up.
/// Not movable: its parts refer to one another.
struct PeopleOfRun {
    PersonStore store;
    LinkResult linked;
    IdentityAssignment identity;
    std::vector<std::vector<PersonRow>> members;  ///< by cluster
    std::unique_ptr<Shields> shields;
    Crosswalk crosswalk;

    PersonId person_of(PersonRow row) const noexcept { return identity.person[linked.cluster[row.value]]; }

    PeopleOfRun() = default;
    PeopleOfRun(const PeopleOfRun&) = delete;
    PeopleOfRun& operator=(const PeopleOfRun&) = delete;
};

/// Gives every cluster its stable id, works out who is shielded, and fills the crosswalk. `people.store` and
/// `people.linked` must be filled.
void identify_people(PeopleOfRun& people, std::span<const EarlierIdentity> earlier, PersonId highest_ever);

}  // namespace caseweave
