#include "core/arena.hpp"

#include <cstring>

namespace caseweave {

char* Arena::allocate(std::size_t size) {
    if (size > free_) {
        const std::size_t block_bytes = size > kBlockBytes ? size : kBlockBytes;
        blocks_.push_back({std::unique_ptr<char[]>(new char[block_bytes]), block_bytes});
        cursor_ = blocks_.back().bytes.get();
        free_ = block_bytes;
        used_ += block_bytes;
    }
    char* result = cursor_;
    cursor_ += size;
    free_ -= size;
    return result;
}

std::string_view Arena::store(std::string_view text) {
    if (text.empty()) return {};
    char* bytes = allocate(text.size());
    std::memcpy(bytes, text.data(), text.size());
    return {bytes, text.size()};
}

void Arena::clear() noexcept {
    if (blocks_.empty()) return;
    blocks_.resize(1);
    cursor_ = blocks_.front().bytes.get();
    free_ = used_ = blocks_.front().size;
}

}  // namespace caseweave
