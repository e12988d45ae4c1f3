#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace caseweave {

/// Says how exactly a date is known.
enum class DatePrecision : std::uint8_t { day, month, year };

/// Names the precision as stored ("day", "month", "year").
std::string_view to_string(DatePrecision precision) noexcept;

/// Holds a calendar date of the proleptic Gregorian calendar as days since 2000-01-01 (PostgreSQL's epoch).
///
/// Month precision stands at the 1st of the month, year precision at 1 January.
struct Date {
    std::int32_t days = 0;
    DatePrecision precision = DatePrecision::day;
    bool estimated = false;  ///< the source says so, or it is an expected date

    constexpr auto operator<=>(const Date&) const noexcept = default;
};
static_assert(sizeof(Date) == 8);

struct CivilDate {
    int year;
    unsigned month;
    unsigned day;
};

/// Tells whether the three make a date of the calendar (year 1 to 9999).
bool is_calendar_date(int year, unsigned month, unsigned day) noexcept;
/// Converts; the date must satisfy is_calendar_date. Source: H. Hinnant, days_from_civil.
Date to_date(int year, unsigned month, unsigned day) noexcept;
CivilDate to_civil(Date date) noexcept;
/// Gives the last day a date may stand for, as days since 2000-01-01: of its month or year where no more is known.
std::int32_t last_day(Date date) noexcept;
/// Writes "2015-03-27", "2015-03" or "2015" by precision.
std::string to_string(Date date);

/// Microseconds since 2000-01-01 00:00 as a local wall-clock reading (PostgreSQL `timestamp`).
struct Timestamp {
    std::int64_t microseconds = 0;
    constexpr auto operator<=>(const Timestamp&) const noexcept = default;
};

}  // namespace caseweave
