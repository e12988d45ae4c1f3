#include "app/placing/load_pass.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace caseweave {
namespace {

TEST(UnmappedColumns, AreThoseThatARowHas) {
    EntityDefinition entity;
    entity.name = "plan";
    entity.ignored = {"known"};
    // The last was met in a record that was rejected.
    const auto shape = std::make_shared<RowShape>(RowShape{{"ID", "new", "known", "empty", "."}, 1});
    RecordBatch batch(shape);
    for (const char* id : {"1", "2"}) {
        batch.begin_row({});
        batch.set(0, id);
        if (batch.rows() == 1) {
            batch.set(1, "x");
            batch.set(2, "x");
            batch.set_missing(3, Missing::empty);
        }
        batch.commit_row();
    }
    std::set<std::string> unmapped;
    note_unmapped("send", entity, batch, unmapped);
    EXPECT_EQ(unmapped, (std::set<std::string>{"send plan empty", "send plan new"}));
}

}  // namespace
}  // namespace caseweave
