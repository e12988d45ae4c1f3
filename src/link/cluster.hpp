#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "link/comparisons.hpp"
#include "link/constraints.hpp"
#include "link/edge.hpp"
#include "link/seal.hpp"

namespace caseweave {

/// Holds a pair that did not become a link, with the reason.
struct Refusal {
    Edge edge;
    RefusalReason reason = RefusalReason::none;
};

/// Holds the outcome of clustering, in ranks.
struct Partition {
    std::vector<std::uint32_t> cluster;  ///< by rank; numbered by smallest rank
    std::uint32_t clusters = 0;
    std::vector<Edge> links;       ///< merges made, in the order they were made: a tree for each cluster
    std::vector<Refusal> refused;  ///< at or above match, still between two clusters at the end
    std::vector<Refusal> review;   ///< one for each two clusters
    std::vector<std::uint64_t> refused_by_reason;
};

/// Clusters records agglomeratively: the heaviest link first, ties by rank, each merge only when no constraint of
/// any member forbids it and the two clusters' records do not speak against each other. Plain transitive closure
/// would make one person of any chain of near misses.
///
/// `edges`: every pair at or above the review threshold, sorted by rank. One thread; deterministic.
class Clustering {
  public:
    Clustering(const PairScorer& scorer, const Constraints& constraints, const Seals& seals,
               std::span<const Edge> edges);

    /// `disputed`: pairs below the review threshold that share a number; a reviewer's question where nothing bars it.
    Partition run(std::span<const std::uint8_t> ambiguous, std::span<const Edge> disputed, const std::stop_token& stop);

    /// Tells why the clusters of two records may not merge over a link; none when they may. For run() and tests.
    RefusalReason refusal(const Edge& edge);

  private:
    Rank root(Rank rank) noexcept;
    void merge(Rank a, Rank b) noexcept;
    void collect(Rank root, std::vector<Rank>& members) const;
    /// Says what the identifiers of left_ and right_ have against each other.
    struct NumberConflict {
        RefusalReason reason = RefusalReason::none;  ///< traced NHS numbers, or permanent UPNs
        bool nhs_numbers_differ = false;             ///< both sides have NHS numbers, traced or not, and share none
        std::uint32_t authorities = 0;  ///< whose numbers both sides have and share none of; 0 where any is shared
    };
    NumberConflict number_conflict() const;
    bool explained_by_a_member(Rank a, Rank b) const;
    std::vector<Refusal> select_review(std::vector<Refusal> candidates);

    const PairScorer* scorer_;
    const Constraints* constraints_;
    const Seals* seals_;
    std::span<const Edge> edges_;
    std::vector<Rank> parent_;
    std::vector<Rank> next_;  // circular list of a cluster's members
    std::vector<std::uint32_t> sizes_;
    std::vector<Rank> left_, right_;  // members of the two clusters being tried
};

/// Finds the edges of records that are about as near to a second person, who cannot be the same as the first: twins'
/// "Baby", an initial, an unborn record of a twin birth. By edge index.
std::vector<std::uint8_t> find_ambiguous(const PairScorer& scorer, const Constraints& constraints,
                                         std::span<const Edge> edges, const EdgesByRecord& by_record, unsigned threads,
                                         const std::stop_token& stop);

}  // namespace caseweave
