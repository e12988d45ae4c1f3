#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/people_files/people_file_reader.hpp"
#include "core/record_batch.hpp"
#include "pipeline/progress.hpp"

namespace caseweave {

/// Reads a CSV file row by row (RFC 4180, UTF-8, a byte order mark or none), through the connectors' own transport and
/// format. Holds one batch of rows at a time.
class CsvTable {
  public:
    /// Opens the file and reads its line of column names; rows read are added to `progress`, where there is one.
    /// @throws Error when it cannot be read or has no such line.
    explicit CsvTable(const std::filesystem::path& file, Progress* progress = nullptr);

    /// The file's name, for messages.
    const std::string& name() const noexcept { return name_; }
    const std::vector<std::string>& columns() const noexcept { return rows_.shape().columns; }
    std::optional<std::size_t> find_column(std::string_view column) const noexcept;
    /// Gives a column's place. @throws Error(usage) that suggests the nearest when the file has no such column.
    std::size_t column(std::string_view column) const;

    /// Goes to the next row; false at the end. @throws Error(source) with the line for a row that cannot be read,
    /// Error(interrupted) when the operator asked to stop.
    bool next();
    /// The row's field as it stands in the file, and without blanks around it. Valid until next().
    std::string_view raw_field(std::size_t column) const noexcept { return batch_.row(row_)[column].text(); }
    std::string_view field(std::size_t column) const noexcept;
    /// As field(), where there must be a value. @throws Error(source) with the line.
    std::string_view required_field(std::size_t column) const;
    /// The line the row starts on, from 1.
    std::uint64_t line() const noexcept { return batch_.position(row_).line; }
    std::uint64_t rows_read() const noexcept { return rows_read_; }

    /// Says what is wrong with the row. The message never holds a value of it.
    [[noreturn]] void fail(std::string_view what) const;
    /// Ends with an error when the file has no row. Call after the last next().
    void require_rows() const;

  private:
    std::string name_;
    Progress* progress_;
    PeopleFileRows rows_;
    RecordBatch batch_;
    std::size_t row_ = 0;
    std::uint64_t rows_read_ = 0;
};

}  // namespace caseweave
