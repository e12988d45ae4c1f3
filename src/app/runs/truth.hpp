#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "link/link.hpp"
#include "people/person_store.hpp"

namespace caseweave {

/// Holds how linking did against the simulator's truth.
struct LinkageQuality {
    double precision = 1, recall = 1,
           f1 = 1;  ///< over pairs of records of children and unborn, pairs across a seal left out
    std::uint64_t true_pairs = 0, found_pairs = 0, right_pairs = 0;
    std::uint64_t sealed_pairs_linked = 0;  ///< pairs across a seal that share a cluster
    std::uint64_t twin_pairs = 0;           ///< pairs of children of one multiple birth
    std::uint64_t twins_merged = 0;         ///< such pairs of which two records share a cluster
    /// By PersonRow: how many other records of the same child there are, and how many of them share its cluster. 0 for
    /// adults.
    std::vector<std::uint64_t> partners, found_partners;
};

/// Compares clusters with a truth file (`system,key,person,kind,domain,multiple_birth,hazards`). Reads it only after
/// linking has ended: nothing of it reaches the pipeline. @throws Error(usage) for a file of another shape.
LinkageQuality compare_with_truth(const std::filesystem::path& truth, const PersonStore& store,
                                  std::span<const std::uint32_t> cluster);

}  // namespace caseweave
