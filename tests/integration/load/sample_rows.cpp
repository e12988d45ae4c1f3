#include "integration/load/sample_rows.hpp"

#include <array>
#include <limits>

namespace caseweave {

namespace {

constexpr std::array<std::string_view, 8> kTexts{
    "", "x", "Zo\u00eb O'Brien-\u0141ukasz", "\u5f20\u4f1f", "two\nlines", "a\tb\\N", "NULL", "\\.\x1f\"quoted\""};
constexpr std::array<std::int64_t, 8> kIntegers{0,
                                                1,
                                                -1,
                                                9999,
                                                10000,
                                                123456789012,
                                                std::numeric_limits<std::int64_t>::max(),
                                                std::numeric_limits<std::int64_t>::min() + 1};

}  // namespace

std::string_view SampleRows::make_text() {
    if (random_() % 50 == 0) return batch_.arena.store(std::string(70'000, 'n'));  // a long case note
    return kTexts[random_() % kTexts.size()];
}

Value SampleRows::make_value(const FieldDescriptor& field) {
    if (random_() % 3 == 0) return Value::of_missing(static_cast<Missing>(1 + random_() % 5));
    switch (field.type) {
        case FieldType::date:
            return Value::of_date({static_cast<std::int32_t>(random_() % 80'000) - 60'000, DatePrecision::day, false});
        case FieldType::partial_date:
            return Value::of_date({static_cast<std::int32_t>(random_() % 20'000) - 10'000,
                                   static_cast<DatePrecision>(random_() % 3), random_() % 2 == 0});
        case FieldType::timestamp:
            return Value::of_integer(static_cast<std::int64_t>(random_()) * 200'000 - 400'000'000'000'000);
        case FieldType::boolean:
            return Value::of_integer(random_() % 2);
        case FieldType::integer:
            return Value::of_integer(kIntegers[random_() % kIntegers.size()]);
        case FieldType::decimal:
            return Value::of_integer(random_() % 4 == 0 ? kIntegers[random_() % kIntegers.size()]
                                                        : static_cast<std::int64_t>(random_()) - 2'000'000'000);
        default:
            return Value::of_text(make_text());
    }
}

CanonicalRow SampleRows::make(const EntityDescriptor& entity) {
    ++count_;
    return make(entity, "key" + std::to_string(count_) + '\x1f' + std::to_string(random_() % 7),
                "person" + std::to_string(random_() % 100));
}

CanonicalRow SampleRows::make(const EntityDescriptor& entity, std::string_view key, std::string_view person_key) {
    CanonicalRow row;
    row.entity = &entity;
    row.source_key = batch_.arena.store(key);
    row.part = static_cast<std::uint16_t>(random_() % 3);
    row.source_person_key = entity.subject == Subject::none ? std::string_view() : batch_.arena.store(person_key);
    Value* values = batch_.allocate_values(entity.fields.size());
    for (std::size_t i = 0; i < entity.fields.size(); ++i) values[i] = make_value(entity.fields[i]);
    row.values = values;
    if (random_() % 4 == 0) row.extras = "{\"ROWVERSION\": \"7\"}";
    return row;
}

}  // namespace caseweave
