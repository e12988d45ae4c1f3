#include "core/arena.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace caseweave {
namespace {

TEST(Arena, KeepsEarlierViewsWhileItGrows) {
    Arena arena;
    std::vector<std::string> texts;
    std::vector<std::string_view> views;
    for (int i = 0; i < 20'000; ++i) {
        texts.push_back("value " + std::to_string(i * 7919) + std::string(static_cast<std::size_t>(i % 90), 'x'));
        views.push_back(arena.store(texts.back()));
    }
    ASSERT_GT(arena.bytes_used(), 3 * Arena::kBlockBytes) << "the test must cross blocks";
    for (std::size_t i = 0; i < texts.size(); ++i) ASSERT_EQ(views[i], texts[i]);
}

TEST(CopyBytes, CopiesAnySizeAndNothingBeside) {
    for (std::size_t size = 0; size <= 70; ++size) {
        std::string from;
        for (std::size_t i = 0; i < size; ++i) from += static_cast<char>('A' + i);
        std::string to(size + 2, '.');
        copy_bytes(to.data() + 1, from.data(), size);
        ASSERT_EQ(to, "." + from + ".");
    }
}

TEST(Arena, TakesTextsLargerThanABlock) {
    Arena arena;
    const std::string_view before = arena.store("before");
    const std::string note(Arena::kBlockBytes * 3 + 17, 'n');
    const std::string_view large = arena.store(note);
    const std::string_view after = arena.store("after");
    EXPECT_EQ(before, "before");
    EXPECT_EQ(large, note);
    EXPECT_EQ(after, "after");
}

TEST(Arena, StoresTheEmptyTextWithoutSpace) {
    Arena arena;
    EXPECT_TRUE(arena.store("").empty());
    EXPECT_EQ(arena.bytes_used(), 0U);
}

TEST(Arena, ReusesItsFirstBlockAfterClear) {
    Arena arena;
    const char* first = arena.store("one").data();
    for (int i = 0; i < 10; ++i) arena.allocate(Arena::kBlockBytes / 2);
    arena.clear();
    EXPECT_EQ(arena.bytes_used(), 0U);
    EXPECT_EQ(arena.store("two").data(), first);
}

TEST(Arena, GivesTheEndOfTheNewestAllocationBack) {
    Arena arena;
    char* wide = arena.allocate(100);
    arena.shrink_last(90);
    EXPECT_EQ(arena.bytes_used(), 10U);
    EXPECT_EQ(arena.allocate(1), wide + 10);
}

TEST(Arena, ViewsSurviveAMoveAndTheOldArenaStartsAfresh) {
    Arena from;
    const std::string_view kept = from.store("kept where it was");
    Arena to = std::move(from);
    EXPECT_EQ(kept, "kept where it was");
    EXPECT_EQ(to.bytes_used(), kept.size());

    // A moved-from arena that is used again must not write into blocks that belong to the other now.
    const std::string_view fresh = from.store("a new text in the old one");  // NOLINT(bugprone-use-after-move)
    const std::string_view beside = to.store("a text behind the kept one");
    EXPECT_EQ(fresh, "a new text in the old one");
    EXPECT_EQ(beside, "a text behind the kept one");
    EXPECT_EQ(kept, "kept where it was");

    to = std::move(from);
    EXPECT_EQ(fresh, "a new text in the old one");
}

}  // namespace
}  // namespace caseweave
