#pragma once

#include <cstddef>
#include <vector>

#include "simulate_county/system_view.hpp"

namespace simulate {

/// Shares of pairs of true records of one child (same identity, same system or not) that differ in a field, among pairs
/// where both have a value; compared without case, marks and blanks, and not beyond 30 characters.
struct Difficulty {
    std::size_t pairs = 0;
    double forename = 0;
    double surname = 0;
    double birth_date = 0;
    double postcode = 0;
    double nhs_absent = 0;  ///< share of the children's records without a valid NHS number
};

/// The difficulty that every county is held to, whatever its seed and scale.
inline constexpr Difficulty kStatedDifficulty{
    .pairs = 0, .forename = 0.08, .surname = 0.06, .birth_date = 0.02, .postcode = 0.25, .nhs_absent = 0.40};

/// Measures it over all systems; linear in the records.
Difficulty measure_difficulty(const std::vector<SystemView>& views);

}  // namespace simulate
