#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "connectors/formats/document_window.hpp"
#include "extract/source.hpp"

namespace caseweave {

/// Cuts documents into what is parsed at once: a page whole, or each line of NDJSON that is not blank.
///
/// A unit is followed by JsonDocumentReader::kPadding readable bytes and lives until the next call.
class JsonUnits {
  public:
    JsonUnits(bool lines, std::size_t max_bytes) : lines_(lines), max_bytes_(max_bytes) {}

    /// Begins a document, which must outlive its units. Of lines the one at `offset`, with the number `line`, is next.
    /// @throws Error(integrity) when the document ends before it.
    void start(ByteStream& document, std::uint64_t offset = 0, std::uint64_t line = 0);
    /// Moves to the next unit. @return false at the document's end. @throws Error(integrity) for a page that is empty
    /// or over the bound.
    bool next();

    std::string_view text() const noexcept { return text_; }
    std::uint64_t line() const noexcept { return line_; }      ///< 1-based; 1 for a page
    std::uint64_t offset() const noexcept { return offset_; }  ///< of its first byte in the document
    /// Tells whether a line is over the bound; text() is then its start.
    bool too_large() const noexcept { return too_large_; }

  private:
    bool next_line();
    std::string_view whole_text();

    bool lines_;
    std::size_t max_bytes_;
    ByteStream* document_ = nullptr;
    std::optional<DocumentWindow> window_;  // of lines only
    std::vector<char> page_;
    std::string_view text_;
    std::size_t consumed_ = 0;        // of the window, by the line and its end
    bool skip_rest_of_line_ = false;  // of one over the bound
    bool too_large_ = false;
    std::uint64_t line_ = 0, offset_ = 0;
};

}  // namespace caseweave
