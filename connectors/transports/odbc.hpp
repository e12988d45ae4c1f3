#pragma once

#include <memory>
#include <vector>

#include "extract/transport.hpp"

namespace caseweave {

/// Makes the transport of databases behind an ODBC driver.
///
/// Each open Source has a connection of its own. A query's rows keep its order, or key order with page_by_key.
/// Bytes that are not UTF-8 reject their row (undecodable).
/// @throws Error(unavailable) when the database is away, Error(source) for a refused login or query.
std::unique_ptr<Transport> make_odbc_transport(const TransportContext& context);

/// Lists the keys of [transport_settings] and of a job's [system.<name>.transport].
const std::vector<OptionDescriptor>& odbc_options();

}  // namespace caseweave
