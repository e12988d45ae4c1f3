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

/// Says that a reviewer wants an id to stay with the part that holds a record, larger part or not.
struct IdentityClaim {
    PersonId person;
    std::string system;
    std::string key;
};

/// Records what became of a person id in this run. An id whose records changed in any way has at least one event.
struct IdentityEvent {
    enum class Kind : std::uint8_t {
        created,  ///< `person` is a new id, and no record of it had one before
        split,    ///< `person` is a new id, made of records most of which were `other`'s
        grown,    ///< `person` has records that were `other`'s, or that are new (0); one event for each
        shrunk,   ///< `person` stays, without records that are now `other`'s, or gone (0); one event for each
        merged,   ///< `person` is retired: most of its records are now `other`'s
        retired,  ///< `person` is retired: no record of it is left
    };
    Kind kind = Kind::created;
    PersonId person;
    PersonId other;
    bool operator==(const IdentityEvent&) const noexcept = default;
};

struct IdentityAssignment {
    std::vector<PersonId> person;       ///< by cluster
    std::vector<IdentityEvent> events;  ///< by person id, then kind, then other
    PersonId highest;                   ///< greatest id ever given out, for the next run
};

/// Gives every cluster its person id, stable across runs, models and the order of records.
///
/// The rules, in order:
/// 1. *Claimed.* A reviewer's claim comes first: the id stays with the cluster that holds the claimed record, if the
///    record had that id before. One claim an id, the record with the smallest (system, key).
/// 2. *Kept.* Where clusters and earlier ids overlap, the pair that shares the most records comes first (ties: the
///    lower id, which is the older, then the cluster with the smaller first record), and each takes the other if both
///    are free. So an id stays with the larger part of its records, and a cluster made of several ids keeps the one it
///    has most records of, of equals the oldest.
/// 3. *Merged, retired.* An id left over is retired for good: merged into the id that holds most of its records, or
///    simply retired where none is left.
/// 4. *Split, created.* A cluster left over gets the next number, in order of its smallest (system, key): split off
///    the id that most of its records had, or new where none had one.
/// Ids are never reused: numbers go on from `highest_ever` (or the highest of `previous`), retired ones included. That
/// records come back, or that a merge is undone, brings no retired id back: whoever noted it must not find another
/// child under it, nor half a child. A first run has no earlier ids: 1, 2, ... in the order of rule 4.
///
/// The answer depends on who is together now, who was before, claims and `highest_ever` alone; not on the order of
/// rows, of clusters or of `previous`.
IdentityAssignment assign_person_ids(const PersonStore& store, std::span<const std::uint32_t> cluster,
                                     std::size_t clusters, std::span<const EarlierIdentity> previous = {},
                                     PersonId highest_ever = {}, std::span<const IdentityClaim> claims = {});

std::string_view to_string(IdentityEvent::Kind kind) noexcept;

}  // namespace caseweave
