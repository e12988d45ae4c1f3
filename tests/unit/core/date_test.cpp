#include "core/date.hpp"

#include <gtest/gtest.h>

#include <array>

namespace caseweave {
namespace {

// The obvious calendar: counts one day after the other.
struct SlowCalendar {
    int year;
    unsigned month = 1;
    unsigned day = 1;

    static bool is_leap(int year) { return year % 400 == 0 || (year % 4 == 0 && year % 100 != 0); }
    static unsigned days_of(int year, unsigned month) {
        constexpr std::array<unsigned, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        return month == 2 && is_leap(year) ? 29 : kDays[month - 1];
    }
    void next() {
        if (day < days_of(year, month)) {
            ++day;
            return;
        }
        day = 1;
        month = month == 12 ? 1 : month + 1;
        if (month == 1) ++year;
    }
};

TEST(Date, RoundTripsEveryDayOfTwoCenturies) {
    // 2000-01-01 is day 0; 1900-01-01 is 100 years of 365 days and 24 leap days before (1900 is none).
    std::int32_t expected = -(100 * 365 + 24);
    for (SlowCalendar slow{1900}; slow.year <= 2100; slow.next(), ++expected) {
        const Date date = to_date(slow.year, slow.month, slow.day);
        ASSERT_EQ(date.days, expected) << slow.year << '-' << slow.month << '-' << slow.day;
        const CivilDate back = to_civil(date);
        ASSERT_EQ(back.year, slow.year);
        ASSERT_EQ(back.month, slow.month);
        ASSERT_EQ(back.day, slow.day);
    }
    EXPECT_EQ(expected, to_date(2101, 1, 1).days);
}

TEST(Date, KnowsTheCalendar) {
    for (int year = 1900; year <= 2100; ++year) {
        for (unsigned month = 0; month <= 13; ++month) {
            for (unsigned day = 0; day <= 32; ++day) {
                const bool exists = month >= 1 && month <= 12 && day >= 1 && day <= SlowCalendar::days_of(year, month);
                ASSERT_EQ(is_calendar_date(year, month, day), exists) << year << '-' << month << '-' << day;
            }
        }
    }
    EXPECT_FALSE(is_calendar_date(0, 1, 1));
    EXPECT_TRUE(is_calendar_date(1, 1, 1));
    EXPECT_TRUE(is_calendar_date(9999, 12, 31));
    EXPECT_FALSE(is_calendar_date(10000, 1, 1));
}

TEST(Date, RoundTripsTheEdgesOfItsRange) {
    for (const auto& [year, month, day] :
         {std::tuple{1, 1U, 1U}, std::tuple{4, 2U, 29U}, std::tuple{1600, 2U, 29U}, std::tuple{9999, 12U, 31U}}) {
        const CivilDate back = to_civil(to_date(year, month, day));
        EXPECT_EQ(std::tuple(back.year, back.month, back.day), std::tuple(year, month, day));
    }
}

TEST(Date, WritesWhatItsPrecisionKnows) {
    Date date = to_date(2015, 3, 7);
    EXPECT_EQ(to_string(date), "2015-03-07");
    date.precision = DatePrecision::month;
    EXPECT_EQ(to_string(date), "2015-03");
    date.precision = DatePrecision::year;
    EXPECT_EQ(to_string(date), "2015");
    EXPECT_EQ(to_string(to_date(33, 1, 2)), "0033-01-02");
}

TEST(Date, NamesItsPrecisions) {
    EXPECT_EQ(to_string(DatePrecision::day), "day");
    EXPECT_EQ(to_string(DatePrecision::month), "month");
    EXPECT_EQ(to_string(DatePrecision::year), "year");
}

TEST(Date, DiffersByPrecisionAndEstimation) {
    const Date exact = to_date(2015, 1, 1);
    Date vague = exact;
    vague.precision = DatePrecision::year;
    EXPECT_NE(exact, vague);
    Date estimated = exact;
    estimated.estimated = true;
    EXPECT_NE(exact, estimated);
}

TEST(Date, ADateStandsForAllDaysOfWhatIsKnown) {
    const auto last = [](int year, unsigned month, unsigned day, DatePrecision precision) {
        Date date = to_date(year, month, day);
        date.precision = precision;
        return to_string(Date{last_day(date)});
    };
    EXPECT_EQ(last(2015, 3, 27, DatePrecision::day), "2015-03-27");
    EXPECT_EQ(last(2015, 3, 1, DatePrecision::month), "2015-03-31");
    EXPECT_EQ(last(2016, 2, 1, DatePrecision::month), "2016-02-29");
    EXPECT_EQ(last(1999, 12, 1, DatePrecision::month), "1999-12-31");
    EXPECT_EQ(last(1999, 1, 1, DatePrecision::year), "1999-12-31");
}

}  // namespace
}  // namespace caseweave
