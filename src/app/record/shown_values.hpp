#pragma once

#include <string>
#include <string_view>

#include "canonical/schema.hpp"

namespace caseweave {

/// Writes a stored value the way people read it: the code's label, yes and no, long texts shortened.
std::string shown_value(const CanonicalSchema& canonical, const FieldDescriptor& field, std::string_view value);

/// Writes the bounds of a birth, each as "2009-01-01", as people say them ("between 1 January 2009 and 31 December
/// 2010"): what stands where a birth date would. "" unless both are given.
std::string shown_birth_range(std::string_view earliest, std::string_view latest);

}  // namespace caseweave
