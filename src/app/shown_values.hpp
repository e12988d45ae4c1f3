#pragma once

#include <string>
#include <string_view>

#include "canonical/schema.hpp"

namespace caseweave {

/// Writes a stored value the way people read it: the code's label, yes and no, long texts shortened.
std::string shown_value(const CanonicalSchema& canonical, const FieldDescriptor& field, std::string_view value);

/// Writes a name of the schema as words ("birth date").
std::string words_of(std::string_view name);

}  // namespace caseweave
