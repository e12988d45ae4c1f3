#include "text/similarity.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "random_text.hpp"
#include "text/reference/reference.hpp"

namespace caseweave::text {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz ";
constexpr std::string_view kFewLetters = "abc";

TEST(JaroWinkler, GivesWinklersPublishedFigures) {
    EXPECT_NEAR(jaro("martha", "marhta"), 0.9444, 5e-5);
    EXPECT_NEAR(jaro_winkler("martha", "marhta"), 0.9611, 5e-5);
    EXPECT_NEAR(jaro("dixon", "dicksonx"), 0.7667, 5e-5);
    EXPECT_NEAR(jaro_winkler("dixon", "dicksonx"), 0.8133, 5e-5);
    EXPECT_NEAR(jaro("dwayne", "duane"), 0.8222, 5e-5);
    EXPECT_NEAR(jaro_winkler("dwayne", "duane"), 0.8400, 5e-5);
    EXPECT_NEAR(jaro("jellyfish", "smellyfish"), 0.8963, 5e-5);
    EXPECT_NEAR(jaro_winkler("shackleford", "shackelford"), 0.9818, 5e-5);
    EXPECT_NEAR(jaro_winkler("dunningham", "cunnigham"), 0.8963, 5e-5);
    EXPECT_NEAR(jaro_winkler("nichleson", "nichulson"), 0.9556, 5e-5);
    EXPECT_NEAR(jaro_winkler("jones", "johnson"), 0.8324, 5e-5);
    EXPECT_NEAR(jaro_winkler("abroms", "abrams"), 0.9222, 5e-5);
    EXPECT_NEAR(jaro_winkler("itman", "smith"), 0.4667, 5e-5);
}

TEST(JaroWinkler, GivesNothingToAPrefixBelowTheThreshold) {
    EXPECT_LE(jaro("abxyz", "abpqrst"), 0.7);
    EXPECT_DOUBLE_EQ(jaro_winkler("abxyz", "abpqrst"), jaro("abxyz", "abpqrst"));
}

TEST(JaroWinkler, HandlesTheEdges) {
    EXPECT_DOUBLE_EQ(jaro_winkler("", ""), 1.0);
    EXPECT_DOUBLE_EQ(jaro_winkler("", "a"), 0.0);
    EXPECT_DOUBLE_EQ(jaro_winkler("a", "a"), 1.0);
    EXPECT_DOUBLE_EQ(jaro_winkler("a", "b"), 0.0);
    EXPECT_DOUBLE_EQ(jaro_winkler("ab", "ba"), 0.0);
}

TEST(Distance, GivesTextbookFigures) {
    EXPECT_EQ(levenshtein_distance("kitten", "sitting"), 3U);
    EXPECT_EQ(levenshtein_distance("saturday", "sunday"), 3U);
    EXPECT_EQ(levenshtein_distance("martha", "marhta"), 2U);
    EXPECT_EQ(osa_distance("martha", "marhta"), 1U);
    EXPECT_EQ(osa_distance("ca", "abc"), 3U);
    EXPECT_EQ(osa_distance("ab", "ba"), 1U);
    EXPECT_EQ(osa_distance("", "abc"), 3U);
    EXPECT_EQ(osa_distance("", ""), 0U);
    EXPECT_DOUBLE_EQ(osa_similarity("smith", "smiht"), 0.8);
    EXPECT_DOUBLE_EQ(osa_similarity("", ""), 1.0);
}

TEST(Distance, StopsAtTheBound) {
    EXPECT_EQ(osa_distance("smith", "jones", 2), 3U);
    EXPECT_EQ(osa_distance("smith", "smith", 0), 0U);
    EXPECT_EQ(osa_distance("smith", "smyth", 0), 1U);
    EXPECT_EQ(osa_distance("a", "abcdefgh", 3), 4U);
    EXPECT_EQ(levenshtein_distance("kitten", "sitting", 2), 3U);
    EXPECT_EQ(levenshtein_distance("kitten", "sitting", 3), 3U);
}

TEST(Bigrams, GiveTextbookFigures) {
    EXPECT_DOUBLE_EQ(bigram_dice("night", "nacht"), 0.25);
    EXPECT_DOUBLE_EQ(bigram_jaccard("night", "nacht"), 1.0 / 7.0);
    EXPECT_DOUBLE_EQ(bigram_dice("aaaa", "aa"), 0.5);
    EXPECT_DOUBLE_EQ(bigram_dice("a", "a"), 1.0);
    EXPECT_DOUBLE_EQ(bigram_dice("a", "ab"), 0.0);
    EXPECT_DOUBLE_EQ(bigram_dice("", ""), 1.0);
}

TEST(CommonEnds, AreCounted) {
    EXPECT_EQ(common_prefix_length("catherine", "cathryn"), 4U);
    EXPECT_EQ(common_suffix_length("robertson", "johnson"), 3U);
    EXPECT_EQ(common_prefix_length("", "a"), 0U);
    EXPECT_EQ(common_suffix_length("aa", "aaa"), 2U);
}

/// Holds each fast function against its reference on one pair, with every bound that matters.
void expect_agreement(std::string_view a, std::string_view b) {
    ASSERT_DOUBLE_EQ(jaro(a, b), reference::jaro(a, b)) << a << '|' << b;
    ASSERT_DOUBLE_EQ(jaro_winkler(a, b), reference::jaro_winkler(a, b)) << a << '|' << b;
    ASSERT_DOUBLE_EQ(bigram_dice(a, b), reference::bigram_dice(a, b)) << a << '|' << b;
    ASSERT_DOUBLE_EQ(bigram_jaccard(a, b), reference::bigram_jaccard(a, b)) << a << '|' << b;
    const std::size_t levenshtein = reference::levenshtein_distance(a, b);
    const std::size_t osa = reference::osa_distance(a, b);
    ASSERT_EQ(levenshtein_distance(a, b), levenshtein) << a << '|' << b;
    ASSERT_EQ(osa_distance(a, b), osa) << a << '|' << b;
    for (const std::size_t bound : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{3}, osa, levenshtein,
                                    osa > 0 ? osa - 1 : 0, levenshtein > 0 ? levenshtein - 1 : 0, osa + 5}) {
        ASSERT_EQ(levenshtein_distance(a, b, bound), std::min(levenshtein, bound + 1)) << a << '|' << b << '|' << bound;
        ASSERT_EQ(osa_distance(a, b, bound), std::min(osa, bound + 1)) << a << '|' << b << '|' << bound;
    }
}

TEST(Reference, AgreesOnShortTexts) {
    RandomText random;
    SCOPED_TRACE(random.trace());
    for (int round = 0; round < 20'000 && !::testing::Test::HasFatalFailure(); ++round) {
        expect_agreement(random.draw(12, kFewLetters), random.draw(12, kFewLetters));
    }
}

TEST(Reference, AgreesOnMisspeltNames) {
    RandomText random;
    SCOPED_TRACE(random.trace());
    for (int round = 0; round < 20'000 && !::testing::Test::HasFatalFailure(); ++round) {
        const std::string name = random.draw(20, kLetters);
        expect_agreement(name, random.misspell(name, random.below(5), kLetters));
    }
}

TEST(Reference, AgreesAroundAndBeyondOneWord) {
    RandomText random;
    SCOPED_TRACE(random.trace());
    for (int round = 0; round < 600 && !::testing::Test::HasFatalFailure(); ++round) {
        const std::string text = std::string(55, 'x') + random.draw(30, kFewLetters) + random.draw(40, kFewLetters);
        expect_agreement(text, random.misspell(text, random.below(8), kFewLetters));
        expect_agreement(random.draw(130, kFewLetters), random.draw(130, kFewLetters));
    }
}

TEST(Reference, AgreesOnAnyBytes) {
    RandomText random;
    SCOPED_TRACE(random.trace());
    for (int round = 0; round < 5'000 && !::testing::Test::HasFatalFailure(); ++round) {
        expect_agreement(random.draw_bytes(20), random.draw_bytes(20));
    }
}

TEST(Properties, HoldOnRandomNames) {
    RandomText random;
    SCOPED_TRACE(random.trace());
    for (int round = 0; round < 20'000; ++round) {
        const std::string a = random.draw(15, kLetters);
        const std::string b = random.misspell(a, random.below(4), kLetters);
        ASSERT_DOUBLE_EQ(jaro_winkler(a, a), 1.0);
        ASSERT_EQ(osa_distance(a, b), osa_distance(b, a));
        ASSERT_LE(osa_distance(a, b), levenshtein_distance(a, b));
        ASSERT_LE(jaro(a, b), jaro_winkler(a, b));
        ASSERT_LE(jaro_winkler(a, b), 1.0);
        ASSERT_DOUBLE_EQ(bigram_dice(a, b), bigram_dice(b, a));
    }
}

TEST(LongTexts, AreComparedExactly) {
    const std::string text(10'000, 'a');
    std::string changed = text;
    changed[5'000] = 'b';
    changed[9'000] = 'c';
    EXPECT_EQ(osa_distance(text, changed), 2U);
    EXPECT_EQ(levenshtein_distance(text, changed, 1), 2U);
    EXPECT_EQ(levenshtein_distance(text, std::string(10'000, 'z'), 3), 4U);
    EXPECT_DOUBLE_EQ(jaro_winkler(text, text), 1.0);
    EXPECT_GT(bigram_dice(text, changed), 0.999);
}

}  // namespace
}  // namespace caseweave::text
