#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "evaluate/partition.hpp"
#include "pipeline/progress.hpp"

namespace caseweave {

/// Sorts records by one column of the truth file.
struct GroupColumn {
    std::string name;
    std::vector<std::string> values;  ///< one per part; "(none)" for records without one
    Partition groups;
};

/// Holds the records that a clusters file and a truth file have in common.
struct EvaluatedRecords {
    Partition clusters, entities;
    Partition sources;  ///< one part where neither file says where a record is from
    bool sources_known = false;
    std::vector<GroupColumn> group_columns;
    std::uint64_t only_in_clusters = 0;  ///< ids that the truth file does not have
    std::uint64_t only_in_truth = 0;
};

/// Reads `source,id,cluster` and `source,id,entity` and joins them. Either file may lack `source`; ids must then be
/// unique over the other's sources.
/// @param group_columns columns of the truth file.
/// @throws Error for a file that cannot be used, an id that stands twice, nothing in common.
EvaluatedRecords read_evaluated_records(const std::filesystem::path& clusters, const std::filesystem::path& truth,
                                        const std::vector<std::string>& group_columns, Progress& progress);

}  // namespace caseweave
