#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "evaluate/review_estimate.hpp"

namespace caseweave {

/// Holds a sample that `caseweave sample-for-review` wrote and reviewers filled in.
struct ReviewedSample {
    struct Stratum {
        std::string name;
        std::uint64_t sampled = 0;
        ReviewedStratum found;
    };
    std::vector<Stratum> strata;  ///< in the order of outcome and probability

    std::vector<ReviewedStratum> found() const;
};

/// Reads a sample. Rows without a verdict are not reviewed yet: rows stand in random order, so that those that are
/// remain a random sample.
/// @throws Error for a verdict that is none, a stratum without any, rows that are missing or do not fit together.
ReviewedSample read_reviewed_sample(const std::filesystem::path& file);

}  // namespace caseweave
