#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "simulate_county/county.hpp"
#include "simulate_county/system_view.hpp"
#include "simulate_county/table.hpp"

namespace simulate {

/// Shares of pairs of true records of one child (same identity, same system or not) that differ in a field, among pairs
/// where both have a value; compared without case, marks, blanks and beyond 30 characters.
struct Difficulty {
    std::size_t pairs = 0;
    double forename = 0;
    double surname = 0;
    double birth_date = 0;
    double postcode = 0;
    double nhs_absent = 0;  ///< share of the children's records without a valid NHS number
};
Difficulty measure_difficulty(const std::vector<SystemView>& views);

/// Writes truth/persons.csv and truth/summary.json under a folder. The pipeline never reads them.
void write_truth(const County& county, const std::vector<SystemView>& views, const std::vector<SystemDump>& dumps,
                 const std::filesystem::path& folder);

}  // namespace simulate
