#include "core/record_batch.hpp"

namespace caseweave {

std::uint32_t RecordBatch::add_document(std::string_view name) {
    for (std::size_t i = documents_.size(); i-- > 0;) {
        if (documents_[i] == name) return static_cast<std::uint32_t>(i);
    }
    documents_.emplace_back(name);
    return static_cast<std::uint32_t>(documents_.size() - 1);
}

void RecordBatch::make_room() {
    constexpr std::size_t kFewRows = 64;
    const std::size_t held = positions_.size();
    const std::size_t rows = held < kFewRows ? kFewRows : held < kRows ? kRows : 2 * held;
    fields_.reserve(rows * columns());
    positions_.reserve(rows);
}

void RecordBatch::roll_back_row() {
    fields_.resize(open_);
    positions_.pop_back();
}

}  // namespace caseweave
