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
constexpr std::size_t kScoringChunk = 512;
constexpr std::size_t kRecordsAhead = FeatureTable::kRecordsAhead;
constexpr std::size_t kPartsAhead = FeatureTable::kPartsAhead;

/// Collects what scoring one chunk of ranks gave; chunks are joined in order, whoever did them.
struct ChunkOutcome {
    std::vector<Edge> edges;
    std::vector<Edge> disputed;
    std::vector<std::uint64_t> pairs_by_rule;
    WeightHistogram weights;
    std::uint64_t sealed = 0;
};

/// Scores the pairs of one record after another; each thread has its own. Which pairs are worth comparing is asked of
/// all of a record's first: memory then answers for many at once.
class PairTaker {
  public:
    PairTaker(const PairScorer& scorer, const BlockIndex& blocks, const Seals& seals, const LinkOptions& options)
        : scorer_(scorer),
          seals_(seals),
          weigh_every_pair_(options.weigh_every_pair),
          floor_bits_(scorer.model().review_bits()),
          walker_(blocks) {}

    void take(Rank rank, ChunkOutcome& outcome) {
        choose(rank, outcome);
        const FeatureTable& features = scorer_.features();
        for (std::size_t i = 0; i < chosen_.size(); ++i) {
            if (i + kRecordsAhead < chosen_.size()) features.prefetch(chosen_[i + kRecordsAhead].partner);
            if (i + kPartsAhead < chosen_.size()) features.prefetch_parts(chosen_[i + kPartsAhead].partner);
            const auto [partner, rule] = chosen_[i];
            const auto score = weigh_every_pair_ ? std::optional(scorer_.score(rank, partner))
                                                 : scorer_.score_from(rank, partner, floor_bits_);
            if (!score) continue;
            outcome.weights.add(score->bits);
            const Edge edge{rank, partner, static_cast<float>(score->bits), rule, score->pattern};
            if (score->bits >= floor_bits_)
                outcome.edges.push_back(edge);
            else if (numbers_agree(score->pattern))
                outcome.disputed.push_back(edge);
        }
    }

  private:
    /// Counts a record's pairs and keeps those to be compared.
    void choose(Rank rank, ChunkOutcome& outcome) {
        const auto candidates = walker_.candidates(rank);
        chosen_.clear();
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            if (i + kRecordsAhead < candidates.size())
                scorer_.features().prefetch_head(candidates[i + kRecordsAhead].partner);
            const BlockIndex::Candidate& candidate = candidates[i];
            if (seals_.apart(rank, candidate.partner)) {
                ++outcome.sealed;
                continue;
            }
            ++outcome.pairs_by_rule[candidate.rule];
            if (weigh_every_pair_ || scorer_.may_reach(rank, candidate.partner, floor_bits_))
                chosen_.push_back(candidate);
        }
        for (std::size_t i = 0; i < std::min(kRecordsAhead, chosen_.size()); ++i)
            scorer_.features().prefetch(chosen_[i].partner);
    }

    const PairScorer& scorer_;
    const Seals& seals_;
    bool weigh_every_pair_;
    double floor_bits_;
    BlockIndex::Walker walker_;
    std::vector<BlockIndex::Candidate> chosen_;
};

/// Holds pairs sorted by rank: those that a link or a reviewer's question may come of, and those below that share a
/// number.
struct WeighedPairs {
    std::vector<Edge> edges;
    std::vector<Edge> disputed;
};

WeighedPairs score_pairs(const PairScorer& scorer, const BlockIndex& blocks, const Seals& seals,
                         const LinkOptions& options, LinkStats& stats) {
    const std::size_t records = scorer.features().size();
    const std::size_t rules = scorer.model().blocking().size();
    std::vector<ChunkOutcome> outcomes((records + kScoringChunk - 1) / kScoringChunk);
    const auto caller = std::this_thread::get_id();
    std::atomic<std::size_t> done{0};
    for_each_index(
        outcomes.size(), options.threads, options.stop, [&] { return PairTaker(scorer, blocks, seals, options); },
        [&](PairTaker& taker, std::size_t chunk) {
            outcomes[chunk].pairs_by_rule.assign(rules, 0);
            const Rank end = static_cast<Rank>(std::min(records, (chunk + 1) * kScoringChunk));
            for (Rank rank = static_cast<Rank>(chunk * kScoringChunk); rank < end; ++rank)
                taker.take(rank, outcomes[chunk]);
            done += end - chunk * kScoringChunk;
            if (options.progress && std::this_thread::get_id() == caller)
                options.progress("comparing records", done, records);
        });
    stats.pairs_by_rule.assign(rules, 0);
    WeighedPairs pairs;
    for (ChunkOutcome& outcome : outcomes) {
        for (std::size_t i = 0; i < outcome.pairs_by_rule.size(); ++i)
            stats.pairs_by_rule[i] += outcome.pairs_by_rule[i];
        for (std::size_t i = 0; i < outcome.weights.pairs.size(); ++i)
            stats.weights.pairs[i] += outcome.weights.pairs[i];
        stats.sealed_pairs_passed_over += outcome.sealed;
        pairs.edges.insert(pairs.edges.end(), outcome.edges.begin(), outcome.edges.end());
        pairs.disputed.insert(pairs.disputed.end(), outcome.disputed.begin(), outcome.disputed.end());
        outcome = {};
    }
    for (const auto of_rule : stats.pairs_by_rule) stats.scored_pairs += of_rule;
    for (std::vector<Edge>* list : {&pairs.edges, &pairs.disputed}) {
        std::ranges::sort(*list, [](const Edge& x, const Edge& y) { return std::tie(x.a, x.b) < std::tie(y.a, y.b); });
    }
    return pairs;
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
    const WeighedPairs pairs = score_pairs(scorer, people.blocks(), seals, options, result.stats);
    const std::vector<Edge>& edges = pairs.edges;
    if (interrupted()) return result;

    tell("clustering", 0);
    const EdgesByRecord by_record(edges, features.size());
    seals.inherit(edges, by_record, model.match_bits(), model.clustering().seal_margin_bits);
    result.stats.isolated_by_seal = seals.isolated_records();
    const auto ambiguous = find_ambiguous(scorer, constraints, edges, by_record, threads, options.stop);
    if (interrupted()) return result;
    Clustering clustering(scorer, constraints, seals, edges);
    const Partition partition = clustering.run(ambiguous, pairs.disputed, options.stop);
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
