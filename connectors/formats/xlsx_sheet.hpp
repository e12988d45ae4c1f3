#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/formats/xlsx_workbook.hpp"
#include "connectors/formats/xml_events.hpp"

namespace caseweave {

/// One cell with a value: offsets into XlsxSheet::texts().
struct XlsxCell {
    std::size_t column = 0;  ///< 0-based
    std::size_t begin = 0, end = 0;
};

struct XlsxRow {
    std::uint64_t number = 0;        ///< 1-based, as Excel shows it
    std::size_t begin = 0, end = 0;  ///< of cells()
    bool malformed = false;          ///< a cell points to a shared string that is not there
};

/// Reads the rows of one sheet in pieces. Numbers, dates, booleans and strings all become text.
class XlsxSheet final : private XmlEvents {
  public:
    /// The package and the workbook must outlive it; the package's current part is this sheet from now on.
    /// @throws Error(source) that names the sheet when the workbook has none of that name.
    XlsxSheet(ZipPackage& package, const XlsxWorkbook& workbook, const std::string& sheet);

    /// Reads on until rows with values are there; those of the last call are forgotten. @return false at the end.
    bool read_more();
    const std::vector<XlsxRow>& rows() const noexcept { return rows_; }
    const XlsxCell* cells() const noexcept { return cells_.data(); }
    std::string_view text(const XlsxCell& cell) const noexcept {
        return std::string_view(texts_).substr(cell.begin, cell.end - cell.begin);
    }

  private:
    void start_element(std::string_view name, const XmlAttributes& attributes) override;
    void end_element(std::string_view name) override;
    void text(std::string_view piece) override;
    void end_cell();
    void give(std::string_view value);

    ZipPackage* package_;
    const XlsxWorkbook* workbook_;
    XmlEventParser parser_;
    std::vector<char> piece_;
    bool ended_ = false;
    bool in_row_ = false, collecting_ = false;
    XlsxRow row_;
    std::size_t column_ = 0;  // of the open cell
    std::size_t style_ = 0;
    std::string type_, value_;
    std::vector<XlsxRow> rows_;
    std::vector<XlsxCell> cells_;
    std::string texts_;
};

}  // namespace caseweave
