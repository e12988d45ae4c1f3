#include "people/string_pool.hpp"

#include <stdexcept>

#include "core/digest.hpp"

namespace caseweave {

namespace {
// Small enough for a test's store of ten people, large enough that the first doublings cost nothing.
constexpr std::size_t kFirstSlots = 1024;
}  // namespace

StringPool::StringPool() : slots_(kFirstSlots, 0) {
    intern("");
}

std::size_t StringPool::slot_of(std::string_view text) const noexcept {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = hash64(text) & mask;
    while (slots_[slot] != 0 && texts_[slots_[slot] - 1] != text) slot = (slot + 1) & mask;
    return slot;
}

std::uint32_t StringPool::intern(std::string_view text) {
    std::size_t slot = slot_of(text);
    if (slots_[slot] != 0) return slots_[slot] - 1;
    if (texts_.size() >= kMaxTexts) throw std::length_error("string pool is full");
    // At most two thirds full: linear probes stay short.
    if ((texts_.size() + 1) * 3 > slots_.size() * 2) {
        grow();
        slot = slot_of(text);
    }
    texts_.push_back(arena_.store(text));
    slots_[slot] = static_cast<std::uint32_t>(texts_.size());
    return slots_[slot] - 1;
}

std::optional<std::uint32_t> StringPool::find(std::string_view text) const noexcept {
    const std::uint32_t held = slots_[slot_of(text)];
    if (held == 0) return std::nullopt;
    return held - 1;
}

void StringPool::grow() {
    std::vector<std::uint32_t> old(slots_.size() * 2, 0);
    old.swap(slots_);
    for (const std::uint32_t held : old) {
        if (held != 0) slots_[slot_of(texts_[held - 1])] = held;
    }
}

std::size_t StringPool::bytes() const noexcept {
    return arena_.bytes_used() + texts_.capacity() * sizeof(std::string_view) +
           slots_.capacity() * sizeof(std::uint32_t);
}

}  // namespace caseweave
