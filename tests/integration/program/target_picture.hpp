#pragma once

#include <string>
#include <vector>

#include "integration/program/program.hpp"

namespace caseweave::testing {

/// Digests every row of the target that speaks of a person: its content, who may see it, and which records are the
/// person's whose it is. One line a table. Person ids are never reused, so persons are compared by their records.
/// @param without columns to leave out, besides row_id and run_id.
std::string picture_of(const ProgramState& state, const std::vector<std::string>& without = {});

/// The picture, and besides it what a run that was interrupted and one that was not must agree in: the very person ids,
/// and the books of every run by what they say of each source entity.
std::string picture_with_ids_and_books(const ProgramState& state, const std::vector<std::string>& without = {});

/// Lists the tables that differ between two pictures; "" when none does.
std::string difference(const std::string& one, const std::string& other);

}  // namespace caseweave::testing
