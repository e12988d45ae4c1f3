#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/arena.hpp"
#include "core/field_view.hpp"
#include "core/reject.hpp"
#include "core/source_ref.hpp"

namespace caseweave {

/// Names the columns of one source entity as they arrive: the declared ones first, then the ones only the
/// source knows (kept as extras).
struct RowShape {
    std::vector<std::string> columns;
    std::size_t declared = 0;  ///< the first `declared` columns are the ones connector.toml lists, in its order
};

/// Carries source rows of one entity from an extractor to normalisation: the unit of work. Move-only.
///
/// Row-major fields over an arena; every view a row holds points into the batch's own arena and dies with it.
/// A row is built with begin_row / set / commit_row; a half-built row vanishes with roll_back_row.
/// Not thread-safe; owned by one thread at a time.
class RecordBatch {
  public:
    /// Rows in a full batch: large enough to amortise a queue hand-over, small enough to stay in cache (about 1 MB).
    static constexpr std::size_t kRows = 4096;
    /// A batch is also full at this many bytes, so that long case notes do not pile up.
    static constexpr std::size_t kBytes = 4 * 1024 * 1024;

    RecordBatch() = default;
    explicit RecordBatch(std::shared_ptr<const RowShape> shape) : shape_(std::move(shape)) {}
    RecordBatch(RecordBatch&&) noexcept = default;
    RecordBatch& operator=(RecordBatch&&) noexcept = default;

    const RowShape& shape() const noexcept { return *shape_; }
    const std::shared_ptr<const RowShape>& shared_shape() const noexcept { return shape_; }
    std::size_t rows() const noexcept { return positions_.size(); }
    std::size_t columns() const noexcept { return shape_ ? shape_->columns.size() : 0; }
    bool full() const noexcept { return rows() >= row_limit_ || arena_.bytes_used() >= kBytes; }
    /// Rows at which batches are full: kRows, but in tests that need many checkpoints of few rows.
    static std::size_t row_limit() noexcept { return row_limit_; }
    /// Sets row_limit(). For tests, before anything is read: no thread may be reading.
    static void set_row_limit(std::size_t rows) noexcept { row_limit_ = rows; }

    /// Gives the fields of a committed row, one per column of shape().
    std::span<const FieldView> row(std::size_t index) const noexcept {
        return {fields_.data() + index * columns(), columns()};
    }
    const Position& position(std::size_t index) const noexcept { return positions_[index]; }
    std::string_view document(std::size_t index) const noexcept {
        const auto document_index = positions_[index].document;
        return document_index < documents_.size() ? std::string_view(documents_[document_index]) : std::string_view();
    }

    /// Rows that could not even be read; the batch carries them so that nothing is lost between stages.
    const std::vector<Reject>& rejects() const noexcept { return rejects_; }
    std::vector<Reject>& rejects() noexcept { return rejects_; }
    /// Source rows this batch accounts for: committed rows and rejects.
    std::size_t rows_read() const noexcept { return rows() + rejects_.size(); }

    /// Registers a document name and returns its index for Position::document.
    std::uint32_t add_document(std::string_view name);

    /// Starts a row; every field is Missing::absent until set.
    void begin_row(Position position) {
        open_ = fields_.size();
        const std::size_t end = open_ + columns();
        if (end > fields_.capacity()) make_room();
        fields_.resize(end);
        positions_.push_back(position);
    }
    /// Gives the fields of the row being built, one a column, to be set in place; until the next begin_row.
    FieldView* open_row() noexcept { return fields_.data() + open_; }
    /// Sets a field by copying the bytes into the arena.
    void set(std::size_t column, std::string_view text) { fields_[open_ + column] = FieldView(arena_.store(text)); }
    /// Sets a field whose bytes already live in arena().
    void set_stored(std::size_t column, std::string_view text) noexcept { fields_[open_ + column] = FieldView(text); }
    void set_missing(std::size_t column, Missing reason) noexcept { fields_[open_ + column] = FieldView(reason); }
    void commit_row() noexcept {}
    void roll_back_row();
    /// Puts the rows from `first` on into the order of their values; positions stay where they are.
    void order_rows_from(std::size_t first);
    void reject(Reject reject) { rejects_.push_back(std::move(reject)); }

    Arena& arena() noexcept { return arena_; }

    /// Checkpoint to store once every row of this batch is committed in the target; see Source::next.
    std::string checkpoint;

  private:
    /// Makes room for a few rows at first, then for a full batch: many batches are small, and of the large ones the
    /// rows would be moved again and again.
    void make_room();

    static inline std::size_t row_limit_ = kRows;

    std::shared_ptr<const RowShape> shape_;
    Arena arena_;
    std::vector<FieldView> fields_;
    std::vector<Position> positions_;
    std::vector<std::string> documents_;
    std::vector<Reject> rejects_;
    std::size_t open_ = 0;  // index of the first field of the row being built
};

}  // namespace caseweave
