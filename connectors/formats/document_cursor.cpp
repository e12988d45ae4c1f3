#include "connectors/formats/document_cursor.hpp"

#include <fmt/core.h>

#include <charconv>

#include "core/error.hpp"

namespace caseweave {

namespace {

DocumentProgress parse_progress(std::string_view text) {
    DocumentProgress progress;
    const char* at = text.data();
    const char* const end = text.data() + text.size();
    for (std::uint64_t* number : {&progress.records, &progress.line, &progress.byte}) {
        const auto [stop, error] = std::from_chars(at, end, *number);
        if (error != std::errc()) {
            throw Error(ErrorKind::integrity,
                        "a checkpoint of the run cannot be read; start the entity from the beginning");
        }
        at = stop < end ? stop + 1 : stop;
    }
    return progress;
}

}  // namespace

DocumentCursor::DocumentCursor(std::unique_ptr<DocumentSequence> documents, std::string_view checkpoint)
    : documents_(std::move(documents)), resumed_(!checkpoint.empty()) {
    if (!resumed_) return;
    const std::size_t line_end = checkpoint.rfind('\n');
    pending_ =
        parse_progress(line_end == std::string_view::npos ? std::string_view() : checkpoint.substr(line_end + 1));
}

bool DocumentCursor::advance() {
    before_ = documents_->checkpoint();
    document_.reset();
    document_ = documents_->next();
    start_ = pending_;
    pending_ = {};
    return document_ != nullptr;
}

std::string DocumentCursor::checkpoint(const DocumentProgress& progress) const {
    return fmt::format("{}\n{} {} {}", before_, progress.records, progress.line, progress.byte);
}

}  // namespace caseweave
