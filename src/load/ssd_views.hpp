#pragma once

#include <filesystem>
#include <string>

#include "load/target_schema.hpp"

namespace caseweave {

/// Writes the statements that make the `ssd` views (security_invoker) from schemas/target/ssd_views.toml and the `ssd`
/// references of the descriptors. @throws SettingsError for a column that neither maps, or an unknown entity.
std::string ssd_views_sql(const TargetSchema& schema, const std::filesystem::path& file);

}  // namespace caseweave
