#include "connectors/formats/json_units.hpp"

#include <algorithm>
#include <cstring>

#include "connectors/formats/column_layout.hpp"
#include "connectors/formats/json_document.hpp"
#include "core/error.hpp"

namespace caseweave {

void JsonUnits::start(ByteStream& document, std::uint64_t offset, std::uint64_t line) {
    document_ = &document;
    text_ = {};
    consumed_ = 0;
    offset_ = 0;
    too_large_ = skip_rest_of_line_ = false;
    line_ = line > 0 ? line - 1 : 0;
    window_.reset();
    if (!lines_) return;
    window_.emplace(document);
    if (offset > 0 && !window_->skip_to(offset)) {
        throw Error(
            ErrorKind::integrity,
            document.name() + " is not what it was when the run was interrupted; start the entity from the beginning");
    }
}

bool JsonUnits::next() {
    if (lines_) return next_line();
    if (document_ == nullptr) return false;
    text_ = whole_text();
    line_ = 1;
    if (text_.find_first_not_of(" \t\r\n") == std::string_view::npos) {
        throw Error(ErrorKind::integrity,
                    document_->name() + " is empty where a JSON document belongs; have it sent again");
    }
    document_ = nullptr;
    return true;
}

std::string_view JsonUnits::whole_text() {
    const std::string_view whole = document_->whole();
    const auto fail_size = [&] {
        throw Error(ErrorKind::integrity, document_->name() + " is larger than " + std::to_string(max_bytes_) +
                                              " bytes; have it exported as NDJSON, or " +
                                              where_raised("max_document_bytes"));
    };
    if (whole.size() > max_bytes_) fail_size();
    std::size_t size = whole.size();
    page_.resize(std::max<std::size_t>(size, 64 * 1024) + JsonDocumentReader::kPadding);
    if (size > 0) {
        std::memcpy(page_.data(), whole.data(), size);
    } else {
        for (;;) {
            if (size + JsonDocumentReader::kPadding + 1 > page_.size()) page_.resize(page_.size() * 2);
            const std::size_t got =
                document_->read({page_.data() + size, page_.size() - size - JsonDocumentReader::kPadding});
            if (got == 0) break;
            size += got;
            if (size > max_bytes_) fail_size();
        }
    }
    std::memset(page_.data() + size, 0, JsonDocumentReader::kPadding);
    return {page_.data(), size};
}

bool JsonUnits::next_line() {
    for (;;) {
        window_->consume(consumed_);
        consumed_ = 0;
        while (skip_rest_of_line_) {
            const std::size_t line_end = window_->text().find('\n');
            skip_rest_of_line_ = line_end == std::string_view::npos;
            window_->consume(skip_rest_of_line_ ? window_->text().size() : line_end + 1);
            if (skip_rest_of_line_ && !window_->extend()) skip_rest_of_line_ = false;
        }
        std::size_t line_end = window_->text().find('\n');
        while (line_end == std::string_view::npos && window_->text().size() <= max_bytes_ && window_->extend()) {
            line_end = window_->text().find('\n');
        }
        if (window_->text().empty()) return false;
        ++line_;
        offset_ = window_->offset();
        text_ = window_->text().substr(0, line_end);
        const bool whole = line_end != std::string_view::npos;
        too_large_ = text_.size() > max_bytes_;
        skip_rest_of_line_ = too_large_ && !whole;
        consumed_ = skip_rest_of_line_ ? 0 : text_.size() + (whole ? 1 : 0);
        if (too_large_ || text_.find_first_not_of(" \t\r") != std::string_view::npos) return true;
    }
}

}  // namespace caseweave
