#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace simulate {

/// One value as the source keeps it, UTF-8; nullopt is NULL (databases), an absent element (XML), null (JSON), an
/// empty cell (XLSX), nothing between separators (delimited), blanks (fixed width).
using Cell = std::optional<std::string>;
using Row = std::vector<Cell>;

/// Tells typed interfaces how to store a column; files of text ignore it.
enum class ColumnType {
    text,       ///< SQL TEXT or VARCHAR; JSON string; XLSX text
    integer,    ///< SQL INTEGER; JSON number; XLSX number
    decimal,    ///< SQL NUMERIC; JSON number; XLSX number with two decimals
    boolean,    ///< SQL stores the text given; JSON true/false for "true"/"1"/"Y"
    date,       ///< SQL DATE; XLSX a real date cell where the text is YYYY-MM-DD, else text; JSON string
    timestamp,  ///< SQL TIMESTAMP; XLSX a real date-time cell likewise; JSON string
};

/// Names what is broken in the bytes of one row; the writer of the interface breaks it, or throws std::logic_error for
/// a kind that its interface cannot hold (PostgreSQL, XLSX and JSON pages hold none).
///
/// - truncated_line: the line, or the object of an NDJSON export, stops in its middle (CSV, fixed width, ledger,
/// NDJSON)
/// - undecodable_byte: a byte that is not of the file's encoding, 0xFF in UTF-8 and 0x81 in Windows-1252, in a text
///   field (CSV, fixed width, ledger, NDJSON, SQLite, XML)
/// - over_wide: one field more than the header has; fixed width: 3 bytes more (CSV, fixed width, ledger)
/// - too_narrow: the last field and its separator are missing; fixed width: 3 bytes less (CSV, fixed width, ledger)
/// - nul_byte: a NUL in a text field (CSV, fixed width, ledger, NDJSON, XML)
/// - unbalanced_quote: an opening quote that is never closed; choose the file's last row (CSV)
enum class DefectKind { truncated_line, undecodable_byte, over_wide, too_narrow, nul_byte, unbalanced_quote };

struct Defect {
    std::size_t row;  ///< index into Table::rows
    DefectKind kind;
    std::size_t column = 0;  ///< where the byte goes, for undecodable_byte and nul_byte
};

/// Holds one table of a system and all that its interface's writer needs to know.
struct Table {
    std::string name;  ///< SQL table, XLSX sheet, JSON resource, or just a name other tables refer to
    std::vector<std::string> columns;
    std::vector<Row> rows;                ///< each as wide as `columns`
    std::vector<ColumnType> types = {};   ///< per column; empty: all text
    std::vector<std::string> index = {};  ///< databases: columns of one index, usually the key. No constraint: legacy
                                          ///< tables carry none, and key conflicts must be possible.

    /// Files: name within the system's folder without its extension ("people_202603"); tables with the same file go
    /// into one document (XLSX: sheets of one workbook; XML: one root; ledger: record types). Default: `name`.
    std::string file = {};

    // csv and ledger
    char delimiter = ',';            ///< csv only
    bool quote_all = false;          ///< csv only: quote every field; else only where needed
    std::string encoding = {};       ///< "" = the interface's own (csv, xml, json: UTF-8; fixed width: Windows-1252);
                                     ///< "windows-1252" or "utf-8-bom" are the others, for csv
    std::string record_type = "D";   ///< ledger: first field of each line
    std::string amount_column = {};  ///< ledger: summed into the file's trailer

    // fixed width
    std::vector<std::size_t> widths = {};  ///< bytes per column, left-justified, blank-padded; longer values are cut

    // xml and json: nesting
    std::string parent = {};       ///< table this one's rows are nested in; "" = top level
    std::string parent_link = {};  ///< column of this table ...
    std::string parent_key = {};   ///< ... that equals this column of the parent table
    /// xml, top level: element path from the root, "Export/YoungPeople/YoungPerson" (tables of one file share the
    /// root). xml, nested: path from the parent's element, "Offences/Offence". json, nested: member of the parent's
    /// object, "members". Children are written after the record's own columns.
    std::string path = {};
    /// xml: per column a path from the record element: "Name/Given", "@id", "." (its text), "" = not written (a join
    /// column). json: a pointer, "/name/given"; "" = not written. Empty vector: an element or member named as the
    /// column.
    std::vector<std::string> column_paths = {};
    /// json: leave NULL members out instead of writing null.
    bool omit_null = false;

    std::vector<Defect> defects = {};

    /// Appends a row; throws std::logic_error when its width is not that of `columns`.
    void add(Row row);
    /// Gives a column's index; throws std::logic_error when there is none.
    std::size_t column(std::string_view name_of_column) const;
    const std::string& file_name() const { return file.empty() ? name : file; }
};

/// Holds all of one system, in its own columns, codes and date forms.
struct SystemDump {
    std::string system;
    std::vector<Table> tables;
    /// Keys of PersonViews whose person row a reader must quarantine (a byte-level defect on it): left out of the
    /// truth.
    std::vector<std::string> unplaced_people = {};
};

}  // namespace simulate
