#include "core/record_batch.hpp"

namespace caseweave {

std::uint32_t RecordBatch::add_document(std::string_view name) {
    for (std::size_t i = documents_.size(); i-- > 0;) {
        if (documents_[i] == name) return static_cast<std::uint32_t>(i);
    }
    documents_.emplace_back(name);
    return static_cast<std::uint32_t>(documents_.size() - 1);
}

void RecordBatch::begin_row(Position position) {
    open_ = fields_.size();
    fields_.resize(open_ + columns());
    positions_.push_back(position);
}

void RecordBatch::roll_back_row() {
    fields_.resize(open_);
    positions_.pop_back();
}

}  // namespace caseweave
