#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/record_batch.hpp"

namespace caseweave {

/// Yields the rows of one source entity, batch by batch. One thread at a time.
class Source {
  public:
    virtual ~Source() = default;

    /// Gives the columns that arrive: declared ones in declared order, then the source's own extras.
    virtual std::shared_ptr<const RowShape> shape() const = 0;

    /// Tells whether shape() names every column before a row is read. Where records name their own columns (XML, JSON),
    /// those besides the declared ones show only as records are read.
    virtual bool names_columns_first() const { return true; }

    /// Tells whether every declared column that must be there has been met. Where records name their own columns, one
    /// that no record has is an Error at the in-band end, unless the source was opened from a checkpoint.
    virtual bool has_met_columns() const { return true; }

    /// Fills a fresh batch. @return false at the in-band end; the batch is then empty.
    ///
    /// A row that cannot be read goes to batch.rejects() with its position and raw bytes; the source goes on.
    /// batch.checkpoint is set so that opening with it yields exactly the rows after this batch.
    /// @throws Error when the source itself fails (gone, truncated, wrong checksum).
    virtual bool next(RecordBatch& batch) = 0;
};

/// Reads the bytes of one document (a file, a page) in order.
class ByteStream {
  public:
    virtual ~ByteStream() = default;
    /// Reads up to buffer.size() bytes; 0 is the end. @throws Error when the transport fails.
    virtual std::size_t read(std::span<char> buffer) = 0;
    /// Names the document for people: file name or resource path, without secrets.
    virtual const std::string& name() const = 0;
    /// The whole document in memory when the transport has it anyway (a mapped file, a page), else empty.
    virtual std::string_view whole() const { return {}; }
    /// Path on disk, where there is one (formats that need seeking, such as XLSX), else "".
    virtual std::string path() const { return {}; }
    /// Rows the document has according to who sent it (a manifest), where that is known.
    virtual std::optional<std::uint64_t> stated_rows() const { return std::nullopt; }
};

/// Yields the documents of one resource in order.
class DocumentSequence {
  public:
    virtual ~DocumentSequence() = default;
    /// @return nullptr at the end. The stream must not outlive the sequence.
    virtual std::unique_ptr<ByteStream> next() = 0;
    /// Checkpoint that, given to Transport::open_documents, starts with the document after the last one returned.
    virtual std::string checkpoint() const = 0;
};

}  // namespace caseweave
