#pragma once

#include <string_view>

#include "simulate_county/places.hpp"
#include "simulate_county/random.hpp"

namespace simulate {

/// Gives the school census' code of a first language, with regional ones where it has them; "" for "".
std::string_view census_language(std::string_view language);

/// Gives the school census' code of an ethnic group; some schools use the extended codes. "" for "".
std::string_view census_ethnicity(std::string_view ethnicity, std::string_view language, Random& random);

/// Gives the older systems' number for a sex: 1, 2 or 9; "" for "".
std::string_view numbered_sex(std::string_view sex);

/// Gives the kind of a school in GIAS' numbers ("01" community ... "28" academy); `index` spreads them.
std::string_view establishment_type(const School& school, std::uint32_t index);

}  // namespace simulate
