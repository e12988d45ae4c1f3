#pragma once

#include <string>
#include <string_view>

#include "load/target_schema.hpp"

namespace caseweave {

/// Names the view of the golden records: what every reader reads in place of integrated.person.
inline constexpr std::string_view kGoldenView = "integrated.person_visible";

/// Writes the statements that make integrated.person_visible: the rows of integrated.person that the asking role may
/// see, and of each the values that are its own to know.
///
/// Which child it is (kind, names, sex, dates of birth and death) is shown to everyone who may see the row: services
/// must be sure that they speak of the same child. Any other value is shown where a source row that the role may see
/// gives it or agrees with it; records and systems, which count all services, only to who reads all areas.
std::string golden_view_sql(const TargetSchema& schema);

}  // namespace caseweave
