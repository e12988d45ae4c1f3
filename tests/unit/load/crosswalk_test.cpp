#include "load/crosswalk.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

namespace caseweave {
namespace {

TEST(Crosswalk, KeepsSystemsApart) {
    Crosswalk crosswalk;
    crosswalk.insert(SystemId{1}, "42", {PersonId{10}, 1, 0});
    crosswalk.insert(SystemId{2}, "42", {PersonId{20}, 2, 1});
    ASSERT_NE(crosswalk.find(SystemId{1}, "42"), nullptr);
    EXPECT_EQ(crosswalk.find(SystemId{1}, "42")->person, PersonId{10});
    EXPECT_EQ(crosswalk.find(SystemId{2}, "42")->access, 1);
    EXPECT_EQ(crosswalk.find(SystemId{3}, "42"), nullptr);
    EXPECT_EQ(crosswalk.find(SystemId{1}, "4"), nullptr);
}

TEST(Crosswalk, FindsNothingWhenEmpty) {
    EXPECT_EQ(Crosswalk().find(SystemId{0}, "x"), nullptr);
}

// The slow obvious version is std::map.
TEST(Crosswalk, AgreesWithAMap) {
    constexpr unsigned kSeed = 20260131;
    SCOPED_TRACE(testing::Message() << "seed " << kSeed);
    std::mt19937 random(kSeed);
    std::map<std::pair<std::uint16_t, std::string>, std::int64_t> expected;
    Crosswalk crosswalk;
    for (int i = 0; i < 60'000; ++i) {
        const auto system = static_cast<std::uint16_t>(random() % 11);
        const std::string key = std::to_string(random() % 20'000);
        expected[{system, key}] = i + 1;
        crosswalk.insert(SystemId{system}, key, {PersonId{i + 1}, 1, 0});
    }
    EXPECT_EQ(crosswalk.size(), expected.size());
    for (const auto& [key, person] : expected) {
        const CrosswalkEntry* found = crosswalk.find(SystemId{key.first}, key.second);
        ASSERT_NE(found, nullptr);
        ASSERT_EQ(found->person.value, person);
    }
    for (int i = 20'000; i < 21'000; ++i) ASSERT_EQ(crosswalk.find(SystemId{3}, std::to_string(i)), nullptr);
}

}  // namespace
}  // namespace caseweave
