#pragma once

#include <filesystem>
#include <string>

#include "app/csv_table.hpp"
#include "evaluate/review_strata.hpp"

namespace caseweave {

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
    /// The pair's four ids joined by kKeySeparator. Valid until next().
    const std::string& ids() const noexcept { return ids_; }

  private:
    CsvTable table_;
    std::size_t id_columns_[4];
    std::size_t weight_column_, probability_column_, outcome_column_;
    double probability_ = 0;
    std::size_t stratum_ = 0;
    std::string ids_;
};

}  // namespace caseweave
