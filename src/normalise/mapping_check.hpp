#pragma once

#include <string>

#include "canonical/canonical_batch.hpp"
#include "canonical/entity.hpp"
#include "settings/connector_definition.hpp"

namespace caseweave {

/// Refuses what a field's type would pass over in silence: codes on a text, date forms on a number.
/// @param where begins the message: file and entity. @throws Error(usage).
void check_mapping_fits(const FieldMapping& mapping, const FieldDescriptor& field, const std::string& where);

/// Types a constant of the mapping; its text stays in `mapping`. Dates have none: a date that every row shares is not
/// a fact about any. @throws Error(usage) where the text is no value of the field's type.
Value constant_value(const FieldMapping& mapping, const FieldDescriptor& field, const std::string& where);

}  // namespace caseweave
