#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "load/review_decisions.hpp"

namespace caseweave {

/// Writes decisions as CSV: what `review list --decided --output` gives, and what a rebuild takes over
/// (`bulk --decisions`). Ended ones keep who ended them and when. @throws Error when it cannot be written.
void write_decision_file(const std::filesystem::path& file, std::span<const DecisionRow> decisions);

/// Reads decisions back from such a file; ended ones are passed over. A file made by hand needs the columns left, right
/// (SYSTEM:ID), verdict, reviewer and reason. @throws Error(source) with the line of a row that is no decision, or that
/// decides a pair again.
std::vector<DecisionRow> read_decision_file(const std::filesystem::path& file);

}  // namespace caseweave
