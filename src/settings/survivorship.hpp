#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace caseweave {

/// Says how one field of the golden record is chosen. Rules are tried in order until one value is left.
struct FieldSurvivorship {
    std::vector<std::string> rules;    ///< of "trusted_system", "agreement", "recency", "completeness", "precision"
    std::vector<std::string> systems;  ///< for trusted_system: most trusted first; systems not named come last, alike
};

/// Holds config/survivorship.toml: a default and what single fields say instead.
struct SurvivorshipSettings {
    FieldSurvivorship fallback;
    std::map<std::string, FieldSurvivorship, std::less<>> fields;  ///< by canonical field of the person record

    /// Reads the file. @param known fields that [field.<name>] may name; empty: any.
    /// @throws SettingsError, with the nearest name for a field that is not known.
    static SurvivorshipSettings load(const std::filesystem::path& file, std::span<const std::string_view> known = {});
    const FieldSurvivorship& of(std::string_view field) const;
};

}  // namespace caseweave
