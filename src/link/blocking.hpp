#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "link/features.hpp"
#include "link/linkage_model.hpp"

namespace caseweave {

/// Reports a block that was too large for its rule: its pairs were left to the other rules.
struct CappedBlock {
    std::uint16_t rule = 0;     ///< index into LinkageModel::blocking()
    std::uint32_t records = 0;  ///< records in the block; its key is personal data and stays out
};

/// Holds the blocks of every rule and walks the pairs they make: each pair once, tagged with the first rule that
/// made it. Pairs are never held: for one record its partners are gathered when asked for, so memory follows the
/// records and not the pairs. (After Splink's "preceding rules", without its pitfall with nulls: a missing key part
/// makes no key at all.)
///
/// Immutable once built; walk() may be called from many threads, each with its own Walker.
class BlockIndex {
  public:
    BlockIndex() = default;
    /// Builds all rules' blocks, rules side by side on `threads` threads; the result does not depend on how many.
    BlockIndex(const FeatureTable& features, const std::vector<BlockingRule>& rules, unsigned threads);

    struct Candidate {
        Rank partner = 0;
        std::uint16_t rule = 0;
    };

    /// Gathers candidates for one record after another; keeps four bytes a record of the table.
    class Walker {
      public:
        explicit Walker(const BlockIndex& index) : Walker(index, 0, index.rules_.size()) {}
        /// Walks the pairs of one rule alone, those too that a rule before it makes.
        Walker(const BlockIndex& index, std::size_t rule) : Walker(index, rule, rule + 1) {}
        /// Gives every partner above `rank` that some rule pairs it with, in order of rule, then rank. The view lives
        /// until the next call.
        std::span<const Candidate> candidates(Rank rank);

      private:
        Walker(const BlockIndex& index, std::size_t first_rule, std::size_t end_rule)
            : index_(&index), first_rule_(first_rule), end_rule_(end_rule), seen_(index.records_, 0) {}

        const BlockIndex* index_;
        std::size_t first_rule_;
        std::size_t end_rule_;
        std::vector<std::uint32_t> seen_;  // rank + 1 of the record that last met this one
        std::vector<Candidate> found_;
    };

    const std::vector<CappedBlock>& capped() const noexcept { return capped_; }

  private:
    /// The blocks of one rule, one after another, and where each record stands among them. A rule without blocks holds
    /// nothing.
    struct RuleBlocks {
        std::vector<Rank> members;          // of a block in order of rank; the last one bears kLast
        std::vector<std::uint32_t> places;  // by rank: where among the members it stands and has others after it
        std::vector<std::uint32_t> starts;  // records + 1 offsets into places
        std::vector<CappedBlock> capped;
    };
    static constexpr Rank kLast = Rank{1} << 31U;
    class Builder;

    std::size_t records_ = 0;
    std::vector<RuleBlocks> rules_;
    std::vector<CappedBlock> capped_;
};

/// A record under one of its keys.
struct KeyedRecord {
    std::uint64_t key = 0;
    Rank rank = 0;
    auto operator<=>(const KeyedRecord&) const = default;
};

/// Lists every record under each of its keys of a rule, sorted by key, then rank. `threads` changes the time only.
std::vector<KeyedRecord> keyed_records(const FeatureTable& features, const BlockingRule& rule, unsigned threads = 1);

/// Calls `found` with each run of equal keys of a sorted list.
template <typename Found>
void for_each_block(std::span<const KeyedRecord> keyed, Found&& found) {
    for (std::size_t begin = 0, end = 0; begin < keyed.size(); begin = end) {
        while (end < keyed.size() && keyed[end].key == keyed[begin].key) ++end;
        found(keyed.subspan(begin, end - begin));
    }
}

/// Computes the keys of one record under a rule, unsorted, without repetitions; empty where a part is missing.
std::vector<std::uint64_t> blocking_keys(const FeatureTable& features, const BlockingRule& rule, Rank rank);

}  // namespace caseweave
