#include "core/record_batch.hpp"

#include <gtest/gtest.h>

#include <string>

namespace caseweave {
namespace {

std::shared_ptr<const RowShape> three_columns() {
    return std::make_shared<RowShape>(RowShape{{"ID", "NAME", "NOTE"}, 2});
}

void add_row(RecordBatch& batch, const std::string& id, const std::string& name, std::uint64_t line = 1) {
    batch.begin_row({.document = 0, .line = line, .byte = 0});
    batch.set(0, id);
    batch.set(1, name);
    batch.commit_row();
}

TEST(RecordBatch, HoldsRowsAndWhyValuesAreMissing) {
    RecordBatch batch(three_columns());
    batch.begin_row({.document = 0, .line = 7, .byte = 120});
    batch.set(0, "P1");
    batch.set_missing(1, Missing::null);
    batch.commit_row();
    ASSERT_EQ(batch.rows(), 1U);
    const auto row = batch.row(0);
    EXPECT_EQ(row[0].text(), "P1");
    EXPECT_EQ(row[1].missing(), Missing::null);
    EXPECT_EQ(row[2].missing(), Missing::absent) << "never set";
    EXPECT_EQ(batch.position(0).line, 7U);
    EXPECT_EQ(batch.position(0).byte, 120U);
}

TEST(RecordBatch, AHalfBuiltRowVanishes) {
    RecordBatch batch(three_columns());
    add_row(batch, "P1", "Ada", 1);
    batch.begin_row({.document = 0, .line = 2, .byte = 0});
    batch.set(0, "P2");
    batch.set(1, "half");
    batch.roll_back_row();
    add_row(batch, "P3", "Grace", 3);

    ASSERT_EQ(batch.rows(), 2U);
    EXPECT_EQ(batch.row(0)[0].text(), "P1");
    EXPECT_EQ(batch.row(0)[1].text(), "Ada");
    EXPECT_EQ(batch.row(1)[0].text(), "P3");
    EXPECT_EQ(batch.row(1)[2].missing(), Missing::absent) << "nothing of the row that vanished shines through";
    EXPECT_EQ(batch.position(1).line, 3U);
}

TEST(RecordBatch, EveryRowBeginsWithAbsentFields) {
    RecordBatch batch(three_columns());
    constexpr std::size_t kManyRows = 3 * RecordBatch::kRows;  // over every step in which room is made
    for (std::size_t i = 0; i < kManyRows; ++i) {
        if (i % 3 == 0) {
            batch.begin_row({});
            for (std::size_t column = 0; column < 3; ++column) batch.set(column, "of a row that vanished");
            batch.roll_back_row();
        }
        batch.begin_row({.document = 0, .line = i, .byte = 0});
        batch.set(i % 3, std::to_string(i));
        batch.commit_row();
    }
    ASSERT_EQ(batch.rows(), kManyRows);
    for (std::size_t i = 0; i < kManyRows; ++i) {
        ASSERT_EQ(batch.position(i).line, i);
        for (std::size_t column = 0; column < 3; ++column) {
            const FieldView field = batch.row(i)[column];
            ASSERT_EQ(field.missing(), column == i % 3 ? Missing::no : Missing::absent) << i << ' ' << column;
            ASSERT_EQ(field.text(), column == i % 3 ? std::to_string(i) : "") << i << ' ' << column;
        }
    }
}

TEST(RecordBatch, RejectsCountAsRead) {
    RecordBatch batch(three_columns());
    add_row(batch, "P1", "Ada");
    batch.begin_row({});
    batch.roll_back_row();
    Reject unreadable;
    unreadable.reason = RejectReason::wrong_width;
    unreadable.raw = "P2;half";
    batch.reject(unreadable);
    EXPECT_EQ(batch.rows(), 1U);
    EXPECT_EQ(batch.rows_read(), 2U);
}

TEST(RecordBatch, NamesADocumentOnce) {
    RecordBatch batch(three_columns());
    EXPECT_EQ(batch.add_document("a.csv"), 0U);
    EXPECT_EQ(batch.add_document("b.csv"), 1U);
    EXPECT_EQ(batch.add_document("a.csv"), 0U);
    batch.begin_row({.document = 1, .line = 1, .byte = 0});
    batch.commit_row();
    EXPECT_EQ(batch.document(0), "b.csv");
}

TEST(RecordBatch, ViewsSurviveAHandOver) {
    RecordBatch batch(three_columns());
    for (int i = 0; i < 3000; ++i) add_row(batch, "P" + std::to_string(i), std::string(100, 'n'));
    const RecordBatch moved = std::move(batch);
    ASSERT_EQ(moved.rows(), 3000U);
    for (std::size_t i = 0; i < moved.rows(); ++i) {
        ASSERT_EQ(moved.row(i)[0].text(), "P" + std::to_string(i));
        ASSERT_EQ(moved.row(i)[1].text().size(), 100U);
    }
}

TEST(RecordBatch, IsFullByRowsOrByBytes) {
    RecordBatch by_rows(three_columns());
    for (std::size_t i = 0; i + 1 < RecordBatch::kRows; ++i) add_row(by_rows, "P", "n");
    EXPECT_FALSE(by_rows.full());
    add_row(by_rows, "P", "n");
    EXPECT_TRUE(by_rows.full());

    RecordBatch by_bytes(three_columns());
    add_row(by_bytes, "P", std::string(RecordBatch::kBytes, 'n'));
    EXPECT_TRUE(by_bytes.full());
}

}  // namespace
}  // namespace caseweave
