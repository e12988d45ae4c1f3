#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "evaluate/review_estimate.hpp"
#include "pipeline/progress.hpp"

namespace caseweave {

/// Holds a sample that `caseweave sample-for-review` wrote and reviewers filled in.
struct ReviewedSample {
    struct Stratum {
        std::size_t number = 0;
        std::string name;
        std::uint64_t sampled = 0;
        ReviewedStratum found;
    };
    struct Pair {
        std::uint64_t line = 0;
        std::size_t stratum = 0;
    };
    std::string file;                   ///< its name, for messages
    std::vector<Stratum> strata;        ///< in the order of outcome and probability
    std::map<std::string, Pair> pairs;  ///< by PairIdColumns::ids_of

    std::vector<ReviewedStratum> found() const;
};

/// Reads a sample. Rows without a verdict are not reviewed yet: rows stand in random order, so that those that are
/// remain a random sample.
/// @throws Error for a verdict that is none, a stratum without any, rows that are missing or do not fit together.
ReviewedSample read_reviewed_sample(const std::filesystem::path& file);

/// Holds a sample against the pairs it is said to be drawn from: strata of the same sizes, and each sampled pair among
/// them in its stratum. @throws Error(source) that names what differs.
void require_drawn_from(const ReviewedSample& sample, const std::filesystem::path& pairs, Progress& progress);

}  // namespace caseweave
