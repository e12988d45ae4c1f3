#pragma once

#include <memory>
#include <span>
#include <vector>

#include "app/reading/shields.hpp"
#include "link/identity.hpp"
#include "link/link.hpp"
#include "load/crosswalk.hpp"
#include "load/review_decisions.hpp"
#include "people/person_store.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Holds the people of a run once they are linked and have their ids: what the load pass and reconciliation look up.
/// Not movable: its parts refer to one another.
struct PeopleOfRun {
    PersonStore store;
    HiddenPlaces providers;  ///< that must not be found; identify_people hands them to the shields
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

/// Holds whose each record is in the target.
struct EarlierPeople {
    std::vector<EarlierIdentity> identities;  ///< by (system, key)
    PersonId highest;                         ///< greatest id ever given out, retired ones included
};
EarlierPeople read_earlier_people(TargetConnection& loader);

/// Gives the constraints that decisions are for linking; an `unsure` one is none.
std::vector<ReviewerDecision> constraints_of(std::span<const DecisionRow> decisions);
/// Gives the ids that decisions not yet applied want to stay with a record. Applied ones have had their say: the
/// crosswalk holds it.
std::vector<IdentityClaim> claims_of(std::span<const DecisionRow> decisions);

/// Gives every cluster its stable id, works out who is shielded, and fills the crosswalk. `people.store` and
/// `people.linked` must be filled, and `people.providers` where rows will be placed.
void identify_people(PeopleOfRun& people, const EarlierPeople& earlier, std::span<const IdentityClaim> claims = {});

}  // namespace caseweave
