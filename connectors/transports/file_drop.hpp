#pragma once

#include <memory>
#include <vector>

#include "extract/transport.hpp"

namespace caseweave {

/// Makes the transport of folders in which files arrive, with or without a manifest.
///
/// verify() holds every file against the manifest (there, size, SHA-256) and refuses files nobody declared; from then
/// on its documents state the rows the manifest gives them. Files are read in name order, never through a symbolic
/// link, and must not change between verify() and their reading.
std::unique_ptr<Transport> make_file_drop_transport(const TransportContext& context);

/// Lists the keys of [transport_settings] and of a job's [system.<name>.transport].
const std::vector<OptionDescriptor>& file_drop_options();

}  // namespace caseweave
