#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "postgres/target_connection.hpp"

namespace caseweave {

/// Reads what a target's catalogue says of who may see what, each as the statement that makes it so: row-level
/// security and its policies, grants on schemas, tables, columns, views and functions, the texts of functions, roles.
/// Sorted; nothing of it depends on the server's version, on the database's name or on logins that were given a role.
std::vector<std::string> read_protection(TargetConnection& connection);

/// Holds a target's catalogue against what this version makes, and tells in a sentence each what differs and what to
/// do about it.
///
/// The rows' own access bits protect nobody where the catalogue does not ask for them. What stands in the target is no
/// witness: `expected` is the list that ships with the migrations (schemas/target/protection.txt), which a test holds
/// against a target that they made. Making them anew beside the target, in a database of their own, would need rights
/// that a target's login does not have. The text of a view is printed otherwise by other versions of the server, so
/// that the views are made anew of `views_sql` as temporary ones, and both printed by the same server.
/// @param connection must not be in a transaction, and may make temporary objects.
std::vector<std::string> find_unlike_protection(TargetConnection& connection, const std::vector<std::string>& expected,
                                                std::string_view views_sql);

}  // namespace caseweave
