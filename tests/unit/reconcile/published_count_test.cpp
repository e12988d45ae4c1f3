#include "reconcile/published_count.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <set>
#include <string>
#include <vector>

namespace caseweave {
namespace {

using Cells = std::vector<std::uint64_t>;

std::vector<std::string> texts(const std::vector<PublishedCount>& line) {
    std::vector<std::string> result;
    for (const PublishedCount& count : line) result.push_back(count.text());
    return result;
}

/// Lists every line of counts up to `most` that a reader may hold for true: same total, same published cells.
void solutions(const std::vector<PublishedCount>& line, std::uint64_t total, std::size_t at, Cells& cells,
               std::vector<Cells>& found) {
    if (at == line.size()) {
        if (total == 0) found.push_back(cells);
        return;
    }
    const bool exact = line[at].is_exact();
    const bool small = !exact && !line[at].is_withheld();
    const std::uint64_t low = exact ? line[at].floor() : small ? 1 : 0;
    const std::uint64_t high = exact ? line[at].floor() : small ? 4 : total;
    for (std::uint64_t value = low; value <= std::min(high, total); ++value) {
        cells[at] = value;
        solutions(line, total - value, at + 1, cells, found);
    }
}

/// Every line of four cells from 0 to 7: no suppressed one has a single solution, unless it is the published total.
TEST(PublishedLine, ASuppressedCellIsNeverDeterminedByTheTotalAndTheOthers) {
    for (std::uint64_t code = 0; code < 8 * 8 * 8 * 8; ++code) {
        const Cells cells = {code % 8, code / 8 % 8, code / 64 % 8, code / 512};
        const auto line = publish_line(cells);
        const std::uint64_t total = std::accumulate(cells.begin(), cells.end(), std::uint64_t{0});
        std::vector<Cells> found;
        // A small total is published as "<5" too.
        for (std::uint64_t t = is_small(total) ? 1 : total; t <= (is_small(total) ? 4 : total); ++t) {
            Cells guess(cells.size());
            solutions(line, t, 0, guess, found);
        }
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (line[i].is_exact()) {
                EXPECT_FALSE(is_small(cells[i]));
                EXPECT_EQ(line[i].floor(), cells[i]);
                continue;
            }
            std::set<std::uint64_t> values;
            for (const Cells& solution : found) values.insert(solution[i]);
            EXPECT_TRUE(values.contains(cells[i]));
            EXPECT_GT(values.size(), 1U) << testing::PrintToString(cells) << " cell " << i;
        }
    }
}

TEST(PublishedLine, TheNextSmallestGoesWithALoneSmallCell) {
    EXPECT_EQ(texts(publish_line({120, 3, 0, 9, 40})), (std::vector<std::string>{"120", "<5", "0", "c", "40"}));
    EXPECT_EQ(texts(publish_line({120, 3, 0, 2, 40})), (std::vector<std::string>{"120", "<5", "0", "<5", "40"}));
    EXPECT_EQ(texts(publish_line({120, 1, 0, 1, 40})), (std::vector<std::string>{"120", "<5", "0", "<5", "c"}));
    EXPECT_EQ(texts(publish_line({5, 1200, 0})), (std::vector<std::string>{"5", "1,200", "0"}));
}

TEST(PublishedCount, ASumSaysNoMoreThanItsParts) {
    EXPECT_EQ((PublishedCount(1000) + PublishedCount(34)).text(), "1,034");
    EXPECT_EQ((PublishedCount(1000) + PublishedCount(4)).text(), "\u2265\u00a01,001");
    EXPECT_EQ((PublishedCount(4) + PublishedCount(0)).text(), "<5");
    EXPECT_EQ((PublishedCount::withheld() + PublishedCount(7)).text(), "\u2265\u00a07");
    EXPECT_EQ((PublishedCount(0) + PublishedCount::withheld()).text(), "c");
}

TEST(JoinedBars, SmallOnesAreCountedWithTheNextSmallest) {
    using Bars = std::vector<std::pair<std::string, std::uint64_t>>;
    EXPECT_EQ(join_small({{"a", 50}, {"b", 11}, {"c", 2}, {"d", 1}}), (Bars{{"a", 50}, {"b, c, d", 14}}));
    EXPECT_EQ(join_small({{"a", 3}}), (Bars{{"a", 3}}));
    EXPECT_EQ(join_small({{"a", 3}, {"b", 3}}), (Bars{{"b, a", 6}}));
    EXPECT_EQ(join_small({}), Bars{});
}

TEST(PublishedCount, AFineShareIsNeverRoundedToAllOrNone) {
    EXPECT_EQ(publish_fine_share(0, 0), "");
    EXPECT_EQ(publish_fine_share(50, 50), "100 %");
    EXPECT_EQ(publish_fine_share(0, 50), "0 %");
    EXPECT_EQ(publish_fine_share(46, 50), "c");
    EXPECT_EQ(publish_fine_share(3, 50), "c");
    EXPECT_EQ(publish_fine_share(45, 50), "90.0 %");
    EXPECT_EQ(publish_fine_share(100000 - 5, 100000), "> 99.9 %");
    EXPECT_EQ(publish_fine_share(5, 100000), "< 0.1 %");
    EXPECT_EQ(publish_fine_share(99940, 100000), "99.9 %");
}

}  // namespace
}  // namespace caseweave
