#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "link/blocking_yield.hpp"

namespace caseweave {

/// Holds all that `caseweave blocking` tells.
struct BlockingReport {
    struct Rule {
        std::string name;
        bool has_columns = true;  ///< the files have what its key is made of
        RuleYield yield;
    };
    struct Truth {
        std::string file;
        std::uint64_t pairs = 0;          ///< true pairs among the records that both have
        std::uint64_t records = 0;        ///< records that both have
        std::uint64_t only_in_truth = 0;  ///< rows of the truth that are no record
    };

    std::string model;
    std::uint64_t records = 0;
    bool across_files = false;   ///< only pairs of two files were counted
    std::vector<Rule> rules;     ///< in the model's order
    std::optional<Truth> truth;  ///< without it, recall is an estimate
};

/// Writes the report for people: a line a rule, and which rules could go.
std::string render_blocking(const BlockingReport& report);
/// Writes all of it for programs; a share of nothing is null.
std::string render_blocking_json(const BlockingReport& report);

}  // namespace caseweave
