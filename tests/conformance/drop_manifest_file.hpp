#pragma once

#include <filesystem>
#include <string>

#include "settings/connector_definition.hpp"

namespace caseweave::conformance {

/// Names the manifest of a connector's deliveries; "" when they have none.
std::string manifest_name(const ConnectorDefinition& connector);

/// Writes the manifest of a drop folder as its files stand, where the connector's deliveries have one.
void write_manifest(const ConnectorDefinition& connector, const std::filesystem::path& folder);

}  // namespace caseweave::conformance
