#include "core/arena.hpp"

namespace caseweave {

void Arena::add_block(std::size_t least_bytes) {
    const std::size_t block_bytes = least_bytes > kBlockBytes ? least_bytes : kBlockBytes;
    blocks_.push_back({std::unique_ptr<char[]>(new char[block_bytes]), block_bytes});
    cursor_ = blocks_.back().bytes.get();
    free_ = block_bytes;
    used_ += block_bytes;
}

void Arena::clear() noexcept {
    if (blocks_.empty()) return;
    blocks_.resize(1);
    cursor_ = blocks_.front().bytes.get();
    free_ = used_ = blocks_.front().size;
}

}  // namespace caseweave
