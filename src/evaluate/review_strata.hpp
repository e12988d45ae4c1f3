#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace caseweave {

/// Says what linking made of a pair.
enum class PairOutcome { match, review, different };

/// Reads "match", "review" or "different".
std::optional<PairOutcome> parse_pair_outcome(std::string_view word) noexcept;

/// Numbers the strata that pairs are sampled by: outcome by outcome, in each a band of probability.
///
/// Bands are finest near 1, where most matches are and an error is dearest. No stratum has two outcomes, so that the
/// estimates for matches and for the rest stay apart.
std::size_t stratum_count() noexcept;
/// @param probability from 0 to 1; 1 falls into the last band.
std::size_t stratum_of(PairOutcome outcome, double probability) noexcept;
PairOutcome outcome_of(std::size_t stratum) noexcept;
/// Names a stratum for people and files: "match 0.99-0.999".
std::string stratum_name(std::size_t stratum);
/// Finds the stratum of a name.
std::optional<std::size_t> find_stratum(std::string_view name);

}  // namespace caseweave
