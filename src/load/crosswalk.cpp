#include "load/crosswalk.hpp"

#include <bit>

#include "core/digest.hpp"

namespace caseweave {

std::uint64_t Crosswalk::hash(SystemId system, std::string_view key) noexcept {
    return hash64(key, system.value);
}

std::size_t Crosswalk::locate(std::uint64_t hash, SystemId system, std::string_view key) const noexcept {
    const std::size_t mask = slots_.size() - 1;
    const auto tag = static_cast<std::uint32_t>(hash >> 32);
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
        const Slot& slot = slots_[at];
        if (slot.record == 0) return at;
        if (slot.tag != tag) continue;
        const Record& record = records_[slot.record - 1];
        if (record.system == system && record.view() == key) return at;
    }
}

void Crosswalk::rehash(std::size_t slots) {
    slots_.assign(slots, Slot{});
    for (std::size_t i = 0; i < records_.size(); ++i) {
        const std::uint64_t value = hash(records_[i].system, records_[i].view());
        slots_[locate(value, records_[i].system, records_[i].view())] = {static_cast<std::uint32_t>(value >> 32),
                                                                         static_cast<std::uint32_t>(i + 1)};
    }
}

void Crosswalk::reserve(std::size_t records) {
    records_.reserve(records);
    const std::size_t slots = std::bit_ceil(records * 2 + 16);
    if (slots > slots_.size()) rehash(slots);
}

void Crosswalk::insert(SystemId system, std::string_view key, CrosswalkEntry entry) {
    if ((records_.size() + 1) * 2 > slots_.size()) rehash(slots_.empty() ? 1024 : slots_.size() * 2);
    const std::uint64_t value = hash(system, key);
    Slot& slot = slots_[locate(value, system, key)];
    if (slot.record != 0) {
        records_[slot.record - 1].entry = entry;
        return;
    }
    const std::string_view stored = keys_.store(key);
    records_.push_back({stored.data(), static_cast<std::uint32_t>(stored.size()), system, entry});
    slot = {static_cast<std::uint32_t>(value >> 32), static_cast<std::uint32_t>(records_.size())};
}

const CrosswalkEntry* Crosswalk::find(SystemId system, std::string_view key) const noexcept {
    if (slots_.empty()) return nullptr;
    const Slot& slot = slots_[locate(hash(system, key), system, key)];
    return slot.record == 0 ? nullptr : &records_[slot.record - 1].entry;
}

std::size_t Crosswalk::bytes() const noexcept {
    return keys_.bytes_used() + records_.capacity() * sizeof(Record) + slots_.capacity() * sizeof(Slot);
}

}  // namespace caseweave
