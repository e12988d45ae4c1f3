#include "link/link.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <tuple>

#include "link/cluster.hpp"
#include "link/parallel.hpp"

namespace caseweave {

namespace {

// Ranks a thread takes at once: enough to keep the counter cool, few enough that the last chunk is short.
constexpr std::size_t kChunk = 512;
// Candidates ahead of the one compared: enough for memory to answer, few enough to be in the cache still.
constexpr std::size_t kRecordsAhead = 12;
constexpr std::size_t kPartsAhead = 6;

/// Collects what scoring one chunk of ranks gave; chunks are joined in order, whoever did them.
struct ChunkOutcome {
    std::vector<Edge> edges;
    std::vector<std::uint64_t> pairs_by_rule;
    WeightHistogram weights;
    std::uint64_t sealed = 0;
};

std::vector<Edge> score_pairs(const PairScorer& scorer, const BlockIndex& blocks, const Seals& seals,
                              const LinkOptions& options, LinkStats& stats) {
    const FeatureTable& features = scorer.features();
    const std::size_t records = features.size();
    const std::size_t rules = scorer.model().blocking().size();
    const double floor_bits = scorer.model().review_bits();
    const auto score_candidate = [&](Rank a, Rank b, ChunkOutcome& outcome) -> std::optional<PairScore> {
        const auto score = options.weigh_every_pair ? scorer.score(a, b) : scorer.score_from(a, b, floor_bits);
        if (score) outcome.weights.add(score->bits);
        return score;
    };
    std::vector<ChunkOutcome> outcomes((records + kChunk - 1) / kChunk);
    const auto caller = std::this_thread::get_id();
    std::atomic<std::size_t> done{0};
    for_each_index(
        outcomes.size(), options.threads, options.stop, [&] { return BlockIndex::Walker(blocks); },
        [&](BlockIndex::Walker& walker, std::size_t chunk) {
            ChunkOutcome& outcome = outcomes[chunk];
            outcome.pairs_by_rule.assign(rules, 0);
            const Rank end = static_cast<Rank>(std::min(records, (chunk + 1) * kChunk));
            for (Rank rank = static_cast<Rank>(chunk * kChunk); rank < end; ++rank) {
                const auto candidates = walker.candidates(rank);
                for (std::size_t i = 0; i < candidates.size(); ++i) {
                    if (i + kRecordsAhead < candidates.size()) features.prefetch(candidates[i + kRecordsAhead].partner);
                    if (i + kPartsAhead < candidates.size())
                        features.prefetch_parts(candidates[i + kPartsAhead].partner);
                    const BlockIndex::Candidate& candidate = candidates[i];
                    if (seals.apart(rank, candidate.partner)) {
                        ++outcome.sealed;
                        continue;
                    }
                    ++outcome.pairs_by_rule[candidate.rule];
                    const auto score = score_candidate(rank, candidate.partner, outcome);
                    if (!score || score->bits < floor_bits) continue;
                    outcome.edges.push_back(
                        {rank, candidate.partner, static_cast<float>(score->bits), candidate.rule, score->pattern});
                }
            }
            done += end - chunk * kChunk;
            if (options.progress && std::this_thread::get_id() == caller)
                options.progress("comparing records", done, records);
        });
    stats.pairs_by_rule.assign(rules, 0);
    std::vector<Edge> edges;
    for (ChunkOutcome& outcome : outcomes) {
        for (std::size_t i = 0; i < outcome.pairs_by_rule.size(); ++i)
            stats.pairs_by_rule[i] += outcome.pairs_by_rule[i];
        for (std::size_t i = 0; i < outcome.weights.pairs.size(); ++i)
            stats.weights.pairs[i] += outcome.weights.pairs[i];
        stats.sealed_pairs_passed_over += outcome.sealed;
        edges.insert(edges.end(), outcome.edges.begin(), outcome.edges.end());
        outcome = {};
    }
    for (const auto pairs : stats.pairs_by_rule) stats.scored_pairs += pairs;
    std::ranges::sort(edges, [](const Edge& x, const Edge& y) { return std::tie(x.a, x.b) < std::tie(y.a, y.b); });
    return edges;
}

/// Says where a cluster is shielded and on which sides of seals it stands.
struct ClusterMarks {
    std::vector<bool> restricted;
    std::vector<std::pair<std::uint32_t, SealTag>> sealed;
    std::vector<bool> isolated;
};

ClusterMarks mark_clusters(const FeatureTable& features, const Seals& seals, const Partition& partition) {
    ClusterMarks marks;
    marks.restricted.assign(partition.clusters, false);
    marks.isolated.assign(partition.clusters, false);
    for (Rank rank = 0; rank < features.size(); ++rank) {
        const std::uint32_t cluster = partition.cluster[rank];
        if (features.record(rank).restricted) marks.restricted[cluster] = true;
        if (seals.any() && seals.isolated(rank)) marks.isolated[cluster] = true;
        if (!seals.any()) continue;
        for (const SealTag tag : seals.tags(rank)) marks.sealed.emplace_back(cluster, tag);
    }
    std::ranges::sort(marks.sealed);
    marks.sealed.erase(std::unique(marks.sealed.begin(), marks.sealed.end()), marks.sealed.end());
    return marks;
}

}  // namespace

void WeightHistogram::add(double bits) noexcept {
    const double bin = std::floor((bits - kLeastBits) / kBinBits);
    ++pairs[static_cast<std::size_t>(std::clamp(bin, 0.0, static_cast<double>(pairs.size() - 1)))];
}

bool LinkResult::sealed_apart(PersonRow a, PersonRow b) const noexcept {
    if (sealed_clusters.empty()) return false;
    const auto sides = [&](std::uint32_t c) {
        return std::ranges::equal_range(sealed_clusters, c, {}, [](const auto& entry) { return entry.first; });
    };
    const auto x = sides(cluster[a.value]);
    const auto y = sides(cluster[b.value]);
    return std::ranges::any_of(x, [&](const auto& left) {
        return std::ranges::any_of(y, [&](const auto& right) { return right.second == left.second.opposite(); });
    });
}

LinkResult link_people(const PersonStore& store, const LinkageModel& model, const LinkOptions& options) {
    PreparedPeople people(store, model, options.threads, options.progress, options.stop);
    return link_people(people, model, options);
}

LinkResult link_people(PreparedPeople& people, const LinkageModel& model, const LinkOptions& options) {
    LinkResult result;
    const PersonStore& store = people.store();
    const unsigned threads = std::max(1U, options.threads);
    const auto tell = [&](std::string_view step, std::size_t done) {
        if (options.progress) options.progress(step, done, store.size());
    };
    const auto interrupted = [&] {
        result.interrupted = result.interrupted || options.stop.stop_requested();
        return result.interrupted;
    };
    if (interrupted()) return result;

    people.weigh(model);
    const FeatureTable& features = people.features();
    const Constraints constraints(features, store, options.decisions, options.unique_systems,
                                  model.clustering().multiple_births);
    const PairScorer scorer(features, model);
    Seals seals(features);
    result.stats.capped_blocks = people.blocks().capped();
    const std::vector<Edge> edges = score_pairs(scorer, people.blocks(), seals, options, result.stats);
    if (interrupted()) return result;

    tell("clustering", 0);
    const EdgesByRecord by_record(edges, features.size());
    seals.inherit(edges, by_record, model.match_bits(), model.clustering().seal_margin_bits);
    result.stats.isolated_by_seal = seals.isolated_records();
    const auto ambiguous = find_ambiguous(scorer, constraints, edges, by_record, threads, options.stop);
    if (interrupted()) return result;
    Clustering clustering(scorer, constraints, seals, edges);
    const Partition partition = clustering.run(ambiguous, options.stop);
    if (interrupted()) return result;

    const ClusterMarks marks = mark_clusters(features, seals, partition);
    result.clusters = partition.clusters;
    result.cluster.resize(store.size());
    for (Rank rank = 0; rank < features.size(); ++rank)
        result.cluster[features.row(rank).value] = partition.cluster[rank];
    result.sealed_clusters = marks.sealed;
    for (std::size_t i = 0; i < partition.refused_by_reason.size(); ++i)
        result.stats.refused_by_reason[i] = partition.refused_by_reason[i];

    std::vector<Edge> links = partition.links;
    std::ranges::sort(links, [&](const Edge& x, const Edge& y) {
        const auto cx = partition.cluster[x.a];
        const auto cy = partition.cluster[y.a];
        if (cx != cy) return cx < cy;
        return x.bits != y.bits ? x.bits > y.bits : std::tie(x.a, x.b) < std::tie(y.a, y.b);
    });
    for (const Edge& link : links)
        result.links.push_back({features.row(link.a), features.row(link.b), link.bits, link.rule, link.pattern});

    // What an isolated record is near to would tell of the seal: it leaves no trace.
    const auto hidden = [&](const Edge& edge) {
        return marks.isolated[partition.cluster[edge.a]] || marks.isolated[partition.cluster[edge.b]] ||
               result.sealed_apart(features.row(edge.a), features.row(edge.b));
    };
    if (options.keep_pairs) {
        for (const Edge& edge : edges) {
            if (!hidden(edge))
                result.pairs.push_back(
                    {features.row(edge.a), features.row(edge.b), edge.bits, edge.rule, edge.pattern});
        }
    }
    for (const Refusal& refusal : partition.review) {
        if (hidden(refusal.edge)) continue;
        const bool shielded =
            marks.restricted[partition.cluster[refusal.edge.a]] || marks.restricted[partition.cluster[refusal.edge.b]];
        result.review.push_back({features.row(refusal.edge.a), features.row(refusal.edge.b), refusal.edge.bits,
                                 refusal.reason, shielded, refusal.edge.pattern});
    }
    for (const Refusal& refusal : partition.refused) {
        if (hidden(refusal.edge)) continue;
        result.refused.push_back({features.row(refusal.edge.a), features.row(refusal.edge.b), refusal.edge.bits,
                                  refusal.reason, refusal.edge.pattern});
    }
    if (!check_seals(store, result).holds())
        throw std::logic_error("linking crossed a seal; nothing of this run may be used");
    tell("clustering", store.size());
    return result;
}

}  // namespace caseweave
