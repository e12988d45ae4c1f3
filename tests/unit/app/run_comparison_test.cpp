#include "app/books/run_comparison.hpp"

#include <gtest/gtest.h>

namespace caseweave {
namespace {

EntityBooks books(std::int64_t read, std::int64_t quarantined, std::string digest, bool balanced = true) {
    EntityBooks entity;
    entity.counts.read = read;
    entity.counts.placed = read - quarantined;
    entity.counts.quarantined = quarantined;
    entity.digest = std::move(digest);
    entity.balanced = balanced;
    return entity;
}

std::string line_of(const std::string& text, const std::string& entity) {
    const std::size_t at = text.find(entity);
    return at == text.npos ? "" : text.substr(at, text.find('\n', at) - at);
}

TEST(RunComparison, SaysWhatIsNewGoneMoreAndFewerAndWhatThatMeans) {
    RunBooks first, second;
    first.entities[{"education", "pupil"}] = books(100, 5, "a");
    second.entities[{"education", "pupil"}] = books(104, 2, "b");
    first.entities[{"education", "old_list"}] = books(7, 0, "c");
    second.entities[{"send", "plan"}] = books(9, 1, "d");
    first.entities[{"send", "quiet"}] = books(3, 0, "e");
    second.entities[{"send", "quiet"}] = books(3, 0, "e");
    first.entities[{"send", "edited"}] = books(4, 0, "f");
    second.entities[{"send", "edited"}] = books(4, 0, "g");
    first.entities[{"send", "broken"}] = books(4, 0, "h");
    second.entities[{"send", "broken"}] = books(4, 0, "i", false);
    first.issues[{"education", "invalid_date"}] = 3;
    second.issues[{"education", "invalid_date"}] = 8;
    first.quarantine[{"education", "no_key"}] = 2;
    first.review_pairs["band"] = 4;
    second.review_pairs["band"] = 1;

    const RunComparison comparison = compare_runs(first, second);
    const std::string text = render_comparison(comparison);
    const std::string pupil = line_of(text, "pupil");
    EXPECT_NE(pupil.find("100 > 104"), std::string::npos) << text;
    EXPECT_NE(pupil.find("read more; placed more; quarantined fewer: better"), std::string::npos) << text;
    EXPECT_TRUE(line_of(text, "old_list").ends_with("gone")) << text;
    EXPECT_TRUE(line_of(text, "plan").ends_with("new")) << text;
    EXPECT_NE(line_of(text, "edited").find("as many rows, of other content"), std::string::npos) << text;
    EXPECT_NE(line_of(text, "broken").find("BALANCES NO MORE: worse"), std::string::npos) << text;
    EXPECT_EQ(line_of(text, "quiet"), "") << text;
    EXPECT_NE(text.find("1 of 6 source entities as before"), std::string::npos) << text;
    EXPECT_TRUE(line_of(text, "invalid_date").ends_with("more: worse")) << text;
    EXPECT_TRUE(line_of(text, "no_key").ends_with("gone: better")) << text;
    EXPECT_TRUE(line_of(text, "band").ends_with("fewer: better")) << text;
    EXPECT_TRUE(comparison.people.empty()) << "no summaries";
}

}  // namespace
}  // namespace caseweave
