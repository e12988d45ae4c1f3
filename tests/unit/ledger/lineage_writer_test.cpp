#include "ledger/lineage_writer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace caseweave {
namespace {

using namespace std::string_literals;

TEST(StorableText, KeepsUtf8AndShowsTheRest) {
    EXPECT_EQ(storable_text("Zo\u00eb O'Brien"), "Zo\u00eb O'Brien");
    EXPECT_EQ(storable_text("Zo\xeb"), "Zo\\xEB");
    EXPECT_EQ(storable_text("a\0b"s), "a\\x00b");
    EXPECT_EQ(storable_text("\xf0\x9f"), "\\xF0\\x9F");
}

}  // namespace
}  // namespace caseweave
