#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/arena.hpp"

namespace caseweave {

/// Interns strings: equal texts share one 32-bit id, and equality of ids is equality of texts.
///
/// Ids count up from 0 in order of first sight, so the same input order gives the same ids. Id 0 is "".
/// Views live as long as the pool. One writer; readers may run beside each other once writing has ended.
class StringPool {
  public:
    StringPool();
    /// Returns the id of `text`, storing a copy at first sight. Throws std::length_error beyond kMaxTexts.
    std::uint32_t intern(std::string_view text);
    /// Returns the id of `text` if it was interned before; never stores.
    std::optional<std::uint32_t> find(std::string_view text) const noexcept;
    /// Fetches the place of a text that is about to be interned: a large pool is not in the cache.
    void prefetch(std::string_view text) const noexcept;
    std::string_view view(std::uint32_t id) const noexcept { return texts_[id]; }
    std::size_t size() const noexcept { return texts_.size(); }
    std::size_t bytes() const noexcept;

    /// Bounds the number of texts: the ids above are free for a user's own marks (why a cell is missing).
    static constexpr std::uint32_t kMaxTexts = 0xFFFFFF00U;

  private:
    /// One place of the table. The tag, a part of the text's hash, tells most other texts apart without looking at
    /// them: a large pool is in no cache, and each look costs a memory access or two.
    struct Slot {
        std::uint32_t tag = 0;
        std::uint32_t held = 0;  // id + 1, 0 = free
    };
    void grow();
    /// Finds the text's slot, or the free one where it belongs.
    std::size_t slot_of(std::string_view text, std::uint32_t tag) const noexcept;

    Arena arena_;
    std::vector<std::string_view> texts_;
    std::vector<Slot> slots_;  // open addressing, from the tag's low bits on
};

}  // namespace caseweave
