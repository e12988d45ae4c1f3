#include "simulate_county/identifiers.hpp"

#include <gtest/gtest.h>

#include <set>

namespace simulate {
namespace {

TEST(Identifiers, ChecksPublishedExamples) {
    EXPECT_TRUE(is_nhs_number("9449305552"));
    EXPECT_FALSE(is_nhs_number("9449305553"));
    EXPECT_FALSE(is_nhs_number("944930555"));
    EXPECT_TRUE(is_upn("H938200001901"));
    EXPECT_TRUE(is_upn("U93820000190A"));
    EXPECT_FALSE(is_upn("A938200001901"));
    EXPECT_FALSE(is_upn("I123456789012"));
}

TEST(Identifiers, IssuesEachNumberOnceAndValid) {
    IdentifierIssuer issuer(3);
    std::set<std::string> seen;
    for (int i = 0; i < 20000; ++i) {
        const std::string number = issuer.issue_nhs_number();
        ASSERT_TRUE(is_nhs_number(number)) << number;
        ASSERT_TRUE(number >= "9990000000" && number <= "9999999998") << number;
        ASSERT_TRUE(seen.insert(number).second) << number;
    }
}

TEST(Identifiers, NeverIssuesUlnThatPassesAsNhsNumber) {
    IdentifierIssuer issuer(3);
    std::set<std::string> seen;
    for (int i = 0; i < 20000; ++i) {
        const std::string uln = issuer.issue_uln();
        ASSERT_TRUE(is_uln(uln)) << uln;
        ASSERT_FALSE(is_nhs_number(uln)) << uln;
        ASSERT_TRUE(seen.insert(uln).second) << uln;
    }
}

TEST(Identifiers, IssuesPermanentAndTemporaryUpns) {
    IdentifierIssuer issuer(3);
    std::set<std::string> seen;
    for (int i = 0; i < 500; ++i) {
        const std::string permanent = issuer.issue_upn("938", "2001", 2019);
        const std::string temporary = issuer.issue_temporary_upn("938", "2001", 2019);
        ASSERT_TRUE(is_upn(permanent)) << permanent;
        ASSERT_TRUE(is_upn(temporary)) << temporary;
        ASSERT_EQ(permanent.substr(1, 9), "938200119");
        ASSERT_TRUE(temporary.back() >= 'A' && temporary.back() <= 'Z');
        ASSERT_TRUE(seen.insert(permanent).second);
        ASSERT_TRUE(seen.insert(temporary).second);
    }
}

}  // namespace
}  // namespace simulate
