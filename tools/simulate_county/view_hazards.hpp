#pragma once

#include <string_view>
#include <vector>

#include "simulate_county/county.hpp"
#include "simulate_county/random.hpp"
#include "simulate_county/system_view.hpp"

namespace simulate {

/// Tells whether a child's record counts in the base that a hazard's rate is a share of: records that have an NHS
/// number, records with an address, and so on; all records for hazards without a base of their own.
bool in_base(Hazard hazard, const County& county, std::string_view system, const PersonView& view);

/// Adds the hazards that a system makes itself (dummy and shared numbers, name order, 1900 dates, ...), each to
/// `max(2, rate x records in_base)` records over all systems, as far as there are such that can bear it.
void add_view_hazards(const County& county, std::vector<SystemView>& views, const Random& random);

/// Lists the members of every seal in the fostering_adoption view and marks the birth identity's copies it leaves out.
void seal_views(const County& county, std::vector<SystemView>& views, const Random& random);

}  // namespace simulate
