#include "normalise/addresses.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace caseweave {
namespace {

std::pair<std::string, std::string> split(std::string_view text) {
    const HouseAndStreet parts = split_house(text);
    return {std::string(parts.house), std::string(parts.street)};
}

using Parts = std::pair<std::string, std::string>;

TEST(Address, TheHouseIsCutOffAStreetThatBeginsWithIt) {
    EXPECT_EQ(split("2, High St"), (Parts{"2", "High St"}));
    EXPECT_EQ(split("14a High Street"), (Parts{"14a", "High Street"}));
    EXPECT_EQ(split("12-14 High Street"), (Parts{"12-14", "High Street"}));
    EXPECT_EQ(split(" Flat 2,14 High St, "), (Parts{"Flat 2,14", "High St"}));
    EXPECT_EQ(split("FLAT B, HIGH STREET"), (Parts{"FLAT B", "HIGH STREET"}));
    EXPECT_EQ(split("Apt 3b 9 Mill Rd"), (Parts{"Apt 3b 9", "Mill Rd"}));
}

TEST(Address, WhatIsNoHouseStaysWithTheStreet) {
    for (const char* street : {"High Street", "1st Avenue", "Rose Cottage, Mill Lane", "Flat Lane", "Unit Road", "14",
                               "Flat 2", "14, 2", "", "12- Mill Road", "14ab Mill Road", "Room for Growth"})
        EXPECT_EQ(split(street), (Parts{"", street})) << street;
}

TEST(Address, PartsAreWrittenAsPeopleDo) {
    EXPECT_EQ(tidy_address_part("  BOGNOR   REGIS, "), "Bognor Regis");
    EXPECT_EQ(tidy_address_part("shoreham-by-sea"), "Shoreham-By-Sea");
    EXPECT_EQ(tidy_address_part("ST JOHN'S HILL"), "St John's Hill");
    EXPECT_EQ(tidy_address_part("O'CONNOR HOUSE"), "O'Connor House");
    EXPECT_EQ(tidy_address_part("ISLE OF WIGHT"), "Isle of Wight");
    EXPECT_EQ(tidy_address_part("THE ELMS"), "The Elms");
    EXPECT_EQ(tidy_address_part("flat 2,"), "Flat 2");
    EXPECT_EQ(tidy_address_part("14a"), "14A");
    EXPECT_EQ(tidy_address_part("McDonald Court"), "McDonald Court") << "written with care";
    EXPECT_EQ(tidy_address_part("CAFÉ WALK"), "CAFÉ WALK");
    EXPECT_EQ(tidy_address_part(" , "), "");
}

TEST(Address, TheLastWordOfAStreetIsWrittenInFull) {
    EXPECT_EQ(tidy_street("High St."), "High Street");
    EXPECT_EQ(tidy_street("ST JOHNS ST"), "St Johns Street");
    EXPECT_EQ(tidy_street("mill rd"), "Mill Road");
    EXPECT_EQ(tidy_street("Priory Cres"), "Priory Crescent");
    EXPECT_EQ(tidy_street("Rd"), "Rd") << "alone it says nothing";
    EXPECT_EQ(tidy_street("St Dr Smith Way"), "St Dr Smith Way");
    EXPECT_EQ(tidy_street(tidy_street("The Sq")), "The Square");
}

}  // namespace
}  // namespace caseweave
