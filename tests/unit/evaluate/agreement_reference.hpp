#pragma once

#include <vector>

#include "evaluate/agreement.hpp"

namespace caseweave::testing {

/// The slow, obvious twin of compare_with_truth(): looks at every pair of records and every record's neighbours, as the
/// definitions say. For small inputs.
std::vector<ClusterAgreement> compare_by_enumeration(const ClusterPartition& clusters, const ClusterPartition& entities,
                                                     const ClusterPartition* sources, const ClusterPartition& groups);

}  // namespace caseweave::testing
