#include "link/seal.hpp"

#include <algorithm>
#include <optional>
#include <queue>
#include <unordered_map>

#include "link/link.hpp"

namespace caseweave {

Seals::Seals(const FeatureTable& features) {
    for (Rank rank = 0; rank < features.size(); ++rank) {
        const auto direct = features.seals(rank);
        if (!direct.empty()) tags_[rank].assign(direct.begin(), direct.end());
    }
}

std::span<const SealTag> Seals::tags(Rank rank) const noexcept {
    const auto found = tags_.find(rank);
    if (found == tags_.end()) return {};
    return found->second;
}

bool Seals::apart(Rank a, Rank b) const noexcept {
    if (tags_.empty()) return false;
    const auto x = tags(a);
    const auto y = tags(b);
    if (x.empty() || y.empty()) return false;
    return std::ranges::any_of(x, [&](SealTag tag) { return std::ranges::binary_search(y, tag.opposite()); });
}

namespace {

using Strengths = std::unordered_map<Rank, float>;

/// Finds the widest path from a side's members to every record they reach, never through the other side's members.
Strengths widest_paths(const std::vector<Rank>& members, const std::set<Rank>& others, std::span<const Edge> edges,
                       const EdgesByRecord& by_record, float match_bits) {
    struct Reached {
        float bits;
        Rank rank;
        bool operator<(const Reached& other) const noexcept {
            return bits != other.bits ? bits < other.bits : rank > other.rank;
        }
    };
    std::priority_queue<Reached> queue;
    Strengths strengths;
    constexpr float kMember = 1e9F;
    for (const Rank member : members) {
        strengths[member] = kMember;
        queue.push({kMember, member});
    }
    while (!queue.empty()) {
        const Reached here = queue.top();
        queue.pop();
        if (here.bits < strengths[here.rank]) continue;
        for (const std::uint32_t index : by_record.of(here.rank)) {
            const Edge& edge = edges[index];
            const Rank there = edge.a == here.rank ? edge.b : edge.a;
            if (others.contains(there)) continue;
            const float bits = std::min(here.bits, edge.bits);
            const auto [known, added] = strengths.try_emplace(there, bits);
            if (!added && known->second >= bits) continue;
            known->second = bits;
            // A pair below the match threshold speaks for its own two records, and leads no further.
            if (bits >= match_bits) queue.push({bits, there});
        }
    }
    return strengths;
}

}  // namespace

void Seals::inherit(std::span<const Edge> edges, const EdgesByRecord& by_record, double match_bits,
                    double margin_bits) {
    const auto match = static_cast<float>(match_bits);
    std::map<std::uint32_t, std::array<std::vector<Rank>, 2>> domains;
    for (const auto& [rank, tags] : tags_) {
        for (const SealTag tag : tags) domains[tag.domain()][tag.value & 1U].push_back(rank);
    }
    std::vector<std::pair<Rank, SealTag>> inherited;
    for (const auto& [domain, sides] : domains) {
        const std::array<std::set<Rank>, 2> members = {std::set<Rank>(sides[0].begin(), sides[0].end()),
                                                       std::set<Rank>(sides[1].begin(), sides[1].end())};
        const std::array<Strengths, 2> reached = {widest_paths(sides[0], members[1], edges, by_record, match),
                                                  widest_paths(sides[1], members[0], edges, by_record, match)};
        for (const std::size_t side : {0U, 1U}) {
            for (const auto& [rank, bits] : reached[side]) {
                if (members[0].contains(rank) || members[1].contains(rank)) continue;
                const auto other = reached[1 - side].find(rank);
                if (other != reached[1 - side].end()) {
                    const double lead = static_cast<double>(bits) - static_cast<double>(other->second);
                    if (lead <= -margin_bits) continue;
                    // On both sides, so apart from either; and where it could join one, it joins nobody.
                    if (lead < margin_bits && std::max(bits, other->second) >= match) isolated_.insert(rank);
                }
                inherited.emplace_back(rank, SealTag::of(domain, side == 1));
            }
        }
    }
    for (const auto& [rank, tag] : inherited) tags_[rank].push_back(tag);
    for (auto& [rank, tags] : tags_) {
        std::ranges::sort(tags);
        tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
    }
}

SealCheck check_seals(const PersonStore& store, const LinkResult& result) {
    std::map<std::uint32_t, std::array<std::set<std::uint32_t>, 2>> domains;
    for (const DomainRow& row : store.domains()) {
        const bool later = store.pool().view(row.side) == "later";
        domains[row.domain][later ? 1 : 0].insert(result.cluster[row.person.value]);
    }
    SealCheck check;
    std::map<std::uint32_t, std::vector<std::pair<std::uint32_t, bool>>> sides_of_cluster;
    for (const auto& [domain, sides] : domains) {
        check.clusters += static_cast<std::size_t>(
            std::ranges::count_if(sides[0], [&](std::uint32_t cluster) { return sides[1].contains(cluster); }) > 0);
        for (const bool later : {false, true}) {
            for (const std::uint32_t cluster : sides[later ? 1 : 0])
                sides_of_cluster[cluster].emplace_back(domain, later);
        }
    }
    const auto crosses = [&](PersonRow a, PersonRow b) {
        const auto x = sides_of_cluster.find(result.cluster[a.value]);
        const auto y = sides_of_cluster.find(result.cluster[b.value]);
        if (x == sides_of_cluster.end() || y == sides_of_cluster.end()) return false;
        return std::ranges::any_of(x->second, [&](const auto& side) {
            return std::ranges::find(y->second, std::pair(side.first, !side.second)) != y->second.end();
        });
    };
    const auto count = [&](const auto& pairs) {
        for (const auto& pair : pairs) check.pairs += crosses(pair.a, pair.b) ? 1U : 0U;
    };
    count(result.links);
    count(result.review);
    count(result.refused);
    return check;
}

}  // namespace caseweave
