#include "link/identity.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <tuple>

namespace caseweave {

namespace {

/// Counts the records an earlier id and a cluster have in common.
struct Overlap {
    std::size_t records;
    PersonId person;
    std::uint32_t order;  ///< place of the cluster by its smallest (system, key)
    std::uint32_t cluster;
};

/// Orders clusters by their smallest (system name, key).
std::vector<std::uint32_t> cluster_order(const PersonStore& store, std::span<const std::uint32_t> cluster,
                                         std::size_t clusters) {
    std::vector<std::optional<std::uint32_t>> smallest(clusters);
    const auto name = [&](std::uint32_t row) {
        return std::pair(store.system_name(store.system(PersonRow{row})), store.key(PersonRow{row}));
    };
    for (std::uint32_t row = 0; row < cluster.size(); ++row) {
        auto& held = smallest[cluster[row]];
        if (!held || name(row) < name(*held)) held = row;
    }
    std::vector<std::uint32_t> order(clusters);
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) { return name(*smallest[a]) < name(*smallest[b]); });
    return order;
}

std::vector<IdentityClaim> in_order(std::span<const IdentityClaim> claims) {
    std::vector<IdentityClaim> sorted(claims.begin(), claims.end());
    std::ranges::sort(sorted, [](const IdentityClaim& x, const IdentityClaim& y) {
        return std::tie(x.person, x.system, x.key) < std::tie(y.person, y.system, y.key);
    });
    return sorted;
}

}  // namespace

std::string_view to_string(IdentityEvent::Kind kind) noexcept {
    constexpr std::string_view kNames[] = {"created", "split", "grown", "shrunk", "merged", "retired"};
    return kNames[static_cast<std::size_t>(kind)];
}

IdentityAssignment assign_person_ids(const PersonStore& store, std::span<const std::uint32_t> cluster,
                                     std::size_t clusters, std::span<const EarlierIdentity> previous,
                                     PersonId highest_ever, std::span<const IdentityClaim> claims) {
    using Kind = IdentityEvent::Kind;
    IdentityAssignment assignment;
    assignment.person.assign(clusters, PersonId{});
    assignment.highest = highest_ever;
    const auto order = cluster_order(store, cluster, clusters);
    std::vector<std::uint32_t> place(clusters);
    for (std::uint32_t i = 0; i < clusters; ++i) place[order[i]] = i;

    const auto find = [&](const std::string& system, const std::string& key) {
        const auto id = store.find_system(system);
        return id ? store.find(*id, key) : std::nullopt;
    };
    std::vector<PersonId> before(cluster.size());  // by row; 0 = a new record
    std::map<std::pair<PersonId, std::uint32_t>, std::size_t> shared;
    std::map<PersonId, std::size_t> lost;  // records that are gone, of every earlier id
    for (const EarlierIdentity& entry : previous) {
        assignment.highest = std::max(assignment.highest, entry.person);
        std::size_t& gone = lost[entry.person];
        if (const auto row = find(entry.system, entry.key)) {
            before[row->value] = entry.person;
            ++shared[{entry.person, cluster[row->value]}];
        } else {
            ++gone;
        }
    }

    std::map<PersonId, std::uint32_t> kept;
    const auto keep = [&](PersonId person, std::uint32_t c) {
        if (assignment.person[c].value != 0 || kept.contains(person)) return;
        assignment.person[c] = person;
        kept[person] = c;
    };
    for (const IdentityClaim& claim : in_order(claims)) {
        const auto row = find(claim.system, claim.key);
        if (row && claim.person.value != 0 && before[row->value] == claim.person)
            keep(claim.person, cluster[row->value]);
    }
    std::vector<Overlap> overlaps;
    for (const auto& [who, records] : shared) overlaps.push_back({records, who.first, place[who.second], who.second});
    std::ranges::sort(overlaps, [](const Overlap& x, const Overlap& y) {
        return std::tuple(y.records, x.person, x.order) < std::tuple(x.records, y.person, y.order);
    });
    std::vector<PersonId> origin(clusters);  // who held most of a cluster's records
    std::map<PersonId, std::uint32_t> heir;  // where most of an id's records are
    for (const Overlap& overlap : overlaps) {
        keep(overlap.person, overlap.cluster);
        if (origin[overlap.cluster].value == 0) origin[overlap.cluster] = overlap.person;
        heir.try_emplace(overlap.person, overlap.cluster);
    }

    for (const std::uint32_t c : order) {
        if (assignment.person[c].value != 0) continue;
        assignment.person[c] = PersonId{++assignment.highest.value};
        const Kind kind = origin[c].value == 0 ? Kind::created : Kind::split;
        assignment.events.push_back({kind, assignment.person[c], origin[c]});
    }
    for (const auto& [person, gone] : lost) {
        if (kept.contains(person)) {
            if (gone != 0) assignment.events.push_back({Kind::shrunk, person, {}});
            continue;
        }
        const auto found = heir.find(person);
        if (found == heir.end())
            assignment.events.push_back({Kind::retired, person, {}});
        else
            assignment.events.push_back({Kind::merged, person, assignment.person[found->second]});
    }
    std::set<std::pair<PersonId, PersonId>> moves;
    for (std::uint32_t row = 0; row < cluster.size(); ++row) {
        const PersonId now = assignment.person[cluster[row]];
        if (now == before[row]) continue;
        if (kept.contains(now) || kept.contains(before[row])) moves.emplace(before[row], now);
    }
    for (const auto& [from, to] : moves) {
        if (kept.contains(to)) assignment.events.push_back({Kind::grown, to, from});
        if (kept.contains(from)) assignment.events.push_back({Kind::shrunk, from, to});
    }
    std::ranges::sort(assignment.events, [](const IdentityEvent& x, const IdentityEvent& y) {
        return std::tuple(x.person, x.kind, x.other) < std::tuple(y.person, y.kind, y.other);
    });
    return assignment;
}

}  // namespace caseweave
