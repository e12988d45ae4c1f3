#include "evaluate/agreement.hpp"

#include <cstddef>

namespace caseweave {

namespace {

Share share(std::uint64_t part, std::uint64_t whole) noexcept {
    if (whole == 0) return std::nullopt;
    return static_cast<double>(part) / static_cast<double>(whole);
}

constexpr std::uint64_t pairs_of(std::uint64_t records) noexcept {
    return records < 2 ? 0 : records * (records - 1) / 2;
}

enum class Sign { plus, minus };

/// Adds to each group the pairs within the partition's parts that have a record in the group: all pairs of the part but
/// those among the records outside of the group. Subtraction is modulo 2^64; sums end where they belong.
void count_pairs(const ClusterPartition& partition, const ClusterPartition& groups, Sign sign,
                 std::vector<std::uint64_t>& of_group) {
    const std::vector<std::uint32_t> sizes = part_sizes(partition);
    const Refinement by_group = refine(partition, groups);
    const std::vector<std::uint32_t> inside = part_sizes(by_group.cells);
    for (std::size_t cell = 0; cell < inside.size(); ++cell) {
        const std::uint64_t size = sizes[by_group.first[cell]];
        const std::uint64_t pairs = pairs_of(size) - pairs_of(size - inside[cell]);
        std::uint64_t& count = of_group[by_group.second[cell]];
        count = sign == Sign::plus ? count + pairs : count - pairs;
    }
}

/// Counts each group's pairs; with sources, without those of one source.
std::vector<std::uint64_t> pairs_within(const ClusterPartition& partition, const ClusterPartition* sources,
                                        const ClusterPartition& groups) {
    std::vector<std::uint64_t> of_group(groups.parts, 0);
    count_pairs(partition, groups, Sign::plus, of_group);
    if (sources != nullptr) count_pairs(refine(partition, *sources).cells, groups, Sign::minus, of_group);
    return of_group;
}

/// Counts the parts that have a record in each group.
std::vector<std::uint64_t> parts_touching(const ClusterPartition& partition, const ClusterPartition& groups) {
    std::vector<std::uint64_t> of_group(groups.parts, 0);
    for (const std::uint32_t group : refine(partition, groups).second) ++of_group[group];
    return of_group;
}

/// Fills in what is about records rather than pairs: their number, B-cubed, the clusters that match exactly.
void compare_records(const ClusterPartition& clusters, const ClusterPartition& entities, const Refinement& common,
                     const ClusterPartition& groups, std::vector<ClusterAgreement>& of_group) {
    const std::vector<std::uint32_t> cluster_sizes = part_sizes(clusters);
    const std::vector<std::uint32_t> entity_sizes = part_sizes(entities);
    const std::vector<std::uint32_t> cell_sizes = part_sizes(common.cells);
    const Refinement by_group = refine(common.cells, groups);
    const std::vector<std::uint32_t> inside = part_sizes(by_group.cells);
    std::vector<double> precisions(groups.parts, 0), recalls(groups.parts, 0);
    for (std::size_t i = 0; i < inside.size(); ++i) {
        const std::uint32_t cell = by_group.first[i];
        const std::uint32_t group = by_group.second[i];
        const std::uint32_t size = cell_sizes[cell];
        const std::uint32_t cluster_size = cluster_sizes[common.first[cell]];
        const std::uint32_t entity_size = entity_sizes[common.second[cell]];
        of_group[group].records += inside[i];
        precisions[group] += static_cast<double>(inside[i]) * size / cluster_size;
        recalls[group] += static_cast<double>(inside[i]) * size / entity_size;
        if (size == cluster_size && size == entity_size) ++of_group[group].exact_clusters;
    }
    for (std::uint32_t group = 0; group < groups.parts; ++group) {
        if (of_group[group].records == 0) continue;
        of_group[group].b_cubed_precision = precisions[group] / static_cast<double>(of_group[group].records);
        of_group[group].b_cubed_recall = recalls[group] / static_cast<double>(of_group[group].records);
    }
}

}  // namespace

Share precision(const PairCounts& pairs) noexcept {
    return share(pairs.common, pairs.found);
}
Share recall(const PairCounts& pairs) noexcept {
    return share(pairs.common, pairs.truth);
}
Share f1(const PairCounts& pairs) noexcept {
    return share(2 * pairs.common, pairs.found + pairs.truth);
}
Share missed_link_rate(const PairCounts& pairs) noexcept {
    return share(pairs.truth - pairs.common, pairs.truth);
}
Share false_link_rate(const PairCounts& pairs) noexcept {
    return share(pairs.found - pairs.common, pairs.found);
}

Share ClusterAgreement::b_cubed_f1() const noexcept {
    if (!b_cubed_precision || !b_cubed_recall) return std::nullopt;
    return 2 * *b_cubed_precision * *b_cubed_recall / (*b_cubed_precision + *b_cubed_recall);
}

bool is_small_group(const ClusterAgreement& group) noexcept {
    return group.pairs.truth < kSmallGroupPairs || group.pairs.found < kSmallGroupPairs;
}

std::vector<ClusterAgreement> compare_with_truth(const ClusterPartition& clusters, const ClusterPartition& entities,
                                                 const ClusterPartition* sources, const ClusterPartition& groups) {
    const Refinement common = refine(clusters, entities);
    std::vector<ClusterAgreement> of_group(groups.parts);
    compare_records(clusters, entities, common, groups, of_group);
    const auto true_pairs = pairs_within(entities, sources, groups);
    const auto found_pairs = pairs_within(clusters, sources, groups);
    const auto common_pairs = pairs_within(common.cells, sources, groups);
    const auto clusters_there = parts_touching(clusters, groups);
    const auto entities_there = parts_touching(entities, groups);
    for (std::size_t group = 0; group < of_group.size(); ++group) {
        of_group[group].pairs = {true_pairs[group], found_pairs[group], common_pairs[group]};
        of_group[group].clusters = clusters_there[group];
        of_group[group].entities = entities_there[group];
    }
    return of_group;
}

ClusterAgreement compare_with_truth(const ClusterPartition& clusters, const ClusterPartition& entities,
                                    const ClusterPartition* sources) {
    const auto of_all = compare_with_truth(clusters, entities, sources, one_part(clusters.records()));
    return of_all.empty() ? ClusterAgreement{} : of_all.front();
}

}  // namespace caseweave
