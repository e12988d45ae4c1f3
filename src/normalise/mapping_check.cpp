#include "normalise/mapping_check.hpp"

#include <string_view>

#include "core/decimal.hpp"
#include "core/error.hpp"
#include "normalise/values.hpp"

namespace caseweave {

void check_mapping_fits(const FieldMapping& mapping, const FieldDescriptor& field, const std::string& where) {
    const auto refuse = [&](std::string_view what, std::string_view wanted) {
        throw Error(ErrorKind::usage, where + ": field " + mapping.field + " is " + std::string(to_string(field.type)) +
                                          "; " + std::string(what) + " is for " + std::string(wanted));
    };
    const bool is_date = field.type == FieldType::date || field.type == FieldType::partial_date;
    if (!mapping.codes.empty() && field.type != FieldType::code) refuse("codes", "code fields");
    if (!mapping.dates.empty() && !is_date && field.type != FieldType::timestamp)
        refuse("dates", "dates and timestamps");
    if (!mapping.estimated_column.empty() && !is_date) refuse("estimated", "dates");
    if (!mapping.part.empty() && (field.type != FieldType::name || mapping.columns.size() != 1))
        refuse("part", "names, from one column");
    if (mapping.combine == "date_parts" && !is_date) refuse("combine = \"date_parts\"", "dates");
}

Value constant_value(const FieldMapping& mapping, const FieldDescriptor& field, const std::string& where) {
    const auto refuse = [&]() -> Value {
        throw Error(ErrorKind::usage, where + ": constant \"" + *mapping.constant + "\" of field " + mapping.field +
                                          " is no " + std::string(to_string(field.type)));
    };
    switch (field.type) {
        case FieldType::boolean: {
            const auto flag = parse_boolean(*mapping.constant);
            return flag ? Value::of_integer(*flag ? 1 : 0) : refuse();
        }
        case FieldType::integer: {
            const auto number = parse_integer(*mapping.constant);
            return number ? Value::of_integer(*number) : refuse();
        }
        case FieldType::decimal: {
            const auto number = parse_decimal(*mapping.constant);
            return number ? Value::of_integer(number->hundredths) : refuse();
        }
        case FieldType::date:
        case FieldType::partial_date:
        case FieldType::timestamp:
            return refuse();
        default:
            return Value::of_text(*mapping.constant);
    }
}

}  // namespace caseweave
