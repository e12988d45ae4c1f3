#pragma once

#include <string>

#include "canonical/schema.hpp"
#include "load/target_schema.hpp"

namespace caseweave {

/// Writes the data dictionary in Markdown: a section for each table of the target with its fields, then one for each
/// code list. `target` was made from `canonical`.
std::string data_dictionary(const CanonicalSchema& canonical, const TargetSchema& target);

}  // namespace caseweave
