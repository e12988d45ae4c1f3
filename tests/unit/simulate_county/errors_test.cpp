#include "simulate_county/errors.hpp"

#include <gtest/gtest.h>

#include <set>

#include "simulate_county/identifiers.hpp"

namespace simulate {
namespace {

constexpr Slips kSlips{.typing = 0.5, .hearing = 0.3, .reading = 0.2};

TEST(Errors, AlwaysChangeTheText) {
    Random random(5, "errors");
    for (const std::string name : {"Ella", "O'Brien", "Małgorzata", "Li", "Smith-Jones", "Nguyễn", "Aa"}) {
        for (int i = 0; i < 200; ++i) {
            EXPECT_NE(mistype(name, random), name);
            EXPECT_NE(misspell(name, random), name);
            EXPECT_NE(misread(name, random), name);
            EXPECT_NE(wrong_forename(name, kSlips, random), name);
            EXPECT_NE(wrong_surname(name, kSlips, random), name);
        }
    }
    EXPECT_NE(wrong_postcode("BN11 4QR", random), "BN11 4QR");
}

TEST(Errors, BreakNumbersByOneDigit) {
    Random random(7, "errors");
    for (const std::string number : {"9990000018", "1000000028", "A938400125001", "H93840012500T"}) {
        for (int i = 0; i < 200; ++i) {
            const std::string wrong = wrong_digit(number, random);
            EXPECT_FALSE(is_nhs_number(wrong) || is_uln(wrong) || is_upn(wrong)) << wrong;
            ASSERT_EQ(wrong.size(), number.size());
            int off = 0;
            for (std::size_t at = 0; at < wrong.size(); ++at) off += wrong[at] != number[at];
            EXPECT_LE(off, 1) << wrong;
        }
    }
}

TEST(Errors, LeaveNoPostcode) {
    Random random(7, "postcodes");
    const std::set<std::string> forms = {"BN11", "BN11 4Q", "ZZ99 3VZ"};
    for (int i = 0; i < 200; ++i) {
        const std::string text = no_postcode("BN11 4QR", random);
        const bool digit = text.size() == 8 && text.starts_with("BN11 4Q") && text.back() >= '2' && text.back() <= '9';
        EXPECT_TRUE(digit || forms.contains(text)) << text;
    }
}

TEST(Errors, FollowTheHabitsOfTheOffice) {
    Random random(5, "habits");
    for (int i = 0; i < 100; ++i) {
        const std::string by_ear = wrong_surname("Cook", {.typing = 0, .hearing = 1, .reading = 0}, random);
        EXPECT_TRUE(by_ear == "Cooc" || by_ear == "Coeok" || by_ear == "Cooek") << by_ear;
        const std::string from_paper = wrong_surname("Bell", {.typing = 0, .hearing = 0, .reading = 1}, random);
        EXPECT_TRUE(from_paper == "Bcll" || from_paper == "Beil" || from_paper == "Beli") << from_paper;
    }
    DateParts date;
    date.year = 2014;
    date.month = 3;
    date.day = 5;
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(wrong_date(date, 1.0, random).text(), "2014-05-03");
        EXPECT_NE(wrong_date(date, 0.0, random).text(), "2014-05-03");
    }
}

TEST(Errors, KeepUtf8Whole) {
    Random random(6, "errors");
    for (int i = 0; i < 500; ++i) {
        const std::string wrong = mistype("Żółć", random);
        for (std::size_t at = 0; at < wrong.size(); ++at) {
            const bool follower = (static_cast<unsigned char>(wrong[at]) & 0xC0U) == 0x80U;
            const bool after_lead = at > 0 && static_cast<unsigned char>(wrong[at - 1]) >= 0x80U;
            ASSERT_TRUE(!follower || after_lead);
        }
    }
    EXPECT_EQ(cut("Żółć", 2), "Żó");
    EXPECT_EQ(characters("Żółć"), 4U);
}

TEST(Errors, FoldToAscii) {
    EXPECT_EQ(fold_marks("Łukasz Žukauskas"), "Lukasz Zukauskas");
    EXPECT_EQ(fold_marks("Nguyễn Thị Ngọc"), "Nguyen Thi Ngoc");
    EXPECT_EQ(fold_marks("O'Brien"), "O'Brien");
    EXPECT_EQ(fold_marks("O\u2019Brien"), "O'Brien");
}

TEST(Errors, MakeLettersWithMarksCapital) {
    EXPECT_EQ(upper_case("Zoë Müller-Šimek"), "ZOË MÜLLER-ŠIMEK");
    EXPECT_EQ(upper_case("Łukasz Žukauskas Ľubica ő ÿ"), "ŁUKASZ ŽUKAUSKAS ĽUBICA Ő Ÿ");
    EXPECT_EQ(upper_case("Nguyễn Đỗ Ơn ưng Ștefan țeavă ığdır"), "NGUYỄN ĐỖ ƠN ƯNG ȘTEFAN ȚEAVĂ IĞDIR");
    EXPECT_EQ(upper_case("O\u2019Brien 3÷4"), "O\u2019BRIEN 3÷4");
}

TEST(Errors, WrongDatesDifferAndAreSmallMistakes) {
    Random random(8, "dates");
    for (Day day = to_day(2004, 1, 1); day < to_day(2006, 1, 1); ++day) {
        const CivilDay civil = to_civil(day);
        DateParts date;
        date.year = civil.year;
        date.month = civil.month;
        date.day = civil.day;
        const DateParts wrong = wrong_date(date, 0.6, random);
        ASSERT_TRUE(wrong.complete());
        const bool differs = wrong.year != date.year || wrong.month != date.month || wrong.day != date.day;
        ASSERT_TRUE(differs) << format_day(day);
        ASSERT_TRUE(*wrong.month >= 1 && *wrong.month <= 12 && *wrong.day >= 1 && *wrong.day <= 31);
    }
}

TEST(Errors, KnowDiminutivesBothWays) {
    Random random(9, "forms");
    EXPECT_EQ(diminutive("William"), "Billy");
    EXPECT_EQ(other_form("Billy", random), "William");
    EXPECT_EQ(other_form("Xanthe", random), "");
}

}  // namespace
}  // namespace simulate
