#include <algorithm>
#include <map>
#include <stdexcept>

#include "simulate_county/writers/byte_defects.hpp"
#include "simulate_county/writers/encoding.hpp"
#include "simulate_county/writers/manifest.hpp"
#include "simulate_county/writers/writers.hpp"

namespace simulate {
namespace {

std::string padded_line(const Table& table, std::size_t row) {
    std::vector<std::string> fields;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        std::string text = to_windows_1252(table.rows[row][i].value_or(""));
        std::replace(text.begin(), text.end(), '\n', ' ');
        std::replace(text.begin(), text.end(), '\r', ' ');
        fields.push_back(std::move(text));
    }
    const std::vector<Defect> defects = defects_of(table, row);
    for (const Defect& defect : defects) {
        if (defect.kind == DefectKind::undecodable_byte)
            fields[defect.column] = with_byte(fields[defect.column], '\x81');
        if (defect.kind == DefectKind::nul_byte) fields[defect.column] = with_byte(fields[defect.column], '\0');
        if (defect.kind == DefectKind::unbalanced_quote) refuse_defect(table, defect.kind);
    }
    std::string line;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        fields[i].resize(table.widths[i], ' ');
        line += fields[i];
    }
    for (const Defect& defect : defects) {
        if (defect.kind == DefectKind::truncated_line) line.resize(line.size() / 2);
        if (defect.kind == DefectKind::over_wide) line += "XXX";
        if (defect.kind == DefectKind::too_narrow) line.resize(line.size() - 3);
    }
    return line + "\r\n";
}

}  // namespace

void write_fixed_width(const SystemDump& dump, const std::filesystem::path& folder) {
    make_folder(folder);
    Manifest manifest(folder);
    for (const Table& table : dump.tables) {
        if (table.widths.size() != table.columns.size())
            throw std::logic_error("table " + table.name + " needs one width per column");
        std::string bytes;
        for (std::size_t row = 0; row < table.rows.size(); ++row) bytes += padded_line(table, row);
        manifest.add(table.file_name() + ".dat", bytes, table.rows.size());
    }
    manifest.write();
}

}  // namespace simulate
