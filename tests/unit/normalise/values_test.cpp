#include "normalise/values.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>
#include <vector>

#include "core/json_text.hpp"
#include "normalise/null_texts.hpp"

namespace caseweave {
namespace {

std::string outcome(const Parsed<std::string_view>& parsed) {
    return parsed ? std::string(*parsed) : std::string(to_string(parsed.issue()));
}

std::string name(std::string_view text) {
    std::string out;
    bool marker = false;
    std::string result = outcome(clean_name(text, out, marker));
    return marker ? result + " (marked)" : result;
}

TEST(Name, KeepsWhatTheFamilyWrites) {
    for (const char* text : {"Anne-Marie", "O'Brien", "Zo\u00eb", "van der Berg", "d\u2019Arcy", "N\u00ed Dhomhnaill",
                             "\u0410\u043d\u043d\u0430", "McDONALD", "X", "O", "Li", "Smith-Jones"})
        EXPECT_EQ(name(text), text);
}

TEST(Name, MendsBlanksAndControlCharacters) {
    EXPECT_EQ(name("  Mary \t Ann  "), "Mary Ann");
    EXPECT_EQ(name("Mary\r\nAnn"), "Mary Ann");
    EXPECT_EQ(name(std::string_view("Ma\0ry", 5)), name("Ma\x01ry")) << "any control character";
    EXPECT_EQ(name("Mary\u00a0Ann"), "Mary Ann") << "a no-break space";
}

TEST(Name, PlaceholdersAreNoNames) {
    for (const char* text :
         {"UNKNOWN", "Unknown", "not known", "N/A", "TBC", "-", ".", "?", "XXXX", "xx", "None", "NA", "-1", "   "})
        EXPECT_EQ(name(text), "placeholder") << text;
}

TEST(Name, PeopleAreCalledNaAndNil) {
    EXPECT_EQ(name("Na"), "Na");
    EXPECT_EQ(name("Nil"), "Nil");
    EXPECT_EQ(name("NIL"), "placeholder");
}

TEST(Name, AFamilyIsCalledNaHoweverItIsWritten) {
    std::string out;
    bool marker = false;
    for (const char* text : {"NA", "Na"}) EXPECT_EQ(outcome(clean_name(text, out, marker, NameKind::family)), text);
    EXPECT_EQ(outcome(clean_name("N/A", out, marker, NameKind::family)), "placeholder");
}

TEST(Spreadsheet, KnowsWhatAFailedFormulaLeaves) {
    for (const char* text : {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?"})
        EXPECT_TRUE(is_spreadsheet_error(text)) << text;
    for (const char* text : {"", "#", "# 12", "#1", "REF!", "N/A", "#REF! Smith"})
        EXPECT_FALSE(is_spreadsheet_error(text)) << text;
}

TEST(Name, DuplicateMarkersAreCutOut) {
    EXPECT_EQ(name("SMITH (DUPLICATE)"), "SMITH (marked)");
    EXPECT_EQ(name("DUPLICATE - Smith"), "Smith (marked)");
    EXPECT_EQ(name("Smith *dup*"), "Smith (marked)");
    EXPECT_EQ(name("Smith DO NOT USE"), "Smith (marked)");
    EXPECT_EQ(name("Smith-Jones duplicated"), "Smith-Jones (marked)");
    EXPECT_EQ(name("DUPLICATE"), "duplicate_marker (marked)");
    EXPECT_EQ(name("** DUPLICATE RECORD"), "RECORD (marked)");
    EXPECT_EQ(name("Smith DO DO NOT USENOT USE"), "Smith (marked)") << "what is left closes up to a marker";
    EXPECT_EQ(name("Dupont"), "Dupont") << "no marker";
}

std::string postcode(std::string_view text) {
    std::string out;
    return outcome(check_postcode(text, out));
}

TEST(Postcode, KnowsTheSixOutwardShapes) {
    EXPECT_EQ(postcode("M1 1AE"), "M1 1AE");      // A9
    EXPECT_EQ(postcode("B33 8TH"), "B33 8TH");    // A99
    EXPECT_EQ(postcode("W1A 0AX"), "W1A 0AX");    // A9A
    EXPECT_EQ(postcode("CR2 6XH"), "CR2 6XH");    // AA9
    EXPECT_EQ(postcode("DN55 1PT"), "DN55 1PT");  // AA99
    EXPECT_EQ(postcode("EC1A 1BB"), "EC1A 1BB");  // AA9A
}

TEST(Postcode, WritesTheUsualForm) {
    EXPECT_EQ(postcode("po191rq"), "PO19 1RQ");
    EXPECT_EQ(postcode("PO 19 1 RQ"), "PO19 1RQ");
    EXPECT_EQ(postcode("PO19-1RQ"), "PO19 1RQ");
}

TEST(Postcode, PutsLetterOAndZeroRightWhereOneReadingIsLeft) {
    EXPECT_EQ(postcode("PO19 ORQ"), "PO19 0RQ") << "inward digit";
    EXPECT_EQ(postcode("P019 1RQ"), "PO19 1RQ") << "second of four must be a letter";
    EXPECT_EQ(postcode("POI9 1RQ"), "PO19 1RQ") << "third of four must be a digit";
    EXPECT_EQ(postcode("0X4 1AB"), "OX4 1AB") << "first is a letter";
    EXPECT_EQ(postcode("MI 1AE"), "M1 1AE") << "second of two is a digit";
    EXPECT_EQ(postcode("BNI 1AE"), "BN1 1AE") << "AA9";
    EXPECT_EQ(postcode("WIA 0AX"), "W1A 0AX") << "A9A";
    EXPECT_EQ(postcode("PO19 IRQ"), "PO19 1RQ");
}

TEST(Postcode, RefusesOtherShapes) {
    for (const char* text : {"A999 1AA", "A99A 1AA", "AAA1 1AA", "AAA 1AB", "9A1 1AA", "PO19 RRQ", "PO19 11Q", "PO19",
                             "PO19 1RQX", "PO1999 1RQ", "P$19 1RQ", "PO19 1R", "PO19 1CO", "PO19 1R0"})
        EXPECT_EQ(postcode(text), "not_a_postcode") << text;
}

TEST(Postcode, PseudoPostcodesAndWordsArePlaceholders) {
    EXPECT_EQ(postcode("ZZ99 3WZ"), "placeholder") << "no fixed abode";
    EXPECT_EQ(postcode("NFA"), "placeholder");
    EXPECT_EQ(postcode("Unknown"), "placeholder");
    EXPECT_EQ(postcode("XXXX"), "placeholder");
}

std::string phone(std::string_view text) {
    std::string out;
    return outcome(check_phone(text, out));
}

TEST(Phone, IsReducedToItsDigits) {
    EXPECT_EQ(phone("01243 777100"), "01243777100");
    EXPECT_EQ(phone("(01243) 777-100"), "01243777100");
    EXPECT_EQ(phone("+44 1243 777100"), "01243777100");
    EXPECT_EQ(phone("+44 (0)1243 777100"), "01243777100");
    EXPECT_EQ(phone("0044 1243 777100"), "01243777100");
    EXPECT_EQ(phone("0044 (0)1243 777100"), "01243777100");
    EXPECT_EQ(phone("+48 22 123 45 67"), "+48221234567");
    EXPECT_EQ(phone("0048 22 123 45 67"), "+48221234567");
}

TEST(Phone, SetsAsideWhatIsNone) {
    for (const char* text : {"01243", "777100 ext 4", "1243777100", "mum's mobile", "+", "012437771001234567",
                             "01+243777100", "0044 00 1243 7771"})
        EXPECT_EQ(phone(text), "bad_format") << text;
    for (const char* text : {"Unknown", "00000000000", "-1", "N/A"}) EXPECT_EQ(phone(text), "placeholder") << text;
}

std::string email(std::string_view text) {
    std::string out;
    return outcome(check_email(text, out));
}

TEST(Email, IsCheckedAndLowerCased) {
    EXPECT_EQ(email("A.Parent@Example.ORG"), "a.parent@example.org");
    EXPECT_EQ(email("a+b@mail.example.co.uk"), "a+b@mail.example.co.uk");
    for (const char* text :
         {"parent", "@example.org", "a@b", "a@b.", "a@@b.org", "a b@c.org", "a@b.org;c@d.org", "a@.org"})
        EXPECT_EQ(email(text), "bad_format") << text;
    EXPECT_EQ(email("none"), "placeholder");
}

TEST(Boolean, ReadsEveryHabit) {
    for (const char* text :
         {"Y", "y", "yes", "YES", "True", "t", "1", "on", "-1", "x", "\xE2\x9C\x93", "\xE2\x9C\x94"}) {
        const auto parsed = parse_boolean(text);
        ASSERT_TRUE(parsed.has_value()) << text;
        EXPECT_TRUE(*parsed) << text;
    }
    for (const char* text : {"N", "n", "no", "No", "FALSE", "f", "0", "off"}) {
        const auto parsed = parse_boolean(text);
        ASSERT_TRUE(parsed.has_value()) << text;
        EXPECT_FALSE(*parsed) << text;
    }
    for (const char* text : {"", "2", "maybe", "U", "ye", "yess"})
        EXPECT_FALSE(parse_boolean(text).has_value()) << text;
}

TEST(Integer, ReadsWholeNumbersOnly) {
    EXPECT_EQ(*parse_integer("42"), 42);
    EXPECT_EQ(*parse_integer("-7"), -7);
    EXPECT_EQ(*parse_integer("+7"), 7);
    EXPECT_EQ(*parse_integer("12.0"), 12);
    EXPECT_EQ(*parse_integer("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
    for (const char* text : {"", "x", "12.5", "1,200", "12 ", "0x1F", "--1", "+"}) {
        const auto parsed = parse_integer(text);
        ASSERT_FALSE(parsed.has_value()) << text;
        EXPECT_EQ(parsed.issue(), IssueRule::not_a_number) << text;
    }
    EXPECT_EQ(parse_integer("9223372036854775808").issue(), IssueRule::out_of_range);
}

// A plus leads past the short way that a few digits take.
TEST(IntegerText, ReadsTheShortWayWhatItReadsTheLongWay) {
    std::mt19937 random(1);
    unsigned numbers = 0;
    for (int i = 0; i < 20'000; ++i) {
        std::string text;
        const std::size_t size = 1 + random() % 21;
        for (std::size_t at = 0; at < size; ++at) text += static_cast<char>('0' + random() % 10);
        if (random() % 3 == 0) text[random() % size] = ".x /:"[random() % 5];
        const auto parsed = parse_integer(text);
        const auto slow = parse_integer("+" + text);
        ASSERT_EQ(parsed.has_value(), slow.has_value()) << text;
        if (!parsed) {
            ASSERT_EQ(parsed.issue(), slow.issue()) << text;
            continue;
        }
        ASSERT_EQ(*parsed, *slow) << text;
        ++numbers;
    }
    EXPECT_GT(numbers, 5'000U);
}

TEST(Foreign, PostcodesAndTelephonesAreKeptWhereTheyCannotBeChecked) {
    std::string out;
    const auto postcode = [&](std::string_view text) {
        const auto parsed = check_foreign_postcode(text, out);
        return parsed ? std::string(*parsed) : std::string(to_string(parsed.issue()));
    };
    EXPECT_EQ(postcode("2119"), "2119");
    EXPECT_EQ(postcode("d02-x285"), "D02X285");
    EXPECT_EQ(postcode("po191rq"), "PO19 1RQ") << "a British one among them";
    EXPECT_EQ(postcode("unknown"), "placeholder");
    for (const char* text : {"nowhere", "12/4", "1234567890123", "\u00e912"})
        EXPECT_EQ(postcode(text), "not_a_postcode");
    const auto phone = [&](std::string_view text) {
        const auto parsed = check_foreign_phone(text, out);
        return parsed ? std::string(*parsed) : std::string(to_string(parsed.issue()));
    };
    EXPECT_EQ(phone("(555) 123-4567"), "5551234567");
    EXPECT_EQ(phone("01243 777100"), "01243777100");
    for (const char* text : {"1234", "1234567890123456", "call me", "555 1234 x9"})
        EXPECT_EQ(phone(text), "bad_format");
}

TEST(Number, IsWrittenTheOneShortestWay) {
    std::string out;
    const auto number = [&](std::string_view text) {
        const auto parsed = check_number(text, out);
        return parsed ? std::string(*parsed) : std::string(to_string(parsed.issue()));
    };
    for (const char* text : {"7.5", "7.50", "+7.5", "007.5", "7.5e0", "75E-1"}) EXPECT_EQ(number(text), "7.5") << text;
    EXPECT_EQ(number("-0"), "0");
    EXPECT_EQ(number("-0.0"), "0");
    EXPECT_EQ(number("1000000"), "1000000");
    EXPECT_EQ(number("1e3"), "1000");
    EXPECT_EQ(number("-12.25"), "-12.25");
    EXPECT_EQ(number("0.1"), "0.1");
    EXPECT_EQ(number("1e308").size(), 309U);
    for (const char* text : {"", "x", "1,5", "1 000", "--1", "+-1", "+", ".", "1.2.3", "0x1F", "inf", "nan", "-inf"})
        EXPECT_EQ(number(text), "not_a_number") << text;
    EXPECT_EQ(number("1e999"), "out_of_range");
}

TEST(AddressPlaceholder, SaysThatThereIsNone) {
    for (const char* text :
         {"ADDRESS NOT FOUND", "Address not known", "no fixed abode", "NFA", "UNKNOWN", "Confidential"})
        EXPECT_TRUE(is_address_placeholder(text)) << text;
    for (const char* text : {"1 Unknown Street", "Confidential House", "The Abode", ""})
        EXPECT_FALSE(is_address_placeholder(text)) << text;
}

TEST(JsonText, EscapesWhatJsonDoesNotAllow) {
    std::string out;
    append_json_string(out, std::string_view("a\"b\\c\n\t\0z\x7f Zo\xC3\xAB", 15));
    EXPECT_EQ(out, "\"a\\\"b\\\\c\\u000a\\u0009\\u0000z\x7f Zo\xC3\xAB\"");
}

TEST(JsonText, ALookAtEightBytesFindsWhatAByteNeeds) {
    const unsigned seed = 20260331;
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    unsigned plain = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string text(random() % 40, '\0');
        for (char& c : text) c = static_cast<char>(random() % 16 == 0 ? random() % 256 : 0x23 + random() % 0x30);
        std::string quoted;
        for (const char c : text) append_json_string(quoted, std::string_view(&c, 1));  // a byte is never looked past
        const bool needs_none = quoted.size() == 3 * text.size();
        ASSERT_EQ(needs_no_json_escape(text), needs_none) << text;
        plain += needs_none ? 1 : 0;
    }
    EXPECT_GT(plain, 1000U);
    EXPECT_LT(plain, 19'000U);
}

TEST(NullTexts, AFastLookSaysWhatTrimmingSays) {
    const unsigned seed = 20260331;
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const NullTexts nulls({"NULL", "n/a", "\\N", ""});
    const std::vector<std::string> pieces = {"NULL", "n/a", "\\N", " ",        "\t", "\xC2\xA0",
                                             "a",    "N",   "n",   "\xC3\xA9", "7"};
    unsigned missing = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (std::size_t i = random() % 4; i > 0; --i) text += pieces[random() % pieces.size()];
        const FieldView fast = nulls.value_of(FieldView(text));
        const FieldView slow = nulls.trimmed_value_of(text);
        ASSERT_EQ(fast.missing(), slow.missing()) << text;
        ASSERT_EQ(fast.text(), slow.text()) << text;
        missing += slow.has_value() ? 0U : 1U;
    }
    EXPECT_GT(missing, 1000U);
}

}  // namespace
}  // namespace caseweave
