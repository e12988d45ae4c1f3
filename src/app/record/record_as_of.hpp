#pragma once

#include <cstdint>
#include <string>

#include "app/record/child_record.hpp"
#include "load/target_schema.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Names an instant of the past and what its reader is cleared for today.
struct AsOf {
    std::string instant;         ///< as the target writes a timestamptz, to the microsecond
    std::uint8_t clearance = 0;  ///< bits kAccess*
};

/// Reads an instant: 2026-03-31 is the end of that day, 2026-03-31T14:30 (seconds and fractions may follow) that
/// moment, both in the target's time zone. @throws Error(usage) for another form, a day that the calendar does not
/// have, the future, and a time before the first run that ended.
std::string read_instant(TargetConnection& loader, const std::string& text);

/// Finds the person that an id named then: a person id, retired since or not, or "SYSTEM:ID". @return 0 where there was
/// none, and where any record that the person had needs today, or needed then, what the reader is not cleared for.
std::int64_t find_person_as_of(TargetConnection& loader, const std::string& id, const AsOf& as_of);

/// Gives one person's record as it stood: each row in the version that was in force. A version is left out where it,
/// the row that stands in its place today, or any record that it speaks of or names needs what the reader is not
/// cleared for; so is what names a place that is hidden today, and a golden value that no version that is shown agrees
/// with. For readers of all service areas. @param loader must outlive the view.
RecordView record_as_of(TargetConnection& loader, const TargetSchema& schema, std::int64_t person, const AsOf& as_of);

/// Says with whom the records are today that the person had then, where the id is retired; "" where it is not.
std::string retired_since(TargetConnection& loader, std::int64_t person, const AsOf& as_of);

}  // namespace caseweave
