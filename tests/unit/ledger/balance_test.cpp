#include "ledger/balance.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "ledger/run_ledger.hpp"

namespace caseweave {
namespace {

const SourceEntity kReferral{"social_care", "referral"};

TallyTable tallies_of(std::uint64_t rows) {
    TallyTable tallies;
    for (std::uint64_t i = 0; i < rows; ++i)
        tallies[{kReferral.system, kReferral.entity, "referral"}].add("key" + std::to_string(i),
                                                                      digest_bytes(std::to_string(i)));
    return tallies;
}

EntityCounts balanced_counts() {
    EntityCounts counts;
    counts.read = 10;
    counts.placed = 6;
    counts.unchanged = 1;
    counts.duplicate_in_source = 1;
    counts.quarantined = 1;
    counts.excluded = 1;
    counts.emitted = 8;
    counts.inserted = 5;
    counts.updated = 2;
    counts.kept = 1;
    counts.deleted = 1;
    return counts;
}

/// Rows that came less rows that went; one that takes another's place is neither.
constexpr std::uint64_t kRowsDigested = 4;

TEST(Balance, HoldsWhenEveryRowHasOnePlace) {
    EXPECT_TRUE(check_balance({{kReferral, balanced_counts()}}, tallies_of(kRowsDigested)).empty());
}

// Every counter that stands in an equation is missed when it is one off; field_issues stands in none.
TEST(Balance, MissesNoCounter) {
    for (const CountField& field : kCountFields) {
        EntityCounts counts = balanced_counts();
        ++(counts.*field.member);
        const auto found = check_balance({{kReferral, counts}}, tallies_of(kRowsDigested));
        EXPECT_EQ(found.empty(), field.name == "field_issues") << field.name;
        for (const Imbalance& imbalance : found)
            EXPECT_NE(describe(imbalance).find("social_care.referral"), std::string::npos);
    }
}

TEST(Balance, MissesARowThatWasNotDigested) {
    EXPECT_EQ(check_balance({{kReferral, balanced_counts()}}, tallies_of(kRowsDigested - 1)).size(), 1U);
    EXPECT_EQ(check_balance({{kReferral, balanced_counts()}}, tallies_of(kRowsDigested + 1)).size(), 1U);
    EXPECT_EQ(check_balance({}, tallies_of(1)).size(), 1U);
}

TEST(Balance, PersonsBalanceByRecordsAndByClusters) {
    EXPECT_TRUE(check_people({10, 10, 4, 3, 1, 0}).empty());
    EXPECT_EQ(check_people({10, 9, 4, 3, 1, 0}).size(), 1U);
    EXPECT_EQ(check_people({10, 10, 4, 3, 0, 0}).size(), 1U);
}

TEST(Tallies, ComeBackAsTheyWereStored) {
    TallyTable tallies = tallies_of(500);
    tallies[{kReferral.system, kReferral.entity, "worker"}].add("w", {~0ULL, 1});
    EXPECT_EQ(read_tallies(kReferral, write_tallies(tallies)), tallies);
    EXPECT_TRUE(read_tallies(kReferral, "").empty());
}

TEST(Tallies, ATextChangedByHandIsRefused) {
    for (const char* text :
         {"referral 64:1:00000000000000000000000000000000\n", "referral 1:x:00000000000000000000000000000000\n",
          "referral 1:1:0000\n", "referral nonsense\n"})
        EXPECT_THROW(read_tallies(kReferral, text), Error) << text;
}

}  // namespace
}  // namespace caseweave
