#include "core/date.hpp"

#include <fmt/core.h>

namespace caseweave {

std::string_view to_string(DatePrecision precision) noexcept {
    switch (precision) {
        case DatePrecision::day:
            return "day";
        case DatePrecision::month:
            return "month";
        case DatePrecision::year:
            return "year";
    }
    return "day";
}

CivilDate to_civil(Date date) noexcept {
    const int z = date.days + kDaysFromEraTo2000;
    const int era = (z >= 0 ? z : z - 146096) / 146097;
    const auto day_of_era = static_cast<unsigned>(z - era * 146097);
    const unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const unsigned shifted_month = (5 * day_of_year + 2) / 153;
    const unsigned month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    return {static_cast<int>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0), month,
            day_of_year - (153 * shifted_month + 2) / 5 + 1};
}

std::int32_t last_day(Date date) noexcept {
    const CivilDate civil = to_civil(date);
    switch (date.precision) {
        case DatePrecision::year:
            return to_date(civil.year, 12, 31).days;
        case DatePrecision::month:
            return to_date(civil.year + (civil.month == 12 ? 1 : 0), civil.month % 12 + 1, 1).days - 1;
        case DatePrecision::day:
            break;
    }
    return date.days;
}

std::string to_string(Date date) {
    const CivilDate civil = to_civil(date);
    switch (date.precision) {
        case DatePrecision::year:
            return fmt::format("{:04}", civil.year);
        case DatePrecision::month:
            return fmt::format("{:04}-{:02}", civil.year, civil.month);
        case DatePrecision::day:
            break;
    }
    return fmt::format("{:04}-{:02}-{:02}", civil.year, civil.month, civil.day);
}

}  // namespace caseweave
