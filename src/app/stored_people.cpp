#include "app/stored_people.hpp"

#include <charconv>

#include "canonical/copy_encoding.hpp"
#include "normalise/dates.hpp"

namespace caseweave {

namespace {

/// Reads a value from PostgreSQL's text form. `precision` is the text of the column beside a partial date.
Value stored_value(FieldType type, std::string_view text, std::string_view precision) {
    static const std::vector<DateForm> kForms = compile_date_forms({"%Y-%m-%d"});
    switch (type) {
        case FieldType::date:
        case FieldType::partial_date: {
            auto date = parse_date(text, kForms);
            if (!date) return Value::of_missing(Missing::invalid);
            Date value = *date;
            value.estimated = precision.ends_with('~');
            if (precision.starts_with("month")) value.precision = DatePrecision::month;
            if (precision.starts_with("year")) value.precision = DatePrecision::year;
            return Value::of_date(value);
        }
        case FieldType::timestamp: {
            const auto time = parse_timestamp(text, kForms);
            return time ? Value::of_integer(time->microseconds) : Value::of_missing(Missing::invalid);
        }
        case FieldType::boolean:
            return Value::of_integer(text == "t" ? 1 : 0);
        case FieldType::integer: {
            std::int64_t number = 0;
            std::from_chars(text.data(), text.data() + text.size(), number);
            return Value::of_integer(number);
        }
        default:
            return Value::of_text(text);
    }
}

void read_entity(TargetConnection& loader, const EntityDescriptor& entity, PersonStore& store) {
    std::string columns = "source_system, source_key, source_part, source_person_key";
    for (const FieldDescriptor& field : entity.fields) {
        columns += ", " + TargetConnection::quote_identifier(field.name);
        columns += field.type == FieldType::partial_date
                       ? ", " + TargetConnection::quote_identifier(field.name + "_precision")
                       : ", NULL";
    }
    const TargetResult rows = loader.execute(
        "SELECT " + columns + " FROM " + qualified_table(entity) + " ORDER BY row_id", TargetConnection::kLongDeadline);
    std::vector<Value> values(entity.fields.size());
    for (std::size_t r = 0; r < rows.rows(); ++r) {
        const auto system = store.find_system(rows.text(r, 0));
        if (!system) continue;
        for (std::size_t i = 0; i < entity.fields.size(); ++i) {
            const std::size_t column = 4 + 2 * i;
            values[i] = rows.is_null(r, column)
                            ? Value::of_missing(Missing::null)
                            : stored_value(entity.fields[i].type, rows.text(r, column), rows.text(r, column + 1));
        }
        CanonicalRow row;
        row.entity = &entity;
        row.source_key = rows.text(r, 1);
        row.part = static_cast<std::uint16_t>(rows.integer(r, 2));
        row.source_person_key = rows.text(r, 3);
        row.values = values.data();
        store.add(*system, row);
    }
}

}  // namespace

PersonStore read_people(TargetConnection& loader, const CanonicalSchema& canonical) {
    PersonStore store;
    const TargetResult systems = loader.execute(
        "SELECT source_system, min(row_id), bit_or(area) FROM lineage.person_record GROUP BY 1 ORDER BY 2",
        TargetConnection::kLongDeadline);
    for (std::size_t i = 0; i < systems.rows(); ++i)
        store.add_system(systems.text(i, 0), static_cast<std::uint8_t>(systems.integer(i, 2)));
    for (const EntityDescriptor& entity : canonical.entities()) {
        if (entity.pass == Pass::people) read_entity(loader, entity, store);
    }
    store.seal();
    return store;
}

}  // namespace caseweave
