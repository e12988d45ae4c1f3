#include "app/reading/key_register.hpp"

namespace caseweave {

KeyRegister::Seen KeyRegister::insert(std::uint64_t key, std::uint64_t content) {
    if ((size_ + 1) * 4 > slots_.size() * 3) grow();
    if (key == 0) key = 1;
    std::size_t at = key & (slots_.size() - 1);
    for (; slots_[at].key != 0; at = (at + 1) & (slots_.size() - 1)) {
        if (slots_[at].key == key) return slots_[at].content == content ? Seen::duplicate : Seen::conflict;
    }
    slots_[at] = {key, content};
    ++size_;
    return Seen::fresh;
}

bool KeyRegister::contains(std::uint64_t key) const noexcept {
    if (slots_.empty()) return false;
    if (key == 0) key = 1;
    for (std::size_t at = key & (slots_.size() - 1); slots_[at].key != 0; at = (at + 1) & (slots_.size() - 1)) {
        if (slots_[at].key == key) return true;
    }
    return false;
}

void KeyRegister::grow() {
    constexpr std::size_t kFirstSlots = 1024;
    std::vector<Slot> old(slots_.empty() ? kFirstSlots : slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
        if (slot.key == 0) continue;
        std::size_t at = slot.key & (slots_.size() - 1);
        while (slots_[at].key != 0) at = (at + 1) & (slots_.size() - 1);
        slots_[at] = slot;
    }
}

}  // namespace caseweave
