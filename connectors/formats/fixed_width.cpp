#include "connectors/formats/fixed_width.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>

#include "connectors/formats/column_layout.hpp"
#include "connectors/formats/document_cursor.hpp"
#include "connectors/formats/document_window.hpp"
#include "connectors/formats/text_encoding.hpp"
#include "core/error.hpp"
#include "text/utf8.hpp"

namespace caseweave {

const std::vector<OptionDescriptor>& fixed_width_options() {
    static const std::vector<OptionDescriptor> options = {
        {"encoding", "string", "windows-1252", "windows-1252 or utf-8 (extents then count code points)."},
        {"header_lines", "integer", "0", "Lines to pass over at the start of each file."},
        {"record_length", "integer", "0", "Length of a line; 0 = the commonest one of the first lines."},
    };
    return options;
}

namespace {

/// Lines looked at to learn how long the records of a file are: enough that a few damaged ones are outvoted.
constexpr std::size_t kSampleBytes = 64 * 1024;
/// Longest line that is read as one: ten times the widest interface file known.
constexpr std::size_t kMaxLineBytes = 256 * 1024;

struct FixedWidthSettings {
    TextEncoding encoding = TextEncoding::windows1252;
    std::size_t header_lines = 0;
    std::size_t record_length = 0;

    static FixedWidthSettings read(const TomlTable& table) {
        FixedWidthSettings settings;
        settings.encoding = encoding_setting(table, "encoding", TextEncoding::windows1252);
        for (const auto& [key, value] :
             {std::pair{"header_lines", &settings.header_lines}, std::pair{"record_length", &settings.record_length}}) {
            const std::int64_t number = table.integer(key, 0);
            if (number < 0 || number > static_cast<std::int64_t>(kMaxLineBytes))
                table.fail(key, std::string(key) + " is out of range");
            *value = static_cast<std::size_t>(number);
        }
        table.finish();
        return settings;
    }
};

/// One column of a line: 0-based position and width, in bytes (code points for UTF-8).
struct Extent {
    std::size_t column = 0, begin = 0, width = 0;
};

std::string_view trim_blanks(std::string_view text) noexcept {
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    return text;
}

/// Walks the lines of one document; empty ones are passed over.
class LineReader {
  public:
    explicit LineReader(ByteStream& document) : window_(document) { begin_text(window_, document.name()); }
    /// Goes on at a line further down. @return false when the document ends before it.
    bool skip_to(std::uint64_t offset, std::uint64_t lines_before) {
        number_ = lines_before;
        return offset >= window_.offset() && window_.skip_to(offset);
    }
    /// Passes over the document's first lines.
    void skip_lines(std::size_t lines) {
        while (number_ < lines && next()) {
        }
    }
    /// Finds the next line that is not empty; views live until the next call. @return false at the end.
    bool next();

    std::string_view line() const noexcept { return line_; }
    std::uint64_t number() const noexcept { return number_; }  ///< 1-based, of the line
    std::uint64_t offset() const noexcept { return window_.offset(); }
    std::uint64_t next_offset() const noexcept { return window_.offset() + consumed_; }
    bool too_large() const noexcept { return too_large_; }
    /// Bytes of the document from the line on, as far as they are read; kSampleBytes at the start.
    std::string_view following() const noexcept { return window_.text(); }
    std::string_view sample() {
        window_.require(kSampleBytes);
        return window_.text();
    }
    bool at_end() const noexcept { return window_.at_end(); }

  private:
    DocumentWindow window_;
    std::string_view line_;
    std::size_t consumed_ = 0;  // bytes of the window that line_ and its end take
    bool too_large_ = false;
    std::uint64_t number_ = 0;
    std::string start_of_large_line_;
};

bool LineReader::next() {
    for (;;) {
        window_.consume(consumed_);
        consumed_ = 0;
        too_large_ = false;
        std::size_t line_end = window_.text().find('\n');
        while (line_end == std::string_view::npos && window_.text().size() <= kMaxLineBytes && window_.extend()) {
            line_end = window_.text().find('\n');
        }
        if (line_end == std::string_view::npos && window_.text().size() > kMaxLineBytes) {
            // The rest of such a line is passed over without keeping it.
            start_of_large_line_.assign(window_.text().substr(0, kMaxLineBytes));
            while ((line_end = window_.text().find('\n')) == std::string_view::npos) {
                window_.consume(window_.text().size());
                if (!window_.extend()) break;
            }
            consumed_ = line_end == std::string_view::npos ? window_.text().size() : line_end + 1;
            line_ = start_of_large_line_;
            too_large_ = true;
            ++number_;
            return true;
        }
        if (window_.text().empty()) return false;
        line_ = window_.text().substr(0, line_end);
        consumed_ = line_end == std::string_view::npos ? line_.size() : line_end + 1;
        if (line_.ends_with('\r')) line_.remove_suffix(1);
        ++number_;
        if (!line_.empty()) return true;
    }
}

class FixedWidthSource final : public Source {
  public:
    FixedWidthSource(const EntityDefinition& entity, FixedWidthSettings settings,
                     std::unique_ptr<DocumentSequence> documents, std::string_view checkpoint)
        : entity_(entity),
          settings_(settings),
          cursor_(std::move(documents), checkpoint),
          clean_(settings.encoding),
          shape_(declared_shape(entity)) {
        open_next_document();
    }

    std::shared_ptr<const RowShape> shape() const override { return shape_; }
    bool next(RecordBatch& batch) override;

  private:
    void open_next_document();
    std::size_t commonest_length();
    void lay_out(std::size_t record_length);
    void read_record(RecordBatch& batch);
    std::size_t length_of(std::string_view line) const noexcept {
        const bool bytes = settings_.encoding != TextEncoding::utf8 || text::is_ascii(line);
        return bytes ? line.size() : text::count_code_points(line);
    }
    std::string_view cut(std::string_view line, const Extent& extent) const noexcept;
    /// Reads the key of a line some of whose bytes cannot be read.
    std::string key_of_undecodable(RecordBatch& batch);

    EntityDefinition entity_;
    FixedWidthSettings settings_;
    DocumentCursor cursor_;
    CleanStretch clean_;
    std::shared_ptr<const RowShape> shape_;
    std::vector<Extent> extents_;
    std::size_t record_length_ = 0;
    std::optional<LineReader> reader_;
    std::uint64_t records_ = 0;
    std::uint32_t document_ = 0;
    bool ended_ = false;
    std::string scratch_;
};

void FixedWidthSource::open_next_document() {
    reader_.reset();
    if (!cursor_.advance()) {
        ended_ = true;
        return;
    }
    clean_ = CleanStretch(settings_.encoding);
    reader_.emplace(cursor_.document());
    lay_out(settings_.record_length > 0 ? settings_.record_length : commonest_length());
    const DocumentProgress& start = cursor_.start();
    records_ = start.records;
    if (start.byte > 0) {
        if (!reader_->skip_to(start.byte, start.line)) {
            throw Error(ErrorKind::integrity, cursor_.name() +
                                                  " is not the file it was when the run was interrupted; "
                                                  "start the entity from the beginning");
        }
        return;
    }
    reader_->skip_lines(settings_.header_lines);
}

std::size_t FixedWidthSource::commonest_length() {
    std::size_t extents_end = 0;
    for (const auto& [start, width] : entity_.column_extents)
        extents_end = std::max<std::size_t>(extents_end, start - 1 + width);
    std::map<std::size_t, std::size_t> seen;
    std::string_view rest = reader_->sample();
    for (std::size_t line = 0; !rest.empty(); ++line) {
        const std::size_t line_end = rest.find('\n');
        if (line_end == std::string_view::npos && !reader_->at_end() && line > 0) break;
        std::string_view text = rest.substr(0, line_end);
        if (text.ends_with('\r')) text.remove_suffix(1);
        if (line >= settings_.header_lines && !text.empty()) ++seen[length_of(text)];
        rest.remove_prefix(line_end == std::string_view::npos ? rest.size() : line_end + 1);
    }
    std::size_t length = extents_end;
    std::size_t votes = seen.contains(length) ? seen[length] : 0;
    for (const auto& [candidate, count] : seen) {
        if (count > votes) {
            length = candidate;
            votes = count;
        }
    }
    return length;
}

void FixedWidthSource::lay_out(std::size_t record_length) {
    record_length_ = record_length;
    extents_.clear();
    RowShape shape{entity_.columns, entity_.columns.size()};
    std::vector<std::pair<std::size_t, std::size_t>> covered;
    for (std::size_t i = 0; i < entity_.columns.size(); ++i) {
        const auto& [start, width] = entity_.column_extents.at(i);
        const Extent extent{i, start - 1U, width};
        if (extent.begin + extent.width > record_length) {
            if (is_optional(entity_, entity_.columns[i])) continue;
            fail_missing_column(entity_, entity_.columns[i],
                                cursor_.name() + " (its lines are " + std::to_string(record_length) + " long)");
        }
        extents_.push_back(extent);
        covered.emplace_back(extent.begin, extent.begin + extent.width);
    }
    covered.emplace_back(record_length, record_length);
    std::sort(covered.begin(), covered.end());
    std::size_t at = 0;
    for (const auto& [begin, end] : covered) {
        if (begin > at) {
            const bool tail = begin == record_length;
            extents_.push_back({shape.columns.size(), at, begin - at});
            shape.columns.push_back("@" + std::to_string(at + 1) + (tail ? "" : "-" + std::to_string(begin)));
        }
        at = std::max(at, end);
    }
    if (shape.columns != shape_->columns) shape_ = std::make_shared<const RowShape>(std::move(shape));
}

std::string_view FixedWidthSource::cut(std::string_view line, const Extent& extent) const noexcept {
    if (settings_.encoding != TextEncoding::utf8 || line.size() == record_length_)
        return line.substr(extent.begin, extent.width);
    line.remove_prefix(text::truncate_code_points(line, extent.begin).size());
    return text::truncate_code_points(line, extent.width);
}

std::string FixedWidthSource::key_of_undecodable(RecordBatch& batch) {
    const std::string_view line = reader_->line();
    if (line.size() != record_length_) return {};  // where its columns stand cannot be told
    return readable_key(entity_, [&](std::size_t column) {
        const auto extent = std::find_if(extents_.begin(), extents_.end(),
                                         [&](const Extent& candidate) { return candidate.column == column; });
        if (extent == extents_.end()) return std::string();
        // In UTF-8 a column stands where its characters do, which bytes tell only as far as all are ASCII.
        if (settings_.encoding == TextEncoding::utf8 && !text::is_ascii(line.substr(0, extent->begin + extent->width)))
            return std::string();
        const std::string_view text = trim_blanks(line.substr(extent->begin, extent->width));
        if (find_undecodable(text, settings_.encoding) != std::string_view::npos) return std::string();
        return std::string(store_decoded(text, settings_.encoding, batch.arena(), scratch_));
    });
}

void FixedWidthSource::read_record(RecordBatch& batch) {
    const std::string_view line = reader_->line();
    const Position position{document_, reader_->number(), reader_->offset()};
    const auto reject = [&](RejectReason reason, std::string field, std::string key = {}) {
        reject_row(batch, reason, cursor_.name(), position, std::move(field), line, std::move(key));
    };
    if (reader_->too_large()) return reject(RejectReason::too_large, {});
    const bool clean = clean_.covers(line, reader_->offset(), reader_->following());
    const std::size_t bad_byte = clean ? std::string_view::npos : find_undecodable(line, settings_.encoding);
    if (bad_byte != std::string_view::npos) {
        std::string column;
        for (const Extent& extent : extents_) {
            if (bad_byte >= extent.begin && bad_byte < extent.begin + extent.width)
                column = shape_->columns[extent.column];
        }
        return reject(RejectReason::undecodable, std::move(column), key_of_undecodable(batch));
    }
    if (length_of(line) != record_length_) return reject(RejectReason::wrong_width, {});
    batch.begin_row(position);
    if (clean) {
        const std::string_view stored = batch.arena().store(line);
        for (const Extent& extent : extents_) set_text(batch, extent.column, trim_blanks(cut(stored, extent)));
    } else {
        for (const Extent& extent : extents_) {
            set_text(batch, extent.column,
                     store_decoded(trim_blanks(cut(line, extent)), settings_.encoding, batch.arena(), scratch_));
        }
    }
    batch.commit_row();
}

bool FixedWidthSource::next(RecordBatch& batch) {
    batch = RecordBatch(shape_);
    if (!ended_) document_ = batch.add_document(cursor_.name());
    while (!ended_ && !is_full(batch)) {
        if (reader_->next()) {
            read_record(batch);
            ++records_;
            continue;
        }
        open_next_document();
        if (ended_) break;
        if (shape_ != batch.shared_shape()) {
            if (batch.rows_read() > 0) {
                batch.checkpoint = cursor_.checkpoint({});
                return true;
            }
            batch = RecordBatch(shape_);
        }
        document_ = batch.add_document(cursor_.name());
    }
    batch.checkpoint =
        ended_ ? cursor_.checkpoint_after() : cursor_.checkpoint({records_, reader_->number(), reader_->next_offset()});
    return batch.rows_read() > 0;
}

class FixedWidthFormat final : public Format {
  public:
    std::unique_ptr<Source> open(const EntityDefinition& entity, const ConnectorDefinition& connector,
                                 std::unique_ptr<DocumentSequence> documents,
                                 std::string_view checkpoint) const override {
        if (entity.column_extents.size() != entity.columns.size()) {
            throw Error(ErrorKind::usage, (connector.folder / "connector.toml").string() + ": entity " + entity.name +
                                              ": fixed_width needs columns = { NAME = [start, width] }");
        }
        for (const auto& [start, width] : entity.column_extents) {
            if (start == 0 || width == 0) {
                throw Error(ErrorKind::usage, (connector.folder / "connector.toml").string() + ": entity " +
                                                  entity.name + ": extents are 1-based and at least 1 wide");
            }
        }
        return std::make_unique<FixedWidthSource>(entity, read_settings(connector), std::move(documents), checkpoint);
    }
    std::optional<std::uint64_t> verify(const DocumentReaders&, const ConnectorDefinition& connector,
                                        ByteStream& document) const override {
        if (!document.stated_rows()) return std::nullopt;
        LineReader reader(document);
        reader.skip_lines(read_settings(connector).header_lines);
        std::uint64_t lines = 0;
        while (reader.next()) ++lines;
        return lines;
    }

  private:
    FixedWidthSettings read_settings(const ConnectorDefinition& connector) const {
        const std::lock_guard lock(settings_mutex_);
        return FixedWidthSettings::read(connector.format_settings);
    }
    mutable std::mutex settings_mutex_;  // a TomlTable notes what it is asked
};

}  // namespace

std::unique_ptr<Format> make_fixed_width_format() {
    return std::make_unique<FixedWidthFormat>();
}

}  // namespace caseweave
