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

/// Name, in tallies, where these rows stood in their sources. That is tallied apart from what they say: a row that says
/// tonight what it said, and stands elsewhere because one before it is gone, stays in the target as it is.
inline constexpr std::string_view kSourceRowPlaces = "lineage.source_row.position";
inline constexpr std::string_view kQuarantinedRowPlaces = "lineage.quarantine.position";
inline constexpr std::string_view kFieldIssuePlaces = "lineage.field_issue.position";

/// Names all that is tallied of the rows that lineage keeps.
inline constexpr std::array<std::string_view, 6> kLineageTallies = {
    kSourceRows, kSourceRowPlaces, kQuarantinedRows, kQuarantinedRowPlaces, kFieldIssues, kFieldIssuePlaces};

/// Names the tally of places of one of kLineageTables.
constexpr std::string_view places_of(std::string_view table) noexcept {
    if (table == kSourceRows) return kSourceRowPlaces;
    return table == kQuarantinedRows ? kQuarantinedRowPlaces : kFieldIssuePlaces;
}

/// Tells whether a tally's entity is where rows stood.
constexpr bool tells_places(std::string_view entity) noexcept {
    return entity == kSourceRowPlaces || entity == kQuarantinedRowPlaces || entity == kFieldIssuePlaces;
}

/// Names the table that a tally's rows stand in: itself, but of places the table they are the places of.
constexpr std::string_view table_of_tally(std::string_view entity) noexcept {
    for (const std::string_view table : kLineageTables)
        if (entity == places_of(table)) return table;
    return entity;
}

/// Tells whether a tally's entity is one of kLineageTallies.
constexpr bool is_lineage_table(std::string_view entity) noexcept {
    return std::find(kLineageTallies.begin(), kLineageTallies.end(), entity) != kLineageTallies.end();
}

/// Names, in tallies and differences, the pairs for review. Linking makes them, of no one source's rows.
inline constexpr std::string_view kReviewPairs = "review.pair";

/// Tells whether the rows of a tally's entity are kept beside the canonical rows, and so are none of those emitted.
constexpr bool is_kept_beside(std::string_view entity) noexcept {
    return is_lineage_table(entity) || entity == kReviewPairs;
}

}  // namespace caseweave
