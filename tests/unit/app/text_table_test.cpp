#include "app/writing/text_table.hpp"

#include <gtest/gtest.h>

namespace caseweave {
namespace {

TEST(TextTable, IsAsWideAsItsFieldsWithNumbersToTheRight) {
    EXPECT_EQ(render_table({"name", "rows", "note"}, {{"Zo\xC3\xAB", "1,204", "x"}, {"Al", "-", ""}}),
              "name   rows  note\n"
              "Zo\xC3\xAB   1,204  x\n"
              "Al        -  \n");
    EXPECT_EQ(render_table({"a"}, {}), "a\n");
}

}  // namespace
}  // namespace caseweave
