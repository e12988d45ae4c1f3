#include "evaluate/partition.hpp"

#include <cassert>
#include <limits>

namespace caseweave {

namespace {

constexpr std::uint32_t kNoPart = std::numeric_limits<std::uint32_t>::max();

/// Lists the records part by part (a counting sort).
std::vector<std::uint32_t> records_by_part(const ClusterPartition& partition) {
    std::vector<std::uint32_t> next(partition.parts, 0);
    const std::vector<std::uint32_t> sizes = part_sizes(partition);
    for (std::uint32_t part = 1; part < partition.parts; ++part) next[part] = next[part - 1] + sizes[part - 1];
    std::vector<std::uint32_t> records(partition.records());
    for (std::uint32_t record = 0; record < records.size(); ++record)
        records[next[partition.part_of[record]]++] = record;
    return records;
}

}  // namespace

ClusterPartition one_part(std::size_t records) {
    return {std::vector<std::uint32_t>(records, 0), records == 0 ? 0U : 1U};
}

std::vector<std::uint32_t> part_sizes(const ClusterPartition& partition) {
    std::vector<std::uint32_t> sizes(partition.parts, 0);
    for (const std::uint32_t part : partition.part_of) ++sizes[part];
    return sizes;
}

std::map<std::uint32_t, std::uint64_t> parts_by_size(const ClusterPartition& partition) {
    std::map<std::uint32_t, std::uint64_t> by_size;
    for (const std::uint32_t size : part_sizes(partition)) ++by_size[size];
    return by_size;
}

Refinement refine(const ClusterPartition& first, const ClusterPartition& second) {
    assert(first.records() == second.records());
    Refinement refined;
    refined.cells.part_of.resize(first.records());
    // For each part of the second: the cell it has with the part of the first that is being walked through.
    std::vector<std::uint32_t> cell_of(second.parts, kNoPart);
    std::vector<std::uint32_t> walked(second.parts, kNoPart);
    for (const std::uint32_t record : records_by_part(first)) {
        const std::uint32_t a = first.part_of[record];
        const std::uint32_t b = second.part_of[record];
        if (walked[b] != a) {
            walked[b] = a;
            cell_of[b] = refined.cells.parts++;
            refined.first.push_back(a);
            refined.second.push_back(b);
        }
        refined.cells.part_of[record] = cell_of[b];
    }
    return refined;
}

}  // namespace caseweave
