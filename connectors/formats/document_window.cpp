#include "connectors/formats/document_window.hpp"

#include <algorithm>
#include <cstring>

namespace caseweave {

bool DocumentWindow::extend() {
    if (at_end_) return false;
    if (begin_ > 0) {
        std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (bytes_.size() - end_ < kReadBytes) bytes_.resize(std::max(end_ + kReadBytes, bytes_.size() * 2));
    const std::size_t got = stream_->read({bytes_.data() + end_, bytes_.size() - end_});
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
