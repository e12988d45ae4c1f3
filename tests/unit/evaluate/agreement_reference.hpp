#pragma once

#include <vector>

#include "evaluate/agreement.hpp"

namespace caseweave::testing {

/// The slow, obvious twin of compare_with_truth(): looks at every pair of records and every record's neighbours, as the
/// definitions say. For small inputs.
std::vector<Agreement> compare_by_enumeration(const Partition& clusters, const Partition& entities,
                                              const Partition* sources, const Partition& groups);

}  // namespace caseweave::testing
