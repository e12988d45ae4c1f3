#include "link/cluster.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <numeric>
#include <tuple>

#include "link/parallel.hpp"

namespace caseweave {

using namespace level;

namespace {

// One cross pair alone, however damning, must not outvote a cluster's worth of agreement, nor the reverse.
constexpr double kVoteBits = 20;

bool heavier(const Edge& x, const Edge& y) noexcept {
    if (x.bits != y.bits) return x.bits > y.bits;
    return std::tie(x.a, x.b) < std::tie(y.a, y.b);
}

/// Tells whether one number list conflicts with the other: both speak for the present, and nothing is shared.
bool conflict(std::vector<std::uint32_t>& left, std::vector<std::uint32_t>& right, std::vector<std::uint32_t>& former) {
    std::ranges::sort(former);
    const auto drop_former = [&](std::vector<std::uint32_t>& values) {
        std::erase_if(values, [&](std::uint32_t value) { return std::ranges::binary_search(former, value); });
    };
    drop_former(left);
    drop_former(right);
    if (left.empty() || right.empty()) return false;
    return std::ranges::none_of(left,
                                [&](std::uint32_t value) { return std::ranges::find(right, value) != right.end(); });
}

}  // namespace

Clustering::Clustering(const PairScorer& scorer, const Constraints& constraints, const Seals& seals,
                       std::span<const Edge> edges)
    : scorer_(&scorer), constraints_(&constraints), seals_(&seals), edges_(edges) {
    const std::size_t records = scorer.features().size();
    parent_.resize(records);
    next_.resize(records);
    std::iota(parent_.begin(), parent_.end(), Rank{0});
    std::iota(next_.begin(), next_.end(), Rank{0});
    sizes_.assign(records, 1);
}

Rank Clustering::root(Rank rank) noexcept {
    while (parent_[rank] != rank) {
        parent_[rank] = parent_[parent_[rank]];
        rank = parent_[rank];
    }
    return rank;
}

void Clustering::merge(Rank a, Rank b) noexcept {
    a = root(a);
    b = root(b);
    if (a == b) return;
    if (sizes_[a] < sizes_[b]) std::swap(a, b);
    parent_[b] = a;
    sizes_[a] += sizes_[b];
    // Two circular lists become one by exchanging successors.
    std::swap(next_[a], next_[b]);
}

void Clustering::collect(Rank root, std::vector<Rank>& members) const {
    members.clear();
    Rank rank = root;
    do {
        members.push_back(rank);
        rank = next_[rank];
    } while (rank != root);
    std::ranges::sort(members);
}

Clustering::NumberConflict Clustering::number_conflict() const {
    const FeatureTable& features = scorer_->features();
    struct Numbers {
        IdentifierKind kind = IdentifierKind::nhs_number;
        std::uint32_t issuer = 0;
        std::vector<std::uint32_t> left, right, former;
    };
    Numbers traced;
    std::vector<Numbers> of_authorities;
    const auto numbers_of = [&](const IdentifierFeature& id) -> Numbers& {
        const auto found = std::ranges::find_if(
            of_authorities, [&](const Numbers& n) { return n.kind == id.kind && n.issuer == id.issuer; });
        return found != of_authorities.end() ? *found
                                             : of_authorities.emplace_back(Numbers{id.kind, id.issuer, {}, {}, {}});
    };
    const auto gather = [&](const std::vector<Rank>& members, std::vector<std::uint32_t> Numbers::*side) {
        for (const Rank member : members) {
            for (const IdentifierFeature& id : features.identifiers(member)) {
                if (!id.issued_once) continue;
                Numbers& numbers = numbers_of(id);
                if (id.state == IdentifierState::former) {
                    numbers.former.push_back(id.value);
                    if (id.kind == IdentifierKind::nhs_number) traced.former.push_back(id.value);
                } else if (id.state != IdentifierState::temporary) {
                    (numbers.*side).push_back(id.value);
                }
                if (id.state == IdentifierState::verified) (traced.*side).push_back(id.value);
            }
        }
    };
    gather(left_, &Numbers::left);
    gather(right_, &Numbers::right);
    NumberConflict found;
    if (conflict(traced.left, traced.right, traced.former)) found.reason = RefusalReason::verified_nhs_conflict;
    bool shared = false;
    for (Numbers& numbers : of_authorities) {
        shared = shared || std::ranges::any_of(numbers.left, [&](std::uint32_t value) {
                     return std::ranges::find(numbers.right, value) != numbers.right.end();
                 });
        if (!conflict(numbers.left, numbers.right, numbers.former)) continue;
        ++found.authorities;
        if (numbers.kind == IdentifierKind::nhs_number) found.nhs_numbers_differ = true;
        if (numbers.kind == IdentifierKind::upn && found.reason == RefusalReason::none)
            found.reason = RefusalReason::permanent_upn_conflict;
    }
    if (shared) found.authorities = 0;
    return found;
}

bool Clustering::explained_by_a_member(Rank a, Rank b) const {
    const auto explains = [&](Rank member) { return constraints_->explains(member, a, b); };
    return std::ranges::any_of(left_, explains) || std::ranges::any_of(right_, explains);
}

RefusalReason Clustering::refusal(const Edge& edge) {
    const LinkageModel::Clustering& limits = scorer_->model().clustering();
    const FeatureTable& features = scorer_->features();
    const bool decided = constraints_->decided_same(edge.a, edge.b);
    collect(root(edge.a), left_);
    collect(root(edge.b), right_);

    for (const Rank a : left_) {
        if (seals_->isolated(a)) return RefusalReason::identity_domain;
        for (const Rank b : right_) {
            if (seals_->isolated(b) || seals_->apart(a, b)) return RefusalReason::identity_domain;
        }
    }
    RefusalReason fixed = RefusalReason::none;
    for (const Rank a : left_) {
        for (const Rank b : right_) {
            const RefusalReason bar = constraints_->fixed_bar(a, b);
            // A reviewer's "same" yields to their own "different", and to nature: an adult is no child.
            if (bar == RefusalReason::none ||
                (decided && bar != RefusalReason::person_kind && bar != RefusalReason::reviewer))
                continue;
            fixed = fixed == RefusalReason::none ? bar : std::min(fixed, bar);
        }
    }
    if (fixed != RefusalReason::none || decided) return fixed;
    if (left_.size() + right_.size() > limits.max_records) return RefusalReason::too_many_records;

    const NumberConflict numbers = number_conflict();
    if (numbers.reason == RefusalReason::verified_nhs_conflict) return numbers.reason;
    double votes = 0;
    std::size_t doubtful = 0;
    bool dates_apart = false;
    bool same_forename = false;
    bool same_number = false;
    bool same_birth_date = false;
    bool other_forename = false;
    bool known_twin = false;
    bool two_in_one_source = false;
    bool two_without_a_name = false;
    for (const Rank a : left_) {
        for (const Rank b : right_) {
            const PairScore score = scorer_->score(a, b);
            if (constraints_->is_multiple_birth(a, b, score.pattern) && !constraints_->decided_same(a, b) &&
                !explained_by_a_member(a, b)) {
                return RefusalReason::multiple_birth;
            }
            if (limits.birth_dates_apart_days > 0 &&
                level_of(score.pattern, Comparison::birth_date) == birth_different &&
                static_cast<std::uint32_t>(birth_days_apart(features, a, b)) > limits.birth_dates_apart_days) {
                dates_apart = true;
            }
            same_birth_date =
                same_birth_date || (level_of(score.pattern, Comparison::birth_date) == birth_exact &&
                                    !(features.record(a).birth.estimated && features.record(b).birth.estimated));
            const Level given = level_of(score.pattern, Comparison::given_name);
            same_forename = same_forename || given == given_exact || given == given_part;
            other_forename = other_forename || given > given_part;
            same_number = same_number || identifiers_agree(score.pattern);
            if (features.record(a).system == features.record(b).system &&
                level_of(score.pattern, Comparison::birth_date) == birth_exact) {
                two_in_one_source = two_in_one_source || given > given_exact;
                two_without_a_name =
                    two_without_a_name || (given == kNull && features.record(a).kind != PersonKind::adult);
            }
            known_twin = known_twin || features.record(a).multiple_birth || features.record(b).multiple_birth;
            votes += std::clamp(score.bits, -kVoteBits, kVoteBits);
            if (score.bits < scorer_->model().review_bits()) ++doubtful;
        }
    }
    if (numbers.reason != RefusalReason::none) return numbers.reason;
    // One number may be mistaken; two people of one name, and a birth date guessed alike, have none in common.
    const std::uint32_t apart =
        numbers.authorities > 0 && !same_birth_date ? numbers.authorities + 1 : numbers.authorities;
    if (limits.numbers_apart > 0 && apart >= limits.numbers_apart) return RefusalReason::numbers_apart;
    // Twins' names are chosen alike: where a twin is known of, or numbers differ, "Evie" and "Evelyn" need more than
    // their likeness.
    if (limits.multiple_births && (known_twin || numbers.nhs_numbers_differ) && other_forename && !same_forename &&
        !same_number)
        return RefusalReason::possible_twin;
    // A source that has two records of one day and not quite one forename may have twins, "Muhammad" and
    // "Muhammad-Ali": unflagged ones look no different from a duplicate with a slip.
    if (limits.multiple_births && two_in_one_source && !same_number) return RefusalReason::possible_twin;
    // A source that keeps two children of one day apart and names neither, as a census does: twins whose number was
    // copied from one to the other look the same as one child entered twice.
    if (limits.multiple_births && two_without_a_name && !same_forename) return RefusalReason::possible_twin;
    if (dates_apart) return RefusalReason::birth_dates_apart;
    const auto pairs = left_.size() * right_.size();
    if (votes / static_cast<double>(pairs) < limits.coherence_floor_bits) return RefusalReason::incoherent;
    const bool thin = static_cast<double>(edge.bits) < scorer_->model().match_bits() + limits.weak_bridge_bits;
    if (thin && left_.size() > 1 && right_.size() > 1 && doubtful * 2 > pairs) return RefusalReason::weak_bridge;
    return RefusalReason::none;
}

Partition Clustering::run(std::span<const std::uint8_t> ambiguous, std::span<const Edge> disputed,
                          const std::stop_token& stop) {
    Partition partition;
    partition.refused_by_reason.assign(kRefusalReasons, 0);
    std::vector<Refusal> parted;

    std::vector<std::uint32_t> order;
    for (std::uint32_t i = 0; i < edges_.size(); ++i) {
        if (static_cast<double>(edges_[i].bits) >= scorer_->model().match_bits()) order.push_back(i);
    }
    std::ranges::sort(order, [&](std::uint32_t x, std::uint32_t y) { return heavier(edges_[x], edges_[y]); });
    for (const std::uint32_t i : order) {
        if (stop.stop_requested()) return partition;
        const Edge& edge = edges_[i];
        if (root(edge.a) == root(edge.b)) continue;
        RefusalReason reason = refusal(edge);
        if (reason == RefusalReason::none && ambiguous[i] != 0) reason = RefusalReason::ambiguous;
        if (reason != RefusalReason::none) {
            parted.push_back({edge, reason});
            continue;
        }
        merge(edge.a, edge.b);
        partition.links.push_back(edge);
    }

    // Decisions come last: what a reviewer ties together are the persons as evidence has them, whole.
    for (const auto& [a, b] : constraints_->must_links()) {
        if (root(a) == root(b)) continue;
        const PairScore score = scorer_->score(a, b);
        const Edge edge{a, b, static_cast<float>(score.bits), 0xFFFF, score.pattern};
        const RefusalReason reason = refusal(edge);
        if (reason != RefusalReason::none) {
            parted.push_back({edge, reason});
            continue;
        }
        merge(a, b);
        partition.links.push_back(edge);
    }

    std::vector<Refusal> doubts;
    std::map<std::tuple<Rank, Rank, RefusalReason>, bool> told;
    for (const Refusal& refusal : parted) {
        const Rank a = root(refusal.edge.a);
        const Rank b = root(refusal.edge.b);
        if (a == b) continue;
        ++partition.refused_by_reason[static_cast<std::size_t>(refusal.reason)];
        if (refusal.reason == RefusalReason::identity_domain) continue;
        doubts.push_back(refusal);
        if (told.emplace(std::tuple(std::min(a, b), std::max(a, b), refusal.reason), true).second)
            partition.refused.push_back(refusal);
    }
    for (const Edge& edge : edges_) {
        if (static_cast<double>(edge.bits) < scorer_->model().match_bits())
            doubts.push_back({edge, RefusalReason::below_match});
    }
    for (const Edge& edge : disputed) doubts.push_back({edge, RefusalReason::disputed_number});
    partition.review = select_review(std::move(doubts));

    partition.cluster.resize(parent_.size());
    std::vector<std::uint32_t> number(parent_.size(), 0);
    for (Rank rank = 0; rank < parent_.size(); ++rank) {
        std::uint32_t& held = number[root(rank)];
        if (held == 0) held = ++partition.clusters;
        partition.cluster[rank] = held - 1;
    }
    return partition;
}

std::vector<Refusal> Clustering::select_review(std::vector<Refusal> candidates) {
    std::ranges::sort(candidates, [](const Refusal& x, const Refusal& y) { return heavier(x.edge, y.edge); });
    std::vector<Refusal> review;
    std::map<std::pair<Rank, Rank>, bool> taken;
    for (Refusal& candidate : candidates) {
        const Rank a = root(candidate.edge.a);
        const Rank b = root(candidate.edge.b);
        if (a == b || taken.contains(std::minmax(a, b))) continue;
        // Asked again of the clusters as they ended up: what is barred for good is not a reviewer's question. Numbers
        // that agree against a bar, or verified numbers that conflict, are.
        const RefusalReason now = refusal(candidate.edge);
        const bool worth_it = !is_bar(now) || now == RefusalReason::verified_nhs_conflict ||
                              (now == RefusalReason::multiple_birth && identifiers_agree(candidate.edge.pattern));
        if (!worth_it) continue;
        taken.emplace(std::minmax(a, b), true);
        if (now != RefusalReason::none) candidate.reason = now;
        review.push_back(candidate);
    }
    return review;
}

std::vector<std::uint8_t> find_ambiguous(const PairScorer& scorer, const Constraints& constraints,
                                         std::span<const Edge> edges, const EdgesByRecord& by_record, unsigned threads,
                                         const std::stop_token& stop) {
    // Enough to hold one person's records in every system; beyond, a record is ambiguous by its crowd of partners
    // alone.
    constexpr std::size_t kMaxPartners = 32;
    constexpr std::size_t kChunk = 256;
    const FeatureTable& features = scorer.features();
    const auto margin = static_cast<float>(scorer.model().clustering().ambiguity_bits);
    const std::size_t chunks = (features.size() + kChunk - 1) / kChunk;
    std::vector<std::vector<std::uint32_t>> found(chunks);
    for_each_index(
        chunks, threads, stop, [] { return std::vector<std::uint32_t>(); },
        [&](std::vector<std::uint32_t>& mine, std::size_t chunk) {
            const Rank end = static_cast<Rank>(std::min(features.size(), (chunk + 1) * kChunk));
            for (Rank rank = static_cast<Rank>(chunk * kChunk); rank < end; ++rank) {
                const auto all = by_record.of(rank);
                if (all.size() < 2) continue;
                mine.assign(all.begin(), all.end());
                std::ranges::sort(mine, [&](std::uint32_t x, std::uint32_t y) { return heavier(edges[x], edges[y]); });
                if (mine.size() > kMaxPartners) mine.resize(kMaxPartners);
                const auto partner = [&](std::uint32_t index) {
                    return edges[index].a == rank ? edges[index].b : edges[index].a;
                };
                std::erase_if(mine, [&](std::uint32_t index) {
                    return constraints.bar(edges[index].a, edges[index].b, edges[index].pattern) != RefusalReason::none;
                });
                for (std::size_t i = 0; i < mine.size(); ++i) {
                    for (std::size_t j = i + 1; j < mine.size() && edges[mine[i]].bits - edges[mine[j]].bits <= margin;
                         ++j) {
                        const Rank x = partner(mine[i]);
                        const Rank y = partner(mine[j]);
                        const RefusalReason bar = constraints.bar(x, y, scorer.score(x, y).pattern);
                        if (bar == RefusalReason::none) continue;
                        if (bar == RefusalReason::multiple_birth && constraints.explains(rank, x, y)) continue;
                        found[chunk].push_back(mine[i]);
                        found[chunk].push_back(mine[j]);
                    }
                }
            }
        });
    std::vector<std::uint8_t> ambiguous(edges.size(), 0);
    for (const auto& part : found) {
        for (const std::uint32_t index : part) ambiguous[index] = 1;
    }
    return ambiguous;
}

}  // namespace caseweave
