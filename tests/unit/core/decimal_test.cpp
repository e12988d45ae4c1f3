#include "core/decimal.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <random>
#include <string>

namespace caseweave {
namespace {

std::int64_t hundredths(std::string_view text) {
    const auto parsed = parse_decimal(text);
    EXPECT_TRUE(parsed.has_value()) << text;
    return parsed ? parsed->hundredths : std::numeric_limits<std::int64_t>::min();
}

TEST(Decimal, ReadsTheFormsThatLedgersWrite) {
    EXPECT_EQ(hundredths("0"), 0);
    EXPECT_EQ(hundredths("12"), 1200);
    EXPECT_EQ(hundredths("12.5"), 1250);
    EXPECT_EQ(hundredths("12.50"), 1250);
    EXPECT_EQ(hundredths("12."), 1200);
    EXPECT_EQ(hundredths(".5"), 50);
    EXPECT_EQ(hundredths("-1,234.50"), -123450);
    EXPECT_EQ(hundredths("+7"), 700);
    EXPECT_EQ(hundredths("\u00a312"), 1200);
    EXPECT_EQ(hundredths("-\u00a312.01"), -1201);
    EXPECT_EQ(hundredths("1,234,567"), 123456700);
    EXPECT_EQ(hundredths("3.1400"), 314) << "trailing zeros say nothing more";
}

TEST(Decimal, RoundsNothingAway) {
    const auto parsed = parse_decimal("12.345");
    ASSERT_FALSE(parsed.has_value());
    EXPECT_EQ(parsed.issue(), IssueRule::not_a_number);
}

TEST(Decimal, RefusesWhatIsNoNumber) {
    for (const char* text : {"", "-", ".", "\u00a3", ",5", "1.2.3", "1.2,3", "--1", "1e3", "12 GBP", "nan", "1 2"}) {
        const auto parsed = parse_decimal(text);
        ASSERT_FALSE(parsed.has_value()) << text;
        EXPECT_EQ(parsed.issue(), IssueRule::not_a_number) << text;
    }
}

TEST(Decimal, RefusesWhatDoesNotFit) {
    for (const char* text : {"95000000000000000", "99999999999999999", "99999999999999999999", "123456789012345678.99",
                             "900000000000000000"}) {
        const auto parsed = parse_decimal(text);
        ASSERT_FALSE(parsed.has_value()) << text;
        EXPECT_EQ(parsed.issue(), IssueRule::out_of_range) << text;
    }
    EXPECT_EQ(hundredths("90000000000000000"), 9'000'000'000'000'000'000);
    EXPECT_EQ(hundredths("10000000000024246.00"), 1'000'000'000'002'424'600) << "the same bound with decimals";
}

// A sign leads past the short way that unsigned amounts in pounds and pence take.
TEST(Decimal, ReadsTheShortWayWhatItReadsTheLongWay) {
    std::mt19937 random(1);
    unsigned numbers = 0;
    for (int i = 0; i < 50'000; ++i) {
        std::string text;
        const std::size_t size = 1 + random() % 20;
        for (std::size_t at = 0; at < size; ++at) text += static_cast<char>('0' + random() % 10);
        if (size > 3 && random() % 4 != 0) text[size - 3] = '.';
        if (random() % 4 == 0) text[random() % size] = ".,x-\xC2"[random() % 5];
        if (text.front() == '-') continue;
        const auto parsed = parse_decimal(text);
        const auto slow = parse_decimal("+" + text);
        ASSERT_EQ(parsed.has_value(), slow.has_value()) << text;
        if (!parsed) {
            ASSERT_EQ(parsed.issue(), slow.issue()) << text;
            continue;
        }
        ASSERT_EQ(parsed->hundredths, slow->hundredths) << text;
        ++numbers;
    }
    EXPECT_GT(numbers, 10'000U);
}

TEST(Decimal, RoundTripsThroughItsText) {
    constexpr unsigned kSeed = 20260301;
    SCOPED_TRACE(kSeed);
    std::mt19937_64 random(kSeed);
    std::uniform_int_distribution<std::int64_t> amounts(-1'000'000'000'000, 1'000'000'000'000);
    for (int i = 0; i < 20'000; ++i) {
        const Decimal value{amounts(random)};
        ASSERT_EQ(hundredths(to_string(value)), value.hundredths) << to_string(value);
    }
    EXPECT_EQ(to_string(Decimal{-5}), "-0.05");
    EXPECT_EQ(to_string(Decimal{0}), "0.00");
    EXPECT_EQ(to_string(Decimal{std::numeric_limits<std::int64_t>::min()}), "-92233720368547758.08");
}

}  // namespace
}  // namespace caseweave
