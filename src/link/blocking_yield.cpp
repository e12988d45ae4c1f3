#include "link/blocking_yield.hpp"

#include <algorithm>
#include <atomic>
#include <string_view>
#include <thread>
#include <utility>

#include "link/comparisons.hpp"
#include "link/parallel.hpp"

namespace caseweave {

namespace {

// Ranks a thread takes at once: enough to keep the counter cool, few enough that the last chunk is short.
constexpr std::size_t kYieldChunk = 512;
// A billion pairs below this weight are expected to hold less than one of one person: they need not be weighed out.
constexpr double kFloorBits = -30;

class YieldCounter {
  public:
    YieldCounter(const PreparedPeople& people, const LinkageModel& model, const BlockingYieldOptions& options)
        : people_(people), scorer_(people.features(), model), options_(options), rules_(model.blocking().size()) {}

    std::vector<RuleYield> count() {
        std::vector<RuleYield> yields(rules_);
        for (const CappedBlock& block : people_.blocks().capped()) {
            RuleYield& rule = yields[block.rule];
            ++rule.capped_blocks;
            rule.largest_capped = std::max(rule.largest_capped, block.records);
        }
        count_first(yields);
        if (!options_.entities.empty()) {
            for (std::size_t rule = 0; rule < rules_; ++rule) yields[rule].true_pairs_alone = count_alone(rule);
        }
        return yields;
    }

  private:
    void count_first(std::vector<RuleYield>& yields) const {
        std::vector<std::vector<RuleYield>> chunks(chunk_count(), std::vector<RuleYield>(rules_));
        walk(
            "counting pairs", 0, 1, [&] { return BlockIndex::Walker(people_.blocks()); },
            [&](std::size_t chunk, Rank rank, const BlockIndex::Candidate& candidate) {
                RuleYield& rule = chunks[chunk][candidate.rule];
                ++rule.pairs;
                if (options_.entities.empty()) {
                    if (!scorer_.may_reach(rank, candidate.partner, kFloorBits)) return;
                    const auto score = scorer_.score_from(rank, candidate.partner, kFloorBits);
                    if (score) rule.expected_pairs += to_probability(score->bits);
                } else if (is_true(rank, candidate.partner)) {
                    ++rule.true_pairs;
                }
            });
        // In the chunks' order: a sum of fractions depends on it, and must not on threads.
        for (const std::vector<RuleYield>& chunk : chunks) {
            for (std::size_t i = 0; i < rules_; ++i) {
                yields[i].pairs += chunk[i].pairs;
                yields[i].true_pairs += chunk[i].true_pairs;
                yields[i].expected_pairs += chunk[i].expected_pairs;
            }
        }
    }

    std::uint64_t count_alone(std::size_t rule) const {
        std::vector<std::uint64_t> chunks(chunk_count(), 0);
        walk(
            "counting each rule alone", rule, rules_, [&] { return BlockIndex::Walker(people_.blocks(), rule); },
            [&](std::size_t chunk, Rank rank, const BlockIndex::Candidate& candidate) {
                if (is_true(rank, candidate.partner)) ++chunks[chunk];
            });
        std::uint64_t pairs = 0;
        for (const std::uint64_t chunk : chunks) pairs += chunk;
        return pairs;
    }

    /// Calls take(chunk, rank, candidate) with every pair that counts: one pass of the `passes` a step has.
    template <typename MakeWalker, typename Take>
    void walk(std::string_view step, std::size_t pass, std::size_t passes, MakeWalker&& make_walker,
              Take&& take) const {
        const std::size_t records = people_.features().size();
        const auto caller = std::this_thread::get_id();
        std::atomic<std::size_t> done{0};
        for_each_index(chunk_count(), options_.threads, options_.stop, make_walker,
                       [&](BlockIndex::Walker& walker, std::size_t chunk) {
                           const Rank begin = static_cast<Rank>(chunk * kYieldChunk);
                           const Rank end = static_cast<Rank>(std::min(records, (chunk + 1) * kYieldChunk));
                           for (Rank rank = begin; rank < end; ++rank) {
                               for (const BlockIndex::Candidate& candidate : walker.candidates(rank)) {
                                   if (counts(rank, candidate.partner)) take(chunk, rank, candidate);
                               }
                           }
                           done += end - begin;
                           if (options_.progress && std::this_thread::get_id() == caller)
                               options_.progress(step, (pass * records + done) / passes, records);
                       });
    }

    std::size_t chunk_count() const noexcept { return (people_.features().size() + kYieldChunk - 1) / kYieldChunk; }
    PersonRow row(Rank rank) const noexcept { return people_.features().row(rank); }
    bool counts(Rank a, Rank b) const noexcept {
        return !options_.across_systems || people_.store().system(row(a)) != people_.store().system(row(b));
    }
    bool is_true(Rank a, Rank b) const noexcept {
        const std::uint32_t entity = options_.entities[row(a).value];
        return entity != kNoEntity && entity == options_.entities[row(b).value];
    }

    const PreparedPeople& people_;
    PairScorer scorer_;
    const BlockingYieldOptions& options_;
    std::size_t rules_;
};

/// Counts the pairs within each run of equal values of a sorted list.
template <typename Value>
std::uint64_t pairs_within(const std::vector<Value>& sorted) {
    std::uint64_t pairs = 0;
    for (std::size_t begin = 0, end = 0; begin < sorted.size(); begin = end) {
        while (end < sorted.size() && sorted[end] == sorted[begin]) ++end;
        const std::uint64_t records = end - begin;
        pairs += records * (records - 1) / 2;
    }
    return pairs;
}

}  // namespace

std::vector<RuleYield> count_blocking_yield(const PreparedPeople& people, const LinkageModel& model,
                                            const BlockingYieldOptions& options) {
    return YieldCounter(people, model, options).count();
}

std::uint64_t count_true_pairs(const PersonStore& store, std::span<const std::uint32_t> entities, bool across_systems) {
    std::vector<std::uint32_t> known;
    std::vector<std::pair<std::uint32_t, std::uint16_t>> by_system;
    for (std::uint32_t row = 0; row < entities.size(); ++row) {
        if (entities[row] == kNoEntity) continue;
        known.push_back(entities[row]);
        if (across_systems) by_system.emplace_back(entities[row], store.system(PersonRow{row}).value);
    }
    std::ranges::sort(known);
    std::ranges::sort(by_system);
    return pairs_within(known) - pairs_within(by_system);
}

}  // namespace caseweave
