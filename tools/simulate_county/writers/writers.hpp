#pragma once

#include <filesystem>

#include "simulate_county/table.hpp"

namespace simulate {

// One writer an interface. Each makes the system's folder if need be, writes the tables with their defects, and, where
// the interface is a drop of files, `manifest.csv` beside them. They throw std::runtime_error when a file cannot be
// written and std::logic_error for a defect the interface cannot hold.

/// Writes <folder>/<system>.sqlite.
void write_sqlite(const SystemDump& dump, const std::filesystem::path& folder);
/// Writes <folder>/<system>.sql for psql: schema `estart`, CREATE TABLE and INSERT statements only.
void write_postgres_sql(const SystemDump& dump, const std::filesystem::path& folder);
/// Writes <folder>/<file>.csv: a header, CR LF line ends.
void write_csv_drop(const SystemDump& dump, const std::filesystem::path& folder);
/// Writes <folder>/<file>.dat: Windows-1252, CR LF, no header.
void write_fixed_width(const SystemDump& dump, const std::filesystem::path& folder);
/// Writes <folder>/<file>.xml, UTF-8.
void write_xml(const SystemDump& dump, const std::filesystem::path& folder);
/// Writes <folder>/<file>.xlsx, a sheet a table, the first row its columns.
void write_xlsx(const SystemDump& dump, const std::filesystem::path& folder);
/// Writes <folder>/<file>.psv: `H|system|file|yyyymmdd`, lines that begin with their table's record type, and
/// `T|lines between|sum of the amount column with two decimals`. A bar or line end inside a value becomes a blank.
void write_ledger(const SystemDump& dump, const std::filesystem::path& folder);
/// Writes <folder>/<table>.json: one object a line between "[" and "]"; what the server pages.
void write_json_pages(const SystemDump& dump, const std::filesystem::path& folder);
/// Writes <folder>/<table>.ndjson: one object a line.
void write_ndjson(const SystemDump& dump, const std::filesystem::path& folder);

}  // namespace simulate
