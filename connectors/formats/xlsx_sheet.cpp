#include "connectors/formats/xlsx_sheet.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "core/error.hpp"

namespace caseweave {

namespace {

/// Most columns of a sheet (XFD).
constexpr std::size_t kMaxSheetColumns = 16384;
/// Longest text of a cell is 32,767 characters; a cell over this is no cell.
constexpr std::size_t kMaxCellBytes = 256 * 1024;

std::string part_of(const XlsxWorkbook& workbook, const std::string& sheet, const std::string& document) {
    std::string known;
    for (const XlsxWorkbook::Sheet& candidate : workbook.sheets) {
        if (candidate.name == sheet) return candidate.part;
        known += " \"" + candidate.name + "\"";
    }
    throw Error(ErrorKind::source, document + " has no sheet \"" + sheet + "\"; it has:" + known +
                                       "; ask the supplier, or correct `record`");
}

/// Column of a reference such as "AB12", 0-based; kMaxSheetColumns when it is none.
std::size_t column_of(std::string_view reference) noexcept {
    std::size_t column = 0;
    for (const char c : reference) {
        if (c < 'A' || c > 'Z') break;
        column = column * 26 + static_cast<std::size_t>(c - 'A') + 1;
        if (column > kMaxSheetColumns) return kMaxSheetColumns;
    }
    return column == 0 ? kMaxSheetColumns : column - 1;
}

std::size_t number_of(std::string_view text, std::size_t fallback) noexcept {
    std::size_t value = fallback;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

/// Writes a number as Excel shows it: whole numbers as they stand, others with 15 significant digits.
std::string display_number(const std::string& text) {
    if (text.find_first_not_of("-0123456789") == std::string::npos) return text;
    double value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || stop != text.data() + text.size()) return text;
    char buffer[64];
    const int size = std::snprintf(buffer, sizeof buffer,
                                   std::fabs(value) < 1e15 && value == std::floor(value) ? "%.0f" : "%.15g", value);
    return {buffer, static_cast<std::size_t>(size)};
}

}  // namespace

XlsxSheet::XlsxSheet(ZipPackage& package, const XlsxWorkbook& workbook, const std::string& sheet)
    : package_(&package),
      workbook_(&workbook),
      parser_(*this, package.name() + " (sheet " + sheet + ")"),
      piece_(64 * 1024) {
    if (!package.open(part_of(workbook, sheet, package.name()))) {
        throw Error(ErrorKind::integrity,
                    package.name() + ": sheet \"" + sheet + "\" is listed and not there; have it exported again");
    }
}

bool XlsxSheet::read_more() {
    // The open row's cells are the last ones; they move to the front.
    const std::size_t cells_from = in_row_ ? row_.begin : cells_.size();
    const std::size_t texts_from = cells_from < cells_.size() ? cells_[cells_from].begin : texts_.size();
    cells_.erase(cells_.begin(), cells_.begin() + static_cast<std::ptrdiff_t>(cells_from));
    texts_.erase(0, texts_from);
    for (XlsxCell& cell : cells_) {
        cell.begin -= texts_from;
        cell.end -= texts_from;
    }
    row_.begin = 0;
    rows_.clear();
    while (rows_.empty() && !ended_) {
        const std::size_t got = package_->read(piece_);
        if (got > 0) {
            parser_.parse({piece_.data(), got});
        } else {
            parser_.finish();
            ended_ = true;
        }
    }
    return !rows_.empty();
}

void XlsxSheet::start_element(std::string_view name, const XmlAttributes& attributes) {
    if (name == "row") {
        in_row_ = true;
        row_ = {number_of(attributes.find("r"), row_.number + 1), cells_.size(), 0, false};
        column_ = static_cast<std::size_t>(-1);
    } else if (name == "c" && in_row_) {
        const std::string_view reference = attributes.find("r");
        column_ = reference.data() == nullptr ? column_ + 1 : column_of(reference);
        if (column_ >= kMaxSheetColumns) return parser_.stop("has a cell outside of every sheet");
        style_ = number_of(attributes.find("s"), 0);
        type_ = attributes.find("t");
        value_.clear();
    } else if (name == "v" || (name == "t" && type_ == "inlineStr")) {
        collecting_ = in_row_;
    } else if (name == "rPh") {
        collecting_ = false;
    }
}

void XlsxSheet::text(std::string_view piece) {
    if (!collecting_) return;
    if (value_.size() + piece.size() > kMaxCellBytes) return parser_.stop("has a cell larger than any cell may be");
    value_ += piece;
}

void XlsxSheet::end_element(std::string_view name) {
    if (name == "v" || name == "t") {
        collecting_ = false;
    } else if (name == "c" && in_row_) {
        end_cell();
    } else if (name == "row" && in_row_) {
        in_row_ = false;
        row_.end = cells_.size();
        if (row_.end > row_.begin || row_.malformed) rows_.push_back(row_);
    }
}

void XlsxSheet::give(std::string_view value) {
    if (value.empty()) return;
    cells_.push_back({column_, texts_.size(), texts_.size() + value.size()});
    texts_ += value;
}

void XlsxSheet::end_cell() {
    if (value_.empty()) return;
    if (type_ == "s") {
        std::string_view shared;
        if (workbook_->shared_string(number_of(value_, static_cast<std::size_t>(-1)), shared)) return give(shared);
        row_.malformed = true;
    } else if (type_ == "b") {
        give(value_ == "0" ? "FALSE" : "TRUE");
    } else if (type_ == "str" || type_ == "inlineStr" || type_ == "e" || type_ == "d") {
        give(value_);
    } else {
        const bool date = style_ < workbook_->style_is_date.size() && workbook_->style_is_date[style_];
        double serial = 0;
        const auto [stop, error] = std::from_chars(value_.data(), value_.data() + value_.size(), serial);
        const std::string iso = date && error == std::errc() && stop == value_.data() + value_.size()
                                    ? serial_to_iso(serial, workbook_->dates_from_1904)
                                    : std::string();
        give(iso.empty() ? display_number(value_) : iso);
    }
}

}  // namespace caseweave
