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
        last = assign_person_ids(builder.store(), cluster, groups.size(), crosswalk_, highest_);
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

    ids = runs.next({{"a", "b", "c", "x", "d"}, {"e"}});
    EXPECT_EQ(ids.at("d"), 1) << "the id most records had stays";
    EXPECT_TRUE(runs.told(Kind::merged, 2, 1));

    ids = runs.next({{"a", "b", "c", "x"}, {"d"}, {"e"}});
    EXPECT_EQ(ids.at("a"), 1);
    EXPECT_EQ(ids.at("d"), 4) << "a split part does not get a retired id back";
    EXPECT_TRUE(runs.told(Kind::split, 1, 4));

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

TEST(PersonIds, RandomHistoriesNeverReuseNorShareAnId) {
    std::mt19937 random(5);
    Runs runs;
    std::set<std::int64_t> ever;
    std::map<std::string, std::int64_t> before;
    for (int run = 0; run < 200; ++run) {
        std::vector<std::vector<std::string>> groups(8);
        for (int i = 0; i < 20; ++i) {
            if (random() % 10 != 0) groups[random() % groups.size()].push_back("k" + std::to_string(i));
        }
        std::erase_if(groups, [](const auto& group) { return group.empty(); });
        const auto ids = runs.next(groups);
        std::set<std::int64_t> now;
        for (const auto& group : groups) {
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

}  // namespace
}  // namespace caseweave
