#include <xlsxwriter.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <stdexcept>
#include <vector>

#include "simulate_county/calendar.hpp"
#include "simulate_county/writers/byte_defects.hpp"
#include "simulate_county/writers/encoding.hpp"
#include "simulate_county/writers/manifest.hpp"
#include "simulate_county/writers/writers.hpp"

namespace simulate {
namespace {

// Excel's day 0; its calendar is right from March 1900 on.
constexpr Day kExcelEpoch = -36526;  // 1899-12-30

struct Formats {
    lxw_format* day;
    lxw_format* moment;
    lxw_format* money;
};

// "YYYY-MM-DD" or "YYYY-MM-DD HH:MM:SS" as Excel's serial number; nothing else is a date.
bool to_serial(const std::string& text, double& serial) {
    int year = 0;
    int month = 0;
    int day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    int used = 0;
    if (std::sscanf(text.c_str(), "%4d-%2d-%2d%n", &year, &month, &day, &used) != 3 || used != 10) return false;
    if (text.size() > 10 && std::sscanf(text.c_str() + 10, " %2d:%2d:%2d", &hour, &minute, &second) != 3) return false;
    if (year < 1901 || format_day(to_day(year, std::clamp(month, 1, 12), day)) != text.substr(0, 10)) return false;
    serial = to_day(year, month, day) - kExcelEpoch + (hour * 3600 + minute * 60 + second) / 86400.0;
    return true;
}

void write_cell(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t column, ColumnType type, const Cell& cell,
                const Formats& formats) {
    if (!cell) return;
    double serial = 0;
    if ((type == ColumnType::date || type == ColumnType::timestamp) && to_serial(*cell, serial)) {
        worksheet_write_number(sheet, row, column, serial, type == ColumnType::date ? formats.day : formats.moment);
        return;
    }
    const bool number = (type == ColumnType::integer || type == ColumnType::decimal) && !cell->empty() &&
                        cell->find_first_not_of("-.0123456789") == std::string::npos;
    if (number)
        worksheet_write_number(sheet, row, column, std::atof(cell->c_str()),
                               type == ColumnType::decimal ? formats.money : nullptr);
    else
        worksheet_write_string(sheet, row, column, cell->c_str(), nullptr);
}

void write_sheet(lxw_workbook* workbook, const Table& table, const Formats& formats) {
    expect_no_defects(table);
    lxw_worksheet* sheet = workbook_add_worksheet(workbook, table.name.c_str());
    if (sheet == nullptr) throw std::logic_error("'" + table.name + "' cannot be the name of a sheet");
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        worksheet_write_string(sheet, 0, static_cast<lxw_col_t>(i), table.columns[i].c_str(), nullptr);
    }
    for (std::size_t row = 0; row < table.rows.size(); ++row) {
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            const ColumnType type = table.types.empty() ? ColumnType::text : table.types[i];
            write_cell(sheet, static_cast<lxw_row_t>(row + 1), static_cast<lxw_col_t>(i), type, table.rows[row][i],
                       formats);
        }
    }
}

}  // namespace

void write_xlsx(const SystemDump& dump, const std::filesystem::path& folder) {
    make_folder(folder);
    Manifest manifest(folder);
    std::vector<std::string> files;
    for (const Table& table : dump.tables) {
        if (std::find(files.begin(), files.end(), table.file_name()) == files.end()) files.push_back(table.file_name());
    }
    for (const std::string& file : files) {
        const std::string name = file + ".xlsx";
        lxw_workbook* workbook = workbook_new((folder / name).c_str());
        if (workbook == nullptr) throw std::runtime_error("cannot write " + (folder / name).string());
        // The date of creation is a property of the file; fixed, so that equal seeds give equal files.
        lxw_doc_properties properties{};
        properties.created = static_cast<std::time_t>((kToday + 10957) * 86400LL);
        workbook_set_properties(workbook, &properties);
        const Formats formats{workbook_add_format(workbook), workbook_add_format(workbook),
                              workbook_add_format(workbook)};
        format_set_num_format(formats.day, "dd/mm/yyyy");
        format_set_num_format(formats.moment, "dd/mm/yyyy hh:mm:ss");
        format_set_num_format(formats.money, "0.00");
        std::size_t rows = 0;
        for (const Table& table : dump.tables) {
            if (table.file_name() != file) continue;
            write_sheet(workbook, table, formats);
            rows += table.rows.size();
        }
        const lxw_error closed = workbook_close(workbook);
        if (closed != LXW_NO_ERROR)
            throw std::runtime_error("cannot write " + (folder / name).string() + ": " + lxw_strerror(closed));
        manifest.note(name, rows);
    }
    manifest.write();
}

}  // namespace simulate
