#pragma once

#include "simulate_county/builder.hpp"

namespace simulate {

/// Puts a placement into an identity's residences for [from, to), cutting what was there.
void insert_residence(Identity& identity, Residence residence);

/// Adds the assessment, and by chance enquiry, plans and reviews, to a need episode that began.
NeedEpisode draw_need_episode(const Builder& builder, Day referred, Random& random);

/// Fills statuses, placements, reviews, visits, health assessments, education plans and missing episodes of a care
/// period whose dates are set, and puts the placements into the child's residences.
/// @param first_type SSDA903 placement type to begin with, "" to draw one by age.
void fill_care_period(Builder& builder, Person& child, CarePeriod& care, std::string_view first_type, Random& random);

/// Draws 2 or more days: `first` days after `from`, then every `step` days (varied a little), before `to` and today.
std::vector<Day> regular_days(Day from, Day to, int first, int step, Random& random);

}  // namespace simulate
