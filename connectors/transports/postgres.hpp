#pragma once

#include <memory>
#include <vector>

#include "extract/transport.hpp"

namespace caseweave {

/// Makes the transport of PostgreSQL databases: COPY (query) TO STDOUT over libpq.
///
/// Every call has a deadline of its own, so that a link that swallows packets ends in an Error(unavailable).
/// Each open Source has a connection of its own.
std::unique_ptr<Transport> make_postgres_transport(const TransportContext& context);

/// Lists the keys of [transport_settings] and of a job's [system.<name>.transport].
const std::vector<OptionDescriptor>& postgres_options();

}  // namespace caseweave
