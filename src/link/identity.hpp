#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "people/person_store.hpp"

namespace caseweave {

/// Says which person a source record belonged to after an earlier run.
struct EarlierIdentity {
    std::string system;
    std::string key;
    PersonId person;
};

/// Records what became of a person id in this run.
struct IdentityEvent {
    enum class Kind : std::uint8_t {
        created,  ///< a new id
        grown,    ///< the id has records it did not have
        merged,   ///< `person` was taken up by `other`; retired
        split,    ///< `person` lost records to `other`
        retired,  ///< no record of it is left, or none that leads anywhere
    };
    Kind kind = Kind::created;
    PersonId person;
    PersonId other;  ///< for merged and split
};

struct IdentityAssignment {
    std::vector<PersonId> person;       ///< by cluster
    std::vector<IdentityEvent> events;  ///< by person id, then kind
    PersonId highest;                   ///< greatest id ever given out, for the next run
};

/// Gives every cluster its person id, stable across runs.
///
/// The rules, in order: (1) where clusters and earlier ids overlap, the pair that shares the most records comes first
/// (ties: the lower id, then the cluster with the smaller first record), and each takes the other if both are free;
/// so an id stays with the greater part of its records, and a cluster of several ids keeps the one it has most of.
/// (2) An id left over whose records lie in a cluster that kept another id was merged into it; one without records
/// left is retired. (3) A cluster left over is new, or split off from the id most of its records had; it gets the next
/// number, in order of its smallest (system, key). Ids are never reused: numbers go on from `highest_ever`.
/// A first run has no crosswalk: ids are 1, 2, ... in the order of rule 3.
IdentityAssignment assign_person_ids(const PersonStore& store, std::span<const std::uint32_t> cluster,
                                     std::size_t clusters, std::span<const EarlierIdentity> previous = {},
                                     PersonId highest_ever = {});

std::string_view to_string(IdentityEvent::Kind kind) noexcept;

}  // namespace caseweave
