#include "simulate_county/server/query_string.hpp"

#include <gtest/gtest.h>

namespace simulate {
namespace {

TEST(QueryString, DecodesNamesAndValues) {
    const QueryString query("a=1&b=two%20words+more&c=&d&e=%zz");
    EXPECT_EQ(query.value("a"), "1");
    EXPECT_EQ(query.value("b"), "two words more");
    EXPECT_EQ(query.value("c"), "");
    EXPECT_EQ(query.value("d"), "");
    EXPECT_EQ(query.value("e"), "%zz");
    EXPECT_EQ(query.value("f"), std::nullopt);
}

TEST(BasicCredentials, ReadsUserAndPassword) {
    const auto credentials = basic_credentials("Basic Y2FzZXdlYXZlOnNlY3JldA==");
    ASSERT_TRUE(credentials.has_value());
    EXPECT_EQ(credentials->first, "caseweave");
    EXPECT_EQ(credentials->second, "secret");
    EXPECT_FALSE(basic_credentials("Bearer abc").has_value());
    EXPECT_FALSE(basic_credentials("Basic YWJj").has_value());
}

}  // namespace
}  // namespace simulate
