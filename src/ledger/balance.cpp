#include "ledger/balance.hpp"

#include <fmt/core.h>

#include "ledger/lineage_tables.hpp"

namespace caseweave {

namespace {

constexpr std::string_view kRowsDigested = "inserted - deleted = rows digested";

}  // namespace

EntityCounts& EntityCounts::operator+=(const EntityCounts& other) noexcept {
    for (const CountField& field : kCountFields) this->*field.member += other.*field.member;
    return *this;
}

EntityCounts& EntityCounts::operator-=(const EntityCounts& other) noexcept {
    for (const CountField& field : kCountFields) this->*field.member -= other.*field.member;
    return *this;
}

std::string describe(const Imbalance& imbalance) {
    const std::string who = imbalance.entity.system.empty() ? std::string("persons")
                                                            : imbalance.entity.system + '.' + imbalance.entity.entity;
    return fmt::format("{}: {} does not hold: {} against {}", who, imbalance.equation, imbalance.left, imbalance.right);
}

std::vector<Imbalance> check_balance(const CountTable& counts, const TallyTable& tallies) {
    std::map<SourceEntity, std::int64_t> tallied;
    for (const auto& [key, segments] : tallies) {
        if (is_kept_beside(key.entity)) continue;
        tallied[{key.system, key.source_entity}] += static_cast<std::int64_t>(segments.total().rows);
    }

    std::vector<Imbalance> found;
    for (const auto& [entity, c] : counts) {
        if (!c.source_rows_balance())
            found.push_back({entity, "read = placed + unchanged + duplicate_in_source + quarantined + excluded", c.read,
                             c.placed + c.unchanged + c.duplicate_in_source + c.quarantined + c.excluded});
        if (!c.canonical_rows_balance())
            found.push_back(
                {entity, "emitted = inserted + updated + kept", c.emitted, c.inserted + c.updated + c.kept});
        const auto rows = tallied.find(entity);
        const std::int64_t digested = rows == tallied.end() ? 0 : rows->second;
        if (digested != c.inserted - c.deleted)
            found.push_back({entity, std::string(kRowsDigested), c.inserted - c.deleted, digested});
    }
    for (const auto& [entity, rows] : tallied)
        if (!counts.contains(entity) && rows != 0) found.push_back({entity, std::string(kRowsDigested), 0, rows});
    return found;
}

std::vector<Imbalance> check_people(const PeopleCounts& people) {
    std::vector<Imbalance> found;
    if (people.person_records != people.clustered)
        found.push_back({{}, "person records placed = sum of cluster sizes", people.person_records, people.clustered});
    const std::int64_t persons = people.inserted + people.updated + people.unchanged;
    if (people.clusters != persons)
        found.push_back({{}, "clusters = persons inserted + updated + unchanged", people.clusters, persons});
    return found;
}

}  // namespace caseweave
