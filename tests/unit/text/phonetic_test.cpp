#include "text/phonetic.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <type_traits>

#include "random_text.hpp"
#include "text/reference/reference.hpp"

namespace caseweave::text {
namespace {

struct Key {
    const char* name;
    const char* key;
};

TEST(Soundex, GivesTheNationalArchivesCodes) {
    for (const auto& [name, key] :
         {Key{"Robert", "R163"}, Key{"Rupert", "R163"}, Key{"Rubin", "R150"}, Key{"Ashcraft", "A261"},
          Key{"Ashcroft", "A261"}, Key{"Tymczak", "T522"}, Key{"Pfister", "P236"}, Key{"Honeyman", "H555"},
          Key{"Washington", "W252"}, Key{"Lee", "L000"}, Key{"Gutierrez", "G362"}, Key{"Jackson", "J250"},
          Key{"VanDeusen", "V532"}, Key{"Lloyd", "L300"}, Key{"o brien", "O165"}}) {
        EXPECT_EQ(soundex(name).view(), key) << name;
    }
}

TEST(Soundex, IsEmptyWithoutLetters) {
    EXPECT_TRUE(soundex("").empty());
    EXPECT_TRUE(soundex(" 12 \xC3\xA9").empty());
}

TEST(Soundex, AgreesWithReference) {
    RandomText random;
    SCOPED_TRACE(random.trace());
    for (int round = 0; round < 100'000; ++round) {
        const std::string name = random.draw(12, "abcdefghijklmnopqrstuvwxyzHWhwAEI '");
        ASSERT_EQ(soundex(name).view(), reference::soundex(name)) << name;
    }
}

TEST(Nysiis, GivesKnownKeys) {
    for (const auto& [name, key] :
         {Key{"Worthy", "WARTY"}, Key{"Bishop", "BASAP"}, Key{"Knuth", "NAT"}, Key{"Schmidt", "SNAD"},
          Key{"Macintosh", "MCANT"}, Key{"Phillips", "FALAP"}, Key{"Brown", "BRAN"}, Key{"Catherine", "CATARAN"},
          Key{"MacGregor", "MCGRAGAR"}, Key{"Evers", "EVAR"}, Key{"Squire", "SGAR"}, Key{"Mohammed", "MAHANAD"},
          Key{"Zachary", "ZACARY"}, Key{"Tymczak", "TYNCSAC"}, Key{"", ""}, Key{"'-", ""}, Key{"a", "A"}}) {
        EXPECT_EQ(nysiis(name).view(), key) << name;
    }
}

struct MetaphoneExample {
    const char* name;
    const char* primary;
    const char* secondary;
};

TEST(DoubleMetaphone, GivesPhilipsKeys) {
    for (const auto& [name, primary, secondary] : {MetaphoneExample{"Smith", "SM0", "XMT"},
                                                   MetaphoneExample{"Schmidt", "XMT", "SMT"},
                                                   MetaphoneExample{"Thomas", "TMS", "TMS"},
                                                   MetaphoneExample{"Catherine", "K0RN", "KTRN"},
                                                   MetaphoneExample{"Kathryn", "K0RN", "KTRN"},
                                                   MetaphoneExample{"Michael", "MKL", "MXL"},
                                                   MetaphoneExample{"Caesar", "SSR", "SSR"},
                                                   MetaphoneExample{"Worthy", "AR0", "FRT"},
                                                   MetaphoneExample{"Knuth", "N0", "NT"},
                                                   MetaphoneExample{"Phillips", "FLPS", "FLPS"},
                                                   MetaphoneExample{"Campbell", "KMPL", "KMPL"},
                                                   MetaphoneExample{"McLaughlin", "MKLF", "MKLF"},
                                                   MetaphoneExample{"Hugh", "H", "H"},
                                                   MetaphoneExample{"Edge", "AJ", "AJ"},
                                                   MetaphoneExample{"Edgar", "ATKR", "ATKR"},
                                                   MetaphoneExample{"Thumb", "0M", "TM"},
                                                   MetaphoneExample{"Rogier", "RJ", "RJR"},
                                                   MetaphoneExample{"Jose", "HS", "HS"},
                                                   MetaphoneExample{"Jankelowicz", "JNKL", "ANKL"},
                                                   MetaphoneExample{"Tagliaro", "TKLR", "TLR"},
                                                   MetaphoneExample{"Schenker", "XNKR", "SKNK"},
                                                   MetaphoneExample{"School", "SKL", "SKL"},
                                                   MetaphoneExample{"Breaux", "PR", "PR"},
                                                   MetaphoneExample{"Zhao", "J", "J"},
                                                   MetaphoneExample{"Wasserman", "ASRM", "FSRM"},
                                                   MetaphoneExample{"Bacher", "PKR", "PKR"},
                                                   MetaphoneExample{"Accident", "AKST", "AKST"},
                                                   MetaphoneExample{"Cabrillo", "KPRL", "KPR"},
                                                   MetaphoneExample{"Xavier", "SF", "SFR"},
                                                   MetaphoneExample{"Carlisle", "KRLL", "KRLL"},
                                                   MetaphoneExample{"Van Gogh", "FNKK", "FNKK"},
                                                   MetaphoneExample{"mohammed", "MHMT", "MHMT"},
                                                   MetaphoneExample{"Nguyen", "NKN", "NKN"},
                                                   MetaphoneExample{"", "", ""},
                                                   MetaphoneExample{"123", "", ""}}) {
        const DoubleMetaphone keys = double_metaphone(name);
        EXPECT_EQ(keys.primary.view(), primary) << name;
        EXPECT_EQ(keys.secondary.view(), secondary) << name;
    }
}

TEST(DoubleMetaphone, LengthIsTheCallersChoice) {
    EXPECT_EQ(double_metaphone("Filipowicz", 8).primary, "FLPTS");
    EXPECT_EQ(double_metaphone("Filipowicz", 8).secondary, "FLPFX");
    EXPECT_EQ(double_metaphone("Featherstone", 2).primary, "F0");
    EXPECT_EQ(double_metaphone("Bartholomew Montgomery", 100).primary.size(), 8U);
    EXPECT_TRUE(double_metaphone("Smith", 0).primary.empty());
}

TEST(DoubleMetaphone, JoinsSpellingsOfOneSound) {
    EXPECT_TRUE(double_metaphone("smith").agrees_with(double_metaphone("schmidt")));
    EXPECT_TRUE(double_metaphone("catherine").agrees_with(double_metaphone("katharyn")));
    EXPECT_TRUE(double_metaphone("stephen").agrees_with(double_metaphone("steven")));
    EXPECT_FALSE(double_metaphone("smith").agrees_with(double_metaphone("jones")));
    EXPECT_FALSE(double_metaphone("").agrees_with(double_metaphone("")));
    EXPECT_TRUE(double_metaphone("smith").ambiguous());
    EXPECT_FALSE(double_metaphone("thomas").ambiguous());
}

TEST(AllKeys, IgnoreCaseAndHoldTheirAlphabet) {
    RandomText random;
    SCOPED_TRACE(random.trace());
    const auto sound = [](std::string_view key) {
        return std::ranges::all_of(key, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
    };
    for (int round = 0; round < 50'000; ++round) {
        const std::string name = random.draw(14, "abcdefghijklmnopqrstuvwxyz -'");
        std::string upper = name;
        for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        const DoubleMetaphone keys = double_metaphone(name, 8);
        ASSERT_EQ(soundex(name), soundex(upper)) << name;
        ASSERT_EQ(nysiis(name), nysiis(upper)) << name;
        ASSERT_EQ(keys.primary, double_metaphone(upper, 8).primary) << name;
        ASSERT_EQ(keys.secondary, double_metaphone(upper, 8).secondary) << name;
        ASSERT_TRUE(sound(soundex(name).view()) && sound(nysiis(name).view()) && sound(keys.primary.view()) &&
                    sound(keys.secondary.view()))
            << name;
    }
}

TEST(AllKeys, TakeAnyLength) {
    const std::string longest(10'000, 'n');
    EXPECT_EQ(soundex(longest).view(), "N000");
    EXPECT_EQ(nysiis(longest).view(), "N");
    EXPECT_EQ(double_metaphone(longest).primary.view(), "NNNN");
}

TEST(AllKeys, AreSmallValues) {
    static_assert(std::is_trivially_copyable_v<DoubleMetaphone>);
    static_assert(sizeof(SoundexKey) == 5 && sizeof(NysiisKey) == 9 && sizeof(DoubleMetaphone) == 18);
    EXPECT_LT(soundex("Adams"), soundex("Baker"));
}

}  // namespace
}  // namespace caseweave::text
