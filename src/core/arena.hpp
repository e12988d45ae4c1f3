#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "core/copy_bytes.hpp"

namespace caseweave {

/// Owns bytes that many views point into; grows by blocks, never moves what it holds.
///
/// Views into an Arena live until clear() or destruction; moving the Arena keeps them valid.
/// Not thread-safe: one Arena belongs to one batch, and a batch to one thread at a time.
class Arena {
  public:
    /// Block size: large enough that a batch needs a handful, small enough not to waste on tiny entities.
    static constexpr std::size_t kBlockBytes = 256 * 1024;

    Arena() = default;
    /// The arena moved from is empty and may be used again.
    Arena(Arena&& other) noexcept
        : blocks_(std::exchange(other.blocks_, {})),
          cursor_(std::exchange(other.cursor_, nullptr)),
          free_(std::exchange(other.free_, 0)),
          used_(std::exchange(other.used_, 0)) {}
    Arena& operator=(Arena&& other) noexcept {
        blocks_ = std::exchange(other.blocks_, {});
        cursor_ = std::exchange(other.cursor_, nullptr);
        free_ = std::exchange(other.free_, 0);
        used_ = std::exchange(other.used_, 0);
        return *this;
    }
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;

    /// Returns `size` writable bytes, unaligned.
    char* allocate(std::size_t size) {
        if (size > free_) add_block(size);
        char* const result = cursor_;
        cursor_ += size;
        free_ -= size;
        return result;
    }

    /// Copies `text` in and returns the stable view of it.
    std::string_view store(std::string_view text) {
        if (text.empty()) return {};
        char* const bytes = allocate(text.size());
        copy_bytes(bytes, text.data(), text.size());
        return {bytes, text.size()};
    }

    /// Gives the last `unused` bytes of the newest allocation back.
    void shrink_last(std::size_t unused) noexcept {
        free_ += unused;
        cursor_ -= unused;
    }

    /// Forgets everything and keeps the first block for reuse.
    void clear() noexcept;

    std::size_t bytes_used() const noexcept { return used_ - free_; }

  private:
    struct Block {
        std::unique_ptr<char[]> bytes;
        std::size_t size;
    };
    void add_block(std::size_t least_bytes);

    std::vector<Block> blocks_;
    char* cursor_ = nullptr;
    std::size_t free_ = 0;  // bytes left in the newest block
    std::size_t used_ = 0;  // bytes of all blocks
};

}  // namespace caseweave
