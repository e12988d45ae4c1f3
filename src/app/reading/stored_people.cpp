#include "app/reading/stored_people.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

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
        case FieldType::decimal: {
            const auto number = parse_decimal(text);
            return number ? Value::of_integer(number->hundredths) : Value::of_missing(Missing::invalid);
        }
        default:
            return Value::of_text(text);
    }
}

/// Gives why each field has no value, from the column `missing` ("upn:absent,sex:null").
void read_reasons(std::string_view missing, const EntityDescriptor& entity, std::vector<Missing>& reasons) {
    reasons.assign(entity.fields.size(), Missing::null);
    while (!missing.empty()) {
        const std::size_t comma = std::min(missing.find(','), missing.size());
        const std::string_view entry = missing.substr(0, comma);
        missing.remove_prefix(std::min(comma + 1, missing.size()));
        const std::size_t colon = std::min(entry.find(':'), entry.size());
        const int field = entity.find(entry.substr(0, colon));
        if (field < 0) continue;
        for (int reason = 1; reason <= static_cast<int>(Missing::invalid); ++reason) {
            if (entry.substr(std::min(colon + 1, entry.size())) == to_string(static_cast<Missing>(reason)))
                reasons[static_cast<std::size_t>(field)] = static_cast<Missing>(reason);
        }
    }
}

}  // namespace

void for_each_stored_row(TargetConnection& connection, const EntityDescriptor& entity, const std::string& condition,
                         const std::function<void(const StoredRow&)>& take) {
    const std::string_view id = id_column(entity);
    std::string columns = "t.row_id, t.source_system, t.source_key, t.source_part, t.source_person_key, t.access, ";
    columns += (id.empty() ? "NULL" : "t." + std::string(id)) + ", t.missing, ";
    columns += closes_address_apart(entity) ? "t.address_access" : "0";
    columns += ", t.source_entity";
    constexpr std::size_t kHead = 10;
    std::vector<std::size_t> reference_columns;
    std::size_t column = kHead + 2 * entity.fields.size();
    std::string ids;
    for (const FieldDescriptor& field : entity.fields) {
        columns += ", t." + TargetConnection::quote_identifier(field.name);
        columns += field.type == FieldType::partial_date
                       ? ", t." + TargetConnection::quote_identifier(field.name + "_precision")
                       : ", NULL";
        if (field.type != FieldType::person_ref) continue;
        ids += ", t." + TargetConnection::quote_identifier(field.name + "_id");
        reference_columns.push_back(column++);
    }
    const TargetResult rows =
        connection.execute("SELECT " + columns + ids + " FROM " + qualified_table(entity) + " t" +
                               (condition.empty() ? "" : " WHERE " + condition) + " ORDER BY t.row_id",
                           TargetConnection::kLongDeadline);
    std::vector<Value> values(entity.fields.size());
    std::vector<Missing> reasons;
    std::vector<PersonId> references(reference_columns.size());
    for (std::size_t r = 0; r < rows.rows(); ++r) {
        read_reasons(rows.text(r, 7), entity, reasons);
        for (std::size_t i = 0; i < entity.fields.size(); ++i) {
            const std::size_t at = kHead + 2 * i;
            values[i] = rows.is_null(r, at)
                            ? Value::of_missing(reasons[i])
                            : stored_value(entity.fields[i].type, rows.text(r, at), rows.text(r, at + 1));
        }
        for (std::size_t i = 0; i < references.size(); ++i) {
            const std::size_t at = reference_columns[i];
            references[i] = rows.is_null(r, at) ? PersonId{} : PersonId{rows.integer(r, at)};
        }
        StoredRow stored;
        stored.row_id = rows.integer(r, 0);
        stored.system = rows.text(r, 1);
        stored.source_entity = rows.text(r, 9);
        stored.row.entity = &entity;
        stored.row.source_key = rows.text(r, 2);
        stored.row.part = static_cast<std::uint16_t>(rows.integer(r, 3));
        stored.row.source_person_key = rows.text(r, 4);
        stored.row.values = values.data();
        stored.access = static_cast<std::uint8_t>(rows.integer(r, 5));
        stored.address_access = static_cast<std::uint8_t>(rows.integer(r, 8));
        if (!rows.is_null(r, 6)) stored.person = PersonId{rows.integer(r, 6)};
        stored.references = references;
        take(stored);
    }
}

void add_other_people(TargetConnection& loader, const CanonicalSchema& canonical, const std::set<std::string>& also,
                      PersonStore& store, HiddenPlaces& providers) {
    const TargetResult systems = loader.execute(
        "SELECT source_system, min(row_id), bit_or(area) FROM lineage.person_record GROUP BY 1 ORDER BY 2",
        TargetConnection::kLongDeadline);
    std::string others;
    for (std::uint16_t i = 0; i < store.systems(); ++i) {
        const std::string name(store.system_name(SystemId{i}));
        if (!also.contains(name)) others += ", " + TargetConnection::quote_literal(name);
    }
    // Whatever the store does not have, systems without a person included: they may hold places.
    const std::string condition = others.empty() ? "" : "t.source_system NOT IN (" + others.substr(2) + ")";
    for (std::size_t i = 0; i < systems.rows(); ++i) {
        if (!store.find_system(systems.text(i, 0)))
            store.add_system(systems.text(i, 0), static_cast<std::uint8_t>(systems.integer(i, 2)));
    }
    for (const EntityDescriptor& entity : canonical.entities()) {
        if (entity.pass != Pass::people && !describes_places(entity)) continue;
        for_each_stored_row(loader, entity, condition, [&](const StoredRow& stored) {
            if (describes_places(entity)) providers.add_provider(stored.system, stored.row);
            if (entity.pass != Pass::people) return;
            if (const auto system = store.find_system(stored.system)) store.add(*system, stored.row);
        });
    }
}

PersonStore read_people(TargetConnection& loader, const CanonicalSchema& canonical, HiddenPlaces& providers) {
    PersonStore store;
    add_other_people(loader, canonical, {}, store, providers);
    store.seal();
    return store;
}

}  // namespace caseweave
