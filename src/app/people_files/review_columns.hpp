#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "app/people_files/csv_table.hpp"
#include "evaluate/review_strata.hpp"
#include "load/review_decisions.hpp"

namespace caseweave {

/// The columns that `caseweave sample-for-review` adds to those of the pairs.
///
/// `stratum_pairs` of a stratum's pairs exist and `stratum_sampled` of them stand in the sample, so that each stands
/// for `sampling_weight` pairs; `all_pairs` were sampled from, which tells when the rows of a whole stratum are
/// missing.
inline constexpr std::array<std::string_view, 6> kReviewColumns = {
    "stratum", "stratum_pairs", "stratum_sampled", "sampling_weight", "all_pairs", "verdict"};

/// Reads a row's outcome. @throws Error(source) with the line and the nearest word.
PairOutcome required_outcome(const CsvTable& table, std::size_t column);
/// Reads a row's verdict in any case; nothing where it is empty. @throws Error(source) with the line and the nearest
/// word.
std::optional<Verdict> optional_verdict(const CsvTable& table, std::size_t column);

}  // namespace caseweave
