#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace caseweave {

/// Carries bytes that a UTF-8 document cannot hold past the XML parser, which would give up the whole document at the
/// first: bytes that are not UTF-8, NUL, and control characters but for tab and line ends.
///
/// Each becomes a mark of two noncharacters (U+FDD0 to U+FDDF, then U+FDE0 to U+FDEF: halves of the byte), which XML
/// allows in text and in no name, and which no text may use by itself. A document that declares another encoding, or is
/// UTF-16, is passed on as it is.
class XmlByteMarks {
  public:
    /// Begins a document.
    void start();
    /// Gives what to parse for the next piece; it lives until the next call. Up to a kilobyte may be held back until
    /// the next piece: the XML declaration, a sequence that the piece cuts. `last` holds nothing back.
    std::string_view mark(std::string_view piece, bool last);
    /// Tells whether the document is UTF-8, once that is known. What mark() gives is then valid UTF-8.
    bool is_utf8() const noexcept { return encoding_ == Encoding::utf8 && !declares_ascii_; }
    /// Tells whether a byte of this document has been marked so far.
    bool any() const noexcept { return any_; }

  private:
    bool knows_encoding(std::string_view text, bool last);
    std::string_view mark_utf8(std::string_view text, bool last);

    enum class Encoding { unknown, utf8, other } encoding_ = Encoding::unknown;
    bool any_ = false;
    bool declares_ascii_ = false;
    std::string held_back_;
    std::string joined_, marked_;
};

/// Tells whether a whole text holds a mark.
bool has_mark(std::string_view text) noexcept;
/// Tells whether a piece of a text holds a mark or may hold half of one.
bool may_have_mark(std::string_view piece) noexcept;
/// Appends `text` to `out` with each mark as the byte it stands for.
void append_unmarked(std::string_view text, std::string& out);

}  // namespace caseweave
