#include "text/diminutives.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "text/diminutives_table.hpp"
#include "text/fold.hpp"

namespace caseweave::text {
namespace {

TEST(NameFamilies, JoinDiminutivesAndSpellings) {
    EXPECT_TRUE(same_name_family("catherine", "katherine"));
    EXPECT_TRUE(same_name_family("kate", "katie"));
    EXPECT_TRUE(same_name_family("mohammed", "muhammad"));
    EXPECT_TRUE(same_name_family("mohamed", "mo"));
    EXPECT_TRUE(same_name_family("william", "bill"));
    EXPECT_TRUE(same_name_family("robert", "bob"));
    EXPECT_TRUE(same_name_family("margaret", "peggy"));
    EXPECT_TRUE(same_name_family("jakub", "kuba"));
    EXPECT_TRUE(same_name_family("aoife", "eefa"));
    EXPECT_TRUE(same_name_family("hussein", "hussain"));
    EXPECT_TRUE(same_name_family("sukhdeep", "sukh"));
}

TEST(NameFamilies, KeepDifferentNamesApart) {
    EXPECT_FALSE(same_name_family("catherine", "william"));
    EXPECT_FALSE(same_name_family("khalid", "khalil"));
    EXPECT_FALSE(same_name_family("emma", "emily"));
    EXPECT_FALSE(same_name_family("unheard", "unknown"));
    EXPECT_FALSE(same_name_family("", ""));
    EXPECT_FALSE(same_name_family("", "kate"));
}

TEST(NameFamilies, ASharedDiminutiveDoesNotJoinItsOwners) {
    EXPECT_TRUE(same_name_family("alex", "alexander"));
    EXPECT_TRUE(same_name_family("alex", "alexandra"));
    EXPECT_FALSE(same_name_family("alexander", "alexandra"));
    EXPECT_TRUE(same_name_family("sam", "samuel"));
    EXPECT_TRUE(same_name_family("sam", "samantha"));
    EXPECT_FALSE(same_name_family("samuel", "samantha"));
    EXPECT_GE(name_families("alex").size(), 2U);
}

TEST(NameFamilies, EqualNamesAreVariantsEvenWhenUnknown) {
    EXPECT_TRUE(same_name_family("unheard", "unheard"));
}

TEST(NameFamilies, IdIsTheFirstFamily) {
    EXPECT_EQ(name_family_id("unheard"), NameFamilyId::kNone);
    EXPECT_TRUE(name_families("unheard").empty());
    EXPECT_EQ(name_family_id("muhammad"), name_family_id("mohammed"));
    EXPECT_EQ(name_family_id("alex"), name_families("alex").front());
}

TEST(NameFamilies, TableIsFoldedAndWithoutRepetition) {
    std::set<std::string_view> heads;
    for (const std::string_view line : kNameFamilies) {
        EXPECT_EQ(fold_name(line), line);
        std::set<std::string_view> members;
        std::size_t count = 0;
        for (const std::string_view name : name_tokens(line)) {
            members.insert(name);
            ++count;
        }
        EXPECT_GE(count, 2U) << line;
        EXPECT_EQ(members.size(), count) << line;
        EXPECT_TRUE(heads.insert(line.substr(0, line.find(' '))).second) << line;
    }
    EXPECT_EQ(name_family_count(), heads.size());
    EXPECT_GE(name_family_count(), 300U);
}

TEST(NameFamilies, EveryLineIsOneFamily) {
    for (const std::string_view line : kNameFamilies) {
        const std::string_view head = line.substr(0, line.find(' '));
        for (const std::string_view name : name_tokens(line)) EXPECT_TRUE(same_name_family(head, name)) << line;
    }
}

}  // namespace
}  // namespace caseweave::text
