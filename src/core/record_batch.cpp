#include "core/record_batch.hpp"

#include <algorithm>
#include <numeric>

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

void RecordBatch::order_rows_from(std::size_t first) {
    std::vector<std::size_t> order(rows() - first);
    std::iota(order.begin(), order.end(), first);
    const auto before = [](const FieldView& a, const FieldView& b) {
        return a.missing() != b.missing() ? a.missing() < b.missing() : a.text() < b.text();
    };
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
        return std::ranges::lexicographical_compare(row(a), row(b), before);
    });
    std::vector<FieldView> ordered;
    for (const std::size_t index : order) ordered.insert(ordered.end(), row(index).begin(), row(index).end());
    std::ranges::copy(ordered, fields_.begin() + static_cast<std::ptrdiff_t>(first * columns()));
}

void RecordBatch::roll_back_row() {
    fields_.resize(open_);
    positions_.pop_back();
}

}  // namespace caseweave
