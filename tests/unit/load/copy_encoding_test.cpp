#include "canonical/copy_encoding.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "canonical/row_digest.hpp"
#include "core/error.hpp"

namespace caseweave {
namespace {

EntityDescriptor small_entity() {
    EntityDescriptor entity;
    entity.name = entity.table = "sample";
    entity.schema = "integrated";
    entity.subject = Subject::child;
    for (const auto& [name, type] :
         {std::pair{"note", FieldType::text}, {"born", FieldType::partial_date}, {"mother", FieldType::person_ref}}) {
        FieldDescriptor field;
        field.name = name;
        field.type = type;
        entity.fields.push_back(field);
    }
    return entity;
}

std::string numeric_bytes(std::int64_t hundredths) {
    char bytes[32];
    return {bytes, put_numeric(bytes, Decimal{hundredths})};
}

std::string bytes_of(std::initializer_list<int> values) {
    std::string text;
    for (const int value : values) text += static_cast<char>(value);
    return text;
}

// Expected bytes are what PostgreSQL 15's numeric_send gives: length, ndigits, weight, sign, dscale, digits.
TEST(PutNumeric, WritesWhatTheServerSends) {
    EXPECT_EQ(numeric_bytes(0), bytes_of({0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 2}));
    EXPECT_EQ(numeric_bytes(50), bytes_of({0, 0, 0, 10, 0, 1, 0xff, 0xff, 0, 0, 0, 2, 0x13, 0x88}));
    EXPECT_EQ(numeric_bytes(-1234567),
              bytes_of({0, 0, 0, 14, 0, 3, 0, 1, 0x40, 0, 0, 2, 0, 1, 0x09, 0x29, 0x1a, 0x2c}));
    EXPECT_EQ(numeric_bytes(1'0000'00), bytes_of({0, 0, 0, 10, 0, 1, 0, 1, 0, 0, 0, 2, 0, 1}));
}

TEST(TableColumns, ListsCompanionsBesideTheirField) {
    std::vector<std::string> names;
    for (const TableColumn& column : table_columns(small_entity())) names.push_back(column.name);
    EXPECT_EQ(names,
              (std::vector<std::string>{"row_id", "child_id", "area", "access", "run_id", "source_system",
                                        "source_entity", "source_key", "source_part", "source_person_key", "missing",
                                        "extras", "note", "born", "born_precision", "mother", "mother_id"}));
}

EntityDescriptor entity_with_address() {
    EntityDescriptor entity = small_entity();
    entity.fields[0].discloses = Discloses::address;
    return entity;
}

TEST(TableColumns, AnAddressClosedApartHasBitsOfItsOwn) {
    EXPECT_TRUE(address_columns(small_entity()).empty());
    EXPECT_EQ(access_to_all_sql(small_entity(), "t"), "t.access");
    const EntityDescriptor entity = entity_with_address();
    const std::vector<TableColumn> columns = table_columns(entity);
    EXPECT_EQ(columns[4].name, "address_access");
    EXPECT_FALSE(columns[4].in_digest);
    EXPECT_FALSE(columns[4].nullable);
    EXPECT_EQ(address_columns(entity), (std::vector<std::string>{"missing", "extras", "note"}));
    EXPECT_EQ(access_to_all_sql(entity, "t"), "(t.access | t.address_access)");
}

class EncoderTest : public testing::Test {
  protected:
    EncoderTest() {
        row_.entity = &entity_;
        row_.source_key = "k1";
        row_.source_person_key = "p1";
        row_.values = values_;
    }
    Digest128 encode(const RowPlacement& placement, CopyBuffer& out) {
        RowEncoder encoder(entity_, "system", "entity", 1, RunId{7});
        return encoder.encode(row_, placement, out);
    }
    EntityDescriptor entity_ = small_entity();
    Value values_[3] = {Value::of_text("hello"), Value::of_missing(Missing::withheld),
                        Value::of_missing(Missing::null)};
    CanonicalRow row_;
};

TEST_F(EncoderTest, DigestLeavesOutWhatTheTargetDecides) {
    CopyBuffer a;
    CopyBuffer b;
    values_[2] = Value::of_text("m1");
    const PersonId mother{99};
    const Digest128 plain = encode({PersonId{}, kAccessOpen, {}}, a);
    const Digest128 placed = encode({PersonId{5}, kAccessSealed, {&mother, 1}}, b);
    EXPECT_EQ(plain, placed);
    EXPECT_NE(a.view(), b.view());
}

TEST_F(EncoderTest, WritesTheAddressesBitsAndLeavesThemOutOfTheDigest) {
    entity_ = entity_with_address();
    for (const PersonId person : {PersonId{}, PersonId{5}}) {
        CopyBuffer open;
        CopyBuffer closed;
        const Digest128 of_open = encode({person, kAccessOpen, {}, kAccessOpen}, open);
        const Digest128 of_closed = encode({person, kAccessOpen, {}, kAccessRestricted}, closed);
        EXPECT_EQ(of_open, of_closed);
        ASSERT_EQ(open.size(), closed.size());
        std::size_t differing = 0;
        for (std::size_t i = 0; i < open.size(); ++i) differing += open.view()[i] != closed.view()[i];
        EXPECT_EQ(differing, 1U) << "the lowest byte of one smallint";
    }
}

TEST_F(EncoderTest, DigestSeesEveryPartOfTheContent) {
    CopyBuffer out;
    const Digest128 base = encode({}, out);
    row_.part = 1;
    EXPECT_NE(encode({}, out), base);
    row_.part = 0;
    row_.extras = "{}";
    EXPECT_NE(encode({}, out), base);
    row_.extras = {};
    row_.source_person_key = "p2";
    EXPECT_NE(encode({}, out), base);
    row_.source_person_key = "p1";
    values_[1] = Value::of_missing(Missing::null);  // only the reason changes
    EXPECT_NE(encode({}, out), base);
    values_[1] = Value::of_missing(Missing::withheld);
    EXPECT_EQ(encode({}, out), base);
}

TEST_F(EncoderTest, SaysWhyValuesAreMissing) {
    CopyBuffer out;
    encode({}, out);
    EXPECT_NE(out.view().find("born:withheld,mother:null"), std::string_view::npos);
}

TEST_F(EncoderTest, EstimationTravelsWithThePrecision) {
    CopyBuffer out;
    values_[1] = Value::of_date({120, DatePrecision::month, true});
    encode({}, out);
    EXPECT_NE(out.view().find("month~"), std::string_view::npos);
}

/// The fields a read-back returns, framed as the server frames them.
std::string read_back_stream(std::string_view row_fields, std::int16_t count) {
    CopyBuffer framed;
    framed.begin_row(count);
    return std::string(copy_header()) + std::string(framed.view()) + std::string(row_fields) +
           std::string(copy_trailer());
}

TEST(RowDigestReader, ReadsTheStreamInAnyPieces) {
    CopyBuffer fields;
    fields.put_text("sys");
    fields.put_text("ent");
    fields.put_text("key");
    fields.put_smallint(3);
    fields.put_null();
    fields.put_text("value");
    const std::string stream = read_back_stream(fields.view(), 6);
    for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
        int seen = 0;
        RowDigestReader reader([&](const DigestedRowView& row) {
            ++seen;
            EXPECT_EQ(row.source_system, "sys");
            EXPECT_EQ(row.source_key, "key");
            EXPECT_EQ(row.source_part, 3);
            EXPECT_EQ(row.digest, digest_bytes(fields.view()));
        });
        for (std::size_t at = 0; at < stream.size(); at += piece)
            reader.feed(std::string_view(stream).substr(at, piece));
        EXPECT_EQ(seen, 1) << piece;
        EXPECT_TRUE(reader.finished()) << piece;
    }
}

TEST(RowDigestReader, RefusesWhatIsNotACopyStream) {
    RowDigestReader reader([](const DigestedRowView&) {});
    EXPECT_THROW(reader.feed("this is not a binary copy stream"), Error);
    RowDigestReader cut([](const DigestedRowView&) {});
    cut.feed(copy_header());
    EXPECT_FALSE(cut.finished());
}

}  // namespace
}  // namespace caseweave
