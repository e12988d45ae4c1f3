#include "people/string_pool.hpp"

#include <stdexcept>

#include "core/digest.hpp"

namespace caseweave {

namespace {
// Small enough for a test's store of ten people, large enough that the first doublings cost nothing.
constexpr std::size_t kFirstSlots = 1024;

/// The low half of the hash: enough to place 2^32 texts, which is more than a pool holds.
std::uint32_t tag_of(std::string_view text) noexcept {
    return static_cast<std::uint32_t>(hash64(text));
}
}  // namespace

StringPool::StringPool() : slots_(kFirstSlots) {
    intern("");
}

std::size_t StringPool::slot_of(std::string_view text, std::uint32_t tag) const noexcept {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = tag & mask;
    while (slots_[slot].held != 0 && (slots_[slot].tag != tag || texts_[slots_[slot].held - 1] != text))
        slot = (slot + 1) & mask;
    return slot;
}

std::uint32_t StringPool::intern(std::string_view text) {
    const std::uint32_t tag = tag_of(text);
    std::size_t slot = slot_of(text, tag);
    if (slots_[slot].held != 0) return slots_[slot].held - 1;
    if (texts_.size() >= kMaxTexts) throw std::length_error("string pool is full");
    // At most two thirds full: linear probes stay short.
    if ((texts_.size() + 1) * 3 > slots_.size() * 2) {
        grow();
        slot = slot_of(text, tag);
    }
    texts_.push_back(arena_.store(text));
    slots_[slot] = {tag, static_cast<std::uint32_t>(texts_.size())};
    return slots_[slot].held - 1;
}

std::optional<std::uint32_t> StringPool::find(std::string_view text) const noexcept {
    const std::uint32_t held = slots_[slot_of(text, tag_of(text))].held;
    if (held == 0) return std::nullopt;
    return held - 1;
}

void StringPool::prefetch(std::string_view text) const noexcept {
    __builtin_prefetch(&slots_[tag_of(text) & (slots_.size() - 1)]);
}

void StringPool::grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    const std::size_t mask = slots_.size() - 1;
    for (const Slot& held : old) {
        if (held.held == 0) continue;
        std::size_t slot = held.tag & mask;
        while (slots_[slot].held != 0) slot = (slot + 1) & mask;
        slots_[slot] = held;
    }
}

std::size_t StringPool::bytes() const noexcept {
    return arena_.bytes_used() + texts_.capacity() * sizeof(std::string_view) + slots_.capacity() * sizeof(Slot);
}

}  // namespace caseweave
