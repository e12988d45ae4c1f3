#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "simulate_county/county.hpp"

namespace simulate {

/// Says how large a county is.
struct Scale {
    std::string name;
    std::size_t children = 0;  ///< true children and unborn, 0 to 24 years
    bool twins = false;        ///< only pairs of twins, in social_care and education
};

/// Gives the named scale: tiny (300), demo (5,000), county (230,000: 172,000 under 18 and the young adults), twins
/// (100,000 pairs). Throws std::invalid_argument for another name.
Scale scale_named(std::string_view name);

/// Builds the whole county: places, people, what happened to them.
County build_county(const Scale& scale, std::uint64_t seed);

}  // namespace simulate
