#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

#include "link/blocking.hpp"
#include "link/constraints.hpp"
#include "link/linkage_model.hpp"
#include "link/prepared_people.hpp"
#include "link/seal.hpp"
#include "people/person_store.hpp"

namespace caseweave {

struct LinkOptions {
    unsigned threads = 1;  ///< changes the time only, never the result
    std::vector<ReviewerDecision> decisions;
    std::vector<SystemId> unique_systems;  ///< systems that guarantee one record a person
    bool keep_pairs = false;               ///< also return every pair at or above the review threshold
    /// Weigh every pair to the end, for LinkStats::weights; without it, pairs certain to stay below the review
    /// threshold are left at that, only the others are counted there, and none is found to share a disputed number.
    bool weigh_every_pair = true;
    LinkProgress progress;  ///< called now and then from the calling thread; may be empty
    std::stop_token stop;
};

/// Holds one link that holds a cluster together: with the others of its cluster it forms a tree.
struct Link {
    PersonRow a, b;
    float bits = 0;
    std::uint16_t rule =
        0;  ///< index into LinkageModel::blocking(); LinkResult::kReviewerRule where a reviewer decided
    Pattern pattern;
};

/// Holds the strongest pair between two clusters that a reviewer should look at.
struct ReviewPair {
    PersonRow a, b;
    float bits = 0;
    RefusalReason reason = RefusalReason::below_match;
    /// A record-scope restriction lies on one of the two clusters: for the safeguarding owner, never in ordinary lists.
    bool shielded = false;
    Pattern pattern;
};

/// Holds a pair above the match threshold that a constraint parted. Seals leave none.
struct RefusedPair {
    PersonRow a, b;
    float bits = 0;
    RefusalReason reason = RefusalReason::none;
    Pattern pattern;
};

/// Counts scored pairs by weight, in bins of kBinBits from kLeastBits up; the outermost bins hold what lies beyond.
struct WeightHistogram {
    static constexpr int kLeastBits = -80;
    static constexpr int kBinBits = 4;
    std::array<std::uint64_t, 40> pairs{};
    void add(double bits) noexcept;
};

struct LinkStats {
    std::vector<std::uint64_t> pairs_by_rule;  ///< pairs each rule was the first to make
    std::vector<CappedBlock> capped_blocks;
    std::uint64_t scored_pairs = 0;
    WeightHistogram weights;                     ///< of the scored pairs; see LinkOptions::weigh_every_pair
    std::uint64_t sealed_pairs_passed_over = 0;  ///< candidate pairs across a seal, never scored
    std::uint64_t isolated_by_seal = 0;          ///< records as near to one side of a seal as to the other
    std::array<std::uint64_t, kRefusalReasons>
        refused_by_reason{};  ///< merges refused, by RefusalReason; seals counted, not listed
};

/// Holds which records are one person, and why.
struct LinkResult {
    static constexpr std::uint16_t kReviewerRule = 0xFFFF;

    std::vector<std::uint32_t> cluster;  ///< by PersonRow: 0-based, numbered by each cluster's smallest (system, key)
    std::size_t clusters = 0;
    std::vector<Link> links;           ///< by cluster, then weight
    std::vector<ReviewPair> review;    ///< strongest first
    std::vector<RefusedPair> refused;  ///< strongest first, one for each two clusters and reason
    std::vector<Link> pairs;           ///< with keep_pairs: all but those a seal hides, sorted by (system, key) of both
    /// Sides of seals by cluster, inherited ones included; sorted. A cluster without a seal has none.
    std::vector<std::pair<std::uint32_t, SealTag>> sealed_clusters;
    LinkStats stats;
    bool interrupted = false;  ///< the stop token was heeded: the rest is not to be used

    /// Tells whether a seal stands between two records, unflagged copies included.
    bool sealed_apart(PersonRow a, PersonRow b) const noexcept;
};

/// Links all records of a sealed store: blocks, scores, lets seals be inherited, clusters under constraints.
///
/// The result depends on the records' contents, the model and the options' decisions alone: not on threads, nor on
/// the order records were added in. Throws std::logic_error should the result cross a seal (checked at the end).
LinkResult link_people(const PersonStore& store, const LinkageModel& model, const LinkOptions& options = {});
/// Links people who were prepared for this model, or for the one it was trained from.
LinkResult link_people(PreparedPeople& people, const LinkageModel& model, const LinkOptions& options = {});

}  // namespace caseweave
