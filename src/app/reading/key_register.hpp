#pragma once

#include <cstdint>
#include <vector>

namespace caseweave {

/// Remembers which natural keys of one source entity were seen, with what content: 16 bytes a key.
///
/// Keys are 64-bit hashes; two keys of one hash would be taken for one (odds below 1 in 10^5 at ten million keys; the
/// row would show as a key conflict in quarantine, and so is not lost).
class KeyRegister {
  public:
    enum class Seen : std::uint8_t { fresh, duplicate, conflict };

    /// Registers a key. `content` is the hash of the whole source row.
    Seen insert(std::uint64_t key, std::uint64_t content);
    bool contains(std::uint64_t key) const noexcept;
    /// Fetches the place of a key that is about to be inserted: a large register is not in the cache.
    void prefetch(std::uint64_t key) const noexcept {
        if (!slots_.empty()) __builtin_prefetch(&slots_[key & (slots_.size() - 1)]);
    }
    std::size_t size() const noexcept { return size_; }

  private:
    struct Slot {
        std::uint64_t key = 0;  // 0 = free; a key of 0 is stored as 1
        std::uint64_t content = 0;
    };
    void grow();
    std::vector<Slot> slots_;
    std::size_t size_ = 0;
};

}  // namespace caseweave
