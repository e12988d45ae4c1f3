#include "normalise/full_name.hpp"

#include <gtest/gtest.h>

#include <string>

namespace caseweave {
namespace {

std::string split(std::string_view text) {
    const FullName name = split_full_name(text);
    return std::string(name.given) + "|" + std::string(name.middle) + "|" + std::string(name.family);
}

TEST(FullName, PutsTheLastWordApart) {
    EXPECT_EQ(split("John Smith"), "John||Smith");
    EXPECT_EQ(split("John Paul Smith"), "John|Paul|Smith");
    EXPECT_EQ(split("Mary Ann Louise Smith-Jones"), "Mary|Ann Louise|Smith-Jones");
    EXPECT_EQ(split("  Zo\u00eb   van  Dijk "), "Zo\u00eb||van  Dijk");
}

TEST(FullName, TakesTheFamilyNameInFrontOfAComma) {
    EXPECT_EQ(split("Smith, John"), "John||Smith");
    EXPECT_EQ(split("SMITH,JOHN PAUL GEORGE"), "JOHN|PAUL GEORGE|SMITH");
    EXPECT_EQ(split("van der Berg, Anna"), "Anna||van der Berg");
    EXPECT_EQ(split("de la Cruz Garc\u00eda, Mar\u00eda Jos\u00e9"), "Mar\u00eda|Jos\u00e9|de la Cruz Garc\u00eda");
    EXPECT_EQ(split("Smith,"), "||Smith");
    EXPECT_EQ(split(", John"), "John||");
}

TEST(FullName, LeavesAParticleWithItsName) {
    EXPECT_EQ(split("Anna van der Berg"), "Anna||van der Berg");
    EXPECT_EQ(split("Anna Maria von Trapp"), "Anna|Maria|von Trapp");
    EXPECT_EQ(split("Maria da Silva Santos"), "Maria||da Silva Santos");
    EXPECT_EQ(split("Sean O'Brien"), "Sean||O'Brien");
    EXPECT_EQ(split("Sean O' Brien"), "Sean||O' Brien");
    EXPECT_EQ(split("Omar al-Hassan"), "Omar||al-Hassan");
    EXPECT_EQ(split("Omar Khalid Al Masri"), "Omar|Khalid|Al Masri");
    EXPECT_EQ(split("Ahmad bin Ismail"), "Ahmad||bin Ismail");
    EXPECT_EQ(split("Kate St. John"), "Kate||St. John");
}

TEST(FullName, AParticleMayAlsoBeAName) {
    EXPECT_EQ(split("Van Morrison"), "Van||Morrison") << "the first word is a forename";
    EXPECT_EQ(split("Anna Le"), "Anna||Le") << "nothing stands behind it";
    EXPECT_EQ(split("Anna Thi Le"), "Anna|Thi|Le");
}

TEST(FullName, DropsTitlesAndSuffixes) {
    EXPECT_EQ(split("Mr John Smith"), "John||Smith");
    EXPECT_EQ(split("Prof. Dr. Anna Schmidt"), "Anna||Schmidt");
    EXPECT_EQ(split("SMITH, MISS JANE"), "JANE||SMITH");
    EXPECT_EQ(split("John Smith Jr."), "John||Smith");
    EXPECT_EQ(split("John Smith, Jr"), "John||Smith");
    EXPECT_EQ(split("Dr"), "Dr||") << "a title alone is all there is";
    EXPECT_EQ(split("Sam Jr"), "Sam||Jr");
}

TEST(FullName, ASingleWordIsAForename) {
    EXPECT_EQ(split("Madonna"), "Madonna||");
    EXPECT_EQ(split("\u738b\u5c0f\u660e"), "\u738b\u5c0f\u660e||");
}

TEST(FullName, NothingGivesNothing) {
    EXPECT_EQ(split(""), "||");
    EXPECT_EQ(split("   "), "||");
    EXPECT_EQ(split(","), "||");
    EXPECT_EQ(split(",,, ,"), "||");
}

}  // namespace
}  // namespace caseweave
