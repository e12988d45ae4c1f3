#pragma once

#include <vector>

#include "simulate_county/county.hpp"
#include "simulate_county/random.hpp"
#include "simulate_county/system_view.hpp"

namespace simulate {

/// Adds the hazards that a system makes itself (dummy and shared numbers, name order, 1900 dates, ...), each to
/// `max(2, rate x records that could bear it)` records over all systems.
void add_view_hazards(const County& county, std::vector<SystemView>& views, const Random& random);

/// Lists the members of every seal in the fostering_adoption view and marks the birth identity's copies it leaves out.
void seal_views(const County& county, std::vector<SystemView>& views, const Random& random);

}  // namespace simulate
