#include "app/reading/deliveries.hpp"

#include <gtest/gtest.h>

namespace caseweave {
namespace {

TEST(Deliveries, ADayThatHasComeMeanwhileMayMakeARowSound) {
    const Date then = to_date(2026, 3, 31);
    const Date now = to_date(2026, 4, 10);
    for (const char* const value : {"2026-04-01", "01/04/2026", "4/10/2026", "20260401", "01042026", "1.4.2026",
                                    "2026-04-10T08:15:00", "born 2026-04-02"})
        EXPECT_TRUE(may_have_come(value, then, now)) << value;
    // It had come before, is still to come, or never comes.
    for (const char* const value : {"2026-03-31", "31/03/2026", "2026-04-11", "2027-04-01", "31/02/2026", "20260231",
                                    "2015-04-01", "99/99/2026", "not a date"})
        EXPECT_FALSE(may_have_come(value, then, now)) << value;
    // Less than a day, or none that can be told.
    for (const char* const value : {"2026", "04/2026", "//2026", "1 Apr 26", "1 Apr 2026"})
        EXPECT_TRUE(may_have_come(value, then, now)) << value;
    EXPECT_FALSE(may_have_come("1 Apr 2019", then, now));
    EXPECT_FALSE(may_have_come("2026-04-01", then, then));
    EXPECT_FALSE(may_have_come("2026", then, then));
}

}  // namespace
}  // namespace caseweave
