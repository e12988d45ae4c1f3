#include "app/csv_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "app/people_file_definition.hpp"
#include "app/people_file_reader.hpp"
#include "core/error.hpp"
#include "extract/registry.hpp"
#include "pipeline/shutdown.hpp"
#include "settings/toml_table.hpp"
#include "text/utf8.hpp"

namespace caseweave {

namespace {

std::unique_ptr<Connector> connect_file(std::shared_ptr<const ConnectorDefinition> definition,
                                        const std::filesystem::path& file) {
    Registry registry;
    register_transports_and_formats(registry);
    const TransportContext context{
        *definition,
        TomlTable::parse("folder = " + quote_toml(file.string()) + "\nmanifest = \"\"\n", file.filename().string()),
        [](std::string_view) { return std::string(); }};
    return registry.connect(std::move(definition), context);
}

}  // namespace

CsvTable::CsvTable(const std::filesystem::path& file, Progress* progress)
    : name_(file.filename().string()), progress_(progress) {
    const std::filesystem::path found = find_people_file(file);
    const std::string_view no_prefix;
    definition_ = std::make_shared<const ConnectorDefinition>(define_people_file({}, found, {}, {&no_prefix, 1}, {}));
    connector_ = connect_file(definition_, found);
    source_ = connector_->open(definition_->entities.front(), "");
    shape_ = source_->shape();
}

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
    if (shutdown_requested()) throw_stopped();
    row_ = 0;
    batch_ = RecordBatch(shape_);
    if (!source_->next(batch_)) return false;
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
