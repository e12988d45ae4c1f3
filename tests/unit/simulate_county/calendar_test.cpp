#include "simulate_county/calendar.hpp"

#include <gtest/gtest.h>

#include "simulate_county/random.hpp"

namespace simulate {
namespace {

TEST(Calendar, CountsFromTheYear2000) {
    EXPECT_EQ(to_day(2000, 1, 1), 0);
    EXPECT_EQ(to_day(2026, 3, 31), kToday);
    EXPECT_EQ(to_day(1999, 12, 31), -1);
}

TEST(Calendar, ConvertsEveryDayThereAndBack) {
    for (Day day = -40000; day < 20000; ++day) {
        const CivilDay civil = to_civil(day);
        ASSERT_EQ(to_day(civil.year, civil.month, civil.day), day);
    }
}

TEST(Calendar, KnowsWeekdays) {
    EXPECT_EQ(weekday(to_day(2026, 3, 31)), 1);  // a Tuesday
    EXPECT_EQ(to_working_day(to_day(2026, 3, 28)), to_day(2026, 3, 30));
    EXPECT_EQ(weekday(-1), 4);  // Friday, 31 December 1999
}

TEST(Calendar, CountsYearsOfAgeUpToTheBirthday) {
    const Day birth = to_day(2010, 5, 20);
    EXPECT_EQ(age_on(birth, to_day(2026, 5, 19)), 15);
    EXPECT_EQ(age_on(birth, to_day(2026, 5, 20)), 16);
    EXPECT_EQ(birthday(to_day(2012, 2, 29), 1), to_day(2013, 3, 1));
}

TEST(Calendar, WritesForms) {
    EXPECT_EQ(format_day(to_day(2009, 7, 4), "%d/%m/%y %b %B"), "04/07/09 Jul July");
    EXPECT_EQ(format_moment(at(0, 9, 5)), "2000-01-01 09:05:00");
    EXPECT_EQ(format_moment(at(-1, 23, 59)), "1999-12-31 23:59:00");
}

TEST(RandomStream, DependsOnSeedAndNameOnly) {
    Random first(7, "a");
    Random again(7, "a");
    Random other(7, "b");
    Random seed(8, "a");
    const std::uint64_t value = first.next();
    EXPECT_EQ(value, again.next());
    EXPECT_NE(value, other.next());
    EXPECT_NE(value, seed.next());
    // A stream does not move when its parent draws.
    EXPECT_EQ(first.stream("x", 3).next(), again.stream("x", 3).next());
    again.next();
    EXPECT_EQ(first.stream("x", 3).next(), again.stream("x", 3).next());
    EXPECT_NE(first.stream("x", 3).next(), first.stream("x", 4).next());
}

TEST(RandomStream, DrawsWithinBoundsAndEvenly) {
    Random random(1, "bounds");
    std::array<int, 6> faces{};
    for (int i = 0; i < 60000; ++i) ++faces[static_cast<std::size_t>(random.between(1, 6) - 1)];
    for (const int count : faces) EXPECT_NEAR(count, 10000, 500);
    double sum = 0;
    for (int i = 0; i < 20000; ++i) sum += random.count(2.5);
    EXPECT_NEAR(sum / 20000, 2.5, 0.06);
}

}  // namespace
}  // namespace simulate
