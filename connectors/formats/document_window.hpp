#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "extract/source.hpp"

namespace caseweave {

/// Gives a parser a contiguous piece of a document and moves it forward, in bounded memory.
///
/// Files are read, never mapped: a mapping counts to the peak memory, and a file cut short under one kills the process.
/// Views of text() die at the next extend(). One thread at a time.
class DocumentWindow {
  public:
    /// Bytes asked for at a time: fits a second-level cache, so that the parser's pass over them is cheap.
    static constexpr std::size_t kReadBytes = 256 * 1024;
    /// The first read of a document: many are small.
    static constexpr std::size_t kFirstReadBytes = 16 * 1024;
    /// Readable bytes behind text(), for parsers that look ahead in blocks (simdjson).
    static constexpr std::size_t kPaddingBytes = 64;

    /// Reads from `stream`, which must outlive the window.
    explicit DocumentWindow(ByteStream& stream) : stream_(&stream) {}

    /// Bytes read and not yet consumed.
    std::string_view text() const noexcept { return {bytes_.get() + begin_, end_ - begin_}; }
    /// Offset of text() in the document.
    std::uint64_t offset() const noexcept { return offset_; }
    /// Tells whether text() reaches the end of the document.
    bool at_end() const noexcept { return at_end_; }
    void consume(std::size_t bytes) noexcept {
        begin_ += bytes;
        offset_ += bytes;
    }
    /// Reads more behind text(). @return false when the document has no more. @throws Error of the stream.
    bool extend();
    /// Reads on until `bytes` are there or the document ends.
    void require(std::size_t bytes);
    /// Skips to a document offset not before offset(). @return false when the document ends before it.
    bool skip_to(std::uint64_t document_offset);

  private:
    ByteStream* stream_;
    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;  // of bytes_, padding aside
    std::size_t begin_ = 0, end_ = 0;
    std::uint64_t offset_ = 0;
    bool at_end_ = false;
};

}  // namespace caseweave
