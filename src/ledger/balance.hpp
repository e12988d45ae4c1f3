#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "canonical/row_digest.hpp"

namespace caseweave {

/// Counts where the rows of one source entity went, and what they became. Signed, so that a later finding can move a
/// row from one place to another (placed -1, quarantined +1).
struct EntityCounts {
    std::int64_t read = 0;
    std::int64_t placed = 0;
    std::int64_t unchanged = 0;            ///< source rows the target already has, the same
    std::int64_t duplicate_in_source = 0;  ///< same key and same content as an earlier row
    std::int64_t quarantined = 0;
    std::int64_t excluded = 0;      ///< left out by a rule of the connector
    std::int64_t field_issues = 0;  ///< values set aside; their rows are placed
    std::int64_t emitted = 0;       ///< canonical rows made
    std::int64_t inserted = 0;      ///< canonical rows the target took
    std::int64_t updated = 0;
    std::int64_t kept = 0;     ///< canonical rows the target already had, the same
    std::int64_t deleted = 0;  ///< canonical rows taken away, with none in their place

    EntityCounts& operator+=(const EntityCounts& other) noexcept;
    EntityCounts& operator-=(const EntityCounts& other) noexcept;
    bool operator==(const EntityCounts&) const noexcept = default;

    bool source_rows_balance() const noexcept {
        return read == placed + unchanged + duplicate_in_source + quarantined + excluded;
    }
    bool canonical_rows_balance() const noexcept { return emitted == inserted + updated + kept; }
};

/// Names the counters as lineage.balance does, each with its member, in the order lineage.batch stores them.
struct CountField {
    std::string_view name;
    std::int64_t EntityCounts::*member;
};
inline constexpr std::array<CountField, 12> kCountFields{{{"read", &EntityCounts::read},
                                                          {"placed", &EntityCounts::placed},
                                                          {"unchanged", &EntityCounts::unchanged},
                                                          {"duplicate_in_source", &EntityCounts::duplicate_in_source},
                                                          {"quarantined", &EntityCounts::quarantined},
                                                          {"excluded", &EntityCounts::excluded},
                                                          {"field_issues", &EntityCounts::field_issues},
                                                          {"emitted", &EntityCounts::emitted},
                                                          {"inserted", &EntityCounts::inserted},
                                                          {"updated", &EntityCounts::updated},
                                                          {"kept", &EntityCounts::kept},
                                                          {"deleted", &EntityCounts::deleted}}};

/// Names an entity of a source system.
struct SourceEntity {
    std::string system;
    std::string entity;
    auto operator<=>(const SourceEntity&) const = default;
};

/// Names a source row: system, entity, natural key.
using SourceRowName = std::tuple<std::string, std::string, std::string>;

using CountTable = std::map<SourceEntity, EntityCounts>;

/// Counts the people of a run, for the balance of persons.
struct PeopleCounts {
    std::int64_t person_records = 0;  ///< source person records placed
    std::int64_t clustered = 0;       ///< sum of cluster sizes
    std::int64_t clusters = 0;
    std::int64_t inserted = 0;  ///< persons: children, unborn, adults
    std::int64_t updated = 0;
    std::int64_t unchanged = 0;
};

/// Names one equation that does not hold.
struct Imbalance {
    SourceEntity entity;   ///< empty for the balance of persons
    std::string equation;  ///< in words: "read = placed + unchanged + ..."
    std::int64_t left = 0;
    std::int64_t right = 0;
};

/// Writes an imbalance for an operator: entity, equation, both sides.
std::string describe(const Imbalance& imbalance);

/// Checks both ledgers of every source entity: source rows, canonical rows, and that exactly the rows that came and
/// went were tallied.
std::vector<Imbalance> check_balance(const CountTable& counts, const TallyTable& tallies);
/// Checks that person records placed = sum of cluster sizes, and clusters = persons inserted + updated + unchanged.
std::vector<Imbalance> check_people(const PeopleCounts& people);

}  // namespace caseweave
