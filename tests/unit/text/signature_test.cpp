#include "text/signature.hpp"

#include <gtest/gtest.h>

#include "text/similarity.hpp"
#include "unit/text/random_text.hpp"

namespace caseweave::text {
namespace {

TEST(Signature, BoundsAreNeverWrong) {
    RandomText random;
    SCOPED_TRACE(random.trace());
    for (const std::string_view alphabet :
         {"ab", "abcdefgh", "abcdefghijklmnopqrstuvwxyz0123456789 ", "a\xc3\xa9z 1"}) {
        for (int i = 0; i < 20'000; ++i) {
            const std::string a = random.draw(24, alphabet);
            const std::string b = random.below(2) == 0 ? random.draw(24, alphabet) : random.misspell(a, 3, alphabet);
            const Signature x = make_signature(a);
            const Signature y = make_signature(b);
            ASSERT_GE(static_cast<double>(jaro_winkler_at_most(x, y)), jaro_winkler(a, b)) << a << " | " << b;
            ASSERT_LE(osa_distance_at_least(x, y), osa_distance(a, b)) << a << " | " << b;
        }
    }
}

TEST(Signature, DecidesMostUnlikeNamesWithoutReadingThem) {
    const Signature olivia = make_signature("olivia");
    EXPECT_LT(jaro_winkler_at_most(olivia, make_signature("thomas")), 0.6F);
    EXPECT_GE(osa_distance_at_least(olivia, make_signature("thomas")), 4U);
    EXPECT_GT(jaro_winkler_at_most(olivia, make_signature("oliva")), 0.92F);
    EXPECT_LE(osa_distance_at_least(olivia, make_signature("oliva")), 1U);
}

TEST(Signature, LongTextsAreLeftToTheExactComparison) {
    const std::string a(70'000, 'a');
    EXPECT_EQ(jaro_winkler_at_most(make_signature(a), make_signature(a + 'b')), 1.0F);
    EXPECT_EQ(osa_distance_at_least(make_signature(a), make_signature("b")), 0U);
}

}  // namespace
}  // namespace caseweave::text
