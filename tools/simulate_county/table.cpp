#include "simulate_county/table.hpp"

#include <algorithm>
#include <stdexcept>

namespace simulate {

void Table::add(Row row) {
    if (row.size() != columns.size()) throw std::logic_error("a row of " + name + " has another width than its table");
    rows.push_back(std::move(row));
}

std::size_t Table::column(std::string_view name_of_column) const {
    const auto found = std::find(columns.begin(), columns.end(), name_of_column);
    if (found == columns.end()) throw std::logic_error(name + " has no column " + std::string(name_of_column));
    return static_cast<std::size_t>(found - columns.begin());
}

}  // namespace simulate
