#pragma once

#include <string>
#include <string_view>

namespace caseweave {

/// Reads a file that holds one secret and nothing else; line ends at its end are not part of it.
/// @param setting the key that names the file, for the message. @throws Error(usage) when it cannot be read.
std::string read_secret_file(const std::string& file, std::string_view setting);

/// Reads a credential that the service manager passed (LoadCredential= of systemd): the file of that name in the folder
/// that CREDENTIALS_DIRECTORY names. @param setting the key that names it. @throws Error(usage) when there is none.
std::string read_credential(const std::string& name, std::string_view setting);

}  // namespace caseweave
