#pragma once

#include <functional>
#include <string>

#include "canonical/schema.hpp"
#include "load/target_schema.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Says where the rows of a person's record are read from: tables and views, or queries in brackets.
struct RecordView {
    TargetConnection* connection = nullptr;
    std::function<std::string(const EntityDescriptor&)> rows_of;  ///< of the canonical entities and person_value
    std::string golden;                                           ///< columns of integrated.person_visible
    std::string retention;                                        ///< columns of integrated.retention_visible
    bool tells_runs = false;  ///< whether every line says which run wrote what it shows
};

/// Gives the record as it stands, as the connection's role may see it. @param connection must outlive the view.
RecordView record_now(TargetConnection& connection);

/// Finds the person an id names: "123" is a person id, "social_care:4711" a source's own key.
/// @return 0 when there is none that the connection's role may see.
std::int64_t find_person(TargetConnection& connection, const std::string& id);

/// Writes one person's record and chronology over all systems for the terminal, as far as the view goes, and how long
/// it is kept. Every line says which system it comes from. "" when the person cannot be seen.
std::string describe_person(const RecordView& view, const CanonicalSchema& canonical, const TargetSchema& schema,
                            std::int64_t person_id);

}  // namespace caseweave
