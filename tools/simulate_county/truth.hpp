#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "simulate_county/county.hpp"
#include "simulate_county/system_view.hpp"

namespace simulate {

/// What is left of a system once it is written: its rows are counted and let go.
struct WrittenSystem {
    std::string system;
    std::size_t rows = 0;
    std::vector<std::string> unplaced_people;  ///< as SystemDump::unplaced_people
};

/// Writes truth/persons.csv and truth/summary.json under a folder. The pipeline never reads them.
void write_truth(const County& county, const std::vector<SystemView>& views, const std::vector<WrittenSystem>& systems,
                 const std::filesystem::path& folder);

}  // namespace simulate
