#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/books/row_owners.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Says which quarantined rows are asked for; an empty member asks for all.
struct QuarantineFilter {
    std::string system, entity, reason, owner;
    std::optional<std::int64_t> run;
};

/// Holds one quarantined row as a list may show it: where it stands in its source and what is wrong, not what it says.
struct QuarantineEntry {
    std::int64_t number = 0, run = 0;
    std::string owner, system, entity, reason, field;
    std::string key;  ///< parts joined by "/"; "" where it could not be read
    std::string position, advice;
};

/// Reads the quarantined rows that the connection's role may see, by owner, system, entity, reason and number.
///
/// @throws Error(usage) for a system or reason that there is none of, with the nearest, or a target whose schema is too
/// old to number them.
std::vector<QuarantineEntry> read_quarantine(TargetConnection& connection, const RowOwners& owners,
                                             const QuarantineFilter& filter);

/// Reads one row by its number. @param raw takes the row as it was read. @return nullopt where there is none that the
/// role may see.
std::optional<QuarantineEntry> read_quarantine_entry(TargetConnection& connection, const RowOwners& owners,
                                                     std::int64_t number, std::optional<std::string>& raw);

}  // namespace caseweave
