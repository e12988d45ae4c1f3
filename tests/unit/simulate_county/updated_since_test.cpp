#include "simulate_county/server/updated_since.hpp"

#include <gtest/gtest.h>

namespace simulate {
namespace {

TEST(UpdatedSince, TakesAMomentWithAndWithoutZone) {
    EXPECT_EQ(read_since("2026-03-31T20:00:00Z"), "2026-03-31T20:00:00");
    EXPECT_EQ(read_since("2026-03-31T20:00:00"), "2026-03-31T20:00:00");
    for (const char* wrong : {"", "2026-03-31", "2026-03-31 20:00:00", "yesterday", "2026-03-31T20:00:00+01:00"})
        EXPECT_EQ(read_since(wrong), std::nullopt) << wrong;
}

TEST(UpdatedSince, AsksTheRecordsOwnTime) {
    const char* since = "2026-04-01T08:00:00";
    const char* family =
        R"({"familyId":"F1","updatedAt":"2026-04-01T07:59:00Z","members":[{"updatedAt":"2026-04-01T09:00:00Z"}]})";
    EXPECT_FALSE(is_updated_since(family, since));
    EXPECT_TRUE(is_updated_since(R"({"id":"A","updatedAt":"2026-04-01T08:00:00"})", since));
    EXPECT_TRUE(is_updated_since(R"({"id":"D","uploadedAt":"2026-04-02T08:00:00Z"})", since));
    EXPECT_FALSE(is_updated_since(R"({"id":"D","uploadedAt":"2026-03-02T08:00:00Z"})", since));
}

TEST(UpdatedSince, KeepsRecordsThatCannotTell) {
    const char* since = "2026-04-01T08:00:00";
    EXPECT_TRUE(is_updated_since(R"({"teamId":"EH"})", since));
    EXPECT_TRUE(is_updated_since(R"({"id":"A","updatedAt":null})", since));
    EXPECT_TRUE(is_updated_since(R"({"id":"A","updatedAt":"2026-0)", since));
}

}  // namespace
}  // namespace simulate
