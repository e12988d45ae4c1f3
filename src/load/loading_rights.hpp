#pragma once

#include "load/migrations.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Checks that a login may do all that a run does: become the roles it works as and, where the schema is not current,
/// change it. Asks the server's catalogue and changes nothing. @param login a connection that has taken no role.
/// @return what the target holds of the schema.
/// @throws Error(target), one sentence that says what the login lacks and the statements that grant it; as
/// schema_state().
SchemaState require_loading_rights(TargetConnection& login, const TargetDefinition& definition);

}  // namespace caseweave
