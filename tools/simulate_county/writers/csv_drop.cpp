#include <map>

#include "simulate_county/writers/byte_defects.hpp"
#include "simulate_county/writers/encoding.hpp"
#include "simulate_county/writers/manifest.hpp"
#include "simulate_county/writers/writers.hpp"

namespace simulate {
namespace {

// NULL stands as nothing between separators, an empty text as a pair of quotes.
std::string field(const Table& table, const Cell& cell) {
    if (!cell) return {};
    const bool needs = table.quote_all || cell->empty() || cell->find_first_of("\"\r\n") != std::string::npos ||
                       cell->find(table.delimiter) != std::string::npos;
    if (!needs) return *cell;
    std::string out = "\"";
    for (const char c : *cell) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + '"';
}

std::string encode(const Table& table, std::string text) {
    return table.encoding == "windows-1252" ? to_windows_1252(text) : text;
}

std::string csv_line(const Table& table, std::size_t row) {
    std::vector<std::string> fields;
    for (const Cell& cell : table.rows[row]) fields.push_back(encode(table, field(table, cell)));
    bool truncated = false;
    for (const Defect& defect : defects_of(table, row)) {
        switch (defect.kind) {
            case DefectKind::truncated_line:
                truncated = true;
                break;
            case DefectKind::undecodable_byte:
                fields[defect.column] =
                    with_byte(fields[defect.column], table.encoding == "windows-1252" ? '\x81' : '\xFF');
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
                fields[defect.column] = "\"" + fields[defect.column];
                break;
        }
    }
    std::string line;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (i > 0) line += table.delimiter;
        line += fields[i];
    }
    if (truncated) line.resize(line.find(table.delimiter, line.size() / 3) + 1);
    return line + "\r\n";
}

}  // namespace

void write_csv_drop(const SystemDump& dump, const std::filesystem::path& folder) {
    make_folder(folder);
    Manifest manifest(folder);
    for (const Table& table : dump.tables) {
        std::string bytes = table.encoding == "utf-8-bom" ? "\xEF\xBB\xBF" : "";
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            if (i > 0) bytes += table.delimiter;
            bytes += field(table, table.columns[i]);
        }
        bytes += "\r\n";
        for (std::size_t row = 0; row < table.rows.size(); ++row) bytes += csv_line(table, row);
        manifest.add(table.file_name() + ".csv", bytes, table.rows.size());
    }
    manifest.write();
}

}  // namespace simulate
