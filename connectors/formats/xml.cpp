#include "connectors/formats/xml.hpp"

#include <algorithm>
#include <mutex>
#include <optional>

#include "connectors/formats/column_layout.hpp"
#include "connectors/formats/document_cursor.hpp"
#include "connectors/formats/xml_byte_marks.hpp"
#include "connectors/formats/xml_document.hpp"
#include "core/error.hpp"

namespace caseweave {

const std::vector<OptionDescriptor>& xml_options() {
    static const std::vector<OptionDescriptor> options = {
        {"max_depth", "integer", "64", "Deepest nesting of elements."},
        {"max_text_bytes", "integer", "1048576", "Largest text of one element or attribute."},
        {"max_record_bytes", "integer", "16777216", "Largest record, all its texts together."},
    };
    return options;
}

namespace {

/// Bytes given to the parser at a time: libxml2 is fastest from 16 KB on, and what one piece yields stays small.
constexpr std::size_t kPieceBytes = 64 * 1024;

XmlBounds read_bounds(const TomlTable& table) {
    XmlBounds bounds;
    const auto bound = [&](const char* key, std::size_t& value, std::int64_t most) {
        const std::int64_t number = table.integer(key, static_cast<std::int64_t>(value));
        if (number < 1 || number > most)
            table.fail(key, std::string(key) + " must be between 1 and " + std::to_string(most));
        value = static_cast<std::size_t>(number);
    };
    bound("max_depth", bounds.max_depth, 250);                   // libxml2's own bound is 256
    bound("max_text_bytes", bounds.max_text_bytes, 10'000'000);  // and 10 MB
    bound("max_record_bytes", bounds.max_record_bytes, 1024 * 1024 * 1024);
    table.finish();
    return bounds;
}

class XmlSource final : public Source {
  public:
    XmlSource(const EntityDefinition& entity, const ConnectorDefinition& connector, const XmlBounds& bounds,
              std::unique_ptr<DocumentSequence> documents, std::string_view checkpoint)
        : entity_(entity),
          plan_(XmlPlan::make(entity, connector)),
          columns_(entity.columns),
          cursor_(std::move(documents), checkpoint),
          reader_(plan_, columns_, bounds),
          shape_(declared_shape(entity)),
          piece_(kPieceBytes) {}

    std::shared_ptr<const RowShape> shape() const override { return shape_; }
    bool names_columns_first() const override { return false; }
    bool has_met_columns() const override { return column_not_met() == nullptr; }
    bool next(RecordBatch& batch) override;

  private:
    /// Parses until records are there. @return false at the end of everything.
    bool read_more(RecordBatch& batch);
    void fill(RecordBatch& batch);
    const std::string* column_not_met() const;
    /// Writes a record as lines of column=value, with the bytes it came with.
    std::string raw_text(const XmlRow& row) const;
    /// Reads the key of a record some of whose bytes cannot be read.
    std::string key_of_undecodable(const XmlRow& row) const;

    EntityDefinition entity_;
    XmlPlan plan_;
    std::vector<std::string> columns_;  // grows with the extras that are met
    DocumentCursor cursor_;
    XmlDocumentReader reader_;
    std::shared_ptr<const RowShape> shape_;
    std::vector<char> piece_;
    std::size_t row_ = 0;        // of the reader's rows
    std::uint64_t records_ = 0;  // of the document, passed so far
    bool document_open_ = false, ended_ = false, any_row_ = false;
    std::uint32_t document_ = 0;
};

bool XmlSource::read_more(RecordBatch& batch) {
    reader_.take();
    row_ = 0;
    while (reader_.rows().empty()) {
        if (!document_open_) {
            if (!cursor_.advance()) {
                ended_ = true;
                return false;
            }
            document_open_ = true;
            records_ = 0;
            document_ = batch.add_document(cursor_.name());
            reader_.start(cursor_.name());
        }
        const std::size_t got = cursor_.document().read(piece_);
        if (got > 0) {
            reader_.parse({piece_.data(), got});
        } else {
            reader_.finish();
            document_open_ = false;
        }
    }
    return true;
}

void XmlSource::fill(RecordBatch& batch) {
    const auto& rows = reader_.rows();
    for (; row_ < rows.size() && !is_full(batch); ++row_) {
        if (++records_ <= cursor_.start().records) continue;  // handed on before the checkpoint
        const XmlRow& row = rows[row_];
        const std::string_view texts = reader_.texts().substr(row.texts_begin, row.texts_end - row.texts_begin);
        if (row.too_large) {
            reject_row(batch, RejectReason::too_large, cursor_.name(), {document_, row.line, 0}, {}, texts);
            continue;
        }
        if (row.undecodable) {
            reject_row(batch, RejectReason::undecodable, cursor_.name(), {document_, row.line, 0},
                       columns_[row.bad_column], raw_text(row), key_of_undecodable(row));
            continue;
        }
        batch.begin_row({document_, row.line, 0});
        const std::string_view stored = batch.arena().store(texts);
        for (const XmlCell* cell = reader_.cells() + row.cells_begin; cell != reader_.cells() + row.cells_end; ++cell) {
            if (cell->missing != Missing::no) {
                batch.set_missing(cell->column, cell->missing);
            } else {
                set_text(batch, cell->column, stored.substr(cell->begin - row.texts_begin, cell->end - cell->begin));
            }
        }
        batch.commit_row();
    }
}

std::string XmlSource::raw_text(const XmlRow& row) const {
    std::string text;
    for (const XmlCell* cell = reader_.cells() + row.cells_begin; cell != reader_.cells() + row.cells_end; ++cell) {
        if (cell->missing != Missing::no) continue;
        text.append(text.empty() ? "" : "\n").append(columns_[cell->column]).append("=");
        append_unmarked(reader_.texts().substr(cell->begin, cell->end - cell->begin), text);
    }
    return text;
}

std::string XmlSource::key_of_undecodable(const XmlRow& row) const {
    const XmlCell* const begin = reader_.cells() + row.cells_begin;
    const XmlCell* const end = reader_.cells() + row.cells_end;
    return readable_key(entity_, [&](std::size_t column) {
        const XmlCell* const cell =
            std::find_if(begin, end, [&](const XmlCell& candidate) { return candidate.column == column; });
        if (cell == end || cell->missing != Missing::no) return std::string();
        const std::string_view text = reader_.texts().substr(cell->begin, cell->end - cell->begin);
        return has_mark(text) ? std::string() : std::string(text);
    });
}

const std::string* XmlSource::column_not_met() const {
    return find_column_not_met(entity_, [&](std::size_t column) { return reader_.seen(column); });
}

bool XmlSource::next(RecordBatch& batch) {
    batch = RecordBatch(shape_);
    if (row_ < reader_.rows().size()) document_ = batch.add_document(cursor_.name());
    while (!ended_ && !is_full(batch)) {
        if (row_ >= reader_.rows().size() && !read_more(batch)) break;
        if (columns_.size() > shape_->columns.size()) {
            shape_ = std::make_shared<const RowShape>(RowShape{columns_, entity_.columns.size()});
        }
        if (batch.columns() != shape_->columns.size()) {
            // A record brought a new column: it opens a batch of the wider shape.
            if (batch.rows_read() > 0) break;
            batch = RecordBatch(shape_);
        }
        document_ = batch.add_document(cursor_.name());
        fill(batch);
    }
    any_row_ = any_row_ || batch.rows() > 0;
    if (ended_ && any_row_ && !cursor_.resumed()) {
        if (const std::string* const column = column_not_met())
            fail_missing_column(entity_, *column, "every record of " + entity_.resource);
    }
    batch.checkpoint = ended_ ? cursor_.checkpoint_after() : cursor_.checkpoint({records_, 0, 0});
    return batch.rows_read() > 0;
}

class XmlFormat final : public Format {
  public:
    std::unique_ptr<Source> open(const EntityDefinition& entity, const ConnectorDefinition& connector,
                                 std::unique_ptr<DocumentSequence> documents,
                                 std::string_view checkpoint) const override {
        return std::make_unique<XmlSource>(entity, connector, bounds(connector), std::move(documents), checkpoint);
    }

    std::optional<std::uint64_t> verify(const DocumentReaders& readers, const ConnectorDefinition& connector,
                                        ByteStream& document) const override {
        const XmlRecordPlaces places = XmlRecordPlaces::make(readers);
        XmlDocumentReader reader(places, bounds(connector));
        std::vector<char> piece(kPieceBytes);
        reader.start(document.name());
        for (std::size_t got = document.read(piece); got > 0; got = document.read(piece))
            reader.parse({piece.data(), got});
        reader.finish();
        return reader.counted();
    }

  private:
    XmlBounds bounds(const ConnectorDefinition& connector) const {
        const std::lock_guard lock(settings_mutex_);
        return read_bounds(connector.format_settings);
    }
    mutable std::mutex settings_mutex_;  // a TomlTable notes what it is asked
};

}  // namespace

std::unique_ptr<Format> make_xml_format() {
    return std::make_unique<XmlFormat>();
}

}  // namespace caseweave
