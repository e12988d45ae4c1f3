#include "app/writing/text_table.hpp"

#include <algorithm>
#include <string_view>

#include "text/utf8.hpp"

namespace caseweave {

namespace {

bool is_number(std::string_view text) {
    return text.find_first_of("0123456789") != text.npos && text.find_first_not_of("0123456789,.+-") == text.npos;
}

}  // namespace

std::string render_table(const std::vector<std::string>& titles, const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths(titles.size(), 0);
    // A column is one of numbers when each of its fields is one, or is empty.
    std::vector<bool> numbers(titles.size(), true);
    const auto widen = [&](const std::vector<std::string>& row) {
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], text::count_code_points(row[i]));
    };
    widen(titles);
    for (const std::vector<std::string>& row : rows) {
        widen(row);
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (!row[i].empty() && row[i] != "-" && !is_number(row[i])) numbers[i] = false;
        }
    }
    std::string table;
    const auto write = [&](const std::vector<std::string>& row) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string blanks(widths[i] - text::count_code_points(row[i]), ' ');
            if (i > 0) table += "  ";
            if (numbers[i])
                table += blanks + row[i];
            else
                table += i + 1 < row.size() ? row[i] + blanks : row[i];
        }
        table += '\n';
    };
    write(titles);
    std::ranges::for_each(rows, write);
    return table;
}

}  // namespace caseweave
