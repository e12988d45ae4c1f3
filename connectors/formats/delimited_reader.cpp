#include "connectors/formats/delimited_reader.hpp"

#include <algorithm>
#include <cstring>

namespace caseweave {

namespace {
const char* find_byte(const char* begin, const char* end, char byte) noexcept {
    const void* const found = begin == end ? nullptr : std::memchr(begin, byte, static_cast<std::size_t>(end - begin));
    return found == nullptr ? end : static_cast<const char*>(found);
}
}  // namespace

template <typename Scan>
const char* BasicDelimitedReader<Scan>::take_plain_fields(const char* begin, const char*& field, const char* end) {
    const char quote = dialect_.quote;  // where there is none: NUL, with which no field begins either
    DelimitedField* to = fields_.data() + count_;
    const DelimitedField* const room_end = fields_.data() + fields_.size();
    const char* from = field;
    const char* line_end = nullptr;
    const auto put = [&](const char* field_end) {
        to->begin = static_cast<std::uint32_t>(from - begin);
        to->end = static_cast<std::uint32_t>(field_end - begin);
        to->escaped = false;
        ++to;
    };
    const auto begins_plain = [&] { return from != end && *from != quote && to != room_end; };
    if (!begins_plain()) return nullptr;
    scan_.give_known([&](const char* stop) {
        if (*stop == '\n') {
            line_end = stop;
            return false;
        }
        put(stop);
        from = stop + 1;
        return begins_plain();
    });
    if (line_end != nullptr) put(line_end > from && line_end[-1] == '\r' ? line_end - 1 : line_end);
    count_ = static_cast<std::size_t>(to - fields_.data());
    field = from;
    return line_end;
}

template <typename Scan>
typename BasicDelimitedReader<Scan>::Split BasicDelimitedReader<Scan>::split(std::string_view text) {
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    const bool last = window_->at_end();
    count_ = 0;
    lines_in_record_ = 1;
    scan_.start(begin, end, offset_);
    const auto end_record = [&](const char* stop) {
        const char* const record_end = stop > begin && stop[-1] == '\r' ? stop - 1 : stop;
        bytes_ = {begin, static_cast<std::size_t>(record_end - begin)};
        consumed_ = static_cast<std::size_t>(stop - begin) + (stop == end ? 0 : 1);
        return Split::record;
    };
    for (const char* field = begin;;) {
        if (const char* const line_end = take_plain_fields(begin, field, end)) return end_record(line_end);
        const char* field_begin = field;
        const char* field_end = nullptr;
        const char* stop = nullptr;
        bool escaped = false;
        if (dialect_.quote != '\0' && field != end && *field == dialect_.quote) {
            field_begin = field + 1;
            const char* at = field_begin;
            for (;;) {
                at = find_byte(at, end, dialect_.quote);
                if (at == end) return last ? Split::bad_quote : Split::needs_more;
                if (at + 1 == end && !last) return Split::needs_more;
                if (at + 1 == end || at[1] != dialect_.quote) break;
                escaped = true;
                at += 2;
            }
            field_end = at;
            stop = at + 1;
            if (stop != end && *stop == '\r') {
                if (stop + 1 == end && !last) return Split::needs_more;
                if (stop + 1 == end || stop[1] == '\n') ++stop;
            }
            if (stop != end && *stop != dialect_.separator && *stop != '\n') return Split::bad_quote;
            lines_in_record_ += static_cast<std::uint64_t>(std::count(field_begin, field_end, '\n'));
            scan_.seek(stop);
            stop = scan_.next();
        } else {
            stop = scan_.next();
            field_end = stop;
            if (stop == end ? last : *stop == '\n') {
                if (field_end > field_begin && field_end[-1] == '\r') --field_end;
            }
        }
        if (stop == end && !last) return Split::needs_more;
        if (count_ == fields_.size()) fields_.resize(2 * count_ + 16);
        DelimitedField& found = fields_[count_++];
        found.begin = static_cast<std::uint32_t>(field_begin - begin);
        found.end = static_cast<std::uint32_t>(field_end - begin);
        found.escaped = escaped;
        if (stop == end || *stop == '\n') return end_record(stop);
        field = stop + 1;
    }
}

template <typename Scan>
typename BasicDelimitedReader<Scan>::Outcome BasicDelimitedReader<Scan>::give_physical_line(Outcome outcome) {
    count_ = 0;
    lines_in_record_ = 1;
    for (;;) {
        const std::string_view text = window_->text();
        const std::size_t line_end = text.substr(0, dialect_.max_record_bytes).find('\n');
        if (line_end != std::string_view::npos || window_->at_end() || text.size() >= dialect_.max_record_bytes) {
            const bool whole = line_end != std::string_view::npos;
            bytes_ = text.substr(0, whole ? line_end : dialect_.max_record_bytes);
            consumed_ = bytes_.size() + (whole ? 1 : 0);
            skip_rest_of_line_ = !whole && consumed_ < text.size();
            if (skip_rest_of_line_) outcome = Outcome::too_large;
            break;
        }
        window_->extend();
    }
    next_line_ = line_ + 1;
    return outcome;
}

template <typename Scan>
typename BasicDelimitedReader<Scan>::Outcome BasicDelimitedReader<Scan>::next() {
    window_->consume(consumed_);
    consumed_ = 0;
    while (skip_rest_of_line_) {
        const std::size_t line_end = window_->text().find('\n');
        skip_rest_of_line_ = line_end == std::string_view::npos;
        window_->consume(skip_rest_of_line_ ? window_->text().size() : line_end + 1);
        if (skip_rest_of_line_ && !window_->extend()) skip_rest_of_line_ = false;
    }
    bytes_ = {};
    for (;;) {
        if (window_->text().empty() && !window_->extend()) return Outcome::end;
        line_ = next_line_;
        offset_ = window_->offset();
        const Split outcome = split(window_->text());
        if (outcome == Split::bad_quote) return give_physical_line(Outcome::bad_quote);
        if (outcome == Split::needs_more) {
            if (window_->text().size() > dialect_.max_record_bytes) return give_physical_line(Outcome::bad_quote);
            window_->extend();
            continue;
        }
        if (consumed_ > dialect_.max_record_bytes + 2) return give_physical_line(Outcome::bad_quote);
        next_line_ = line_ + lines_in_record_;
        if (!bytes_.empty()) return Outcome::record;
        window_->consume(consumed_);
        consumed_ = 0;
    }
}

void unescape_quotes(std::string_view field, char quote, std::string& out) {
    for (std::size_t i = 0; i < field.size(); ++i) {
        out.push_back(field[i]);
        if (field[i] == quote) ++i;
    }
}

template class BasicDelimitedReader<ScalarSeparatorScan>;
#if defined(__SSE2__)
template class BasicDelimitedReader<SeparatorScan>;
#endif

}  // namespace caseweave
