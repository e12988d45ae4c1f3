#include "connectors/formats/xlsx.hpp"

#include <mutex>
#include <optional>
#include <set>

#include "connectors/formats/column_layout.hpp"
#include "connectors/formats/document_cursor.hpp"
#include "connectors/formats/xlsx_sheet.hpp"
#include "core/error.hpp"
#include "text/utf8.hpp"

namespace caseweave {

const std::vector<OptionDescriptor>& xlsx_options() {
    static const std::vector<OptionDescriptor> options = {
        {"header_row", "integer", "1", "Row that names the columns."},
        {"max_unpacked_bytes", "integer", "536870912",
         "Largest sheet, shared-string table or style table once unpacked."},
        {"max_ratio", "integer", "200", "Most times a part of the workbook may grow in unpacking."},
    };
    return options;
}

namespace {

struct XlsxSettings {
    std::uint64_t header_row = 1;
    XlsxBounds bounds;

    static XlsxSettings read(const TomlTable& table) {
        XlsxSettings settings;
        const auto number = [&](const char* key, std::int64_t fallback, std::int64_t most) {
            const std::int64_t value = table.integer(key, fallback);
            if (value < 1 || value > most)
                table.fail(key, std::string(key) + " must be between 1 and " + std::to_string(most));
            return static_cast<std::size_t>(value);
        };
        settings.header_row = number("header_row", 1, 1'048'576);
        settings.bounds.max_unpacked_bytes =
            number("max_unpacked_bytes", 512 * 1024 * 1024, std::int64_t{8} * 1024 * 1024 * 1024);
        settings.bounds.max_ratio = number("max_ratio", 200, 100'000);
        table.finish();
        return settings;
    }
};

/// One workbook, its sheet and the columns its header names.
struct OpenSheet {
    ZipPackage package;
    XlsxWorkbook workbook;
    XlsxSheet sheet;
    std::vector<std::size_t> field_of_column;  // sheet column -> field of the header; npos = unnamed
    ColumnLayout layout;
    std::size_t row = 0;  // of sheet.rows(): the next one

    OpenSheet(ByteStream& document, const EntityDefinition& entity, const XlsxSettings& settings)
        : package(path_of(document), document.name(), settings.bounds),
          workbook(XlsxWorkbook::read(package)),
          sheet(package, workbook, entity.record) {
        std::vector<std::string> names;
        while (names.empty() && has_row()) names = header_names(sheet.rows()[row++], settings.header_row);
        if (names.empty()) {
            throw Error(ErrorKind::integrity, document.name() + ": sheet \"" + entity.record + "\" has no row " +
                                                  std::to_string(settings.header_row) +
                                                  " with column names; have it exported again");
        }
        layout = lay_out_columns(entity, names, document.name() + " (sheet " + entity.record + ")");
    }

    /// Reads on where `row` is past the rows that are there. @return false at the end of the sheet.
    bool has_row() {
        if (row < sheet.rows().size()) return true;
        row = 0;
        return sheet.read_more();
    }

    static std::string path_of(const ByteStream& document) {
        std::string path = document.path();
        if (path.empty())
            throw Error(ErrorKind::usage, document.name() + ": xlsx needs files on disk (transport file_drop)");
        return path;
    }

    /// Names of the header where `candidate` is its row, else none.
    std::vector<std::string> header_names(const XlsxRow& candidate, std::uint64_t header_row) {
        std::vector<std::string> names;
        if (candidate.number != header_row) return names;
        for (const XlsxCell* cell = sheet.cells() + candidate.begin; cell != sheet.cells() + candidate.end; ++cell) {
            const std::string_view name = text::trim(sheet.text(*cell));
            if (name.empty()) continue;
            if (cell->column >= field_of_column.size()) field_of_column.resize(cell->column + 1, std::string::npos);
            field_of_column[cell->column] = names.size();
            names.emplace_back(name);
        }
        return names;
    }
};

class XlsxSource final : public Source {
  public:
    XlsxSource(const EntityDefinition& entity, XlsxSettings settings, std::unique_ptr<DocumentSequence> documents,
               std::string_view checkpoint)
        : entity_(entity),
          settings_(settings),
          cursor_(std::move(documents), checkpoint),
          shape_(declared_shape(entity)) {
        open_next_document();
    }

    std::shared_ptr<const RowShape> shape() const override { return shape_; }
    bool next(RecordBatch& batch) override;

  private:
    void open_next_document();
    void read_row(RecordBatch& batch, const XlsxRow& row);
    /// Names the sheet with its workbook: a row has its number on its sheet.
    std::string place() const { return cursor_.name() + " sheet " + entity_.record; }

    EntityDefinition entity_;
    XlsxSettings settings_;
    DocumentCursor cursor_;
    std::shared_ptr<const RowShape> shape_;
    std::unique_ptr<OpenSheet> open_;
    std::uint64_t records_ = 0;  // of the document, passed so far
    std::uint32_t document_ = 0;
};

void XlsxSource::open_next_document() {
    open_.reset();
    records_ = 0;
    if (!cursor_.advance()) return;
    open_ = std::make_unique<OpenSheet>(cursor_.document(), entity_, settings_);
    if (open_->layout.shape->columns != shape_->columns) shape_ = open_->layout.shape;
}

void XlsxSource::read_row(RecordBatch& batch, const XlsxRow& row) {
    const Position position{document_, row.number, 0};
    const XlsxCell* const begin = open_->sheet.cells() + row.begin;
    const XlsxCell* const end = open_->sheet.cells() + row.end;
    bool outside = false;
    for (const XlsxCell* cell = begin; cell != end; ++cell) {
        outside = outside || cell->column >= open_->field_of_column.size() ||
                  open_->field_of_column[cell->column] == std::string::npos;
    }
    if (row.malformed || outside) {
        std::string raw;
        for (const XlsxCell* cell = begin; cell != end; ++cell)
            raw.append(raw.empty() ? "" : "\t").append(open_->sheet.text(*cell));
        reject_row(batch, row.malformed ? RejectReason::malformed : RejectReason::wrong_width, place(), position, {},
                   raw);
        return;
    }
    batch.begin_row(position);
    for (const std::size_t column : open_->layout.column_of_field) batch.set_missing(column, Missing::empty);
    for (const XlsxCell* cell = begin; cell != end; ++cell) {
        const std::size_t column = open_->layout.column_of_field[open_->field_of_column[cell->column]];
        set_text(batch, column, batch.arena().store(open_->sheet.text(*cell)));
    }
    batch.commit_row();
}

bool XlsxSource::next(RecordBatch& batch) {
    batch = RecordBatch(shape_);
    if (open_) document_ = batch.add_document(place());
    while (open_ && !is_full(batch)) {
        if (open_->has_row()) {
            const XlsxRow& row = open_->sheet.rows()[open_->row++];
            if (++records_ > cursor_.start().records) read_row(batch, row);
            continue;
        }
        open_next_document();
        if (!open_) break;
        if (shape_ != batch.shared_shape()) {
            if (batch.rows_read() > 0) break;
            batch = RecordBatch(shape_);
        }
        document_ = batch.add_document(place());
    }
    batch.checkpoint = open_ ? cursor_.checkpoint({records_, 0, 0}) : cursor_.checkpoint_after();
    return batch.rows_read() > 0;
}

class XlsxFormat final : public Format {
  public:
    std::unique_ptr<Source> open(const EntityDefinition& entity, const ConnectorDefinition& connector,
                                 std::unique_ptr<DocumentSequence> documents,
                                 std::string_view checkpoint) const override {
        return std::make_unique<XlsxSource>(entity, read_settings(connector), std::move(documents), checkpoint);
    }
    std::optional<std::uint64_t> verify(const DocumentReaders& readers, const ConnectorDefinition& connector,
                                        ByteStream& document) const override {
        const XlsxSettings settings = read_settings(connector);
        std::uint64_t rows = 0;
        std::set<std::string> counted;
        for (const EntityDefinition* const entity : readers) {
            // Also a sheet that was counted: every entity names its own columns.
            OpenSheet open(document, *entity, settings);
            std::uint64_t found = 0;
            for (; open.has_row(); ++open.row) ++found;
            if (counted.insert(entity->record).second) rows += found;
        }
        return rows;
    }

  private:
    XlsxSettings read_settings(const ConnectorDefinition& connector) const {
        const std::lock_guard lock(settings_mutex_);
        return XlsxSettings::read(connector.format_settings);
    }
    mutable std::mutex settings_mutex_;  // a TomlTable notes what it is asked
};

}  // namespace

std::unique_ptr<Format> make_xlsx_format() {
    return std::make_unique<XlsxFormat>();
}

}  // namespace caseweave
