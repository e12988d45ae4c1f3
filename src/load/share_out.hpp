#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "postgres/target_connection.hpp"

namespace caseweave {

/// Does `work` once for every number below `count`, handed out in order to one thread a connection: work on whole
/// tables that the server can do at once. The calling thread takes part.
///
/// `work` runs on several threads; what it touches besides its connection must be its number's own.
/// @throws the first thing that `work` threw, once every thread has ended; numbers not yet handed out stay undone.
void share_out(std::span<TargetConnection* const> connections, std::size_t count,
               const std::function<void(TargetConnection& connection, std::size_t number)>& work);

}  // namespace caseweave
