#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace caseweave {

/// Writes the JSON Schemas (draft 2020-12) of the settings files, by file name: what schemas/settings holds.
///
/// Keys, types and words are what the program's readers ask for when they read the files that ship below `home`;
/// names of entities, fields and code lists come from schemas/canonical, transports, formats and their options from the
/// registry, what a key is for from settings_keys.hpp. @throws Error for a key without a description, or a description
/// without a key.
std::map<std::string, std::string> settings_schemas(const std::filesystem::path& home);

}  // namespace caseweave
