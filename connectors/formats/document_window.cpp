#include "connectors/formats/document_window.hpp"

#include <algorithm>
#include <cstring>

namespace caseweave {

bool DocumentWindow::extend() {
    if (at_end_) return false;
    if (begin_ > 0) {
        std::memmove(bytes_.get(), bytes_.get() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (size_ - end_ < kFirstReadBytes || (end_ > 0 && size_ - end_ < kReadBytes)) {
        const std::size_t grown = end_ == 0 ? kFirstReadBytes : std::max(end_ + kReadBytes, size_ * 2);
        auto larger = std::make_unique_for_overwrite<char[]>(grown + kPaddingBytes);
        if (end_ > 0) std::memcpy(larger.get(), bytes_.get(), end_);
        std::memset(larger.get() + grown, 0, kPaddingBytes);
        bytes_ = std::move(larger);
        size_ = grown;
    }
    const std::size_t got = stream_->read({bytes_.get() + end_, size_ - end_});
    end_ += got;
    at_end_ = got == 0;
    return got > 0;
}

void DocumentWindow::require(std::size_t bytes) {
    while (text().size() < bytes && extend()) {
    }
}

bool DocumentWindow::skip_to(std::uint64_t document_offset) {
    while (offset_ + text().size() < document_offset) {
        consume(text().size());
        if (!extend()) return false;
    }
    consume(static_cast<std::size_t>(document_offset - offset_));
    return true;
}

}  // namespace caseweave
