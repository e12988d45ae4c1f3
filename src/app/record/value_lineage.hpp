#pragma once

#include <cstdint>
#include <string>

#include "load/target_schema.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Says whether a golden record has the field. @throws Error(usage) with the nearest name where it has not.
void require_golden_field(const TargetSchema& schema, const std::string& field);

/// Writes where the golden value of a field comes from: system, source row, its position in the delivery, run and
/// rule; then the values it was chosen over, with the rule that each lost to. As far as the connection's role may see.
/// @param clearance of that role: verbatim rows of protected records are asked for their positions only where it has
/// one. "" when the person cannot be seen.
std::string describe_value_lineage(TargetConnection& connection, const TargetSchema& schema, std::int64_t person,
                                   const std::string& field, std::uint8_t clearance);

}  // namespace caseweave
