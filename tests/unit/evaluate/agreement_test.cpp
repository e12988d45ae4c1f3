#include "evaluate/agreement.hpp"

#include <gtest/gtest.h>

#include <random>

#include "unit/evaluate/agreement_reference.hpp"

namespace caseweave::testing {
namespace {

TEST(ClusterAgreement, CountsByHand) {
    // Clusters {0 1 2} {3} {4 5}; entities {0 1} {2 3} {4 5}.
    const ClusterPartition clusters{{0, 0, 0, 1, 2, 2}, 3};
    const ClusterPartition entities{{0, 0, 1, 1, 2, 2}, 3};
    const ClusterAgreement all = compare_with_truth(clusters, entities, nullptr);
    EXPECT_EQ(all.records, 6U);
    EXPECT_EQ(all.pairs, (PairCounts{3, 4, 2}));
    EXPECT_DOUBLE_EQ(*precision(all.pairs), 2.0 / 4);
    EXPECT_DOUBLE_EQ(*recall(all.pairs), 2.0 / 3);
    EXPECT_DOUBLE_EQ(*f1(all.pairs), 4.0 / 7);
    EXPECT_DOUBLE_EQ(*missed_link_rate(all.pairs), 1.0 / 3);
    EXPECT_DOUBLE_EQ(*false_link_rate(all.pairs), 2.0 / 4);
    EXPECT_DOUBLE_EQ(*all.b_cubed_precision, (2.0 / 3 + 2.0 / 3 + 1.0 / 3 + 1 + 1 + 1) / 6);
    EXPECT_DOUBLE_EQ(*all.b_cubed_recall, (1 + 1 + 0.5 + 0.5 + 1 + 1) / 6);
    EXPECT_EQ(all.clusters, 3U);
    EXPECT_EQ(all.entities, 3U);
    EXPECT_EQ(all.exact_clusters, 1U);
}

TEST(ClusterPartition, CountsItsPartsBySize) {
    const ClusterPartition clusters{{0, 0, 0, 1, 2, 2, 3}, 4};
    EXPECT_EQ(parts_by_size(clusters), (std::map<std::uint32_t, std::uint64_t>{{1, 2}, {2, 1}, {3, 1}}));
    EXPECT_TRUE(parts_by_size({}).empty());
}

TEST(ClusterAgreement, APairOfTwoGroupsCountsInBoth) {
    const ClusterPartition together{{0, 0, 0}, 1};
    const ClusterPartition groups{{0, 1, 1}, 2};
    const auto by_group = compare_with_truth(together, together, nullptr, groups);
    ASSERT_EQ(by_group.size(), 2U);
    EXPECT_EQ(by_group[0].pairs, (PairCounts{2, 2, 2})) << "0-1 and 0-2";
    EXPECT_EQ(by_group[1].pairs, (PairCounts{3, 3, 3})) << "these, and 1-2";
    EXPECT_EQ(by_group[0].records, 1U);
    EXPECT_EQ(by_group[1].records, 2U);
}

TEST(ClusterAgreement, AcrossSourcesLeavesOutPairsOfOneSource) {
    const ClusterPartition clusters{{0, 0, 0, 0}, 1};
    const ClusterPartition entities{{0, 0, 1, 1}, 2};
    const ClusterPartition sources{{0, 0, 0, 1}, 2};
    EXPECT_EQ(compare_with_truth(clusters, entities, &sources).pairs, (PairCounts{1, 3, 1}));
}

TEST(ClusterAgreement, AShareOfNothingHasNoValue) {
    const ClusterPartition alone{{0, 1}, 2};
    const ClusterAgreement all = compare_with_truth(alone, alone, nullptr);
    EXPECT_FALSE(precision(all.pairs));
    EXPECT_FALSE(recall(all.pairs));
    EXPECT_FALSE(f1(all.pairs));
    EXPECT_EQ(all.exact_clusters, 2U);
    EXPECT_DOUBLE_EQ(*all.b_cubed_f1(), 1);
    EXPECT_EQ(compare_with_truth({}, {}, nullptr).records, 0U);
}

TEST(ClusterAgreement, MarksGroupsWithFewPairs) {
    ClusterAgreement group;
    group.pairs = {kSmallGroupPairs, kSmallGroupPairs, 0};
    EXPECT_FALSE(is_small_group(group));
    --group.pairs.truth;
    EXPECT_TRUE(is_small_group(group));
}

TEST(ClusterAgreement, PairsOfMillionsOfRecordsAreCountedAndNotEnumerated) {
    constexpr std::uint32_t kRecords = 3'000'000;
    const ClusterPartition one = one_part(kRecords);
    ClusterPartition halves{std::vector<std::uint32_t>(kRecords), 2};
    for (std::uint32_t i = 0; i < kRecords; ++i) halves.part_of[i] = i % 2;
    const std::uint64_t half = kRecords / 2;
    const ClusterAgreement all = compare_with_truth(one, halves, nullptr);
    EXPECT_EQ(all.pairs.found, std::uint64_t{kRecords} * (kRecords - 1) / 2);
    EXPECT_EQ(all.pairs.truth, half * (half - 1));
    EXPECT_EQ(all.pairs.common, all.pairs.truth);
    EXPECT_DOUBLE_EQ(*all.b_cubed_precision, 0.5);
}

ClusterPartition random_partition(std::mt19937_64& random, std::size_t records, std::uint32_t most) {
    ClusterPartition partition;
    std::vector<std::uint32_t> number(most, most);
    for (std::size_t i = 0; i < records; ++i) {
        std::uint32_t& part = number[random() % most];
        if (part == most) part = partition.parts++;
        partition.part_of.push_back(part);
    }
    return partition;
}

TEST(ClusterAgreement, IsWhatEnumeratingPairsGives) {
    std::mt19937_64 random(20260);
    for (int round = 0; round < 1500; ++round) {
        const std::size_t records = 1 + random() % 30;
        const ClusterPartition clusters =
            random_partition(random, records, 1 + static_cast<std::uint32_t>(random() % 12));
        // Half of the time the truth is near the clusters, so that cells are large and clusters match exactly.
        ClusterPartition entities = random_partition(random, records, 1 + static_cast<std::uint32_t>(random() % 12));
        if (round % 2 == 0) {
            entities = clusters;
            entities.part_of[random() % records] = entities.parts++;
        }
        const ClusterPartition sources = random_partition(random, records, 3);
        const ClusterPartition groups = random_partition(random, records, 4);
        for (const ClusterPartition* across : {static_cast<const ClusterPartition*>(nullptr), &sources}) {
            const auto fast = compare_with_truth(clusters, entities, across, groups);
            const auto slow = compare_by_enumeration(clusters, entities, across, groups);
            ASSERT_EQ(fast.size(), slow.size());
            for (std::size_t i = 0; i < fast.size(); ++i) {
                ASSERT_EQ(fast[i].records, slow[i].records) << "round " << round << " group " << i;
                ASSERT_EQ(fast[i].pairs, slow[i].pairs) << "round " << round << " group " << i;
                ASSERT_NEAR(*fast[i].b_cubed_precision, *slow[i].b_cubed_precision, 1e-12);
                ASSERT_NEAR(*fast[i].b_cubed_recall, *slow[i].b_cubed_recall, 1e-12);
                ASSERT_EQ(fast[i].clusters, slow[i].clusters);
                ASSERT_EQ(fast[i].entities, slow[i].entities);
                ASSERT_EQ(fast[i].exact_clusters, slow[i].exact_clusters);
            }
        }
    }
}

}  // namespace
}  // namespace caseweave::testing
