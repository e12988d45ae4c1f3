#pragma once

#include <string>

#include "settings/toml_table.hpp"

namespace caseweave {

/// Reads a file that holds one secret and nothing else; line ends at its end are not part of it.
/// @throws SettingsError that points at `key` of `table`, which names the file, where it cannot be read or is empty.
std::string read_secret_file(const std::string& file, const TomlTable& table, const std::string& key);

/// Reads a secret that the service manager passed under `name` (LoadCredential= of systemd).
/// @throws SettingsError that points at `key` of `table`, which names the credential, where there is none.
std::string read_credential(const std::string& name, const TomlTable& table, const std::string& key);

}  // namespace caseweave
