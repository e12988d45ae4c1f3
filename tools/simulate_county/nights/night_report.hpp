#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "simulate_county/nights/dump_evolution.hpp"
#include "simulate_county/nights/night_plan.hpp"

namespace simulate {

/// Writes truth/changes.json: what the night did, against the night before, by system and entity.
void write_changes(const NightPlan& plan, std::span<const SystemChanges> systems, const std::filesystem::path& folder);

}  // namespace simulate
