#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace caseweave {

/// Holds rows that people have to mend, for a file that goes to those who mend them.
struct OwnerTable {
    std::vector<std::string> titles;             ///< the first is "owner"
    std::vector<std::vector<std::string>> rows;  ///< by owner; the owner first
    std::string empty_sheet;                     ///< name of the one sheet of a workbook without rows
};

/// Writes the rows for their owners, there whole or not at all: .csv (or - for the standard output) holds all of them,
/// .xlsx a sheet an owner. Only the account that runs the program may read the file.
/// @throws Error(usage) for another kind of file, Error(target) when it cannot be written.
void write_owner_file(const std::filesystem::path& file, const OwnerTable& table);

/// Tells what kind of file the name asks for, before any work. @throws Error(usage) for another than .csv, .xlsx or -.
void require_owner_file(const std::filesystem::path& file);

}  // namespace caseweave
