#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "canonical/entity.hpp"

namespace caseweave {

/// Enumerates the fields of the person record, in the order of schemas/canonical/person.toml.
enum class PersonField : std::uint8_t {
#define CASEWEAVE_PERSON_FIELD(name, type) name,
#include "canonical/person_fields.inc"
#undef CASEWEAVE_PERSON_FIELD
};

inline constexpr std::string_view kPersonFieldNames[] = {
#define CASEWEAVE_PERSON_FIELD(name, type) #name,
#include "canonical/person_fields.inc"
#undef CASEWEAVE_PERSON_FIELD
};

inline constexpr FieldType kPersonFieldTypes[] = {
#define CASEWEAVE_PERSON_FIELD(name, type) FieldType::type,
#include "canonical/person_fields.inc"
#undef CASEWEAVE_PERSON_FIELD
};

/// Tells whether a field says when a person was born: a restriction of the birth date withholds every one of them.
constexpr bool tells_birth(PersonField field) noexcept {
    return field == PersonField::birth_date || field == PersonField::birth_date_earliest ||
           field == PersonField::birth_date_latest;
}

inline constexpr std::size_t kPersonFields = sizeof(kPersonFieldNames) / sizeof(kPersonFieldNames[0]);

}  // namespace caseweave
