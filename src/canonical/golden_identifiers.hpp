#pragma once

#include <array>
#include <string_view>

namespace caseweave {

/// Names the fields of a golden record that consolidation chooses from the person's identifiers, one of each type; they
/// stand in integrated.person_identifier too.
inline constexpr std::array<std::string_view, 3> kGoldenIdentifiers = {"nhs_number", "upn", "uln"};

}  // namespace caseweave
