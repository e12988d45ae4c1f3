#include "unit/people/person_builder.hpp"

#include <cstdlib>
#include <stdexcept>

#include "core/date.hpp"

namespace caseweave::test {

namespace {

Date parse_date(const std::string& text) {
    const bool estimated = text.back() == '~';
    const std::string body = text.substr(0, text.size() - (estimated ? 1 : 0));
    const auto part = [&](std::size_t at, std::size_t length) {
        return body.size() > at ? std::atoi(body.substr(at, length).c_str()) : 1;
    };
    Date date = to_date(part(0, 4), static_cast<unsigned>(part(5, 2)), static_cast<unsigned>(part(8, 2)));
    date.precision = body.size() <= 4   ? DatePrecision::year
                     : body.size() <= 7 ? DatePrecision::month
                                        : DatePrecision::day;
    date.estimated = estimated;
    return date;
}

Value parse_value(FieldType type, const std::string& text) {
    switch (type) {
        case FieldType::date:
        case FieldType::partial_date:
            return Value::of_date(parse_date(text));
        case FieldType::integer:
        case FieldType::boolean:
        case FieldType::decimal:
        case FieldType::timestamp:
            return Value::of_integer(std::atoll(text.c_str()));
        default:
            return Value::of_text(text);
    }
}

}  // namespace

const CanonicalSchema& PersonBuilder::schema() {
    static const CanonicalSchema loaded = CanonicalSchema::load(CASEWEAVE_SOURCE_DIR "/schemas/canonical");
    return loaded;
}

SystemId PersonBuilder::system(std::string_view name) {
    if (const auto known = store_.find_system(name)) return *known;
    return store_.add_system(name, static_cast<std::uint8_t>(ServiceArea::social_care));
}

bool PersonBuilder::add(std::string_view entity, std::string_view system, std::string_view key, const Fields& fields) {
    const EntityDescriptor* descriptor = schema().find(entity);
    if (descriptor == nullptr) throw std::invalid_argument("no such entity");
    std::vector<Value> values(descriptor->fields.size());
    for (const auto& [field, text] : fields) {
        const int position = descriptor->find(field);
        if (position < 0) throw std::invalid_argument("no such field: " + std::string(field));
        const auto at = static_cast<std::size_t>(position);
        if (!text.empty()) values[at] = parse_value(descriptor->fields[at].type, text);
    }
    CanonicalRow row;
    row.entity = descriptor;
    row.source_key = key;
    row.source_person_key = key;
    row.values = values.data();
    return store_.add(this->system(system), row);
}

}  // namespace caseweave::test
