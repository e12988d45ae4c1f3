#pragma once

#include <cstdint>
#include <string>

#include "load/target_schema.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Names one source row; the key as stored, or as shown with its parts joined by '/'.
struct AskedSourceRow {
    std::string system, entity, key;
};

/// Writes where a source row went: position in its delivery, the rows of the target it became with person and run,
/// values of it that were set aside, the quarantine with its reason, and the runs that replaced or took away what it
/// was before. As far as the connection's role may see; of earlier versions what the role is cleared for today and
/// then.
/// @param loader reads the history. "" where nothing of such a row can be seen.
std::string describe_row_lineage(TargetConnection& connection, TargetConnection& loader, const TargetSchema& schema,
                                 const AskedSourceRow& row, std::uint8_t clearance);

}  // namespace caseweave
