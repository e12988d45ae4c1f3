#include "connectors/formats/json.hpp"

#include <algorithm>
#include <deque>
#include <mutex>
#include <optional>
#include <set>

#include "connectors/formats/column_layout.hpp"
#include "connectors/formats/document_cursor.hpp"
#include "connectors/formats/json_document.hpp"
#include "connectors/formats/json_units.hpp"
#include "core/error.hpp"

namespace caseweave {

const std::vector<OptionDescriptor>& json_options() {
    static const std::vector<OptionDescriptor> options = {
        {"ndjson", "boolean", "false",
         "Whether each line is a document of its own; a broken line then costs only itself."},
        {"max_document_bytes", "integer", "67108864", "Largest document (page, or line of NDJSON)."},
        {"max_depth", "integer", "64", "Deepest nesting."},
    };
    return options;
}

namespace {

struct JsonSettings {
    bool lines = false;
    std::size_t max_document_bytes = 0;
    std::size_t max_depth = 0;

    static JsonSettings read(const TomlTable& table) {
        JsonSettings settings;
        settings.lines = table.boolean("ndjson", false);
        const std::int64_t bytes = table.integer("max_document_bytes", 64 * 1024 * 1024);
        if (bytes < 1024 || bytes > 1024 * 1024 * 1024)
            table.fail("max_document_bytes", "max_document_bytes must be between 1024 and 1073741824");
        const std::int64_t depth = table.integer("max_depth", 64);
        if (depth < 1 || depth > 1024) table.fail("max_depth", "max_depth must be between 1 and 1024");
        table.finish();
        settings.max_document_bytes = static_cast<std::size_t>(bytes);
        settings.max_depth = static_cast<std::size_t>(depth);
        return settings;
    }
};

/// Reads a page; bytes that cannot be read cost the records they stand in. Throws where it is not the JSON it should
/// be.
void read_whole_page(JsonDocumentReader& reader, std::string_view text, const EntityDefinition& entity,
                     const std::string& document) {
    if (reader.read(text) == JsonDocumentReader::Outcome::read) return;
    if (reader.read_around(text) == JsonDocumentReader::Outcome::read) return;
    throw Error(ErrorKind::integrity, document + " is not the JSON it should be (cut off, or without records at \"" +
                                          entity.record +
                                          "\"); have it exported again, or correct `record` of entity " + entity.name);
}

/// Tells whether the records of `inner` stand inside those of `outer`.
bool stands_inside(const EntityDefinition& inner, const EntityDefinition& outer) {
    return inner.record.size() > outer.record.size() && inner.record.starts_with(outer.record) &&
           inner.record[outer.record.size()] == '/';
}

class JsonSource final : public Source {
  public:
    JsonSource(const EntityDefinition& entity, const ConnectorDefinition& connector, JsonSettings settings,
               std::unique_ptr<DocumentSequence> documents, std::string_view checkpoint)
        : entity_(entity),
          settings_(settings),
          plan_(JsonPlan::make(entity, connector)),
          columns_(entity.columns),
          cursor_(std::move(documents), checkpoint),
          reader_(plan_, columns_, settings.max_depth),
          shape_(declared_shape(entity)),
          units_(settings.lines, settings.max_document_bytes) {}

    std::shared_ptr<const RowShape> shape() const override { return shape_; }
    bool names_columns_first() const override { return false; }
    bool has_met_columns() const override { return column_not_met() == nullptr; }
    bool next(RecordBatch& batch) override;

  private:
    /// Reads the next document or line into rows; false at the end of everything.
    bool read_more(RecordBatch& batch);
    void read_page();
    void read_line(RecordBatch& batch);
    void fill(RecordBatch& batch);
    void reject_record(RecordBatch& batch, const JsonRow& row, const Position& position, std::string_view raw);
    const std::string* column_not_met() const;
    DocumentProgress progress() const { return {row_, units_.line(), units_.offset()}; }

    EntityDefinition entity_;
    JsonSettings settings_;
    JsonPlan plan_;
    std::vector<std::string> columns_;  // grows with the extras that are met
    DocumentCursor cursor_;
    JsonDocumentReader reader_;
    std::shared_ptr<const RowShape> shape_;
    JsonUnits units_;
    std::uint64_t row_ = 0;  // rows of the unit that were handed on
    bool unit_open_ = false;
    bool document_open_ = false;
    bool ended_ = false;
    bool any_row_ = false;
    std::uint32_t document_ = 0;
};

void JsonSource::read_page() {
    row_ = cursor_.start().records;
    read_whole_page(reader_, units_.text(), entity_, cursor_.name());
    if (row_ > reader_.rows().size()) {
        throw Error(
            ErrorKind::integrity,
            cursor_.name() + " is not what it was when the run was interrupted; start the entity from the beginning");
    }
}

void JsonSource::read_line(RecordBatch& batch) {
    const auto reject = [&](RejectReason reason) {
        if (row_ == 0) {
            reject_row(batch, reason, cursor_.name(), {document_, units_.line(), units_.offset()}, {}, units_.text());
        }
        row_ = 1;
    };
    if (units_.too_large()) {
        reader_.clear();
        return reject(RejectReason::too_large);
    }
    const JsonDocumentReader::Outcome outcome = reader_.read(units_.text());
    if (outcome == JsonDocumentReader::Outcome::read) return;
    const bool bytes =
        outcome == JsonDocumentReader::Outcome::undecodable || units_.text().find('\0') != std::string_view::npos;
    // The line is lost whatever else it holds; where it is one record still, that says which and in what.
    const bool is_record = bytes && reader_.read_around(units_.text()) == JsonDocumentReader::Outcome::read &&
                           reader_.rows().size() == 1 && reader_.rows().front().reason == RejectReason::undecodable;
    if (is_record && row_ == 0) {
        const Position position{document_, units_.line(), units_.offset()};
        reject_record(batch, reader_.rows().front(), position, units_.text());
        row_ = 1;
    }
    reader_.clear();
    reject(bytes ? RejectReason::undecodable : RejectReason::malformed);
}

void JsonSource::reject_record(RecordBatch& batch, const JsonRow& row, const Position& position, std::string_view raw) {
    const JsonCell* const begin = reader_.cells() + row.begin;
    const JsonCell* const end = reader_.cells() + row.end;
    std::string key = readable_key(entity_, [&](std::size_t column) {
        const JsonCell* const cell =
            std::find_if(begin, end, [&](const JsonCell& candidate) { return candidate.column == column; });
        const bool readable = cell != end && cell->missing == Missing::no && cell->text.find('\0') == cell->text.npos;
        return readable ? std::string(cell->text) : std::string();
    });
    reject_row(batch, row.reason, cursor_.name(), position,
               row.column < columns_.size() ? columns_[row.column] : std::string(), raw, std::move(key));
}

bool JsonSource::read_more(RecordBatch& batch) {
    unit_open_ = false;
    row_ = 0;
    while (!document_open_ || !units_.next()) {
        document_open_ = cursor_.advance();
        if (!document_open_) {
            ended_ = true;
            return false;
        }
        document_ = batch.add_document(cursor_.name());
        const DocumentProgress& start = cursor_.start();
        units_.start(cursor_.document(), start.byte, start.line);
        row_ = start.records;
    }
    if (settings_.lines) {
        read_line(batch);
    } else {
        read_page();
    }
    unit_open_ = true;
    return true;
}

void JsonSource::fill(RecordBatch& batch) {
    for (const auto& rows = reader_.rows(); row_ < rows.size() && !is_full(batch); ++row_) {
        const JsonRow& row = rows[row_];
        const Position position{document_, settings_.lines ? units_.line() : row_ + 1, units_.offset()};
        if (row.rejected) {
            reject_record(batch, row, position, row.raw);
            continue;
        }
        batch.begin_row(position);
        const std::string_view stored = batch.arena().store(row.texts);
        for (const JsonCell* cell = reader_.cells() + row.begin; cell != reader_.cells() + row.end; ++cell) {
            if (cell->missing != Missing::no) {
                batch.set_missing(cell->column, cell->missing);
            } else if (cell->text.data() >= row.texts.data() &&
                       cell->text.data() < row.texts.data() + row.texts.size()) {
                const auto offset = static_cast<std::size_t>(cell->text.data() - row.texts.data());
                set_text(batch, cell->column, stored.substr(offset, cell->text.size()));
            } else {
                set_text(batch, cell->column, batch.arena().store(cell->text));
            }
        }
        batch.commit_row();
    }
}

const std::string* JsonSource::column_not_met() const {
    return find_column_not_met(entity_, [&](std::size_t column) { return reader_.seen(column); });
}

bool JsonSource::next(RecordBatch& batch) {
    batch = RecordBatch(shape_);
    if (document_open_) document_ = batch.add_document(cursor_.name());
    while (!ended_ && !is_full(batch)) {
        if (!unit_open_ || row_ >= reader_.rows().size()) {
            if (!read_more(batch)) break;
        }
        if (columns_.size() > shape_->columns.size()) {
            shape_ = std::make_shared<const RowShape>(RowShape{columns_, entity_.columns.size()});
        }
        if (batch.columns() != shape_->columns.size()) {
            // A record brought a new column: it opens a batch of the wider shape.
            if (batch.rows_read() > 0) break;
            batch = RecordBatch(shape_);
            document_ = batch.add_document(cursor_.name());
        }
        fill(batch);
    }
    any_row_ = any_row_ || batch.rows() > 0;
    if (ended_ && any_row_ && !cursor_.resumed()) {
        if (const std::string* const column = column_not_met())
            fail_missing_column(entity_, *column, "every record of " + entity_.resource);
    }
    batch.checkpoint = ended_ ? cursor_.checkpoint_after() : cursor_.checkpoint(progress());
    return batch.rows_read() > 0;
}

class JsonFormat final : public Format {
  public:
    std::unique_ptr<Source> open(const EntityDefinition& entity, const ConnectorDefinition& connector,
                                 std::unique_ptr<DocumentSequence> documents,
                                 std::string_view checkpoint) const override {
        return std::make_unique<JsonSource>(entity, connector, read_settings(connector), std::move(documents),
                                            checkpoint);
    }

    std::optional<std::uint64_t> verify(const DocumentReaders& readers, const ConnectorDefinition& connector,
                                        ByteStream& document) const override {
        if (!document.stated_rows()) return std::nullopt;
        const JsonSettings settings = read_settings(connector);
        std::deque<RecordCounter> counters;
        std::set<std::string> counted;
        for (const EntityDefinition* const entity : readers) {
            const bool inside = std::any_of(readers.begin(), readers.end(), [&](const EntityDefinition* other) {
                return stands_inside(*entity, *other);
            });
            if (!inside && counted.insert(entity->record).second)
                counters.emplace_back(*entity, connector, settings.max_depth);
        }
        JsonUnits units(settings.lines, settings.max_document_bytes);
        units.start(document);
        std::uint64_t rows = 0;
        while (units.next()) {
            // A line that cannot be read is a row; a page that cannot is no page.
            bool readable = !units.too_large();
            std::uint64_t found = 0;
            for (RecordCounter& counter : counters) {
                if (!readable) break;
                if (settings.lines) {
                    readable = counter.reader.read(units.text()) == JsonDocumentReader::Outcome::read;
                } else {
                    read_whole_page(counter.reader, units.text(), *counter.entity, document.name());
                }
                found += counter.reader.rows().size();
            }
            rows += readable ? found : 1;
        }
        return rows;
    }

  private:
    /// Reads the records of one entity to count them.
    struct RecordCounter {
        const EntityDefinition* entity;
        JsonPlan plan;
        std::vector<std::string> columns;
        JsonDocumentReader reader;
        RecordCounter(const EntityDefinition& counted, const ConnectorDefinition& connector, std::size_t max_depth)
            : entity(&counted),
              plan(JsonPlan::make(counted, connector)),
              columns(counted.columns),
              reader(plan, columns, max_depth) {}
    };

    JsonSettings read_settings(const ConnectorDefinition& connector) const {
        const std::lock_guard lock(settings_mutex_);
        return JsonSettings::read(connector.format_settings);
    }
    mutable std::mutex settings_mutex_;  // a TomlTable notes what it is asked
};

}  // namespace

std::unique_ptr<Format> make_json_format() {
    return std::make_unique<JsonFormat>();
}

}  // namespace caseweave
