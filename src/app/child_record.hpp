#pragma once

#include <string>

#include "canonical/schema.hpp"
#include "load/target_schema.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Finds the person an id names: "123" is a person id, "social_care:4711" a source's own key.
/// @return 0 when there is none that the connection's role may see.
std::int64_t find_person(TargetConnection& connection, const std::string& id);

/// Writes one person's record and chronology over all systems for the terminal, as far as the connection's role may
/// see. Every line says which system it comes from. "" when the person cannot be seen.
std::string describe_person(TargetConnection& connection, const CanonicalSchema& canonical, const TargetSchema& schema,
                            std::int64_t person_id);

}  // namespace caseweave
