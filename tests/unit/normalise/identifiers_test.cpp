#include "normalise/identifiers.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <ostream>
#include <random>
#include <string>
#include <vector>

namespace caseweave {
namespace {

/// What a check said: the number as it is kept, or the rule it broke.
std::string tidied(const Parsed<std::string_view>& parsed) {
    return parsed ? std::string(*parsed) : std::string(to_string(parsed.issue()));
}

struct Vector {
    const char* text;
    const char* expected;  // the number kept, or the name of the rule
};
std::ostream& operator<<(std::ostream& out, const Vector& vector) {
    return out << '"' << vector.text << '"';
}

std::string nhs(std::string_view text, bool accept_test_numbers = false) {
    std::string out;
    return tidied(check_nhs_number(text, {.accept_test_numbers = accept_test_numbers}, out));
}
std::string upn(std::string_view text) {
    std::string out;
    return tidied(check_upn(text, out));
}
std::string uln(std::string_view text) {
    std::string out;
    return tidied(check_uln(text, out));
}

class NhsNumber : public testing::TestWithParam<Vector> {};
TEST_P(NhsNumber, IsKeptOrSetAside) {
    EXPECT_EQ(nhs(GetParam().text), GetParam().expected) << GetParam().text;
}
INSTANTIATE_TEST_SUITE_P(Numbers, NhsNumber,
                         testing::Values(Vector{"4010232137", "4010232137"}, Vector{"401 023 2137", "4010232137"},
                                         Vector{"401-023-2137", "4010232137"}, Vector{"4505577104", "4505577104"},
                                         Vector{"6000000007", "bad_check_digit"},
                                         Vector{"4010232138", "bad_check_digit"}, Vector{"401023213", "bad_format"},
                                         Vector{"40102321377", "bad_format"}, Vector{"401O232137", "bad_format"},
                                         Vector{"ABCDEFGHIJ", "bad_format"}));
INSTANTIATE_TEST_SUITE_P(Dummies, NhsNumber,
                         testing::Values(Vector{"0000000000", "placeholder"}, Vector{"1111111111", "placeholder"},
                                         Vector{"2222222222", "placeholder"}, Vector{"4444444444", "placeholder"},
                                         Vector{"7777777777", "placeholder"}, Vector{"9999999999", "placeholder"},
                                         Vector{"0123456789", "placeholder"}, Vector{"1234567881", "placeholder"},
                                         Vector{"9876543210", "placeholder"}, Vector{"987 654 3210", "placeholder"},
                                         Vector{"-1", "placeholder"}, Vector{"0", "placeholder"},
                                         Vector{"UNKNOWN", "placeholder"}, Vector{"N/A", "placeholder"}));
// Outside the issued ranges, though the check holds: never issued, Scottish CHI, and 9 000 000 009 of the test vectors.
INSTANTIATE_TEST_SUITE_P(Ranges, NhsNumber,
                         testing::Values(Vector{"9000000009", "out_of_range"}, Vector{"0101010101", "bad_check_digit"},
                                         Vector{"9449305552", "out_of_range"}));
// A ULN typed into the NHS number column is known with certainty: no number passes both checks.
INSTANTIATE_TEST_SUITE_P(LearnerNumbers, NhsNumber, testing::Values(Vector{"9276308686", "wrong_column"}));

// The slow way: all ten digits by their weights, from the right.
bool passes_modulus_11(const std::string& ten) {
    int sum = 0;
    for (int i = 0; i < 10; ++i) sum += (10 - i) * (ten[static_cast<std::size_t>(i)] - '0');
    return sum % 11 == 0;
}
std::string with_check_digit(std::uint64_t nine) {
    std::string ten = std::to_string(nine) + "0";
    for (char digit = '0'; digit <= '9'; ++digit) {
        ten[9] = digit;
        if (passes_modulus_11(ten)) return ten;
    }
    return {};  // a check digit of ten: never issued
}

TEST(NhsNumberRanges, AcceptsWhatIsIssuedAndNothingElse) {
    struct Range {
        unsigned first, last;
        const char* verdict;  // nullptr: kept
    };
    const std::vector<Range> ranges = {{100, 319, "out_of_range"}, {320, 499, nullptr},
                                       {500, 599, "out_of_range"}, {600, 799, nullptr},
                                       {800, 998, "out_of_range"}, {999, 999, "test_number"}};
    for (const Range& range : ranges) {
        for (unsigned group = range.first; group <= range.last; ++group) {
            const std::string ten = with_check_digit(group * 1'000'000ULL + 123'457);
            if (ten.empty()) continue;
            ASSERT_EQ(nhs(ten), range.verdict == nullptr ? ten : range.verdict) << ten;
        }
    }
}

TEST(NhsNumberRanges, TestNumbersPassWhereTheJobSaysSo) {
    const std::string ten = with_check_digit(999'012'345);
    ASSERT_FALSE(ten.empty());
    EXPECT_EQ(nhs(ten, false), "test_number");
    EXPECT_EQ(nhs(ten, true), ten);
    EXPECT_EQ(nhs("9999999999", true), "placeholder") << "a dummy stays a dummy in a demo";
}

TEST(NhsAndUln, NoNumberPassesBoth) {
    std::mt19937_64 random(11);
    std::uniform_int_distribution<std::uint64_t> numbers(1'000'000'000, 9'999'999'999);
    int nhs_numbers = 0;
    int learner_numbers = 0;
    for (int i = 0; i < 200'000; ++i) {
        const std::string ten = std::to_string(numbers(random));
        const bool is_nhs = passes_modulus_11(ten);
        const bool is_uln = uln(ten) == ten;
        ASSERT_FALSE(is_nhs && is_uln) << ten;
        if (is_uln) {
            ASSERT_EQ(nhs(ten), "wrong_column");
        }
        if (is_nhs && nhs(ten) == ten) {
            ASSERT_EQ(uln(ten), "wrong_column");
        }
        nhs_numbers += is_nhs ? 1 : 0;
        learner_numbers += is_uln ? 1 : 0;
    }
    EXPECT_GT(nhs_numbers, 15'000);
    EXPECT_GT(learner_numbers, 15'000);
}

class Uln : public testing::TestWithParam<Vector> {};
TEST_P(Uln, IsKeptOrSetAside) {
    EXPECT_EQ(uln(GetParam().text), GetParam().expected) << GetParam().text;
}
INSTANTIATE_TEST_SUITE_P(Numbers, Uln,
                         testing::Values(Vector{"9276308686", "9276308686"}, Vector{"92763 08686", "9276308686"},
                                         Vector{"9999999999", "placeholder"}, Vector{"0000000042", "bad_check_digit"},
                                         Vector{"9449305552", "wrong_column"}, Vector{"9276308680", "bad_check_digit"},
                                         Vector{"927630868", "bad_format"}, Vector{"-1", "placeholder"}));

class Upn : public testing::TestWithParam<Vector> {};
TEST_P(Upn, IsKeptOrSetAside) {
    EXPECT_EQ(upn(GetParam().text), GetParam().expected) << GetParam().text;
}
INSTANTIATE_TEST_SUITE_P(
    Permanent, Upn,
    testing::Values(Vector{"A123456789012", "A123456789012"}, Vector{"H938200001901", "H938200001901"},
                    Vector{"X938200001902", "X938200001902"}, Vector{"K938202024907", "K938202024907"},
                    Vector{"h938200001901", "H938200001901"}, Vector{"H 938 2000 01901", "H938200001901"}));
INSTANTIATE_TEST_SUITE_P(Temporary, Upn,
                         testing::Values(Vector{"X00180001701A", "X00180001701A"},
                                         Vector{"U93820000190A", "U93820000190A"},
                                         Vector{"H93820000190B", "H93820000190B"},
                                         Vector{"E93820000190Z", "E93820000190Z"}));
INSTANTIATE_TEST_SUITE_P(Bad, Upn,
                         testing::Values(Vector{"Q207000016049", "bad_check_digit"},
                                         Vector{"B123456789012", "bad_check_digit"},
                                         Vector{"H938200001902", "bad_check_digit"},
                                         Vector{"I123456789012", "bad_format"}, Vector{"S123456789012", "bad_format"},
                                         Vector{"O123456789012", "bad_format"}, Vector{"U93820000190I", "bad_format"},
                                         Vector{"A12345678901", "bad_format"}, Vector{"A1234567890123", "bad_format"},
                                         Vector{"1A23456789012", "bad_format"}, Vector{"A12345B789012", "bad_format"},
                                         Vector{"UNKNOWN", "placeholder"}, Vector{"NOT KNOWN", "placeholder"}));

TEST(UpnKind, TemporaryEndsInALetter) {
    EXPECT_TRUE(is_temporary_upn("X00180001701A"));
    EXPECT_FALSE(is_temporary_upn("A123456789012"));
    EXPECT_FALSE(is_temporary_upn(""));
}

TEST(UpnCheck, FindsEverySingleWrongDigit) {
    const std::string right = "H938200001901";
    for (std::size_t at = 1; at < right.size(); ++at) {
        for (char digit = '0'; digit <= '9'; ++digit) {
            std::string wrong = right;
            wrong[at] = digit;
            if (wrong == right) continue;
            ASSERT_EQ(upn(wrong), "bad_check_digit") << wrong;
        }
    }
}

TEST(Identifier, IsCheckedByItsKind) {
    const auto check = [](std::string_view kind, std::string_view text) {
        std::string out;
        return tidied(check_identifier(kind, text, {}, out));
    };
    EXPECT_EQ(check("nhs_number", "4010232138"), "bad_check_digit");
    EXPECT_EQ(check("upn", "H938200001902"), "bad_check_digit");
    EXPECT_EQ(check("former_upn", "H938200001902"), "bad_check_digit");
    EXPECT_EQ(check("uln", "9276308680"), "bad_check_digit");
    EXPECT_EQ(check("la_child_id", "123456789012345678901"), "bad_format") << "21 characters";
    EXPECT_EQ(check("la_child_id", "12345678901234567890"), "12345678901234567890");
    EXPECT_EQ(check("la_child_id", "0"), "placeholder");
    EXPECT_EQ(check("home_office", "A1234567"), "A1234567") << "no rule of its own";
    EXPECT_EQ(check("home_office", "TBC"), "placeholder");
}

TEST(Identifier, OfASupplierIsAPlaceholderOnlyWhereItSaysNone) {
    const auto check = [](std::string_view kind, std::string_view text) {
        std::string out;
        return tidied(check_identifier(kind, text, {}, out));
    };
    for (const std::string_view kind : {"la_child_id", "home_office"}) {
        for (const std::string_view id : {"1111", "11111", "222222", "99999999", "AAAA", "1", "777"})
            EXPECT_EQ(check(kind, id), id) << kind;
        for (const std::string_view none : {"0", "00", "0000", "0000000000", "00000000000000000000", "n/a", "unknown",
                                            "NOT KNOWN", "-1", "----", "????", "xxxxxx"})
            EXPECT_EQ(check(kind, none), "placeholder") << kind << " " << none;
    }
    for (const std::string_view kind : {"nhs_number", "upn", "uln"})
        EXPECT_EQ(check(kind, "1111111111"), "placeholder") << kind;
}

TEST(Uprn, DropsLeadingZeros) {
    const auto check = [](std::string_view text) {
        std::string out;
        return tidied(check_uprn(text, out));
    };
    EXPECT_EQ(check("000010002468"), "10002468");
    EXPECT_EQ(check("100062196284"), "100062196284");
    EXPECT_EQ(check("1000621962841"), "bad_format");
    EXPECT_EQ(check("10006A"), "bad_format");
    EXPECT_EQ(check("0"), "placeholder");
    EXPECT_EQ(check("0000"), "placeholder");
    EXPECT_EQ(check("-1"), "placeholder");
}

TEST(PlaceholderText, StandsForNothing) {
    for (const char* text :
         {"-1", "N/A", "n/a", "None", "UNKNOWN", "Not Known", "TBC", "xxx", "XXXXXXX", "9999", "-", "?"})
        EXPECT_TRUE(is_placeholder_text(text)) << text;
    for (const char* text : {"", "Anna", "O", "12", "NONESUCH", "Naomi", "Xavier"})
        EXPECT_FALSE(is_placeholder_text(text)) << text;
}

}  // namespace
}  // namespace caseweave
