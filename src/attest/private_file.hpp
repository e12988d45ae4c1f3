#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace caseweave {

/// Reads a file that holds a secret key: a regular file that only the account that owns it can read.
/// @param what names it for messages ("the signing key"). @param most bytes it may have.
/// @throws Error(usage) when it is missing, others can read it, it is no regular file or larger.
std::string read_private_file(const std::filesystem::path& file, std::string_view what, std::size_t most);

/// Makes a new file with mode 0600, which is there whole or not at all: a process that dies leaves no half of a key,
/// and of two that make one at once, one does. @return false where there is one already, which stays as it is.
/// @throws Error(usage) when it cannot be written; nothing is left of it then.
bool make_private_file(const std::filesystem::path& file, std::string_view content);

}  // namespace caseweave
