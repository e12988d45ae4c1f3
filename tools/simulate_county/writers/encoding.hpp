#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace simulate {

/// Converts UTF-8 to Windows-1252; letters that are not in it become their base letter where there is one, else '?'.
std::string to_windows_1252(std::string_view utf8);

/// Replaces a file's content; throws std::runtime_error with its path when that fails.
void write_file(const std::filesystem::path& file, std::string_view bytes);

/// Makes a folder with its parents; throws std::runtime_error with its path when that fails.
void make_folder(const std::filesystem::path& folder);

}  // namespace simulate
