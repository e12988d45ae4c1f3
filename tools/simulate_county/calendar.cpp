#include "simulate_county/calendar.hpp"

#include <array>
#include <cstdio>

namespace simulate {
namespace {

constexpr Day kDaysFrom1970To2000 = 10957;
constexpr std::array<const char*, 12> kMonths = {"January", "February", "March",     "April",   "May",      "June",
                                                 "July",    "August",   "September", "October", "November", "December"};

void append_number(std::string& out, int value, int digits) {
    std::array<char, 16> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%0*d", digits, value);
    out += buffer.data();
}

std::string format_parts(CivilDay date, int minute_of_day, std::string_view form) {
    std::string out;
    for (std::size_t i = 0; i < form.size(); ++i) {
        if (form[i] != '%' || i + 1 == form.size()) {
            out += form[i];
            continue;
        }
        const auto month = static_cast<std::size_t>((date.month + 11) % 12);
        switch (form[++i]) {
            case 'Y':
                append_number(out, date.year, 4);
                break;
            case 'y':
                append_number(out, date.year % 100, 2);
                break;
            case 'm':
                append_number(out, date.month, 2);
                break;
            case 'd':
                append_number(out, date.day, 2);
                break;
            case 'b':
                out.append(kMonths[month], 3);
                break;
            case 'B':
                out += kMonths[month];
                break;
            case 'H':
                append_number(out, minute_of_day / 60, 2);
                break;
            case 'M':
                append_number(out, minute_of_day % 60, 2);
                break;
            case 'S':
                out += "00";
                break;
            default:
                out += form[i];
        }
    }
    return out;
}

}  // namespace

Day to_day(int year, int month, int day) {
    const int y = month <= 2 ? year - 1 : year;
    const int era = (y >= 0 ? y : y - 399) / 400;
    const int year_of_era = y - era * 400;
    const int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468 - kDaysFrom1970To2000;
}

CivilDay to_civil(Day day) {
    const int shifted = day + kDaysFrom1970To2000 + 719468;
    const int era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    const int day_of_era = shifted - era * 146097;
    const int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int month_index = (5 * day_of_year + 2) / 153;
    const int month = month_index < 10 ? month_index + 3 : month_index - 9;
    return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day_of_year - (153 * month_index + 2) / 5 + 1};
}

int weekday(Day day) {
    const int from_saturday = day % 7;  // 2000-01-01 was a Saturday
    return (from_saturday + 7 + 5) % 7;
}

Day to_working_day(Day day) {
    const int name = weekday(day);
    return name < 5 ? day : day + (7 - name);
}

int age_on(Day birth, Day day) {
    const CivilDay born = to_civil(birth);
    const CivilDay then = to_civil(day);
    const bool before = then.month < born.month || (then.month == born.month && then.day < born.day);
    return then.year - born.year - (before ? 1 : 0);
}

Day birthday(Day birth, int years) {
    const CivilDay born = to_civil(birth);
    const Day candidate = to_day(born.year + years, born.month, born.day);
    return candidate;  // 29 February of a common year counts on to 1 March
}

int school_year(Day day) {
    const CivilDay date = to_civil(day);
    return date.month >= 9 ? date.year : date.year - 1;
}

std::string format_day(Day day, std::string_view form) {
    return format_parts(to_civil(day), 0, form);
}

std::string format_moment(Moment moment, std::string_view form) {
    const Moment day = moment >= 0 ? moment / 1440 : (moment - 1439) / 1440;
    return format_parts(to_civil(static_cast<Day>(day)), static_cast<int>(moment - day * 1440), form);
}

}  // namespace simulate
