#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/formats/document_window.hpp"
#include "connectors/formats/separator_scan.hpp"

namespace caseweave {

/// Says how fields and records are told apart.
struct DelimitedDialect {
    char separator = ',';
    char quote = '"';  ///< NUL = no quoting
    /// A record over this is refused, and an unbalanced quote swallows at most this: the largest real case note is a
    /// tenth.
    std::size_t max_record_bytes = 1024 * 1024;
};

/// One field of a record: offsets from the start of the record, quotes left out.
struct DelimitedField {
    std::uint32_t begin = 0, end = 0;
    bool escaped = false;  ///< holds doubled quotes; see unescape_quotes
};

/// Splits a document into records and fields (RFC 4180; a quote counts only at the start of a field).
///
/// An unbalanced quote costs its physical line, never the ones after it. `Scan` is SeparatorScan or its scalar twin.
template <typename Scan>
class BasicDelimitedReader {
  public:
    enum class Outcome {
        record,     ///< fields() and bytes() hold one
        bad_quote,  ///< bytes() is a physical line whose quotes do not balance
        too_large,  ///< bytes() is the start of a record over the bound
        end,
    };

    BasicDelimitedReader(DocumentWindow& window, const DelimitedDialect& dialect, std::uint64_t first_line)
        : window_(&window), dialect_(dialect), scan_(dialect.separator), next_line_(first_line) {}

    /// Reads the next record; empty lines are passed over. Views live until the next call.
    Outcome next();

    std::span<const DelimitedField> fields() const noexcept { return {fields_.data(), count_}; }
    std::string_view bytes() const noexcept { return bytes_; }
    std::string_view field(std::size_t index) const noexcept {
        return bytes_.substr(fields_[index].begin, fields_[index].end - fields_[index].begin);
    }
    std::uint64_t line() const noexcept { return line_; }      ///< 1-based, of the record's first byte
    std::uint64_t offset() const noexcept { return offset_; }  ///< in the document, of the record's first byte
    std::uint64_t next_line() const noexcept { return next_line_; }
    std::uint64_t next_offset() const noexcept { return window_->offset() + consumed_; }

  private:
    enum class Split { record, bad_quote, needs_more };
    Split split(std::string_view text);
    /// Takes the fields from `field` on that begin with no quote and whose ends are known, and goes to the first that
    /// is left to split(). `begin` is the record's, `end` the text's.
    /// @return the line feed that ends the record; null where it goes on.
    const char* take_plain_fields(const char* begin, const char*& field, const char* end);
    Outcome give_physical_line(Outcome outcome);

    DocumentWindow* window_;
    DelimitedDialect dialect_;
    Scan scan_;
    std::vector<DelimitedField> fields_;  // the first count_ are the record's
    std::size_t count_ = 0;
    std::string_view bytes_;
    std::size_t consumed_ = 0;  // of the window, by the record given last
    bool skip_rest_of_line_ = false;
    std::uint64_t lines_in_record_ = 1;
    std::uint64_t line_ = 0, next_line_ = 1, offset_ = 0;
};

using DelimitedReader = BasicDelimitedReader<SeparatorScan>;

/// Appends a quoted field's text to `out` with each doubled quote as one.
void unescape_quotes(std::string_view field, char quote, std::string& out);

extern template class BasicDelimitedReader<ScalarSeparatorScan>;
#if defined(__SSE2__)
extern template class BasicDelimitedReader<SeparatorScan>;
#endif

}  // namespace caseweave
