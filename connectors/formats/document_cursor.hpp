#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "extract/source.hpp"

namespace caseweave {

/// Says how far into one document a source has come.
struct DocumentProgress {
    std::uint64_t records = 0;  ///< records of the document already handed on
    std::uint64_t line = 0;     ///< the format's own: line reached, where it can start in the middle
    std::uint64_t byte = 0;     ///< the format's own: offset reached; 0 = start of the document
};

/// Walks the documents of a resource and writes the checkpoints of a format.
///
/// A checkpoint is "<checkpoint of the sequence before the document>\n<records> <line> <byte>": opened again, the
/// sequence starts with that very document and the format goes past what was handed on.
class DocumentCursor {
  public:
    /// `checkpoint` is "" or what checkpoint() gave. @throws Error(integrity) for any other text.
    DocumentCursor(std::unique_ptr<DocumentSequence> documents, std::string_view checkpoint);

    /// Moves to the next document. @return false at the end.
    bool advance();
    ByteStream& document() noexcept { return *document_; }
    const std::string& name() const noexcept { return document_->name(); }

    /// Progress to start the current document with: not zero only for the first one after a checkpoint.
    const DocumentProgress& start() const noexcept { return start_; }
    /// Tells whether the source was opened from a checkpoint.
    bool resumed() const noexcept { return resumed_; }

    /// Writes the checkpoint that stands in the current document at `progress`.
    std::string checkpoint(const DocumentProgress& progress) const;
    /// Writes the checkpoint after the last document returned.
    std::string checkpoint_after() const { return documents_->checkpoint() + "\n0 0 0"; }

  private:
    std::unique_ptr<DocumentSequence> documents_;
    std::unique_ptr<ByteStream> document_;
    std::string before_;  // the sequence's checkpoint in front of document_
    DocumentProgress start_, pending_;
    bool resumed_ = false;
};

}  // namespace caseweave
