#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "app/people_files/evaluated_records.hpp"
#include "evaluate/agreement.hpp"

namespace caseweave {

/// Holds all that `caseweave evaluate` tells.
struct EvaluationReport {
    struct Group {
        std::string value;
        ClusterAgreement agreement;
    };
    struct ByColumn {
        std::string column;
        std::vector<Group> groups;  ///< most records first, then by value
    };

    std::string clusters_file, truth_file, groups_file;
    bool across_sources = false;  ///< only pairs of two sources were counted
    std::uint64_t only_in_clusters = 0;
    std::uint64_t only_in_truth = 0;
    std::uint64_t not_in_groups = 0;
    ClusterAgreement overall;
    std::map<std::uint32_t, std::uint64_t> cluster_sizes, entity_sizes;  ///< how many there are of each size
    std::vector<ByColumn> by_columns;
};

/// Compares records with the truth, all of them and by each group column.
EvaluationReport evaluate_records(const EvaluatedRecords& records, bool across_sources);

/// Writes the report for people. Lists the largest groups of each column.
std::string render_evaluation(const EvaluationReport& report);
/// Writes all of it for programs; a share of nothing is null.
std::string render_evaluation_json(const EvaluationReport& report);

}  // namespace caseweave
