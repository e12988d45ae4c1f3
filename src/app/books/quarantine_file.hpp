#pragma once

#include <filesystem>
#include <vector>

#include "app/books/quarantine_rows.hpp"

namespace caseweave {

/// Writes quarantined rows for their owners, there whole or not at all: .csv (or - for the standard output) holds all
/// of them with the owner in the first column, .xlsx a sheet an owner. What the rows say is not in it.
/// @param rows by owner, as read_quarantine gives them. @throws Error(usage) for another kind of file, Error(target)
/// when it cannot be written.
void write_quarantine_file(const std::filesystem::path& file, const std::vector<QuarantineEntry>& rows);

}  // namespace caseweave
