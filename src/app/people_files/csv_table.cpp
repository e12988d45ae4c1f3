#include "app/people_files/csv_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/error.hpp"
#include "settings/toml_table.hpp"
#include "text/utf8.hpp"

namespace caseweave {

CsvTable::CsvTable(const std::filesystem::path& file, Progress* progress)
    : name_(file.filename().string()), progress_(progress), rows_(find_people_file(file), {}, {}, {}, {}) {}

std::optional<std::size_t> CsvTable::find_column(std::string_view column) const noexcept {
    const auto found = std::find(columns().begin(), columns().end(), column);
    if (found == columns().end()) return std::nullopt;
    return static_cast<std::size_t>(found - columns().begin());
}

std::size_t CsvTable::column(std::string_view column) const {
    if (const auto found = find_column(column)) return *found;
    const std::string nearest = nearest_word(column, columns());
    const std::string advice = nearest.empty() ? fmt::format("its columns are {}", fmt::join(columns(), ", "))
                                               : fmt::format("did you mean \"{}\"?", nearest);
    throw Error(ErrorKind::usage, fmt::format("{} has no column \"{}\"; {}", name_, column, advice));
}

bool CsvTable::next() {
    if (row_ + 1 < batch_.rows()) {
        ++row_;
        ++rows_read_;
        return true;
    }
    row_ = 0;
    if (!rows_.next(batch_)) return false;
    if (progress_ != nullptr) progress_->add(batch_.rows_read());
    if (!batch_.rejects().empty()) {
        const Reject& reject = batch_.rejects().front();
        throw Error(ErrorKind::source, fmt::format("{} line {} cannot be read: {}; {}", name_, reject.position.line,
                                                   to_string(reject.reason), advice(reject.reason)));
    }
    ++rows_read_;
    return true;
}

std::string_view CsvTable::field(std::size_t column) const noexcept {
    return text::trim(raw_field(column));
}

std::string_view CsvTable::required_field(std::size_t column) const {
    const std::string_view text = field(column);
    if (text.empty()) fail(fmt::format("column \"{}\" is empty", columns()[column]));
    return text;
}

void CsvTable::fail(std::string_view what) const {
    throw Error(ErrorKind::source, fmt::format("{} line {}: {}", name_, line(), what));
}

void CsvTable::require_rows() const {
    if (rows_read_ == 0) throw Error(ErrorKind::source, name_ + " has column names and no row below them");
}

}  // namespace caseweave
