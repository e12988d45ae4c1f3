#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace caseweave {

/// Sorts records into parts (clusters, entities, sources, groups): each record has one, numbered densely from 0.
struct ClusterPartition {
    std::vector<std::uint32_t> part_of;  ///< one per record
    std::uint32_t parts = 0;

    std::size_t records() const noexcept { return part_of.size(); }
};

/// Puts all records into one part.
ClusterPartition one_part(std::size_t records);

/// Counts the records of each part.
std::vector<std::uint32_t> part_sizes(const ClusterPartition& partition);

/// Counts the parts of each size, by size.
std::map<std::uint32_t, std::uint64_t> parts_by_size(const ClusterPartition& partition);

/// Holds the common refinement of two partitions: one cell for each pair of parts that have a record in common, which
/// is what a contingency table has besides its zeros.
struct Refinement {
    ClusterPartition cells;
    std::vector<std::uint32_t> first, second;  ///< per cell: the part of each partition that it lies in
};

/// Refines two partitions of the same records. Time and memory are linear in records and parts.
Refinement refine(const ClusterPartition& first, const ClusterPartition& second);

}  // namespace caseweave
