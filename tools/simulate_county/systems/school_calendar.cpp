#include "simulate_county/systems/school_calendar.hpp"

#include <algorithm>

namespace simulate {
namespace {

/// Gives the first Monday on or after a day.
Day monday_from(Day day) {
    return day + (7 - weekday(day)) % 7;
}

/// Gives the last Friday on or before a day.
Day friday_until(Day day) {
    return day - (weekday(day) + 3) % 7;
}

}  // namespace

int SchoolPeriod::sessions_within(Day first, Day last) const {
    int sessions = 0;
    for (Day day = std::max(from, first); day <= std::min(to, last); ++day) {
        if (weekday(day) < 5) sessions += 2;
    }
    return sessions;
}

std::array<SchoolPeriod, 6> half_terms(int year) {
    return {SchoolPeriod{to_working_day(to_day(year, 9, 2)), friday_until(to_day(year, 10, 24))},
            SchoolPeriod{monday_from(to_day(year, 11, 2)), friday_until(to_day(year, 12, 20))},
            SchoolPeriod{monday_from(to_day(year + 1, 1, 4)), friday_until(to_day(year + 1, 2, 14))},
            SchoolPeriod{monday_from(to_day(year + 1, 2, 21)), friday_until(to_day(year + 1, 3, 30))},
            SchoolPeriod{monday_from(to_day(year + 1, 4, 13)), friday_until(to_day(year + 1, 5, 23))},
            SchoolPeriod{monday_from(to_day(year + 1, 6, 1)), friday_until(to_day(year + 1, 7, 22))}};
}

std::vector<SchoolPeriod> school_weeks(int year) {
    std::vector<SchoolPeriod> weeks;
    for (const SchoolPeriod& half_term : half_terms(year)) {
        for (Day monday = half_term.from - weekday(half_term.from); monday <= half_term.to; monday += 7) {
            weeks.push_back({std::max(monday, half_term.from), monday + 4});
        }
    }
    return weeks;
}

std::string academic_year(int year) {
    const std::string next = std::to_string(year + 1);
    return std::to_string(year) + "/" + next.substr(next.size() - 2);
}

int curriculum_year_on(int entry_year, Day entered, Day day) {
    return std::min(14, entry_year + std::max(0, school_year(day) - school_year(entered)));
}

}  // namespace simulate
