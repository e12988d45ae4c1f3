#include "unit/evaluate/agreement_reference.hpp"

#include <set>

namespace caseweave::testing {

namespace {

using Members = std::set<std::size_t>;

Members members_with(const ClusterPartition& partition, std::size_t record) {
    Members members;
    for (std::size_t other = 0; other < partition.records(); ++other) {
        if (partition.part_of[other] == partition.part_of[record]) members.insert(other);
    }
    return members;
}

ClusterAgreement compare_group(const ClusterPartition& clusters, const ClusterPartition& entities,
                               const ClusterPartition* sources, const ClusterPartition& groups, std::uint32_t group) {
    ClusterAgreement agreement;
    std::set<std::uint32_t> clusters_there, entities_there, exact;
    double precisions = 0;
    double recalls = 0;
    for (std::size_t a = 0; a < clusters.records(); ++a) {
        for (std::size_t b = a + 1; b < clusters.records(); ++b) {
            if (groups.part_of[a] != group && groups.part_of[b] != group) continue;
            if (sources != nullptr && sources->part_of[a] == sources->part_of[b]) continue;
            const bool found = clusters.part_of[a] == clusters.part_of[b];
            const bool truth = entities.part_of[a] == entities.part_of[b];
            if (found) ++agreement.pairs.found;
            if (truth) ++agreement.pairs.truth;
            if (found && truth) ++agreement.pairs.common;
        }
        if (groups.part_of[a] != group) continue;
        ++agreement.records;
        const Members cluster = members_with(clusters, a);
        const Members entity = members_with(entities, a);
        std::size_t shared = 0;
        for (const std::size_t member : cluster) shared += entity.count(member);
        precisions += static_cast<double>(shared) / static_cast<double>(cluster.size());
        recalls += static_cast<double>(shared) / static_cast<double>(entity.size());
        clusters_there.insert(clusters.part_of[a]);
        entities_there.insert(entities.part_of[a]);
        if (cluster == entity) exact.insert(clusters.part_of[a]);
    }
    agreement.clusters = clusters_there.size();
    agreement.entities = entities_there.size();
    agreement.exact_clusters = exact.size();
    if (agreement.records > 0) {
        agreement.b_cubed_precision = precisions / static_cast<double>(agreement.records);
        agreement.b_cubed_recall = recalls / static_cast<double>(agreement.records);
    }
    return agreement;
}

}  // namespace

std::vector<ClusterAgreement> compare_by_enumeration(const ClusterPartition& clusters, const ClusterPartition& entities,
                                                     const ClusterPartition* sources, const ClusterPartition& groups) {
    std::vector<ClusterAgreement> of_group;
    for (std::uint32_t group = 0; group < groups.parts; ++group)
        of_group.push_back(compare_group(clusters, entities, sources, groups, group));
    return of_group;
}

}  // namespace caseweave::testing
