#include "canonical/entity.hpp"

namespace caseweave {

std::string_view to_string(FieldType type) noexcept {
    constexpr std::string_view kNames[] = {"text",    "name",    "code",    "date",       "partial_date", "timestamp",
                                           "integer", "decimal", "boolean", "identifier", "uprn",         "postcode",
                                           "phone",   "email",   "key",     "person_ref"};
    static_assert(sizeof(kNames) / sizeof(kNames[0]) == static_cast<std::size_t>(FieldType::person_ref) + 1);
    return kNames[static_cast<std::size_t>(type)];
}

std::string_view to_string(ServiceArea area) noexcept {
    switch (area) {
        case ServiceArea::social_care:
            return "social_care";
        case ServiceArea::education:
            return "education";
        case ServiceArea::youth_justice:
            return "youth_justice";
    }
    return "";
}

int EntityDescriptor::find(std::string_view field) const noexcept {
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (fields[i].name == field) return static_cast<int>(i);
    }
    return -1;
}

}  // namespace caseweave
