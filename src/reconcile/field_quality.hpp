#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "canonical/schema.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Says how full and how valid one field is in one system, or in the consolidated record (system "").
///
/// Fields of the person row are told of everyone's records. What may stand several times beside it (an identifier by
/// its type, parts of an address, contacts) is told of children's records only, before and after: of adults few systems
/// ask it, and a share of them all would say how many adults a system holds.
struct FieldQuality {
    std::string system, field;
    std::uint64_t records = 0;  ///< that could hold it; of the consolidated record: persons
    std::uint64_t filled = 0;   ///< of which that do, at least once
    std::uint64_t given = 0;    ///< values that were given, several of a record among them
    std::uint64_t invalid = 0;  ///< of which that did not hold
    bool of_children = false;
};

/// Counts every line, in the order a page shows them. A value that was given did not hold where it was set aside at
/// loading. Consolidated, a chosen value (person row, NHS number, UPN, ULN) is given once and does not hold where no
/// record of its person gives it as a value that passed its checks; everything else is kept, and so is what was set
/// aside. @param loader reads all.
std::vector<FieldQuality> count_field_quality(TargetConnection& loader, const CanonicalSchema& canonical);

/// Writes the share of the values given that hold: "98.4 %", "c" where it would count single values or people.
std::string publish_validity(const FieldQuality& line);

}  // namespace caseweave
