#include "normalise/dates.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <random>
#include <string>

#include "core/error.hpp"

namespace caseweave {
namespace {

std::string outcome(const Parsed<Date>& parsed) {
    return parsed ? to_string(*parsed) : std::string(to_string(parsed.issue()));
}
std::string date(std::string_view text, const std::vector<std::string>& forms) {
    return outcome(parse_date(text, compile_date_forms(forms)));
}
std::string partial(std::string_view text, const std::vector<std::string>& forms) {
    return outcome(parse_partial_date(text, compile_date_forms(forms)));
}

TEST(DateForm, ReadsTheFormsOfLegacySystems) {
    EXPECT_EQ(date("2015-03-27", {"%Y-%m-%d"}), "2015-03-27");
    EXPECT_EQ(date("27/03/2015", {"%d/%m/%Y"}), "2015-03-27");
    EXPECT_EQ(date("7/3/2015", {"%d/%m/%Y"}), "2015-03-07");
    EXPECT_EQ(date("27032015", {"%d%m%Y"}), "2015-03-27");
    EXPECT_EQ(date("20150327", {"%Y%m%d"}), "2015-03-27");
    EXPECT_EQ(date("27-Mar-2015", {"%d-%b-%Y"}), "2015-03-27");
    EXPECT_EQ(date("27 march 2015", {"%d %b %Y"}), "2015-03-27");
    EXPECT_EQ(date("27 SEPTEMBER 2015", {"%d %b %Y"}), "2015-09-27");
    EXPECT_EQ(date("27.03.2015", {"%d/%m/%Y", "%d.%m.%Y"}), "2015-03-27") << "the second form";
}

TEST(DateForm, TakesATrailingTime) {
    for (const char* text : {"2015-03-27 00:00:00", "2015-03-27T10:15:00", "2015-03-27T10:15:00.000Z",
                             "2015-03-27T10:15:00+00:00", "2015-03-27 10:15"})
        EXPECT_EQ(date(text, {"%Y-%m-%d"}), "2015-03-27") << text;
    for (const char* text : {"2015-03-27 25:00:00", "2015-03-27T", "2015-03-27 later", "2015-03-27 10:15:00 BST"})
        EXPECT_EQ(date(text, {"%Y-%m-%d"}), "impossible_date") << text;
}

TEST(DateForm, RefusesWhatTheFormDoesNotSay) {
    for (const char* text : {"", "27/03/15", "2015-03-27", "27/03/2015x", "a7/03/2015", "27/13/2015", "31/04/2015",
                             "00/03/2015", "27/00/2015", "27//2015", "27 03 2015"})
        EXPECT_EQ(date(text, {"%d/%m/%Y"}), "impossible_date") << text;
    EXPECT_EQ(date("27 Marz 2015", {"%d %b %Y"}), "impossible_date");
    EXPECT_EQ(date("27 Ma 2015", {"%d %b %Y"}), "impossible_date");
    EXPECT_EQ(date("2015-03-27", {}), "impossible_date") << "no form at all";
}

TEST(DateForm, WithoutSeparatorsEachPartHasItsWholeWidth) {
    for (const char* text : {"2015041", "201541", "2015411", "20150", "2015", "201504010"})
        EXPECT_EQ(date(text, {"%Y%m%d"}), "impossible_date") << text;
    for (const char* text : {"1042015", "142015"}) EXPECT_EQ(date(text, {"%d%m%Y"}), "impossible_date") << text;
    EXPECT_EQ(date("20150401 10:15", {"%Y%m%d"}), "2015-04-01");
}

TEST(DateForm, TwentyNinthOfFebruaryIsOnlyInLeapYears) {
    EXPECT_EQ(date("29/02/2016", {"%d/%m/%Y"}), "2016-02-29");
    EXPECT_EQ(date("29/02/2000", {"%d/%m/%Y"}), "2000-02-29");
    EXPECT_EQ(date("29/02/2015", {"%d/%m/%Y"}), "impossible_date");
    EXPECT_EQ(date("29/02/2100", {"%d/%m/%Y"}), "impossible_date");
}

TEST(DateForm, AnUnknownLetterIsASettingsError) {
    EXPECT_THROW(DateForm("%d/%m/%y"), Error) << "a two-digit year of a child is a guess";
    EXPECT_THROW(DateForm("%Q"), Error);
    EXPECT_NO_THROW(DateForm("%d/%m/%Y %H:%M:%S"));
}

TEST(Placeholder, DatesThatStandForNothingAreImplausible) {
    for (const char* text : {"1900-01-01", "1899-12-30", "1753-01-01", "9999-12-31", "0001-01-01", "2101-01-01"})
        EXPECT_EQ(date(text, {"%Y-%m-%d"}), "implausible_date") << text;
    EXPECT_EQ(date("1900-01-02", {"%Y-%m-%d"}), "1900-01-02");
    EXPECT_EQ(date("2100-12-31", {"%Y-%m-%d"}), "2100-12-31");
}

TEST(PartialDate, KeepsThePrecisionThatTheTextHas) {
    EXPECT_EQ(partial("03/2015", {"%d/%m/%Y", "%m/%Y"}), "2015-03");
    EXPECT_EQ(partial("2015", {"%Y-%m-%d", "%Y"}), "2015");
    EXPECT_EQ(partial("2015-03-27", {"%Y-%m-%d", "%Y"}), "2015-03-27");
    EXPECT_EQ(date("03/2015", {"%m/%Y"}), "impossible_date") << "a day is needed where the field says date";
}

TEST(DateParts, FallBackToMonthAndYear) {
    EXPECT_EQ(outcome(parse_date_parts("27", "3", "2015")), "2015-03-27");
    EXPECT_EQ(outcome(parse_date_parts("", "03", "2015")), "2015-03");
    EXPECT_EQ(outcome(parse_date_parts("0", "3", "2015")), "2015-03");
    EXPECT_EQ(outcome(parse_date_parts("", "", "2015")), "2015");
    EXPECT_EQ(outcome(parse_date_parts("29", "2", "2015")), "impossible_date");
    EXPECT_EQ(outcome(parse_date_parts("27", "", "2015")), "impossible_date") << "a day without a month";
    EXPECT_EQ(outcome(parse_date_parts("27", "3", "")), "impossible_date");
    EXPECT_EQ(outcome(parse_date_parts("27", "3", "15")), "implausible_date");
    EXPECT_EQ(outcome(parse_date_parts("27", "13", "2015")), "impossible_date");
    EXPECT_EQ(outcome(parse_date_parts("x", "3", "2015")), "impossible_date");
    EXPECT_EQ(outcome(parse_date_parts("1", "1", "1900")), "implausible_date");
}

std::string timestamp(std::string_view text, const std::vector<std::string>& forms) {
    const auto parsed = parse_timestamp(text, compile_date_forms(forms));
    if (!parsed) return std::string(to_string(parsed.issue()));
    constexpr std::int64_t kDay = 86'400'000'000;
    const std::int64_t in_day = ((parsed->microseconds % kDay) + kDay) % kDay;
    Date day;
    day.days = static_cast<std::int32_t>((parsed->microseconds - in_day) / kDay);
    char clock[32];
    std::snprintf(clock, sizeof clock, " %02d:%02d:%09.6f", static_cast<int>(in_day / 3'600'000'000),
                  static_cast<int>(in_day / 60'000'000 % 60), static_cast<double>(in_day % 60'000'000) / 1e6);
    return to_string(day) + clock;
}

TEST(TimestampText, ReadsWallClocks) {
    EXPECT_EQ(timestamp("2015-03-27 10:15:30", {"%Y-%m-%d %H:%M:%S"}), "2015-03-27 10:15:30.000000");
    EXPECT_EQ(timestamp("2015-03-27T10:15:30.25Z", {"%Y-%m-%d"}), "2015-03-27 10:15:30.250000");
    EXPECT_EQ(timestamp("27/03/2015 23:59", {"%d/%m/%Y %H:%M"}), "2015-03-27 23:59:00.000000");
    EXPECT_EQ(timestamp("27/03/2015", {"%d/%m/%Y"}), "2015-03-27 00:00:00.000000");
    for (const char* offset : {"Z", "+01:00", "+0100", "+01", "-11:30", "+14:00"})
        EXPECT_EQ(timestamp("2015-06-27T00:15:30" + std::string(offset), {"%Y-%m-%d"}), "2015-06-27 00:15:30.000000")
            << offset << ": the clock as it stood";
    for (const char* offset : {"+1", "+15:00", "+01:60", "+01:0", "+01:00x", "01:00", "+", "+01:"})
        EXPECT_EQ(timestamp("2015-06-27T00:15:30" + std::string(offset), {"%Y-%m-%d"}), "impossible_date") << offset;
    EXPECT_EQ(timestamp("1999-12-31 23:59:59", {"%Y-%m-%d"}), "1999-12-31 23:59:59.000000") << "before the epoch";
    EXPECT_EQ(timestamp("03/2015", {"%m/%Y"}), "impossible_date");
    EXPECT_EQ(timestamp("2015-03-27 24:00:00", {"%Y-%m-%d %H:%M:%S"}), "impossible_date");
    EXPECT_EQ(timestamp("1900-01-01 10:00:00", {"%Y-%m-%d"}), "implausible_date");
}

TEST(DateForm, MatchesAsLetterByLetter) {
    const auto as_text = [](bool matched, const DateForm::Reading& r) {
        return !matched ? std::string("no")
                        : fmt::format("{} {} {} {} {} {} {} {}{}{}", r.year, r.month, r.day, r.hour, r.minute, r.second,
                                      r.microsecond, r.has_month, r.has_day, r.has_time);
    };
    std::mt19937 random(1);
    unsigned matched = 0, days_matched = 0;
    for (const char* const form_text : {"%Y-%m-%d", "%d/%m/%Y", "%Y%m%d", "%d%m%Y", "%Y%m%d%H%M%S", "%Y-%m-%dT%H:%M:%S",
                                        "%d/%m/%Y %H:%M", "%m/%Y", "%Y", "%Y1%d", "%d %d", "%d %b %Y", "%", ""}) {
        const DateForm form(form_text);
        for (int i = 0; i < 5000; ++i) {
            std::string text;
            for (const char* c = form_text; *c != '\0'; ++c) {
                if (*c != '%') {
                    text += *c;
                    continue;
                }
                ++c;
                for (int digits = *c == 'Y' ? 4 : 2; digits > 0; --digits)
                    text += static_cast<char>('0' + random() % 10);
                if (*c == '\0') break;
            }
            if (!text.empty() && random() % 2 == 0) text[random() % text.size()] = "0 -/:T.Z+\xB2\xFF"[random() % 11];
            if (!text.empty() && random() % 8 == 0) text.erase(random() % text.size(), 1);
            if (random() % 8 == 0) text += " 10:15";
            DateForm::Reading fast, slow;
            const bool fast_matched = form.match(text, fast);
            const bool slow_matched = form.match_by_letters(text, slow);
            ASSERT_EQ(as_text(fast_matched, fast), as_text(slow_matched, slow)) << form_text << ' ' << text;
            matched += slow_matched ? 1 : 0;
            DateForm::Reading day;
            if (!form.match_day(text, day.year, day.month, day.day)) continue;
            day.has_month = day.has_day = true;
            ASSERT_EQ(as_text(true, day), as_text(slow_matched, slow)) << form_text << ' ' << text;
            ++days_matched;
        }
    }
    EXPECT_GT(matched, 10'000U);
    EXPECT_GT(days_matched, 5'000U);
}

// Against the calendar itself: the table of months, and what lies around it.
TEST(DateParts, AreCheckedAsTheCalendarSays) {
    const unsigned seed = 20260331;
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 100'000; ++round) {
        const int year =
            round % 4 == 0 ? static_cast<int>(random() % 9999) + 1 : 1897 + static_cast<int>(random() % 207);
        const auto month = static_cast<unsigned>(1 + random() % 13);
        const auto day = static_cast<unsigned>(1 + random() % 32);
        std::string expected = "impossible_date";
        if (is_calendar_date(year, month, day)) {
            const bool placeholder = year < 1900 || year > 2100 || (year == 1900 && month == 1 && day == 1);
            expected = placeholder ? "implausible_date" : to_string(to_date(year, month, day));
        }
        const auto parsed = parse_date_parts(std::to_string(day), std::to_string(month), std::to_string(year));
        ASSERT_EQ(outcome(parsed), expected) << year << ' ' << month << ' ' << day;
    }
}

// The slow way to every day of two centuries, in every form a connector uses.
TEST(DateForm, ReadsEveryDayInEveryForm) {
    const auto forms = compile_date_forms({"%d/%m/%Y", "%Y-%m-%d", "%d %b %Y"});
    constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    for (Date expected = to_date(1900, 1, 2); expected.days <= to_date(2100, 12, 31).days; ++expected.days) {
        const CivilDate civil = to_civil(expected);
        char texts[3][40];
        std::snprintf(texts[0], sizeof texts[0], "%02u/%02u/%04d", civil.day, civil.month, civil.year);
        std::snprintf(texts[1], sizeof texts[1], "%04d-%02u-%02u", civil.year, civil.month, civil.day);
        std::snprintf(texts[2], sizeof texts[2], "%u %s %04d", civil.day, kMonths[civil.month - 1], civil.year);
        for (const char* text : texts) {
            const auto parsed = parse_date(text, forms);
            ASSERT_TRUE(parsed.has_value()) << text;
            ASSERT_EQ(*parsed, expected) << text;
        }
    }
}

TEST(DateForm, TellsADateThatIsWrittenOtherwiseFromAWrongOne) {
    const auto otherwise = [](std::string_view text, const std::vector<std::string>& forms) {
        return is_date_in_other_form(text, compile_date_forms(forms));
    };
    const std::vector<std::string> here = {"%d/%m/%Y"};
    for (const char* text : {"2014-03-28", "2014-03-28 00:00:00", "28-03-2014", "28.03.2014", "2014/03/28", "20140328",
                             "28032014", "28 Mar 2014", "28-MAR-2014"})
        EXPECT_TRUE(otherwise(text, here)) << text;
    EXPECT_TRUE(otherwise("28/03/2014", {"%Y-%m-%d"}));
    for (const char* text : {"31/02/2014", "2014-02-31", "28/03/14", "03/28/2014", "1900-01-01", "unsure", "12345", ""})
        EXPECT_FALSE(otherwise(text, here)) << text;
    EXPECT_FALSE(otherwise("28/03/2014", here));
}

}  // namespace
}  // namespace caseweave
