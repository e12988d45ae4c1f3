#pragma once

#include <array>
#include <string>
#include <vector>

#include "simulate_county/calendar.hpp"

namespace simulate {

/// Spans of days in which schools are open, Monday to Friday, both ends included.
struct SchoolPeriod {
    Day from = 0;
    Day to = 0;
    /// Counts the half-day sessions of the days that fall into [first, last].
    int sessions_within(Day first, Day last) const;
};

/// Gives the six half terms of the school year that begins in September of `year`.
std::array<SchoolPeriod, 6> half_terms(int year);

/// Gives the weeks of that school year in which schools are open, Monday to Friday.
std::vector<SchoolPeriod> school_weeks(int year);

/// Names the school year: "2025/26".
std::string academic_year(int year);

/// Gives the national curriculum year a pupil is in on a day, at most 14; 0 is reception.
int curriculum_year_on(int entry_year, Day entered, Day day);

}  // namespace simulate
