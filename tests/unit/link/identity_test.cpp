#include "link/identity.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "unit/people/person_builder.hpp"

namespace caseweave {
namespace {

using test::PersonBuilder;
using Kind = IdentityEvent::Kind;

/// Assigns ids to a partition written as groups of keys of one system.
class Runs {
  public:
    std::map<std::string, std::int64_t> next(const std::vector<std::vector<std::string>>& groups) {
        PersonBuilder builder;
        std::vector<std::uint32_t> cluster;
        for (std::uint32_t i = 0; i < groups.size(); ++i) {
            for (const std::string& key : groups[i]) {
                builder.person("alpha", key, {});
                cluster.push_back(i);
            }
        }
        builder.store().seal();
        if (shuffle != nullptr) std::ranges::shuffle(crosswalk_, *shuffle);
        last = assign_person_ids(builder.store(), cluster, groups.size(), crosswalk_, highest_, claims);
        highest_ = last.highest;
        crosswalk_.clear();
        std::map<std::string, std::int64_t> ids;
        for (std::uint32_t row = 0; row < cluster.size(); ++row) {
            const std::string key(builder.store().key(PersonRow{row}));
            ids[key] = last.person[cluster[row]].value;
            crosswalk_.push_back({"alpha", key, last.person[cluster[row]]});
        }
        return ids;
    }

    bool told(Kind kind, std::int64_t person, std::int64_t other = 0) const {
        return std::ranges::any_of(last.events, [&](const IdentityEvent& event) {
            return event.kind == kind && event.person.value == person && event.other.value == other;
        });
    }

    IdentityAssignment last;
    std::vector<IdentityClaim> claims;  ///< for the next run
    std::mt19937* shuffle = nullptr;    ///< puts the crosswalk in another order where one is given

  private:
    std::vector<EarlierIdentity> crosswalk_;
    PersonId highest_;
};

TEST(PersonIds, AFirstRunCountsInOrderOfTheSmallestKey) {
    Runs runs;
    const auto ids = runs.next({{"z", "b"}, {"c"}, {"y", "a"}});
    EXPECT_EQ(ids.at("a"), 1);
    EXPECT_EQ(ids.at("y"), 1);
    EXPECT_EQ(ids.at("b"), 2);
    EXPECT_EQ(ids.at("c"), 3);
    EXPECT_EQ(runs.last.events.size(), 3U);
}

TEST(PersonIds, StayAcrossRunsWhateverTheOrder) {
    Runs runs;
    const auto before = runs.next({{"a", "b"}, {"c"}, {"d"}});
    EXPECT_EQ(runs.next({{"d"}, {"b", "a"}, {"c"}}), before);
    EXPECT_TRUE(runs.last.events.empty());
}

TEST(PersonIds, GrowMergeSplitRetireAndAreNeverReused) {
    Runs runs;
    runs.next({{"a", "b", "c"}, {"d"}, {"e"}});  // 1, 2, 3
    auto ids = runs.next({{"a", "b", "c", "x"}, {"d"}, {"e"}});
    EXPECT_EQ(ids.at("x"), 1);
    EXPECT_TRUE(runs.told(Kind::grown, 1));
    EXPECT_EQ(runs.last.events.size(), 1U);

    ids = runs.next({{"a", "b", "c", "x", "d"}, {"e"}});
    EXPECT_EQ(ids.at("d"), 1) << "the id most records had stays";
    EXPECT_TRUE(runs.told(Kind::merged, 2, 1));
    EXPECT_TRUE(runs.told(Kind::grown, 1, 2));
    EXPECT_EQ(runs.last.events.size(), 2U);

    ids = runs.next({{"a", "b", "c", "x"}, {"d"}, {"e"}});
    EXPECT_EQ(ids.at("a"), 1);
    EXPECT_EQ(ids.at("d"), 4) << "a split part does not get a retired id back";
    EXPECT_TRUE(runs.told(Kind::split, 4, 1));
    EXPECT_TRUE(runs.told(Kind::shrunk, 1, 4)) << "who holds something of person 1 has to hear of it";

    ids = runs.next({{"a", "b", "c", "x"}, {"d"}});
    EXPECT_TRUE(runs.told(Kind::retired, 3));
    ids = runs.next({{"a", "b", "c", "x"}, {"d"}, {"e"}});
    EXPECT_EQ(ids.at("e"), 5);
    EXPECT_TRUE(runs.told(Kind::created, 5));
}

TEST(PersonIds, OfAnEvenSplitTheSmallestKeyKeepsTheId) {
    Runs runs;
    runs.next({{"a", "b"}});
    const auto ids = runs.next({{"b"}, {"a"}});
    EXPECT_EQ(ids.at("a"), 1);
    EXPECT_EQ(ids.at("b"), 2);
}

TEST(PersonIds, AClaimKeepsTheIdWithTheSmallerPart) {
    Runs runs;
    runs.next({{"a", "b", "c", "d"}, {"e"}});  // 1, 2
    runs.claims = {{PersonId{1}, "alpha", "d"}};
    auto ids = runs.next({{"a", "b", "c"}, {"d"}, {"e"}});
    EXPECT_EQ(ids.at("d"), 1);
    EXPECT_EQ(ids.at("a"), 3);
    EXPECT_TRUE(runs.told(Kind::split, 3, 1));
    // Without the claim the parts keep what they have.
    runs.claims.clear();
    EXPECT_EQ(runs.next({{"a", "b", "c"}, {"d"}, {"e"}}), ids);
    // A claim on a record that never had the id, on an unknown record, or on nobody's id counts for nothing.
    runs.claims = {{PersonId{2}, "alpha", "a"}, {PersonId{2}, "beta", "e"}, {PersonId{}, "alpha", "new"}};
    ids = runs.next({{"a", "b", "c"}, {"d", "new"}, {"e"}});
    EXPECT_EQ(ids.at("e"), 2);
    EXPECT_EQ(ids.at("a"), 3);
    EXPECT_EQ(ids.at("new"), 1);
}

TEST(PersonIds, NumbersGoOnFromIdsThatOnlyTheEventLogKnows) {
    PersonBuilder builder;
    builder.person("alpha", "a", {});
    builder.store().seal();
    const std::vector<std::uint32_t> cluster = {0};
    // Person 7 was retired, and no record of it is left in the crosswalk.
    EXPECT_EQ(assign_person_ids(builder.store(), cluster, 1, {}, PersonId{7}).person[0].value, 8);
}

/// Holds one step of a random history: who is together, and which ids a reviewer claims for whom.
struct Step {
    std::vector<std::vector<std::string>> groups;
    std::vector<IdentityClaim> claims;
};

Step random_step(std::mt19937& random, const std::map<std::string, std::int64_t>& held) {
    Step step;
    step.groups.resize(8);
    for (int i = 0; i < 20; ++i) {
        if (random() % 10 != 0) step.groups[random() % step.groups.size()].push_back("k" + std::to_string(i));
    }
    std::erase_if(step.groups, [](const auto& group) { return group.empty(); });
    for (const auto& [key, person] : held) {
        if (random() % 25 == 0) step.claims.push_back({PersonId{person}, "alpha", key});
    }
    return step;
}

TEST(PersonIds, RandomHistoriesNeverReuseNorShareAnId) {
    for (const unsigned seed : {5U, 6U, 7U}) {
        std::mt19937 random(seed);
        Runs runs;
        std::set<std::int64_t> ever;
        std::map<std::string, std::int64_t> before;
        for (int run = 0; run < 200; ++run) {
            const Step step = random_step(random, before);
            runs.claims = step.claims;
            const auto ids = runs.next(step.groups);
            std::set<std::int64_t> now;
            for (const auto& group : step.groups) {
                const std::int64_t id = ids.at(group.front());
                for (const auto& key : group) ASSERT_EQ(ids.at(key), id);
                ASSERT_TRUE(now.insert(id).second) << "two clusters share an id";
                const bool known = ever.contains(id);
                const bool held_by_a_member = std::ranges::any_of(
                    group, [&](const auto& key) { return before.contains(key) && before.at(key) == id; });
                ASSERT_TRUE(!known || held_by_a_member) << "an id came back to records that never had it";
            }
            ever.insert(now.begin(), now.end());
            before = ids;
        }
    }
}

TEST(PersonIds, AnIdThatChangedInAnyWayHasAnEventAndNoOtherHas) {
    std::mt19937 random(11);
    Runs runs;
    std::map<std::int64_t, std::set<std::string>> before;
    std::map<std::string, std::int64_t> held;
    for (int run = 0; run < 200; ++run) {
        const Step step = random_step(random, held);
        runs.claims = step.claims;
        held = runs.next(step.groups);
        std::map<std::int64_t, std::set<std::string>> now;
        for (const auto& [key, id] : held) now[id].insert(key);
        std::set<std::int64_t> changed;
        for (const auto& [id, records] : before)
            if (now[id] != records) changed.insert(id);
        for (const auto& [id, records] : now)
            if (before[id] != records) changed.insert(id);
        std::set<std::int64_t> told;
        for (const IdentityEvent& event : runs.last.events) {
            told.insert(event.person.value);
            const bool retired = event.kind == Kind::merged || event.kind == Kind::retired;
            ASSERT_EQ(retired, now[event.person.value].empty());
            const bool fresh = event.kind == Kind::created || event.kind == Kind::split;
            ASSERT_EQ(fresh, before[event.person.value].empty());
            if (event.other.value == 0) continue;
            // Records did go from the one to the other.
            const auto& source = event.kind == Kind::merged || event.kind == Kind::shrunk ? event.person : event.other;
            const auto& heir = event.kind == Kind::merged || event.kind == Kind::shrunk ? event.other : event.person;
            const auto& came = now[heir.value];
            ASSERT_TRUE(std::ranges::any_of(before[source.value], [&](const auto& key) { return came.contains(key); }));
        }
        ASSERT_EQ(told, changed);
        before = std::move(now);
        std::erase_if(before, [](const auto& entry) { return entry.second.empty(); });
    }
}

TEST(PersonIds, TheLargerPartInheritsOfEqualsTheOldest) {
    std::mt19937 random(13);
    Runs runs;
    std::map<std::string, std::int64_t> before;
    for (int run = 0; run < 200; ++run) {
        const Step step = random_step(random, before);  // its claims are not made
        const auto ids = runs.next(step.groups);
        for (const auto& group : step.groups) {
            std::map<std::int64_t, std::size_t> shares;
            for (const auto& key : group)
                if (before.contains(key)) ++shares[before.at(key)];
            const std::int64_t id = ids.at(group.front());
            for (const auto& [rival, records] : shares) {
                const std::size_t mine = shares.contains(id) ? shares.at(id) : 0;
                if (rival == id || records < mine || (records == mine && rival > id)) continue;
                // A rival with the better claim to this group has a group that it shares at least as much with.
                const auto elsewhere = std::ranges::find_if(
                    step.groups, [&](const auto& other) { return ids.at(other.front()) == rival; });
                ASSERT_NE(elsewhere, step.groups.end()) << "the better claim was passed over";
                const auto there = static_cast<std::size_t>(std::ranges::count_if(
                    *elsewhere, [&](const auto& key) { return before.contains(key) && before.at(key) == rival; }));
                ASSERT_GE(there, records);
            }
        }
        before = ids;
    }
}

TEST(PersonIds, DoNotDependOnTheOrderOfAnything) {
    std::mt19937 random(17);
    Runs straight;
    Runs shuffled;
    shuffled.shuffle = &random;
    std::mt19937 history(19);
    std::map<std::string, std::int64_t> held;
    for (int run = 0; run < 100; ++run) {
        Step step = random_step(history, held);
        straight.claims = step.claims;
        held = straight.next(step.groups);
        std::ranges::shuffle(step.groups, random);
        for (auto& group : step.groups) std::ranges::shuffle(group, random);
        std::ranges::shuffle(step.claims, random);
        shuffled.claims = step.claims;
        ASSERT_EQ(shuffled.next(step.groups), held);
        ASSERT_EQ(shuffled.last.events, straight.last.events);
        ASSERT_EQ(shuffled.last.highest, straight.last.highest);
    }
}

}  // namespace
}  // namespace caseweave
