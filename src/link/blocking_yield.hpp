#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <stop_token>
#include <vector>

#include "link/linkage_model.hpp"
#include "link/prepared_people.hpp"

namespace caseweave {

/// Stands for the entity of a record that the truth does not have.
inline constexpr std::uint32_t kNoEntity = std::numeric_limits<std::uint32_t>::max();

struct BlockingYieldOptions {
    unsigned threads = 1;  ///< changes the time only, never the result
    /// Whose each record truly is, by PersonRow, kNoEntity where that is not known; empty: estimated from the model.
    std::span<const std::uint32_t> entities;
    bool across_systems = false;  ///< only pairs of two systems count
    LinkProgress progress;        ///< called now and then from the calling thread; may be empty
    std::stop_token stop;         ///< heeded: the rest is then not to be used
};

/// Counts what one blocking rule makes.
struct RuleYield {
    std::uint64_t pairs = 0;             ///< that it was the first to make
    std::uint64_t true_pairs = 0;        ///< of those, the pairs of one entity
    std::uint64_t true_pairs_alone = 0;  ///< pairs of one entity that it makes at all, first or not
    double expected_pairs = 0;           ///< without entities: how many of `pairs` the model expects to be one person
    std::uint64_t capped_blocks = 0;     ///< too large, left to the other rules
    std::uint32_t largest_capped = 0;    ///< records of the largest of them
};

/// Counts the pairs of every rule of the model that `people` were prepared for, by LinkageModel::blocking(). Keeps
/// counts alone, no list of pairs. Seals are not heeded: files of people have none.
std::vector<RuleYield> count_blocking_yield(const PreparedPeople& people, const LinkageModel& model,
                                            const BlockingYieldOptions& options);

/// Counts the pairs of records of one entity; with `across_systems` only those of two systems.
std::uint64_t count_true_pairs(const PersonStore& store, std::span<const std::uint32_t> entities, bool across_systems);

}  // namespace caseweave
