#pragma once

#include <string>

#include "canonical/schema.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Names a source record: "social_care:100042".
struct SourceRecordId {
    std::string system, key;
    std::string text() const { return system + ":" + key; }
};

/// Reads SYSTEM:ID. @throws Error(usage) for another form.
SourceRecordId parse_record_id(const std::string& id);

/// Writes two source records side by side for the terminal, field by field, with what differs marked: person, names,
/// identifiers, addresses, contacts, relationships, as far as the connection's role may see. Values are as the source
/// gave them, normalised.
std::string compare_records(TargetConnection& connection, const CanonicalSchema& canonical, const SourceRecordId& left,
                            const SourceRecordId& right);

}  // namespace caseweave
