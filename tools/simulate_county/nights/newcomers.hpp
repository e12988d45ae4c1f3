#pragma once

#include <cstddef>
#include <set>
#include <vector>

#include "simulate_county/county.hpp"
#include "simulate_county/random.hpp"
#include "simulate_county/scale.hpp"

namespace simulate {

/// Says which numbers the newcomers may not have, since others have them.
struct TakenNumbers {
    std::size_t addresses = 0;
    std::size_t families = 0;
    std::size_t seals = 0;
};

/// Builds families beside the county's, among the same schools, providers, teams and workers, with numbers of their
/// own. More than `children` of them: the caller chooses who comes.
/// @param issuer goes on where the last newcomers' numbers end
County build_newcomers(const Scale& scale, const County& county, std::size_t children, int night,
                       const TakenNumbers& taken, IdentifierIssuer& issuer);

/// Gives families (indices) of `newcomers` that can come as they are: children without seal and without care, one of
/// them known to a system. As many as have `children` children, or all.
/// @param known who is known to any system that the newcomers can show up in
std::vector<std::uint32_t> choose_families(const County& newcomers, std::size_t children,
                                           const std::set<PersonIndex>& known, Random& random);

}  // namespace simulate
