#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "simulate_county/county.hpp"

namespace simulate {

/// 2001-04-01: who was born then is 24.
inline constexpr Day kOldest24 = 456;

/// Says how large a county is.
struct Scale {
    std::string name;
    std::size_t children = 0;     ///< true children and unborn, and those who were: 0 to 24 years
    bool twins = false;           ///< only pairs of twins, in social_care and education
    Day first_birth = kOldest24;  ///< of the oldest child
};

/// Gives the named scale: tiny (300), demo (5,000), county (287,000: 172,000 under 18, and the young adults of up to 29
/// years whose records nobody has disposed of yet), twins (100,000 pairs). Throws std::invalid_argument for another
/// name.
Scale scale_named(std::string_view name);

/// Builds the whole county: places, people, what happened to them.
County build_county(const Scale& scale, std::uint64_t seed);

}  // namespace simulate
