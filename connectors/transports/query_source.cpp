#include "connectors/transports/query_source.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "core/ascii.hpp"
#include "core/error.hpp"
#include "core/source_ref.hpp"
#include "text/utf8.hpp"

namespace caseweave {

namespace {

/// Bytes of a broken row that are kept for the quarantine.
constexpr std::size_t kRawBytes = 16 * 1024;

/// SQL names are compared without case: PostgreSQL folds them down, others keep what the query says.
bool same_name(std::string_view a, std::string_view b) noexcept {
    return ascii::equal_ignoring_case(a, b);
}

/// Rows with one key that a batch is kept open for. Real conflicts are pairs; a key that is no key must not fill
/// memory.
constexpr std::uint64_t kLongestGroup = 1000;

/// Stands for a key that cannot be kept in a checkpoint: NULL parts, or bytes that are no text.
constexpr std::string_view kNoKey = "\x1e";

}  // namespace

QuerySource::QuerySource(const EntityDefinition& entity, const std::string& system, std::unique_ptr<RowCursor> cursor,
                         std::string_view checkpoint)
    : entity_(entity), system_(system), cursor_(std::move(cursor)), resume_from_(checkpoint) {
    lay_out();
}

void QuerySource::lay_out() {
    RowShape shape{entity_.columns, entity_.columns.size()};
    for (const std::string& name : cursor_->columns()) {
        auto found = std::find_if(shape.columns.begin(), shape.columns.end(),
                                  [&](const std::string& column) { return same_name(column, name); });
        if (found == shape.columns.end()) found = shape.columns.insert(found, name);
        const auto column = static_cast<std::size_t>(found - shape.columns.begin());
        if (std::find(column_of_field_.begin(), column_of_field_.end(), column) != column_of_field_.end()) {
            throw Error(ErrorKind::source, system_ + ": entity " + entity_.name + ": the query gives column " + name +
                                               " twice; give each its own name");
        }
        column_of_field_.push_back(column);
    }
    const auto field_of = [&](std::size_t column) {
        return static_cast<std::size_t>(std::find(column_of_field_.begin(), column_of_field_.end(), column) -
                                        column_of_field_.begin());
    };
    for (std::size_t i = 0; i < entity_.columns.size(); ++i) {
        const std::string& column = entity_.columns[i];
        const auto& optional = entity_.optional_columns;
        if (field_of(i) < column_of_field_.size() ||
            std::find(optional.begin(), optional.end(), column) != optional.end())
            continue;
        throw Error(ErrorKind::source,
                    system_ + ": entity " + entity_.name + ": column " + column +
                        " is missing in the result of its query; ask the supplier what became of it, "
                        "then change connector.toml or list it under optional_columns");
    }
    for (const std::string& part : entity_.key) {
        const auto column = std::find(entity_.columns.begin(), entity_.columns.end(), part);
        if (column == entity_.columns.end()) continue;
        const std::size_t field = field_of(static_cast<std::size_t>(column - entity_.columns.begin()));
        if (field < column_of_field_.size()) key_fields_.push_back(field);
    }
    shape_ = std::make_shared<const RowShape>(std::move(shape));
}

std::string QuerySource::key_text() const {
    std::string key;
    for (const std::size_t field : key_fields_) {
        if (row_[field].null || row_[field].too_large) return std::string(kNoKey);
        if (!key.empty() || field != key_fields_.front()) key.push_back(kKeySeparator);
        key.append(row_[field].bytes);
    }
    const bool usable = !key_fields_.empty() && text::is_valid_utf8(key) && key.find('\0') == std::string::npos;
    return usable ? key : std::string(kNoKey);
}

bool QuerySource::fetch() {
    if (!cursor_->next(row_)) return false;
    ++rows_;
    std::string key = key_text();
    same_key_ = key == last_key_ && rows_ > 1 ? same_key_ + 1 : 1;
    last_key_ = std::move(key);
    return true;
}

std::string QuerySource::checkpoint() const {
    return fmt::format("{} {}\n{}", rows_, same_key_, last_key_);
}

void QuerySource::resume_by_key(const std::string& key) {
    // `key` is that of the last row handed on, same_key_ how many with it were.
    const std::uint64_t rows_before = rows_;
    const std::uint64_t handed_on = same_key_;
    RowKey from;
    if (cursor_->seeks()) {
        from.emplace();
        for (std::size_t begin = 0; begin <= key.size();) {
            const std::size_t end = std::min(key.find(kKeySeparator, begin), key.size());
            from->push_back(key.substr(begin, end - begin));
            begin = end + 1;
        }
    }
    cursor_->start(from);
    std::uint64_t equal = 0;
    std::vector<RowField> ahead;
    while (cursor_->next(row_)) {
        const std::string current = key_text();
        const bool before = current == kNoKey || current < key;
        if ((before && !cursor_->seeks()) || (current == key && equal < handed_on)) {
            equal += current == key ? 1U : 0U;
            continue;
        }
        rows_ = rows_before + 1;
        same_key_ = current == key ? equal + 1 : 1;
        last_key_ = current;
        return;
    }
    rows_ = rows_before;
    ended_ = true;
}

void QuerySource::resume() {
    started_ = true;
    if (resume_from_.empty()) {
        cursor_->start(std::nullopt);
        ended_ = !fetch();
        return;
    }
    std::uint64_t rows = 0;
    std::uint64_t group = 0;
    const std::size_t line_end = std::min(resume_from_.find('\n'), resume_from_.size());
    const char* const numbers_end = resume_from_.data() + line_end;
    const auto first = std::from_chars(resume_from_.data(), numbers_end, rows);
    const auto second = first.ptr < numbers_end ? std::from_chars(first.ptr + 1, numbers_end, group) : first;
    if (first.ec != std::errc() || second.ec != std::errc() || line_end == resume_from_.size()) {
        throw Error(ErrorKind::integrity, system_ + ": a checkpoint of entity " + entity_.name +
                                              " cannot be read; start the entity from the beginning");
    }
    const std::string key = resume_from_.substr(line_end + 1);
    const bool key_known = key != kNoKey;
    if (cursor_->seeks() && key_known) {
        rows_ = rows;
        same_key_ = group;
        return resume_by_key(key);
    }
    cursor_->start(std::nullopt);
    bool there = true;
    while (there && rows_ < rows) there = fetch();
    if (there && last_key_ == key) {
        ended_ = !fetch();
        return;
    }
    if (!entity_.ordered_by_key || !key_known) {
        throw Error(ErrorKind::source, system_ + ": the rows of entity " + entity_.name +
                                           " changed since the run was interrupted; start it from the beginning");
    }
    rows_ = rows;
    same_key_ = group;
    resume_by_key(key);
}

void QuerySource::read_row(RecordBatch& batch) {
    const Position position{0, rows_, 0};
    for (std::size_t field = 0; field < row_.size(); ++field) {
        const bool undecodable = !row_[field].too_large && (!text::is_valid_utf8(row_[field].bytes) ||
                                                            row_[field].bytes.find('\0') != std::string_view::npos);
        if (!undecodable && !row_[field].too_large) continue;
        Reject reject;
        reject.reason = undecodable ? RejectReason::undecodable : RejectReason::too_large;
        if (last_key_ != kNoKey) reject.key = last_key_;
        reject.position = position;
        reject.field = shape_->columns[column_of_field_[field]];
        for (const RowField& value : row_) {
            if (!reject.raw.empty()) reject.raw.push_back('\t');
            reject.raw.append(value.bytes.substr(0, kRawBytes - std::min(kRawBytes, reject.raw.size())));
        }
        batch.reject(std::move(reject));
        return;
    }
    batch.begin_row(position);
    for (std::size_t field = 0; field < row_.size(); ++field) {
        const std::size_t column = column_of_field_[field];
        const RowField& value = row_[field];
        if (value.null) {
            batch.set_missing(column, Missing::null);
        } else if (value.bytes.find_first_not_of(' ') == std::string_view::npos) {
            batch.set_missing(column, Missing::empty);
        } else {
            batch.set(column, value.bytes);
        }
    }
    batch.commit_row();
}

bool QuerySource::next(RecordBatch& batch) {
    batch = RecordBatch(shape_);
    if (!started_) resume();
    // One row is always fetched ahead: the checkpoint is taken before the row that opens the next batch.
    batch.checkpoint = resume_from_;
    std::size_t group = 0;  // the first row with the key of the last
    while (!ended_) {
        if (same_key_ == 1) group = batch.rows();
        read_row(batch);
        batch.checkpoint = checkpoint();
        const bool shared = same_key_ > 1 && last_key_ != kNoKey;
        ended_ = !fetch();
        // A database gives rows that share a key in any order, and the first of them is the one that is kept.
        if (shared && (ended_ || same_key_ == 1)) batch.order_rows_from(group);
        const bool full =
            batch.full() || batch.rows_read() >= RecordBatch::row_limit() || batch.rejects().size() >= 256;
        // No checkpoint stands between rows that share a key: their order may be another one when the query runs again.
        const bool in_group = same_key_ > 1 && same_key_ < kLongestGroup && last_key_ != kNoKey;
        if (full && !in_group) break;
    }
    return batch.rows_read() > 0;
}

}  // namespace caseweave
