#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace caseweave {

/// Name, in tallies and differences, the rows that lineage keeps beside the canonical ones. Verbatim rows stand in
/// lineage.source_row or, where they need a clearance, in sealed.source_row: they are tallied together.
inline constexpr std::string_view kSourceRows = "lineage.source_row";
inline constexpr std::string_view kQuarantinedRows = "lineage.quarantine";
inline constexpr std::string_view kFieldIssues = "lineage.field_issue";
inline constexpr std::array<std::string_view, 3> kLineageTables = {kSourceRows, kQuarantinedRows, kFieldIssues};

/// Tells whether a tally's entity is one of these.
constexpr bool is_lineage_table(std::string_view entity) noexcept {
    return std::find(kLineageTables.begin(), kLineageTables.end(), entity) != kLineageTables.end();
}

/// Names, in tallies and differences, the pairs for review. Linking makes them, of no one source's rows.
inline constexpr std::string_view kReviewPairs = "review.pair";

/// Tells whether the rows of a tally's entity are kept beside the canonical rows, and so are none of those emitted.
constexpr bool is_kept_beside(std::string_view entity) noexcept {
    return is_lineage_table(entity) || entity == kReviewPairs;
}

}  // namespace caseweave
