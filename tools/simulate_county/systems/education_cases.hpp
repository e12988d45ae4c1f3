#pragma once

#include "simulate_county/county.hpp"
#include "simulate_county/random.hpp"
#include "simulate_county/system_view.hpp"
#include "simulate_county/table.hpp"

namespace simulate {

/// Makes the id of a school in the education database from its index.
std::string education_base_id(std::uint32_t school);

/// Appends the tables of what happened to pupils: roll, attendance, exclusions, free meals, SEN, welfare, documents.
/// At scale "twins" they have no rows but the roll: that scale measures linking.
void add_education_cases(SystemDump& dump, const County& county, const SystemView& view, const Random& random);

}  // namespace simulate
