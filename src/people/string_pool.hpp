#pragma once

#include <cstdint>
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
    std::uint32_t intern(std::string_view text);
    std::string_view view(std::uint32_t id) const noexcept { return texts_[id]; }
    std::size_t size() const noexcept { return texts_.size(); }
    std::size_t bytes() const noexcept;

private:
    void grow();
    Arena arena_;
    std::vector<std::string_view> texts_;
    std::vector<std::uint32_t> slots_;  // open addressing; id + 1, 0 = free
};

}  // namespace caseweave
