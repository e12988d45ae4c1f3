#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "app/people_files/csv_table.hpp"
#include "evaluate/review_strata.hpp"

namespace caseweave {

/// Names the pair of records that a row speaks of.
class PairIdColumns {
  public:
    /// @throws Error(usage) for a missing column.
    explicit PairIdColumns(const CsvTable& table);
    /// Gives the sources and ids of the row's two records joined by kKeySeparator, the same whichever stands left.
    /// Valid until the next call. @throws Error(source) for a missing id, and for a record paired with itself.
    const std::string& ids_of(const CsvTable& table);

  private:
    struct Side {
        std::size_t source, id;
        std::string key;
    };
    std::array<Side, 2> sides_;
    std::string ids_;
};

/// Reads the pairs that `caseweave link --pairs-output` wrote, row by row.
class ScoredPairs {
  public:
    /// @throws Error(usage) for a missing column, and for one that a sample adds.
    explicit ScoredPairs(const std::filesystem::path& file, Progress* progress = nullptr);

    const CsvTable& table() const noexcept { return table_; }
    /// Goes to the next pair and checks it; false at the end. @throws Error(source) with the line.
    bool next();

    double probability() const noexcept { return probability_; }
    std::size_t stratum() const noexcept { return stratum_; }
    /// See PairIdColumns::ids_of. Valid until next().
    const std::string& ids() const noexcept { return *ids_; }

  private:
    CsvTable table_;
    PairIdColumns pair_;
    std::size_t weight_column_, probability_column_, outcome_column_;
    double probability_ = 0;
    std::size_t stratum_ = 0;
    const std::string* ids_ = nullptr;  // held by pair_
};

/// Refuses a file in which a pair stands twice: it would count twice, and could be drawn twice.
/// @param hashes hash64() of each pair's ids. Where two are equal the file is read again to tell a pair that is there
/// twice, and its lines, from two pairs of one hash. @throws Error(source).
void refuse_repeated_pairs(const std::filesystem::path& file, std::vector<std::uint64_t> hashes);

}  // namespace caseweave
