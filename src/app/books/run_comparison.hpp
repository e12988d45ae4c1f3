#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/books/run_books.hpp"

namespace caseweave {

/// Says what a change means for the council.
enum class Trend { same, better, worse, other };

/// Compares one count of two runs.
struct ComparedCount {
    std::string what;  ///< "read", "placed", "quarantined", "field issues", ...
    std::int64_t first = 0, second = 0;
    Trend trend = Trend::same;

    /// "new", "gone", "more", "fewer" or "as before"; with what it means, where it means anything: "fewer: better".
    std::string in_words() const;
};

/// Compares one source entity in two runs.
struct ComparedEntity {
    SourceEntity entity;
    bool in_first = false, in_second = false;
    std::vector<ComparedCount> counts;  ///< read, placed, quarantined
    std::optional<bool> same_rows;      ///< digests are equal; none where the books of one are not closed
    std::optional<bool> balanced_first, balanced_second;
};

/// Compares a rule or reason by system in two runs.
struct ComparedName {
    std::string system, name;
    ComparedCount rows;
};

/// Holds two runs side by side.
struct RunComparison {
    RunHead first, second;
    std::vector<ComparedEntity> entities;
    std::vector<ComparedName> quarantine, issues;
    std::vector<ComparedName> review_pairs;  ///< system is ""
    std::vector<ComparedCount> people;       ///< empty unless both runs have a summary
    std::vector<ComparedCount> totals;       ///< of quarantined rows, field issues and pairs for review
};

/// Compares two runs, of one target or of two: what is new, gone, more and fewer. Fewer quarantined rows, field issues
/// and pairs for review are better.
RunComparison compare_runs(const RunBooks& first, const RunBooks& second);

/// Writes what differs for a terminal; what is as before is counted.
std::string render_comparison(const RunComparison& comparison);
/// Writes all of it as JSON.
std::string render_comparison_json(const RunComparison& comparison);

}  // namespace caseweave
