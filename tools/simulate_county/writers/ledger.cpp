#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include "simulate_county/calendar.hpp"
#include "simulate_county/writers/byte_defects.hpp"
#include "simulate_county/writers/encoding.hpp"
#include "simulate_county/writers/manifest.hpp"
#include "simulate_county/writers/writers.hpp"

namespace simulate {
namespace {

constexpr char kBar = '|';

std::string ledger_line(const Table& table, std::size_t row) {
    std::vector<std::string> fields;
    for (const Cell& cell : table.rows[row]) {
        std::string text = cell.value_or("");
        for (char& c : text) {
            if (c == kBar || c == '\n' || c == '\r') c = ' ';
        }
        fields.push_back(std::move(text));
    }
    bool truncated = false;
    for (const Defect& defect : defects_of(table, row)) {
        switch (defect.kind) {
            case DefectKind::truncated_line:
                truncated = true;
                break;
            case DefectKind::undecodable_byte:
                fields[defect.column] = with_byte(fields[defect.column], '\xFF');
                break;
            case DefectKind::nul_byte:
                fields[defect.column] = with_byte(fields[defect.column], '\0');
                break;
            case DefectKind::over_wide:
                fields.emplace_back("surplus");
                break;
            case DefectKind::too_narrow:
                fields.pop_back();
                break;
            case DefectKind::unbalanced_quote:
                refuse_defect(table, defect.kind);
        }
    }
    std::string line = table.record_type;
    for (const std::string& text : fields) {
        line += kBar;
        line += text;
    }
    if (truncated) line.resize(line.find(kBar, line.size() / 3) + 1);
    return line + "\n";
}

// Pence, so that the control total is exact whatever the number of lines.
long long pence(const Cell& cell) {
    if (!cell || cell->empty()) return 0;
    const bool negative = cell->front() == '-';
    long long value = 0;
    int decimals = -1;
    for (const char c : *cell) {
        if (c == '.') decimals = 0;
        if (c < '0' || c > '9' || decimals >= 2) continue;
        value = value * 10 + (c - '0');
        if (decimals >= 0) ++decimals;
    }
    for (int i = std::max(decimals, 0); i < 2; ++i) value *= 10;
    return negative ? -value : value;
}

std::string pounds(long long value) {
    std::array<char, 32> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%s%lld.%02lld", value < 0 ? "-" : "", std::llabs(value) / 100,
                  std::llabs(value) % 100);
    return buffer.data();
}

}  // namespace

void write_ledger(const SystemDump& dump, const std::filesystem::path& folder) {
    make_folder(folder);
    Manifest manifest(folder);
    std::vector<std::string> files;
    for (const Table& table : dump.tables) {
        if (std::find(files.begin(), files.end(), table.file_name()) == files.end()) files.push_back(table.file_name());
    }
    for (const std::string& file : files) {
        std::string bytes = "H|" + dump.system + "|" + file + "|" + format_day(kToday, "%Y%m%d") + "\n";
        std::size_t lines = 0;
        long long total = 0;
        for (const Table& table : dump.tables) {
            if (table.file_name() != file) continue;
            const bool sums = !table.amount_column.empty();
            const std::size_t amount = sums ? table.column(table.amount_column) : 0;
            for (std::size_t row = 0; row < table.rows.size(); ++row) {
                bytes += ledger_line(table, row);
                if (sums) total += pence(table.rows[row][amount]);
            }
            lines += table.rows.size();
        }
        bytes += "T|" + std::to_string(lines) + "|" + pounds(total) + "\n";
        manifest.add(file + ".psv", bytes, lines);
    }
    manifest.write();
}

}  // namespace simulate
