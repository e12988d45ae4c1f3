#include "simulate_county/county.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "simulate_county/identifiers.hpp"
#include "simulate_county/names/community.hpp"
#include "simulate_county/scale.hpp"

namespace simulate {
namespace {

const County& tiny() {
    static const County county = build_county(scale_named("tiny"), 11);
    return county;
}

TEST(County, HasAboutAsManyChildrenAsItsScaleSays) {
    std::size_t children = 0;
    for (const Person& person : tiny().people) {
        if (person.kind != Person::Kind::adult) ++children;
    }
    EXPECT_NEAR(static_cast<double>(children), 300.0, 30.0);
    EXPECT_THROW(scale_named("huge"), std::invalid_argument);
}

TEST(County, GivesEveryIdentityValidNumbersOfItsOwn) {
    std::set<std::string> nhs;
    std::set<std::string> upns;
    for (const Person& person : tiny().people) {
        for (const Identity& identity : person.identities) {
            for (const std::string& number : {identity.nhs_number, identity.nhs_superseded}) {
                if (number.empty()) continue;
                EXPECT_TRUE(is_nhs_number(number) && number.starts_with("999"));
                EXPECT_TRUE(nhs.insert(number).second);
            }
            for (const std::string& upn : {identity.upn, identity.upn_temporary, identity.upn_former}) {
                if (upn.empty()) continue;
                EXPECT_TRUE(is_upn(upn)) << upn;
                EXPECT_TRUE(upns.insert(upn).second) << upn;
            }
            if (!identity.uln.empty()) {
                EXPECT_TRUE(is_uln(identity.uln));
            }
        }
    }
    EXPECT_GT(nhs.size(), 300U);
    EXPECT_GT(upns.size(), 150U);
}

TEST(County, AdoptionGivesAnotherIdentity) {
    ASSERT_GE(tiny().adoptions.size(), 2U);
    for (const Adoption& adoption : tiny().adoptions) {
        const Person& child = tiny().person(adoption.person);
        ASSERT_TRUE(child.sealed());
        const Identity& earlier = child.identities.front();
        const Identity& later = child.identities.back();
        EXPECT_NE(earlier.nhs_number, later.nhs_number);
        EXPECT_NE(earlier.names.front().family, later.names.front().family);
        EXPECT_NE(earlier.mother, later.mother);
        EXPECT_TRUE(later.upn.empty() || later.upn != earlier.upn);
        EXPECT_LT(adoption.decision, adoption.matched);
        EXPECT_LT(adoption.placed, adoption.order);
        EXPECT_LE(adoption.order, kToday);
        EXPECT_EQ(child.life.care.front().to, adoption.order);
    }
}

TEST(County, TwinsShareBirthAndFamilyButNotForename) {
    std::map<std::uint32_t, std::vector<const Person*>> births;
    for (const Person& person : tiny().people) {
        if (person.multiple_birth != 0) births[person.multiple_birth].push_back(&person);
    }
    std::size_t triplets = 0;
    for (const auto& [id, members] : births) {
        ASSERT_EQ(members.size(), members.front()->birth_count);
        if (members.size() == 3) ++triplets;
        for (std::size_t i = 1; i < members.size(); ++i) {
            EXPECT_EQ(members[i]->birth, members[0]->birth);
            EXPECT_EQ(members[i]->family, members[0]->family);
            EXPECT_NE(members[i]->identities[0].names[0].given, members[0]->identities[0].names[0].given);
        }
    }
    EXPECT_GE(births.size(), 4U);
    EXPECT_GE(triplets, 2U);
}

// Facts that every system's rows are made from: in order, inside the life, not after today.
TEST(County, LivesAreCoherent) {
    for (const Person& person : tiny().people) {
        for (const Identity& identity : person.identities) {
            ASSERT_FALSE(identity.names.empty());
            ASSERT_FALSE(identity.residences.empty());
            for (std::size_t i = 1; i < identity.residences.size(); ++i) {
                EXPECT_LE(identity.residences[i - 1].to, identity.residences[i].from);
            }
        }
        for (const SchoolEnrolment& enrolment : person.life.enrolments) {
            EXPECT_GE(age_on(person.birth, enrolment.from), 4);
            EXPECT_LE(enrolment.from, enrolment.to);
            EXPECT_LE(enrolment.from, kToday);
        }
        for (const CarePeriod& care : person.life.care) {
            ASSERT_FALSE(care.placements.empty());
            ASSERT_FALSE(care.statuses.empty());
            EXPECT_EQ(care.placements.front().from, care.from);
            EXPECT_EQ(care.placements.back().to, care.to);
            EXPECT_EQ(care.statuses.front().from, care.from);
            EXPECT_EQ(care.statuses.back().to, care.to);
            for (std::size_t i = 1; i < care.placements.size(); ++i) {
                EXPECT_EQ(care.placements[i - 1].to, care.placements[i].from);
            }
            for (std::size_t i = 1; i < care.statuses.size(); ++i)
                EXPECT_EQ(care.statuses[i - 1].to, care.statuses[i].from);
            for (const Day day : care.reviews) EXPECT_TRUE(day > care.from && day < std::min(care.to, kToday));
        }
        for (const NeedEpisode& episode : person.life.need_episodes) EXPECT_LE(episode.referred, episode.closed);
    }
}

// Postcode districts of the county's districts, as the towns in them have them.
TEST(County, PostcodesLieInTheirDistrict) {
    const std::map<std::string, std::set<std::string>> outcodes = {
        {"Chichester", {"PO10", "PO18", "PO19", "PO20", "GU28", "RH20"}},
        {"Arun", {"PO21", "PO22", "BN16", "BN17", "BN18"}},
        {"Worthing", {"BN11", "BN12", "BN13", "BN14"}},
        {"Adur", {"BN15", "BN41", "BN42", "BN43"}},
        {"Horsham", {"RH12", "RH13", "RH14", "RH20"}},
        {"Crawley", {"RH10", "RH11"}},
        {"Mid Sussex", {"BN6", "RH10", "RH15", "RH16", "RH17", "RH19"}}};
    std::set<std::string> districts;
    for (const Address& address : tiny().addresses) {
        const std::string outcode = address.postcode.substr(0, address.postcode.find(' '));
        ASSERT_TRUE(outcodes.contains(address.district)) << address.district;
        EXPECT_TRUE(outcodes.at(address.district).contains(outcode)) << address.town << " " << address.postcode;
        EXPECT_EQ(address.uprn.size(), 12U);
        districts.insert(address.district);
    }
    EXPECT_EQ(districts.size(), outcodes.size());
}

TEST(NameBook, HasTheDiversityOfACounty) {
    EXPECT_GE(communities().size(), 25U);
    const NameBook book;
    Random random(4, "names");
    std::map<std::string, int> given;
    for (int i = 0; i < 20000; ++i) ++given[book.draw_given(book.draw_community(random), 'F', random)];
    EXPECT_GT(given.size(), 400U);
    int most = 0;
    for (const auto& [name, count] : given) most = std::max(most, count);
    EXPECT_GT(most, 150);   // common names repeat
    EXPECT_LT(most, 1200);  // and none rules
}

TEST(NameBook, DaughtersBearTheirForm) {
    const NameBook book;
    std::size_t polish = 0;
    while (communities()[polish].name != "Polish") ++polish;
    EXPECT_EQ(book.family_for(polish, "Kowalski", 'F'), "Kowalska");
    EXPECT_EQ(book.family_for(polish, "Kowalski", 'M'), "Kowalski");
    EXPECT_EQ(book.family_for(polish, "Nowak", 'F'), "Nowak");
}

// The county's scale, of which a hundredth is built here: its children, and the young adults whose records are kept.
TEST(CountyScale, HasAsManyChildrenAsTheCounty) {
    Scale scale = scale_named("county");
    const auto of_all = static_cast<double>(scale.children);
    scale.children /= 100;
    const County county = build_county(scale, 3);
    double under_18 = 0;
    double all = 0;
    Day oldest = kToday;
    for (const Person& person : county.people) {
        if (person.kind == Person::Kind::adult) continue;
        ++all;
        if (person.kind == Person::Kind::unborn || age_on(person.birth, kToday) < 18) ++under_18;
        oldest = std::min(oldest, person.birth);
    }
    EXPECT_NEAR(under_18 / all * of_all, 172'000, 9'000);
    EXPECT_GE(oldest, scale.first_birth);
    EXPECT_EQ(age_on(oldest, kToday), 29);
}

}  // namespace
}  // namespace simulate
