#include "link/further_comparisons.hpp"

#include <gtest/gtest.h>

#include "text/similarity.hpp"
#include "unit/people/person_builder.hpp"
#include "unit/text/random_text.hpp"

namespace caseweave {
namespace {

/// Holds one extra column of values, a record each.
struct ColumnOfValues {
    ColumnOfValues(FurtherKind kind, const std::vector<std::string>& values, std::vector<double> thresholds = {})
        : comparison{"x", kind, std::move(thresholds)} {
        test::PersonBuilder& b = builder;
        b.store().add_extra_column("x", ExtraKind::text);
        std::vector<PersonRow> order;
        for (std::size_t i = 0; i < values.size(); ++i) {
            b.person("file", std::to_string(i), {});
            b.store().set_extra(0, PersonRow{static_cast<std::uint32_t>(i)}, values[i]);
            order.push_back(PersonRow{static_cast<std::uint32_t>(i)});
        }
        b.store().seal();
        table = FurtherTable(b.store(), std::span(&comparison, 1), order);
    }
    test::PersonBuilder builder;
    FurtherComparison comparison;
    FurtherTable table;
};

TEST(FurtherTable, ExactComparesFoldedValues) {
    const ColumnOfValues column(FurtherKind::exact, {"AB-12", "ab 12", "AB-13", ""});
    EXPECT_EQ(column.table.compare(0, 0, 1), 1);
    EXPECT_EQ(column.table.compare(0, 0, 2), 2);
    EXPECT_EQ(column.table.compare(0, 0, 3), kNull);
}

TEST(FurtherTable, JaroWinklerLevelsAreThoseOfTheSimilarityItself) {
    text::RandomText random;
    SCOPED_TRACE(random.trace());
    std::vector<std::string> values;
    for (int i = 0; i < 120; ++i) {
        values.push_back(i % 3 != 0 && i > 0 ? random.misspell(values.back(), 2, "abcdeghinorst")
                                             : random.draw(14, "abcdeghinorst"));
    }
    const std::vector<double> thresholds = {0.95, 0.88, 0.7};
    const ColumnOfValues similar(FurtherKind::jaro_winkler, values, thresholds);
    const ColumnOfValues edits(FurtherKind::damerau_levenshtein, values, {1, 3});
    for (std::uint32_t a = 0; a < values.size(); ++a) {
        for (std::uint32_t b = 0; b < values.size(); ++b) {
            if (values[a].empty() || values[b].empty()) {
                ASSERT_EQ(similar.table.compare(0, a, b), kNull);
                continue;
            }
            const double similarity = text::jaro_winkler(values[a], values[b]);
            const Level expected = values[a] == values[b] ? 1
                                   : similarity >= 0.95   ? 2
                                   : similarity >= 0.88   ? 3
                                   : similarity >= 0.7    ? 4
                                                          : 5;
            ASSERT_EQ(similar.table.compare(0, a, b), expected) << values[a] << " | " << values[b];
            const std::size_t distance = text::osa_distance(values[a], values[b]);
            ASSERT_EQ(edits.table.compare(0, a, b), distance == 0 ? 1 : distance == 1 ? 2 : distance <= 3 ? 3 : 4);
        }
    }
}

TEST(FurtherTable, DatesAndNumbersHaveLevelsOfTheirOwn) {
    const ColumnOfValues dates(FurtherKind::date,
                               {"2001-03-04", "2001-04-03", "2001-03-05", "2001-03-30", "2009-11-28", "no date"});
    EXPECT_EQ(dates.table.compare(0, 0, 0), 1);
    EXPECT_EQ(dates.table.compare(0, 0, 1), 2) << "day and month exchanged";
    EXPECT_EQ(dates.table.compare(0, 0, 2), 2) << "one digit";
    EXPECT_EQ(dates.table.compare(0, 0, 3), 3) << "within a month";
    EXPECT_EQ(dates.table.compare(0, 0, 4), 4);
    EXPECT_EQ(dates.table.compare(0, 0, 5), kNull);
    const ColumnOfValues numbers(FurtherKind::number, {"100", "100.0", "100.5", "108", "-100", "1e400"}, {0.01, 0.1});
    EXPECT_EQ(numbers.table.compare(0, 0, 1), 1);
    EXPECT_EQ(numbers.table.compare(0, 0, 2), 2);
    EXPECT_EQ(numbers.table.compare(0, 0, 3), 3);
    EXPECT_EQ(numbers.table.compare(0, 0, 4), 4);
    EXPECT_EQ(numbers.table.compare(0, 0, 5), kNull) << "no number a double holds";
}

TEST(FurtherTable, RareValuesWeighMoreThanCommonOnes) {
    const ColumnOfValues column(FurtherKind::exact, {"a", "a", "a", "a", "a", "a", "b", "b", "c"});
    // 6*5 + 2*1 of 9*8 ordered pairs agree.
    EXPECT_NEAR(column.table.chance_agreement(0), 32.0 / 72, 1e-12);
    EXPECT_LT(column.table.rarity_bits(0, 0), 0);
    EXPECT_GT(column.table.rarity_bits(0, 6), 0);
    EXPECT_GT(column.table.rarity_bits(0, 8), column.table.rarity_bits(0, 6));
}

TEST(FurtherTable, AColumnTheStoreLacksHasNoValues) {
    test::PersonBuilder builder;
    builder.person("file", "1", {});
    builder.person("file", "2", {});
    builder.store().seal();
    const FurtherComparison comparison{"absent", FurtherKind::exact, {}};
    const std::vector<PersonRow> order = {PersonRow{0}, PersonRow{1}};
    const FurtherTable table(builder.store(), std::span(&comparison, 1), order);
    EXPECT_FALSE(table.has_values(0));
    EXPECT_EQ(table.compare(0, 0, 1), kNull);
}

}  // namespace
}  // namespace caseweave
