#include "normalise/full_name.hpp"

#include <gtest/gtest.h>

#include <string>

namespace caseweave {
namespace {

std::string parts_of(std::string_view text) {
    const FullName name = split_full_name(text);
    return std::string(name.given) + "|" + std::string(name.middle) + "|" + std::string(name.family);
}

TEST(FullName, PutsTheLastWordApart) {
    EXPECT_EQ(parts_of("John Smith"), "John||Smith");
    EXPECT_EQ(parts_of("John Paul Smith"), "John|Paul|Smith");
    EXPECT_EQ(parts_of("Mary Ann Louise Smith-Jones"), "Mary|Ann Louise|Smith-Jones");
    EXPECT_EQ(parts_of("  Zo\u00eb   van  Dijk "), "Zo\u00eb||van  Dijk");
}

TEST(FullName, TakesTheFamilyNameInFrontOfAComma) {
    EXPECT_EQ(parts_of("Smith, John"), "John||Smith");
    EXPECT_EQ(parts_of("SMITH,JOHN PAUL GEORGE"), "JOHN|PAUL GEORGE|SMITH");
    EXPECT_EQ(parts_of("van der Berg, Anna"), "Anna||van der Berg");
    EXPECT_EQ(parts_of("de la Cruz Garc\u00eda, Mar\u00eda Jos\u00e9"), "Mar\u00eda|Jos\u00e9|de la Cruz Garc\u00eda");
    EXPECT_EQ(parts_of("Smith,"), "||Smith");
    EXPECT_EQ(parts_of(", John"), "John||");
}

TEST(FullName, LeavesAParticleWithItsName) {
    EXPECT_EQ(parts_of("Anna van der Berg"), "Anna||van der Berg");
    EXPECT_EQ(parts_of("Anna Maria von Trapp"), "Anna|Maria|von Trapp");
    EXPECT_EQ(parts_of("Maria da Silva Santos"), "Maria||da Silva Santos");
    EXPECT_EQ(parts_of("Sean O'Brien"), "Sean||O'Brien");
    EXPECT_EQ(parts_of("Sean O' Brien"), "Sean||O' Brien");
    EXPECT_EQ(parts_of("Omar al-Hassan"), "Omar||al-Hassan");
    EXPECT_EQ(parts_of("Omar Khalid Al Masri"), "Omar|Khalid|Al Masri");
    EXPECT_EQ(parts_of("Ahmad bin Ismail"), "Ahmad||bin Ismail");
    EXPECT_EQ(parts_of("Kate St. John"), "Kate||St. John");
}

TEST(FullName, AParticleMayAlsoBeAName) {
    EXPECT_EQ(parts_of("Van Morrison"), "Van||Morrison") << "the first word is a forename";
    EXPECT_EQ(parts_of("Anna Le"), "Anna||Le") << "nothing stands behind it";
    EXPECT_EQ(parts_of("Anna Thi Le"), "Anna|Thi|Le");
}

TEST(FullName, DropsTitlesAndSuffixes) {
    EXPECT_EQ(parts_of("Mr John Smith"), "John||Smith");
    EXPECT_EQ(parts_of("Prof. Dr. Anna Schmidt"), "Anna||Schmidt");
    EXPECT_EQ(parts_of("SMITH, MISS JANE"), "JANE||SMITH");
    EXPECT_EQ(parts_of("John Smith Jr."), "John||Smith");
    EXPECT_EQ(parts_of("John Smith, Jr"), "John||Smith");
    EXPECT_EQ(parts_of("Dr"), "Dr||") << "a title alone is all there is";
    EXPECT_EQ(parts_of("Sam Jr"), "Sam||Jr");
}

TEST(FullName, ASingleWordIsAForename) {
    EXPECT_EQ(parts_of("Madonna"), "Madonna||");
    EXPECT_EQ(parts_of("\u738b\u5c0f\u660e"), "\u738b\u5c0f\u660e||");
}

TEST(FullName, NothingGivesNothing) {
    EXPECT_EQ(parts_of(""), "||");
    EXPECT_EQ(parts_of("   "), "||");
    EXPECT_EQ(parts_of(","), "||");
    EXPECT_EQ(parts_of(",,, ,"), "||");
}

}  // namespace
}  // namespace caseweave
