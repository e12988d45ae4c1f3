#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "evaluate/partition.hpp"
#include "pipeline/progress.hpp"

namespace caseweave {

/// Says what records are to be grouped by.
struct GroupRequest {
    std::vector<std::string> columns;  ///< of the groups file or, where that has none of the name, of the truth file
    std::filesystem::path file;        ///< `source,id` and columns; empty: the truth file alone has the columns
};

/// Names the group of the records that have no value.
inline constexpr std::string_view kNoGroup = "(none)";

/// Sorts records by one column.
struct GroupColumn {
    std::string name;
    std::vector<std::string> values;  ///< one per part; kNoGroup for records without one
    ClusterPartition groups;
};

/// Holds the records that a clusters file and a truth file have in common.
struct EvaluatedRecords {
    ClusterPartition clusters, entities;
    ClusterPartition sources;  ///< one part where neither file says where a record is from
    bool sources_known = false;
    std::vector<GroupColumn> group_columns;
    std::uint64_t only_in_clusters = 0;  ///< ids that the truth file does not have
    std::uint64_t only_in_truth = 0;
    std::uint64_t not_in_groups = 0;  ///< records of both that a groups file does not have
};

/// Reads `source,id,cluster` and `source,id,entity` and joins them. Any file may lack `source`; ids must then be unique
/// over the others' sources.
/// @throws Error for a file that cannot be used, an id that stands twice, nothing in common.
EvaluatedRecords read_evaluated_records(const std::filesystem::path& clusters, const std::filesystem::path& truth,
                                        const GroupRequest& groups, Progress& progress);

}  // namespace caseweave
