#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "evaluate/partition.hpp"

namespace caseweave {

/// Counts pairs of records: of one entity, of one cluster, of both.
struct PairCounts {
    std::uint64_t truth = 0;
    std::uint64_t found = 0;
    std::uint64_t common = 0;

    bool operator==(const PairCounts&) const noexcept = default;
};

/// A share of nothing has no value.
using Share = std::optional<double>;

/// Gives the share of the pairs found that are true; nothing when none was found.
Share precision(const PairCounts& pairs) noexcept;
/// Gives the share of the true pairs that were found; nothing when there is none.
Share recall(const PairCounts& pairs) noexcept;
/// Gives the harmonic mean of precision and recall: twice the common pairs by true and found ones.
Share f1(const PairCounts& pairs) noexcept;
/// Gives the share of the true pairs that were not found.
Share missed_link_rate(const PairCounts& pairs) noexcept;
/// Gives the share of the pairs found that are not true.
Share false_link_rate(const PairCounts& pairs) noexcept;

/// Says how well clusters agree with the truth, for all records or for one group of them.
struct ClusterAgreement {
    std::uint64_t records = 0;
    PairCounts pairs;
    /// B-cubed (Bagga and Baldwin, "Algorithms for scoring coreference chains", LREC 1998): the mean over records of
    /// the share of the record's cluster that is of its entity, and of its entity that is in its cluster.
    Share b_cubed_precision, b_cubed_recall;
    std::uint64_t clusters = 0;        ///< that hold a record
    std::uint64_t entities = 0;        ///< that have a record
    std::uint64_t exact_clusters = 0;  ///< of these, clusters that hold all records of one entity and no other

    Share b_cubed_f1() const noexcept;
};

/// Pairs below which a group's rates say little: where none of 30 is wrong, one in ten may be (the rule of three;
/// Hanley and Lippman-Hand, "If nothing goes wrong, is everything all right?", JAMA 249, 1983).
inline constexpr std::uint64_t kSmallGroupPairs = 30;

/// Tells whether a group has too few true pairs, or pairs found, for its rates to be compared with others'.
bool is_small_group(const ClusterAgreement& group) noexcept;

/// Compares clusters with the truth, group by group.
///
/// A pair belongs to a group when either record is in it: a pair of two groups counts in both, so that the groups'
/// pairs may add up to more than all pairs. Records, and B-cubed with them, belong to one group. A cluster or entity
/// counts in each group that has a record of it.
///
/// Pairs are counted from the sizes of the cells of contingency tables, never enumerated: time and memory are linear in
/// the records.
///
/// @param sources where given, only pairs of records of different sources count; all else stays as it is.
/// @return one for each group.
std::vector<ClusterAgreement> compare_with_truth(const ClusterPartition& clusters, const ClusterPartition& entities,
                                                 const ClusterPartition* sources, const ClusterPartition& groups);

/// Compares all records' clusters with the truth.
ClusterAgreement compare_with_truth(const ClusterPartition& clusters, const ClusterPartition& entities,
                                    const ClusterPartition* sources);

}  // namespace caseweave
