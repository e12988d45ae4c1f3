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
    std::string_view view(std::uint32_t id) const noexcept { return texts_[id]; }
    std::size_t size() const noexcept { return texts_.size(); }
    std::size_t bytes() const noexcept;

    /// Bounds the number of texts: the ids above are free for a user's own marks (why a cell is missing).
    static constexpr std::uint32_t kMaxTexts = 0xFFFFFF00U;

  private:
    void grow();
    std::size_t slot_of(std::string_view text) const noexcept;

    Arena arena_;
    std::vector<std::string_view> texts_;
    std::vector<std::uint32_t> slots_;  // open addressing; id + 1, 0 = free
};

}  // namespace caseweave
