#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include "simulate_county/scale.hpp"

namespace simulate {

/// Says what generate wrote.
struct Generated {
    std::size_t children = 0;
    std::size_t person_records = 0;
    std::size_t rows = 0;
    double seconds = 0;
};

/// Simulates a county and writes its systems, the server's keys and clients, and the truth under a folder, as README.md
/// lays out. Files of an earlier run are replaced. Throws std::runtime_error when something cannot be written.
/// @param night 0, or how many nights later than the first: the same county with what those nights changed, and
///   truth/changes.json. Throws std::invalid_argument for nights at the scale twins.
Generated generate(const Scale& scale, std::uint64_t seed, const std::filesystem::path& output, int night = 0);

}  // namespace simulate
