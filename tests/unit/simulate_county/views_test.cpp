#include <gtest/gtest.h>

#include <map>
#include <set>

#include "simulate_county/difficulty.hpp"
#include "simulate_county/habits.hpp"
#include "simulate_county/identifiers.hpp"
#include "simulate_county/scale.hpp"
#include "simulate_county/view_hazards.hpp"

namespace simulate {
namespace {

struct Simulated {
    County county;
    std::vector<SystemView> views;
};

Simulated simulate_views(const char* scale, std::uint64_t seed) {
    Simulated out;
    out.county = build_county(scale_named(scale), seed);
    out.views = make_views(out.county, Random(seed, "systems"));
    return out;
}

const Simulated& tiny() {
    static const Simulated simulated = simulate_views("tiny", 21);
    return simulated;
}

const SystemView& view_of(const Simulated& simulated, std::string_view system) {
    for (const SystemView& view : simulated.views) {
        if (view.system == system) return view;
    }
    throw std::logic_error("no such system");
}

TEST(Views, EverySystemKnowsSomeoneByAKeyOfItsOwn) {
    ASSERT_EQ(tiny().views.size(), 11U);
    for (const SystemView& view : tiny().views) {
        std::set<std::string> keys;
        for (const PersonView& person : view.people) EXPECT_TRUE(keys.insert(person.key).second) << view.system;
        EXPECT_GE(keys.size(), 2U) << view.system;
        EXPECT_TRUE(std::is_sorted(view.people.begin(), view.people.end(),
                                   [](const PersonView& a, const PersonView& b) { return a.key < b.key; }));
    }
}

TEST(Views, DifficultyIsTheStatedOneWithinATenth) {
    for (const std::uint64_t seed : {31U, 32U}) {
        const Simulated simulated = simulate_views("demo", seed);
        const Difficulty realised = measure_difficulty(simulated.views);
        EXPECT_GT(realised.pairs, 10'000U);
        EXPECT_NEAR(realised.forename, kStatedDifficulty.forename, 0.008);
        EXPECT_NEAR(realised.surname, kStatedDifficulty.surname, 0.006);
        EXPECT_NEAR(realised.birth_date, kStatedDifficulty.birth_date, 0.003);
        EXPECT_NEAR(realised.postcode, kStatedDifficulty.postcode, 0.025);
        EXPECT_NEAR(realised.nhs_absent, kStatedDifficulty.nhs_absent, 0.02);
    }
}

TEST(Views, UpnsStandOnlyWhereTheyMay) {
    for (const SystemView& view : tiny().views) {
        for (const PersonView& person : view.people) {
            if (person.upn.empty()) continue;
            EXPECT_EQ(is_upn(person.upn), !person.hazards.has(Hazard::bad_upn)) << person.upn;
            if (view.system == "social_care") {
                EXPECT_FALSE(tiny().county.person(person.person).life.care.empty());
            } else {
                EXPECT_TRUE(view.system == "education" || view.system == "send" || view.system == "virtual_school");
            }
        }
    }
}

TEST(Views, NhsNumbersAreTestNumbersMistypedDummiesOrUlns) {
    const std::set<std::string> dummies = {"9999999999", "0000000000", "1111111111",
                                           "1234567890", "9876543210", "0123456789"};
    for (const SystemView& view : tiny().views) {
        for (const PersonView& person : view.people) {
            const std::string& number = person.nhs_number;
            if (number.empty()) continue;
            const bool test_number = is_nhs_number(number) && number.starts_with("999");
            const bool expected = test_number || dummies.contains(number) || is_uln(number);
            EXPECT_EQ(expected, !person.hazards.has(Hazard::bad_nhs_number)) << view.system;
        }
    }
}

TEST(Views, TheAdoptionRecordNamesBothSidesAndLeavesCopiesOut) {
    std::map<std::string, std::set<Side>> flagged;
    std::map<std::string, PersonIndex> person_of;
    const SystemView& register_of_seals = view_of(tiny(), "fostering_adoption");
    ASSERT_FALSE(register_of_seals.seal_members.empty());
    for (const SealMember& member : register_of_seals.seal_members) {
        const SystemView& system = view_of(tiny(), member.system);
        const auto record = std::find_if(system.people.begin(), system.people.end(),
                                         [&](const PersonView& person) { return person.key == member.key; });
        ASSERT_NE(record, system.people.end());
        EXPECT_EQ(record->side, member.side);
        EXPECT_FALSE(record->hazards.has(Hazard::unflagged_copy));
        flagged[member.domain].insert(member.side);
        person_of[member.domain] = record->person;
    }
    for (const Seal& seal : tiny().county.seals) {
        EXPECT_EQ(flagged[seal.domain].size(), 2U) << seal.domain;
        EXPECT_EQ(person_of[seal.domain], seal.person);
        if (seal.kind != Seal::Kind::adoption) continue;
        int unflagged = 0;
        for (const SystemView& view : tiny().views) {
            for (const PersonView* record : view.records_of(seal.person)) {
                if (record->hazards.has(Hazard::unflagged_copy)) ++unflagged;
            }
        }
        EXPECT_TRUE(unflagged == 1 || unflagged == 2) << seal.domain;
    }
}

TEST(Views, NoTieCrossesASeal) {
    for (const SystemView& view : tiny().views) {
        std::map<std::string, const PersonView*> by_key;
        for (const PersonView& person : view.people) by_key[person.key] = &person;
        for (const PersonView& person : view.people) {
            for (const RelationView& relation : person.relations) {
                if (relation.key == "-1") continue;
                ASSERT_TRUE(by_key.contains(relation.key)) << view.system;
                const PersonView& other = *by_key[relation.key];
                const bool siblings = relation.type == "sibling" || relation.type == "half_sibling";
                EXPECT_FALSE(siblings && (person.side == Side::later || other.side == Side::later));
                EXPECT_FALSE(relation.type == "mother" && person.side == Side::later &&
                             tiny().county.seals[tiny().county.person(person.person).seal].kind ==
                                 Seal::Kind::adoption);
            }
        }
    }
}

TEST(Views, CaseRowsGoToTheSideOfTheirDay) {
    const SystemView& social_care = view_of(tiny(), "social_care");
    for (const Seal& seal : tiny().county.seals) {
        const PersonView* before = social_care.record_of(tiny().county, seal.person, seal.date - 1);
        if (before != nullptr) {
            EXPECT_EQ(before->side, Side::earlier);
        }
        const PersonView* after = social_care.record_of(tiny().county, seal.person, seal.date);
        if (after != nullptr) {
            EXPECT_EQ(after->side, Side::later);
        }
    }
    EXPECT_EQ(social_care.record_of(tiny().county, kNobody - 1, 0), nullptr);
}

TEST(Views, DuplicatesShareOutTheCaseRows) {
    for (const SystemView& view : tiny().views) {
        for (const PersonView& person : view.people) {
            if (person.duplicate_of.empty()) continue;
            std::set<const PersonView*> used;
            for (std::uint64_t salt = 0; salt < 64; ++salt) {
                used.insert(view.record_of(tiny().county, person.person, kToday, salt));
            }
            EXPECT_GE(used.size(), 2U);
        }
    }
}

TEST(Views, SameSeedSameViews) {
    const Simulated again = simulate_views("tiny", 21);
    const Simulated other = simulate_views("tiny", 20);
    ASSERT_EQ(again.views.size(), tiny().views.size());
    bool differs = false;
    for (std::size_t v = 0; v < again.views.size(); ++v) {
        ASSERT_EQ(again.views[v].people.size(), tiny().views[v].people.size());
        for (std::size_t i = 0; i < again.views[v].people.size(); ++i) {
            const PersonView& a = again.views[v].people[i];
            const PersonView& b = tiny().views[v].people[i];
            ASSERT_EQ(a.key, b.key);
            ASSERT_EQ(a.given + a.family + a.nhs_number + a.upn, b.given + b.family + b.nhs_number + b.upn);
            ASSERT_EQ(a.hazards.bits(), b.hazards.bits());
        }
        differs = differs || other.views[v].people.size() != tiny().views[v].people.size();
    }
    EXPECT_TRUE(differs);
}

}  // namespace
}  // namespace simulate
