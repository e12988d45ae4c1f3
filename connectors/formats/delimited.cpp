#include "connectors/formats/delimited.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>

#include "connectors/formats/column_layout.hpp"
#include "connectors/formats/delimited_settings.hpp"
#include "connectors/formats/document_cursor.hpp"
#include "connectors/formats/memory_stream.hpp"
#include "core/error.hpp"
#include "text/utf8.hpp"

namespace caseweave {

namespace {

/// Lines looked at to learn how wide the records of a file without a header are.
constexpr std::size_t kSampleRecords = 64;

class DelimitedSource final : public Source {
  public:
    DelimitedSource(const EntityDefinition& entity, const ConnectorDefinition& connector, DelimitedSettings settings,
                    std::unique_ptr<DocumentSequence> documents, std::string_view checkpoint)
        : entity_(entity),
          settings_(std::move(settings)),
          cursor_(std::move(documents), checkpoint),
          clean_(settings_.encoding) {
        if (settings_.record_types) {
            answers_for_unknown_ = is_first_of_its_files(connector, entity);
            for (const EntityDefinition& other : connector.entities) {
                if (other.resource == entity.resource) known_types_.push_back(other.record);
            }
        }
        layout_.shape = declared_shape(entity_);
        open_next_document();
    }

    std::shared_ptr<const RowShape> shape() const override { return layout_.shape; }
    bool next(RecordBatch& batch) override;

  private:
    void open_next_document();
    void read_header();
    void lay_out_by_position();
    std::size_t commonest_width() const;
    /// Tells whether the record is one of this entity's, or nobody's and for this entity to report.
    bool is_ours() const;
    void read_record(RecordBatch& batch, DelimitedReader::Outcome outcome);
    void store_clean(RecordBatch& batch);
    void store_decoded_fields(RecordBatch& batch);
    /// Gives a field with each doubled quote as one; lives until the next call.
    std::string_view unescaped(std::size_t field);
    void reject(RecordBatch& batch, RejectReason reason, std::string field = {}, std::string key = {});
    /// Reads the key of a record some of whose bytes cannot be read.
    std::string key_of_undecodable(RecordBatch& batch);
    std::size_t first_field() const noexcept { return settings_.record_types ? 1 : 0; }

    EntityDefinition entity_;
    DelimitedSettings settings_;
    DocumentCursor cursor_;
    CleanStretch clean_;
    ColumnLayout layout_;
    std::vector<std::string> known_types_;
    bool answers_for_unknown_ = false;
    std::optional<DocumentWindow> window_;
    std::optional<DelimitedReader> reader_;
    DocumentProgress progress_;
    std::uint32_t document_ = 0;  // index of the current document in the batch being filled
    bool ended_ = false;
    std::string scratch_, unescaped_;
};

void DelimitedSource::open_next_document() {
    reader_.reset();
    window_.reset();
    if (!cursor_.advance()) {
        ended_ = true;
        return;
    }
    progress_ = cursor_.start();
    clean_ = CleanStretch(settings_.encoding);
    window_.emplace(cursor_.document());
    begin_text(*window_, cursor_.name());
    reader_.emplace(*window_, settings_.dialect, 1);
    if (settings_.has_header) {
        read_header();
    } else {
        lay_out_by_position();
    }
    if (progress_.byte > 0) {
        if (progress_.byte < window_->offset() || !window_->skip_to(progress_.byte)) {
            throw Error(ErrorKind::integrity, cursor_.name() +
                                                  " is not the file it was when the run was interrupted; "
                                                  "start the entity from the beginning");
        }
        reader_.emplace(*window_, settings_.dialect, progress_.line);
    }
}

void DelimitedSource::read_header() {
    const auto outcome = reader_->next();
    if (outcome == DelimitedReader::Outcome::end) {
        throw Error(ErrorKind::integrity,
                    cursor_.name() + " is empty: not even its line of column names is there; have it exported again");
    }
    if (outcome != DelimitedReader::Outcome::record) {
        throw Error(ErrorKind::source, "the first line of " + cursor_.name() +
                                           " is not a line of column names; check separator and quote");
    }
    std::vector<std::string> names;
    for (std::size_t i = 0; i < reader_->fields().size(); ++i) {
        scratch_.assign(reader_->field(i));
        if (reader_->fields()[i].escaped) {
            scratch_.clear();
            unescape_quotes(reader_->field(i), settings_.dialect.quote, scratch_);
        }
        names.emplace_back(text::trim(scratch_));
    }
    ColumnLayout layout = lay_out_columns(entity_, names, cursor_.name());
    // The same columns keep the same shape, so that a batch can go on over the end of a file.
    if (layout.shape->columns == layout_.shape->columns) layout.shape = layout_.shape;
    layout_ = std::move(layout);
}

std::size_t DelimitedSource::commonest_width() const {
    // Only whole lines of what the window holds: the source itself still stands at the first one.
    const std::string_view text = window_->text();
    const std::size_t last_line_end = text.rfind('\n');
    const bool whole = window_->at_end() || last_line_end == std::string_view::npos;
    MemoryStream sample(cursor_.name(), whole ? text : text.substr(0, last_line_end + 1));
    DocumentWindow window(sample);
    DelimitedReader reader(window, settings_.dialect, 1);
    std::map<std::size_t, std::size_t> seen;
    std::size_t records = 0;
    for (auto outcome = reader.next(); outcome != DelimitedReader::Outcome::end && records < kSampleRecords;
         outcome = reader.next()) {
        if (outcome != DelimitedReader::Outcome::record) continue;
        if (settings_.record_types && reader.field(0) != entity_.record) continue;
        ++seen[reader.fields().size() - first_field()];
        ++records;
    }
    std::size_t width = entity_.columns.size();
    std::size_t votes = seen.contains(width) ? seen[width] : 0;
    for (const auto& [candidate, count] : seen) {
        if (count > votes) {
            width = candidate;
            votes = count;
        }
    }
    return width;
}

void DelimitedSource::lay_out_by_position() {
    window_->require(1);
    const std::size_t width = commonest_width();
    std::vector<std::string> names;
    for (std::size_t i = 0; i < width; ++i) {
        names.push_back(i < entity_.columns.size() ? entity_.columns[i] : "field_" + std::to_string(i + 1));
    }
    ColumnLayout layout = lay_out_columns(entity_, names, cursor_.name());
    if (layout.shape->columns == layout_.shape->columns) layout.shape = layout_.shape;
    layout_ = std::move(layout);
}

bool DelimitedSource::is_ours() const {
    if (!settings_.record_types) return true;
    if (reader_->fields().empty()) return answers_for_unknown_;
    const std::string_view type = reader_->field(0);
    if (type == entity_.record) return true;
    if (!answers_for_unknown_ || type == settings_.header_type || type == settings_.trailer_type) return false;
    return std::find(known_types_.begin(), known_types_.end(), type) == known_types_.end();
}

void DelimitedSource::reject(RecordBatch& batch, RejectReason reason, std::string field, std::string key) {
    reject_row(batch, reason, cursor_.name(), {document_, reader_->line(), reader_->offset()}, std::move(field),
               reader_->bytes(), std::move(key));
}

std::string DelimitedSource::key_of_undecodable(RecordBatch& batch) {
    return readable_key(entity_, [&](std::size_t column) {
        const auto& columns = layout_.column_of_field;
        const auto at = static_cast<std::size_t>(std::find(columns.begin(), columns.end(), column) - columns.begin());
        if (at == columns.size()) return std::string();
        const std::size_t field = at + first_field();
        if (find_undecodable(reader_->field(field), settings_.encoding) != std::string_view::npos) return std::string();
        return std::string(store_decoded(unescaped(field), settings_.encoding, batch.arena(), scratch_));
    });
}

void DelimitedSource::store_clean(RecordBatch& batch) {
    const char* const stored = batch.arena().store(reader_->bytes()).data();
    const auto fields = reader_->fields().subspan(first_field());
    const std::size_t* column = layout_.column_of_field.data();
    FieldView* const row = batch.open_row();
    for (const DelimitedField& field : fields) {
        std::string_view text(stored + field.begin, field.end - field.begin);
        if (field.escaped) {
            scratch_.clear();
            unescape_quotes(text, settings_.dialect.quote, scratch_);
            text = batch.arena().store(scratch_);
        }
        row[*column++] = field_of(text);
    }
}

std::string_view DelimitedSource::unescaped(std::size_t field) {
    if (!reader_->fields()[field].escaped) return reader_->field(field);
    unescaped_.clear();
    unescape_quotes(reader_->field(field), settings_.dialect.quote, unescaped_);
    return unescaped_;
}

void DelimitedSource::store_decoded_fields(RecordBatch& batch) {
    for (std::size_t i = first_field(); i < reader_->fields().size(); ++i) {
        set_text(batch, layout_.column_of_field[i - first_field()],
                 store_decoded(unescaped(i), settings_.encoding, batch.arena(), scratch_));
    }
}

void DelimitedSource::read_record(RecordBatch& batch, DelimitedReader::Outcome outcome) {
    using Outcome = DelimitedReader::Outcome;
    if (outcome == Outcome::bad_quote) return reject(batch, RejectReason::wrong_width);
    if (outcome == Outcome::too_large) return reject(batch, RejectReason::too_large);
    if (settings_.record_types && reader_->field(0) != entity_.record) return reject(batch, RejectReason::unknown_type);
    const bool clean = clean_.covers(reader_->bytes(), reader_->offset(), window_->text());
    const std::size_t bad_byte =
        clean ? std::string_view::npos : find_undecodable(reader_->bytes(), settings_.encoding);
    const bool fits = reader_->fields().size() == layout_.column_of_field.size() + first_field();
    if (bad_byte != std::string_view::npos) {
        std::string column;
        for (std::size_t i = first_field(); fits && i < reader_->fields().size(); ++i) {
            const DelimitedField& field = reader_->fields()[i];
            if (bad_byte >= field.begin && bad_byte < field.end) {
                column = layout_.shape->columns[layout_.column_of_field[i - first_field()]];
            }
        }
        return reject(batch, RejectReason::undecodable, std::move(column),
                      fits ? key_of_undecodable(batch) : std::string());
    }
    if (!fits) return reject(batch, RejectReason::wrong_width);
    batch.begin_row({document_, reader_->line(), reader_->offset()});
    if (clean) {
        store_clean(batch);
    } else {
        store_decoded_fields(batch);
    }
    batch.commit_row();
}

bool DelimitedSource::next(RecordBatch& batch) {
    batch = RecordBatch(layout_.shape);
    if (!ended_) document_ = batch.add_document(cursor_.name());
    while (!ended_ && !is_full(batch)) {
        const auto outcome = reader_->next();
        if (outcome != DelimitedReader::Outcome::end) {
            if (!is_ours()) continue;
            read_record(batch, outcome);
            ++progress_.records;
            continue;
        }
        open_next_document();
        if (ended_) break;
        if (layout_.shape != batch.shared_shape()) {
            if (batch.rows_read() > 0) {
                batch.checkpoint = cursor_.checkpoint(progress_);
                return true;
            }
            batch = RecordBatch(layout_.shape);
        }
        document_ = batch.add_document(cursor_.name());
    }
    batch.checkpoint = ended_ ? cursor_.checkpoint_after()
                              : cursor_.checkpoint({progress_.records, reader_->next_line(), reader_->next_offset()});
    return batch.rows_read() > 0;
}

/// Counts what a source of the document would hand on or reject: everything but the line of column names.
std::uint64_t count_records(const DelimitedSettings& settings, ByteStream& document) {
    DocumentWindow window(document);
    begin_text(window, document.name());
    DelimitedReader reader(window, settings.dialect, 1);
    std::uint64_t records = 0;
    while (reader.next() != DelimitedReader::Outcome::end) ++records;
    return records - (settings.has_header && records > 0 ? 1 : 0);
}

class DelimitedFormat final : public Format {
  public:
    std::unique_ptr<Source> open(const EntityDefinition& entity, const ConnectorDefinition& connector,
                                 std::unique_ptr<DocumentSequence> documents,
                                 std::string_view checkpoint) const override {
        return std::make_unique<DelimitedSource>(entity, connector, read_settings(connector), std::move(documents),
                                                 checkpoint);
    }
    std::optional<std::uint64_t> verify(const DocumentReaders& readers, const ConnectorDefinition& connector,
                                        ByteStream& document) const override {
        const DelimitedSettings settings = read_settings(connector);
        if (settings.record_types) return verify_control_totals(*readers.front(), connector, settings, document);
        if (!document.stated_rows()) return std::nullopt;
        return count_records(settings, document);
    }

  private:
    DelimitedSettings read_settings(const ConnectorDefinition& connector) const {
        const std::lock_guard lock(settings_mutex_);
        return DelimitedSettings::read(connector.format_settings);
    }
    mutable std::mutex settings_mutex_;  // a TomlTable notes what it is asked
};

}  // namespace

std::unique_ptr<Format> make_delimited_format() {
    return std::make_unique<DelimitedFormat>();
}

}  // namespace caseweave
