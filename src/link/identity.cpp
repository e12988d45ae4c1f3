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

}  // namespace

std::string_view to_string(IdentityEvent::Kind kind) noexcept {
    constexpr std::string_view kNames[] = {"created", "grown", "merged", "split", "retired"};
    return kNames[static_cast<std::size_t>(kind)];
}

IdentityAssignment assign_person_ids(const PersonStore& store, std::span<const std::uint32_t> cluster,
                                     std::size_t clusters, std::span<const EarlierIdentity> previous,
                                     PersonId highest_ever) {
    using Kind = IdentityEvent::Kind;
    IdentityAssignment assignment;
    assignment.person.assign(clusters, PersonId{});
    assignment.highest = highest_ever;
    const auto order = cluster_order(store, cluster, clusters);
    std::vector<std::uint32_t> place(clusters);
    for (std::uint32_t i = 0; i < clusters; ++i) place[order[i]] = i;

    std::map<std::pair<PersonId, std::uint32_t>, std::size_t> shared;
    std::map<PersonId, std::size_t> records_before;
    std::vector<std::size_t> known_records(clusters, 0);
    for (const EarlierIdentity& entry : previous) {
        ++records_before[entry.person];
        assignment.highest = std::max(assignment.highest, entry.person);
        const auto system = store.find_system(entry.system);
        const auto row = system ? store.find(*system, entry.key) : std::nullopt;
        if (row) ++shared[{entry.person, cluster[row->value]}];
    }
    std::vector<std::size_t> sizes(clusters, 0);
    for (const std::uint32_t c : cluster) ++sizes[c];

    std::vector<Overlap> overlaps;
    for (const auto& [who, records] : shared) overlaps.push_back({records, who.first, place[who.second], who.second});
    std::ranges::sort(overlaps, [](const Overlap& x, const Overlap& y) {
        return std::tuple(y.records, x.person, x.order) < std::tuple(x.records, y.person, y.order);
    });
    std::map<PersonId, std::uint32_t> kept;
    for (const Overlap& overlap : overlaps) {
        PersonId& held = assignment.person[overlap.cluster];
        if (held.value != 0 || kept.contains(overlap.person)) continue;
        held = overlap.person;
        kept[overlap.person] = overlap.cluster;
    }

    for (const std::uint32_t c : order) {
        if (assignment.person[c].value != 0) continue;
        assignment.person[c] = PersonId{++assignment.highest.value};
        const auto origin = std::ranges::find(overlaps, c, &Overlap::cluster);
        if (origin == overlaps.end())
            assignment.events.push_back({Kind::created, assignment.person[c], {}});
        else
            assignment.events.push_back({Kind::split, origin->person, assignment.person[c]});
    }
    for (const auto& [person, records] : records_before) {
        const auto mine = kept.find(person);
        if (mine != kept.end()) {
            if (sizes[mine->second] > shared[{person, mine->second}])
                assignment.events.push_back({Kind::grown, person, {}});
            continue;
        }
        const auto heir = std::ranges::find(overlaps, person, &Overlap::person);
        if (heir == overlaps.end())
            assignment.events.push_back({Kind::retired, person, {}});
        else
            assignment.events.push_back({Kind::merged, person, assignment.person[heir->cluster]});
    }
    std::ranges::sort(assignment.events, [](const IdentityEvent& x, const IdentityEvent& y) {
        return std::tuple(x.person, x.kind, x.other) < std::tuple(y.person, y.kind, y.other);
    });
    return assignment;
}

}  // namespace caseweave
