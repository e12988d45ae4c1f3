#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "simulate_county/county.hpp"
#include "simulate_county/system_view.hpp"
#include "simulate_county/table.hpp"

namespace simulate {

/// Writes truth/persons.csv and truth/summary.json under a folder. The pipeline never reads them.
void write_truth(const County& county, const std::vector<SystemView>& views, const std::vector<SystemDump>& dumps,
                 const std::filesystem::path& folder);

}  // namespace simulate
