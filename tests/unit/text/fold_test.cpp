#include "text/fold.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "random_text.hpp"
#include "text/latin_table.hpp"
#include "text/reference/reference.hpp"
#include "text/utf8.hpp"

namespace caseweave::text {
namespace {

bool is_folded_ascii(std::string_view text) {
    return std::ranges::all_of(text,
                               [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ' '; });
}

std::vector<std::string> words(std::string_view folded) {
    std::vector<std::string> found;
    for (const std::string_view word : name_tokens(folded)) found.emplace_back(word);
    return found;
}

struct Example {
    const char* name;
    const char* folded;
};

class FoldName : public ::testing::TestWithParam<Example> {};

TEST_P(FoldName, GivesThePublishedForm) {
    EXPECT_EQ(fold_name(GetParam().name), GetParam().folded);
}

INSTANTIATE_TEST_SUITE_P(English, FoldName,
                         ::testing::Values(Example{"", ""}, Example{"SMITH", "smith"}, Example{"O'Brien", "obrien"},
                                           Example{"O’Brien", "obrien"}, Example{"O`Brien", "obrien"},
                                           Example{"OBrien", "obrien"}, Example{"Smith-Jones", "smith jones"},
                                           Example{"Smith – Jones", "smith jones"}, Example{" Mary   Ann ", "mary ann"},
                                           Example{"St. John", "st john"}, Example{"(Baby) 2", "baby 2"},
                                           Example{"---", ""}, Example{"D'Arcy\tde-la_Mare", "darcy de la mare"}));
INSTANTIATE_TEST_SUITE_P(
    Latin, FoldName,
    ::testing::Values(Example{"Siân", "sian"}, Example{"Llŷr Ŵyn", "llyr wyn"},
                      Example{"Ó Súilleabháin", "o suilleabhain"}, Example{"Ḃríd Ċiarán", "brid ciaran"},
                      Example{"Łukasz Żółć", "lukasz zolc"}, Example{"Groß", "gross"}, Example{"Müller", "muller"},
                      Example{"Søren Ærø", "soren aero"}, Example{"Đorđe", "dorde"},
                      Example{"Þór Guðrún", "thor gudrun"}, Example{"Işıl İpek IŞIK", "isil ipek isik"},
                      Example{"Əliyev", "aliyev"}, Example{"Nguyễn Thị Hằng", "nguyen thi hang"},
                      Example{"Ştefan Țiriac", "stefan tiriac"}, Example{"Renée", "renee"},
                      Example{"Rene\u0301e", "renee"}, Example{"ﬁona", "fiona"}, Example{"ＭＡＲＹ", "mary"},
                      Example{"ẞ", "ss"}, Example{"Gal·la Ŀ", "galla l"}));
INSTANTIATE_TEST_SUITE_P(OtherScripts, FoldName,
                         ::testing::Values(Example{"Владимир", "vladimir"}, Example{"Юлія", "ulia"},
                                           Example{"Γιώργος", "giorgos"}, Example{"محمد", "mhmd"},
                                           Example{"王小明", "wang xiao ming"}, Example{"김민준", "gimminjun"},
                                           Example{"たなか", "tanaka"}, Example{"प्रिया", "priya"},
                                           Example{"Anna Анна", "anna anna"}));

TEST(FoldNameDirt, VanishesOrSeparates) {
    EXPECT_EQ(fold_name("Jos\xE9 Garcia"), "jos garcia");
    EXPECT_EQ(fold_name("\xFF\xFE"), "");
    EXPECT_EQ(fold_name("Ma\u200Bry\u00A0Ann"), "mary ann");
    EXPECT_EQ(fold_name("Ma\u00ADry"), "mary");
    EXPECT_EQ(fold_name(std::string_view("a\0b", 3)), "ab");
    EXPECT_EQ(fold_name("😀"), "");
    EXPECT_EQ(fold_name("\u0301"), "");
    EXPECT_EQ(fold_name("Twin ٢"), "twin 2");
}

TEST(FoldNameDirt, KeepsScriptsNobodyTransliteratesApart) {
    // Tai Viet has no rules in ICU 72.
    const std::string first = fold_name("\uAA80\uAA82");
    const std::string second = fold_name("\uAA84\uAA86");
    EXPECT_FALSE(first.empty());
    EXPECT_NE(first, second);
    EXPECT_TRUE(is_valid_utf8(first));
}

TEST(FoldNameForms, PrecomposedAndDecomposedAgree) {
    EXPECT_EQ(fold_name("S\u0302ion w\u0302"), fold_name("Ŝion ŵ"));
    EXPECT_EQ(fold_name("Влади\u0301мир"), fold_name("Владимир"));
}

TEST(FoldNameForms, CaseNeverMatters) {
    EXPECT_EQ(fold_name("ÅÄÖØÆŒŁĐÞÐŊ"), fold_name("åäöøæœłđþðŋ"));
    EXPECT_EQ(fold_name("ВЛАДИМИР"), fold_name("владимир"));
    EXPECT_EQ(fold_name("ᲒᲘᲝᲠᲒᲘ"), fold_name("გიორგი"));
}

TEST(FoldNameReference, AgreesOnEveryNameLetter) {
    const auto agree = [](char32_t first, char32_t last) {
        for (char32_t c = first; c <= last; ++c) {
            // Not the reference's business: it reads the dot of the Catalan letter and the ring of U+1E9A as signs of
            // their own, and Latin-ASCII has no rule for U+1E9F.
            const bool deliberate = c == 0x13F || c == 0x140 || c == 0x1E9A || c == 0x1E9F;
            if (fold_latin(c).empty() || deliberate) continue;
            std::string name = "a";
            append_code_point(name, c);
            name += "b";
            EXPECT_EQ(fold_name(name), reference::fold_latin_name(name))
                << "U+" << std::hex << static_cast<unsigned>(c);
        }
    };
    agree(0xC0, 0x17F);
    agree(0x1E00, 0x1EF9);
}

TEST(FoldNameReference, AgreesOnRandomAscii) {
    RandomText random;
    SCOPED_TRACE(random.trace());
    for (int round = 0; round < 5'000; ++round) {
        std::string name = random.draw_bytes(30);
        for (char& c : name) c = static_cast<char>(c & 0x7F);
        ASSERT_EQ(fold_name(name), reference::fold_latin_name(name)) << ::testing::PrintToString(name);
    }
}

TEST(FoldNameProperties, FoldingTwiceChangesNothing) {
    RandomText random;
    SCOPED_TRACE(random.trace());
    for (int round = 0; round < 5'000; ++round) {
        std::string name;
        for (std::size_t length = random.below(10); length > 0; --length) {
            append_code_point(name, static_cast<char32_t>(random.below(random.below(4) == 0 ? 0x3000 : 0x250)));
        }
        const std::string once = fold_name(name);
        ASSERT_EQ(fold_name(once), once) << ::testing::PrintToString(name);
    }
}

TEST(FoldNameProperties, LatinNamesBecomeAscii) {
    RandomText random;
    SCOPED_TRACE(random.trace());
    for (int round = 0; round < 5'000; ++round) {
        std::string name;
        for (std::size_t length = random.below(10); length > 0; --length) {
            append_code_point(name, static_cast<char32_t>(random.below(0x180)));
        }
        ASSERT_TRUE(is_folded_ascii(fold_name(name))) << ::testing::PrintToString(name);
    }
}

TEST(FoldNameProperties, LongNamesAreFoldedWhole) {
    std::string latin;
    std::string cyrillic;
    for (int i = 0; i < 10'000; ++i) {
        latin += "É";
        cyrillic += "в";
    }
    EXPECT_EQ(fold_name(latin), std::string(10'000, 'e'));
    EXPECT_EQ(fold_name(cyrillic), std::string(10'000, 'v'));
}

TEST(FoldNameProperties, ThreadsDoNotDisturbEachOther) {
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&wrong] {
            for (int i = 0; i < 200; ++i) {
                if (fold_name("Владимир") != "vladimir" || fold_name("王小明") != "wang xiao ming") ++wrong;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
}

TEST(FoldAddress, BringsVariantsTogether) {
    EXPECT_EQ(fold_address("Flat 2, 14 St. John's Street"), "flat 2 14 st johns st");
    EXPECT_EQ(fold_address("Apartment 2, 14 Saint Johns St"), "flat 2 14 st johns st");
    EXPECT_EQ(fold_address("Rose & Crown Cottages"), fold_address("ROSE AND CROWN COTTAGE"));
    EXPECT_EQ(fold_address("12/3 High Rd"), "12 3 high rd");
    EXPECT_EQ(fold_address("Tŷ Gwyn"), "ty gwyn");
    EXPECT_EQ(fold_address(""), "");
}

TEST(DigitsOnly, ReadsEveryScript) {
    EXPECT_EQ(digits_only("943 476-5919"), "9434765919");
    EXPECT_EQ(digits_only("٠١٢ ９"), "0129");
    EXPECT_EQ(digits_only("none \xFF"), "");
}

TEST(NameTokens, SplitsWithoutEmptyWords) {
    EXPECT_EQ(words("mary ann smith"), (std::vector<std::string>{"mary", "ann", "smith"}));
    EXPECT_EQ(words("  mary   ann "), (std::vector<std::string>{"mary", "ann"}));
    EXPECT_TRUE(words("").empty());
    EXPECT_TRUE(words("   ").empty());
    static_assert(std::forward_iterator<NameTokensView::iterator>);
}

}  // namespace
}  // namespace caseweave::text
