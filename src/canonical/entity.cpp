#include "canonical/entity.hpp"

#include <algorithm>

namespace caseweave {

static_assert(kFieldTypeNames.size() == static_cast<std::size_t>(FieldType::person_ref) + 1);
static_assert(kSensitivityNames.size() == static_cast<std::size_t>(Sensitivity::special) + 1);
static_assert(kDisclosesNames.size() == static_cast<std::size_t>(Discloses::email) + 1);
static_assert(kPassNames.size() == static_cast<std::size_t>(Pass::cases) + 1);
static_assert(kSubjectNames.size() == static_cast<std::size_t>(Subject::none) + 1);

std::string_view to_string(FieldType type) noexcept {
    return kFieldTypeNames[static_cast<std::size_t>(type)];
}
std::string_view to_string(Sensitivity sensitivity) noexcept {
    return kSensitivityNames[static_cast<std::size_t>(sensitivity)];
}
std::string_view to_string(Pass pass) noexcept {
    return kPassNames[static_cast<std::size_t>(pass)];
}
std::string_view to_string(Subject subject) noexcept {
    return kSubjectNames[static_cast<std::size_t>(subject)];
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

bool marks_restriction(const FieldDescriptor& field) noexcept {
    return field.type == FieldType::boolean && (field.name == "restricted" || field.name.ends_with("_restricted"));
}

bool names_place(const FieldDescriptor& field) noexcept {
    if (field.discloses != Discloses::address) return false;
    switch (field.type) {
        case FieldType::text:
        case FieldType::key:
        case FieldType::postcode:
        case FieldType::uprn:
            return true;
        default:
            return false;
    }
}

bool describes_places(const EntityDescriptor& entity) noexcept {
    return entity.subject == Subject::none &&
           std::any_of(entity.fields.begin(), entity.fields.end(), marks_restriction);
}

bool closes_address_apart(const EntityDescriptor& entity) noexcept {
    return entity.pass == Pass::cases && entity.subject != Subject::none &&
           std::any_of(entity.fields.begin(), entity.fields.end(), names_place);
}

int EntityDescriptor::find(std::string_view field) const noexcept {
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (fields[i].name == field) return static_cast<int>(i);
    }
    return -1;
}

}  // namespace caseweave
