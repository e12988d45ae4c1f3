#include "canonical/copy_encoding.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

namespace caseweave {

namespace {

template <typename Int>
char* put_big_endian(char* at, Int value) noexcept {
    using Unsigned = std::make_unsigned_t<Int>;
    auto bits = static_cast<Unsigned>(value);
    static_assert(std::endian::native == std::endian::little);
    if constexpr (sizeof(Int) == 2)
        bits = __builtin_bswap16(bits);
    else if constexpr (sizeof(Int) == 4)
        bits = __builtin_bswap32(bits);
    else
        bits = __builtin_bswap64(bits);
    std::memcpy(at, &bits, sizeof bits);
    return at + sizeof bits;
}

char* put_null_at(char* at) noexcept {
    return put_big_endian(at, std::int32_t{-1});
}

char* put_text_at(char* at, std::string_view text) noexcept {
    at = put_big_endian(at, static_cast<std::int32_t>(text.size()));
    if (!text.empty()) std::memcpy(at, text.data(), text.size());
    return at + text.size();
}

template <typename Int>
char* put_integer_at(char* at, Int value) noexcept {
    at = put_big_endian(at, static_cast<std::int32_t>(sizeof value));
    return put_big_endian(at, value);
}

std::string_view sql_type(FieldType type) noexcept {
    switch (type) {
        case FieldType::date:
        case FieldType::partial_date:
            return "date";
        case FieldType::timestamp:
            return "timestamp without time zone";
        case FieldType::integer:
            return "bigint";
        case FieldType::decimal:
            return "numeric";
        case FieldType::boolean:
            return "boolean";
        default:
            return "text";
    }
}

std::string quoted_name(std::string_view name) {
    return '"' + std::string(name) + '"';
}

/// Longest fixed-size encoding of one field with its companion column: date (8) and precision text (4 + 6), or numeric.
constexpr std::size_t kFieldBytes = 32;
/// Bytes of one `_id` companion.
constexpr std::size_t kReferenceBytes = 12;

}  // namespace

std::string_view id_column(const EntityDescriptor& entity) noexcept {
    switch (entity.subject) {
        case Subject::child:
            return "child_id";
        case Subject::adult:
        case Subject::person:
            return "person_id";
        case Subject::none:
            break;
    }
    return {};
}

std::vector<TableColumn> table_columns(const EntityDescriptor& entity) {
    std::vector<TableColumn> columns;
    columns.push_back({"row_id", "bigint", false, false, true});
    if (const auto id = id_column(entity); !id.empty())
        columns.push_back({std::string(id), "bigint", true, false, false});
    columns.push_back({"area", "smallint", false, false, false});
    columns.push_back({"access", "smallint", false, false, false});
    if (closes_address_apart(entity)) columns.push_back({"address_access", "smallint", false, false, false});
    columns.push_back({"run_id", "bigint", false, false, false});
    columns.push_back({"source_system", "text", false, true, false});
    columns.push_back({"source_entity", "text", false, true, false});
    columns.push_back({"source_key", "text", false, true, false});
    columns.push_back({"source_part", "smallint", false, true, false});
    columns.push_back({"source_person_key", "text", true, true, false});
    columns.push_back({"missing", "text", true, true, false});
    columns.push_back({"extras", "text", true, true, false});
    for (const FieldDescriptor& field : entity.fields) {
        columns.push_back({field.name, std::string(sql_type(field.type)), true, true, false});
        if (field.type == FieldType::partial_date)
            columns.push_back({field.name + "_precision", "text", true, true, false});
        if (field.type == FieldType::person_ref) columns.push_back({field.name + "_id", "bigint", true, false, false});
    }
    return columns;
}

std::vector<std::string> address_columns(const EntityDescriptor& entity) {
    if (!closes_address_apart(entity)) return {};
    // Which fields have no value tells what the others are; columns that no mapping names may hold anything.
    std::vector<std::string> columns{"missing", "extras"};
    for (const FieldDescriptor& field : entity.fields)
        if (field.discloses == Discloses::address) columns.push_back(field.name);
    return columns;
}

std::string access_to_all_sql(const EntityDescriptor& entity, std::string_view alias) {
    const std::string of(alias);
    return closes_address_apart(entity) ? "(" + of + ".access | " + of + ".address_access)" : of + ".access";
}

std::string qualified_table(const EntityDescriptor& entity) {
    return quoted_name(entity.schema) + '.' + quoted_name(entity.table);
}

std::string copy_in_sql(const EntityDescriptor& entity) {
    std::string names;
    for (const TableColumn& column : table_columns(entity)) {
        if (column.generated) continue;
        if (!names.empty()) names += ", ";
        names += quoted_name(column.name);
    }
    return "COPY " + qualified_table(entity) + " (" + names + ") FROM STDIN (FORMAT binary)";
}

std::string digest_read_back_sql(const EntityDescriptor& entity, std::string_view condition) {
    std::string names;
    for (const TableColumn& column : table_columns(entity)) {
        if (!column.in_digest) continue;
        if (!names.empty()) names += ", ";
        names += quoted_name(column.name);
    }
    std::string sql = "COPY (SELECT " + names + " FROM " + qualified_table(entity);
    if (!condition.empty()) sql.append(" WHERE ").append(condition);
    return sql + ") TO STDOUT (FORMAT binary)";
}

std::string_view copy_header() noexcept {
    // Signature, flags, length of the header extension; the last zero is the literal's own end.
    static constexpr char kHeader[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";
    static_assert(sizeof kHeader == 19);
    return {kHeader, sizeof kHeader};
}

std::string_view copy_trailer() noexcept {
    return "\377\377";
}

void CopyBuffer::grow(std::size_t bytes) {
    const std::size_t capacity = std::max(capacity_ * 2, size_ + bytes + 4096);
    auto larger = std::make_unique_for_overwrite<char[]>(capacity);
    if (size_ != 0) std::memcpy(larger.get(), bytes_.get(), size_);
    bytes_ = std::move(larger);
    capacity_ = capacity;
}

void CopyBuffer::begin_row(std::int16_t fields) {
    advance_to(put_big_endian(reserve(2), fields));
}
void CopyBuffer::put_null() {
    advance_to(put_null_at(reserve(4)));
}
void CopyBuffer::put_text(std::string_view text) {
    advance_to(put_text_at(reserve(4 + text.size()), text));
}
void CopyBuffer::put_bigint(std::int64_t value) {
    advance_to(put_integer_at(reserve(12), value));
}
void CopyBuffer::put_integer(std::int32_t value) {
    advance_to(put_integer_at(reserve(8), value));
}
void CopyBuffer::put_smallint(std::int16_t value) {
    advance_to(put_integer_at(reserve(6), value));
}
void CopyBuffer::put_boolean(bool value) {
    char* at = put_big_endian(reserve(5), std::int32_t{1});
    *at = value ? 1 : 0;
    advance_to(at + 1);
}

void CopyBuffer::put_double(double value) {
    put_bigint(std::bit_cast<std::int64_t>(value));
}

std::string_view stored_precision(Date date) noexcept {
    switch (date.precision) {
        case DatePrecision::day:
            return date.estimated ? "day~" : "day";
        case DatePrecision::month:
            return date.estimated ? "month~" : "month";
        case DatePrecision::year:
            return date.estimated ? "year~" : "year";
    }
    return "day";
}

char* put_numeric(char* at, Decimal value) noexcept {
    // PostgreSQL's numeric: base-10000 digits without leading or trailing zero digits; two decimals are the upper half
    // of the first digit after the point.
    const bool negative = value.hundredths < 0;
    const auto magnitude =
        negative ? 0 - static_cast<std::uint64_t>(value.hundredths) : static_cast<std::uint64_t>(value.hundredths);
    std::int16_t digits[6];  // most significant first; up to five of the whole part, one of the fraction
    int count = 0;
    std::int16_t reversed[5];
    int whole = 0;
    for (std::uint64_t rest = magnitude / 100; rest != 0; rest /= 10000)
        reversed[whole++] = static_cast<std::int16_t>(rest % 10000);
    int weight = whole - 1;
    while (whole > 0) digits[count++] = reversed[--whole];
    if (magnitude % 100 != 0) digits[count++] = static_cast<std::int16_t>(magnitude % 100 * 100);
    while (count > 0 && digits[count - 1] == 0) --count;
    if (count == 0) weight = 0;

    at = put_big_endian(at, static_cast<std::int32_t>(8 + 2 * count));
    at = put_big_endian(at, static_cast<std::int16_t>(count));
    at = put_big_endian(at, static_cast<std::int16_t>(weight));
    at = put_big_endian(at, static_cast<std::int16_t>(negative ? 0x4000 : 0));
    at = put_big_endian(at, std::int16_t{2});
    for (int i = 0; i < count; ++i) at = put_big_endian(at, digits[i]);
    return at;
}

RowEncoder::RowEncoder(const EntityDescriptor& entity, std::string_view source_system, std::string_view source_entity,
                       std::uint8_t area, RunId run)
    : entity_(&entity), source_system_(source_system), source_entity_(source_entity) {
    std::int16_t columns = 0;
    for (const TableColumn& column : table_columns(entity))
        columns = static_cast<std::int16_t>(columns + (column.generated ? 0 : 1));
    const bool has_id = !id_column(entity).empty();

    const auto make_head = [&](bool id_known) {
        CopyBuffer head;
        head.begin_row(columns);
        if (has_id) {
            if (id_known) {
                id_at_ = head.size() + 4;
                head.put_bigint(0);
            } else {
                head.put_null();
            }
        }
        head.put_smallint(area);
        if (id_known) access_at_ = head.size() + 4;
        head.put_smallint(0);
        if (closes_address_apart(entity)) {
            if (id_known) address_access_at_ = head.size() + 4;
            head.put_smallint(0);
        }
        head.put_bigint(run.value);
        if (id_known) digest_at_ = head.size();
        head.put_text(source_system);
        head.put_text(source_entity);
        return std::string(head.view());
    };
    without_id_ = make_head(false);
    with_id_ = make_head(true);

    for (const FieldDescriptor& field : entity.fields) {
        if (field.type == FieldType::person_ref) ++references_;
        for (int reason = 0; reason <= static_cast<int>(Missing::invalid); ++reason)
            reasons_.push_back(field.name + ':' + std::string(to_string(static_cast<Missing>(reason))));
    }
    fixed_bytes_ = with_id_.size() + 64 + entity.fields.size() * kFieldBytes + references_ * kReferenceBytes;
}

char* RowEncoder::put_value(char* at, std::size_t field, const Value& value) const {
    const FieldType type = entity_->fields[field].type;
    if (!value.has_value()) {
        at = put_null_at(at);
        return type == FieldType::partial_date ? put_null_at(at) : at;
    }
    switch (type) {
        case FieldType::date:
            return put_integer_at(at, value.date.days);
        case FieldType::partial_date:
            return put_text_at(put_integer_at(at, value.date.days), stored_precision(value.date));
        case FieldType::timestamp:
        case FieldType::integer:
            return put_integer_at(at, value.integer);
        case FieldType::decimal:
            return put_numeric(at, Decimal{value.integer});
        case FieldType::boolean:
            at = put_big_endian(at, std::int32_t{1});
            *at = value.integer != 0 ? 1 : 0;
            return at + 1;
        default:
            return put_text_at(at, value.text);
    }
}

Digest128 RowEncoder::encode(const CanonicalRow& row, const RowPlacement& placement, CopyBuffer& out) {
    assert(row.entity == entity_);
    const std::size_t fields = entity_->fields.size();
    constexpr std::size_t kReasons = static_cast<std::size_t>(Missing::invalid) + 1;

    missing_.clear();
    std::size_t text_bytes = row.source_key.size() + row.source_person_key.size() + row.extras.size();
    for (std::size_t i = 0; i < fields; ++i) {
        const Value& value = row.values[i];
        if (value.has_value()) {
            text_bytes += value.text.size();
        } else {
            if (!missing_.empty()) missing_ += ',';
            missing_ += reasons_[i * kReasons + static_cast<std::size_t>(value.missing)];
        }
    }

    char* const start = out.reserve(fixed_bytes_ + text_bytes + missing_.size());
    const bool id_known = id_at_ != 0 && placement.person.value != 0;
    const std::string& head = id_known || id_at_ == 0 ? with_id_ : without_id_;
    const std::size_t shift = with_id_.size() - head.size();
    std::memcpy(start, head.data(), head.size());
    if (id_known) put_big_endian(start + id_at_, placement.person.value);
    put_big_endian(start + access_at_ - shift, static_cast<std::int16_t>(placement.access));
    if (address_access_at_ != 0)
        put_big_endian(start + address_access_at_ - shift, static_cast<std::int16_t>(placement.address_access));
    const char* const digest_start = start + digest_at_ - shift;

    char* at = start + head.size();
    at = put_text_at(at, row.source_key);
    at = put_integer_at(at, static_cast<std::int16_t>(row.part));
    at = row.source_person_key.empty() ? put_null_at(at) : put_text_at(at, row.source_person_key);
    at = missing_.empty() ? put_null_at(at) : put_text_at(at, missing_);
    at = row.extras.empty() ? put_null_at(at) : put_text_at(at, row.extras);

    if (references_ == 0) {
        for (std::size_t i = 0; i < fields; ++i) at = put_value(at, i, row.values[i]);
        out.advance_to(at);
        return digest_bytes({digest_start, static_cast<std::size_t>(at - digest_start)});
    }

    // `_id` columns stand between the fields: digest a copy without them.
    scratch_.assign(digest_start, static_cast<std::size_t>(at - digest_start));
    std::size_t reference = 0;
    for (std::size_t i = 0; i < fields; ++i) {
        const char* const value_start = at;
        at = put_value(at, i, row.values[i]);
        scratch_.append(value_start, static_cast<std::size_t>(at - value_start));
        if (entity_->fields[i].type != FieldType::person_ref) continue;
        const PersonId person = reference < placement.references.size() ? placement.references[reference] : PersonId{};
        ++reference;
        at = person.value != 0 ? put_integer_at(at, person.value) : put_null_at(at);
    }
    out.advance_to(at);
    return digest_bytes(scratch_);
}

}  // namespace caseweave
