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

/// Days from 0000-03-01, where the eras of 400 years begin, to 2000-01-01.
inline constexpr std::int32_t kDaysFromEraTo2000 = 730425;

/// Tells whether the three make a date of the calendar (year 1 to 9999).
constexpr bool is_calendar_date(int year, unsigned month, unsigned day) noexcept {
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) return false;
    constexpr std::uint8_t kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (day <= kDays[month - 1]) return true;
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && day == 29 && leap;
}
/// Converts; the date must satisfy is_calendar_date. Source: H. Hinnant, days_from_civil.
constexpr Date to_date(int year, unsigned month, unsigned day) noexcept {
    // Year 0 at the earliest: nothing is negative.
    const unsigned from_march = static_cast<unsigned>(year) - (month <= 2 ? 1 : 0);
    const unsigned day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    const unsigned days = from_march * 365 + from_march / 4 - from_march / 100 + from_march / 400 + day_of_year;
    return {static_cast<std::int32_t>(days) - kDaysFromEraTo2000, DatePrecision::day, false};
}
static_assert(to_date(2000, 1, 1).days == 0 && to_date(1970, 1, 1).days == -10957 && to_date(1, 1, 1).days == -730119);
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
