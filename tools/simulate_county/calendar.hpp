#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace simulate {

/// Counts days since 2000-01-01; negative before.
using Day = std::int32_t;

/// Counts minutes since 2000-01-01 00:00, local wall clock.
using Moment = std::int64_t;

/// Marks a span that has not ended.
inline constexpr Day kOpen = 1'000'000;

struct CivilDay {
    int year;
    int month;  ///< 1 to 12
    int day;    ///< 1 to 31
};

/// Converts a calendar date; month 1 to 12. Source: H. Hinnant, days_from_civil.
Day to_day(int year, int month, int day);
CivilDay to_civil(Day day);

/// Gives 0 for Monday to 6 for Sunday.
int weekday(Day day);

/// Moves to the next Monday to Friday, or stays.
Day to_working_day(Day day);

/// Counts completed years between a birth and a day.
int age_on(Day birth, Day day);

/// Gives the day of the `years`-th birthday (1 March for 29 February in other years).
Day birthday(Day birth, int years);

/// Gives the calendar year whose September starts the school year that holds `day`.
int school_year(Day day);

/// Writes a day: %Y %m %d %y %b (Jan) %B (January) %H %M %S; other characters stand for themselves.
std::string format_day(Day day, std::string_view form = "%Y-%m-%d");

/// Writes a moment; seconds are always 00 and the default form is "%Y-%m-%d %H:%M:%S".
std::string format_moment(Moment moment, std::string_view form = "%Y-%m-%d %H:%M:%S");

/// Puts a time of day on a day.
constexpr Moment at(Day day, int hour = 0, int minute = 0) {
    return static_cast<Moment>(day) * 1440 + hour * 60 + minute;
}

/// The simulation's today: 2026-03-31.
inline constexpr Day kToday = 9586;

}  // namespace simulate
