#include "reconcile/linkage_account.hpp"

#include <gtest/gtest.h>

#include <string>

namespace caseweave {
namespace {

using Group = LinkageAccount::Group;

TEST(LinkageAccountGroups, FewerThanTenRecordsAreCountedTogether) {
    const auto groups = join_small_groups({{"Sex", "F", 40, 30, 6, 50, 5},
                                           {"Sex", "M", 60, 55, 7, 70, 6},
                                           {"Sex", "X", 4, 1, 0, 2, 2},
                                           {"Sex", "U", 9, 2, 1, 3, 1},
                                           {"Age", "Under 5", 12, 5, 0, 8, 0},
                                           {"Age", "5 to 10", 3, 1, 1, 2, 1},
                                           {"UPN", "none", 7, 1, 1, 2, 1}});
    ASSERT_EQ(groups.size(), 5U);
    EXPECT_EQ(groups[0].name, "M");
    EXPECT_EQ(groups[1].name, "F");
    EXPECT_EQ(groups[2].records, 13U) << "the two smallest together";
    EXPECT_EQ(groups[2].linked, 3U);
    EXPECT_EQ(groups[2].in_review, 1U);
    EXPECT_EQ(groups[2].partners, 5U);
    EXPECT_EQ(groups[2].missed, 3U);
    EXPECT_EQ(groups[3].attribute, "Age");
    EXPECT_EQ(groups[3].records, 15U) << "three alone would be the total less the other group";
    EXPECT_EQ(groups[4].records, 7U) << "there is nothing to count them with";
}

LinkageAccount account_of(std::vector<Group> groups, bool has_truth) {
    LinkageAccount account;
    account.groups = std::move(groups);
    account.has_truth = has_truth;
    return account;
}

TEST(LinkageAccountPage, AShareOfAFewIsABoundOnBothSides) {
    const std::string page = render_linkage_account(
        account_of({{"Sex", "F", 4000, 3998, 3, 12000, 250}, {"Sex", "M", 5000, 4000, 50, 9000, 90}}, true));
    EXPECT_NE(page.find("<td class=\"t\">M</td><td>5,000</td><td>80 %</td><td>1 %</td><td>1 %</td>"), std::string::npos)
        << page;
    EXPECT_NE(page.find("<td class=\"t\">F</td><td>4,000</td><td>over 99 %</td><td>&lt;5</td><td>2.1 %</td>"),
              std::string::npos)
        << page;
}

TEST(LinkageAccountPage, AmongFewRecordsTheOtherShareIsWithheldToo) {
    const std::string page =
        render_linkage_account(account_of({{"Sex", "F", 40, 30, 3, 60, 6}, {"Sex", "M", 50, 40, 10, 60, 6}}, false));
    EXPECT_NE(page.find("<td>40</td><td>75 %</td><td>&lt;5</td></tr>"), std::string::npos) << page;
    EXPECT_NE(page.find("<td>50</td><td>80 %</td><td>c</td></tr>"), std::string::npos) << page;
    EXPECT_EQ(page.find("True links missed"), std::string::npos) << "nobody knows them";
}

TEST(LinkageAccountPage, RulesWeightsAndSpreadsAreShown) {
    LinkageAccount account;
    account.match_bits = 6.6;
    account.least_bits = -8;
    account.bin_bits = 4;
    account.weights = {0, 120, 7, 2, 1000, 0};
    account.rules = {{"NHS number", 500, 300, 0, 0}, {"birth date & sound", 629, 200, 2, 412}};
    account.spreads = {{"Family name", 1000, 300, 50, 200}};
    account.weakest = {{6.9, "birth date & sound"}};
    account.levels = {{"Sex", "same sex", 0.98, 0.5, 0.97}};
    const std::string page = render_linkage_account(account);
    EXPECT_NE(page.find("birth date &amp; sound</th><td>629</td><td>200</td><td>2</td><td>412</td>"),
              std::string::npos);
    EXPECT_NE(page.find("4 to 8 bits: &lt;5 pairs"), std::string::npos);
    EXPECT_NE(page.find("0 to 4 bits: c pairs"), std::string::npos) << "the total less the others would be the count";
    EXPECT_NE(page.find("<td>50 (5.0 %)</td><td>200 (20.0 %)</td>"), std::string::npos);
    EXPECT_NE(page.find("<td>6.9</td><td>0.3</td>"), std::string::npos);
    EXPECT_NE(page.find("same sex</td><td>0.98</td><td>0.5</td><td>+1.0</td>"), std::string::npos);
}

TEST(LinkageAccountPage, NothingLinkedIsNoError) {
    EXPECT_NE(render_linkage_account({}).find("No pairs were scored"), std::string::npos);
}

}  // namespace
}  // namespace caseweave
