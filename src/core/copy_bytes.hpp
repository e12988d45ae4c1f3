#pragma once

#include <cstddef>
#include <cstring>

namespace caseweave {

/// Copies `size` bytes that do not overlap. Most values are a few bytes, which two moves copy without a call.
inline void copy_bytes(char* to, const char* from, std::size_t size) noexcept {
    const auto copy_ends = [&]<std::size_t kWidth>() {
        char first[kWidth], last[kWidth];
        std::memcpy(first, from, kWidth);
        std::memcpy(last, from + size - kWidth, kWidth);
        std::memcpy(to, first, kWidth);
        std::memcpy(to + size - kWidth, last, kWidth);
    };
    if (size > 32) {
        std::memcpy(to, from, size);
    } else if (size >= 16) {
        copy_ends.template operator()<16>();
    } else if (size >= 8) {
        copy_ends.template operator()<8>();
    } else if (size >= 4) {
        copy_ends.template operator()<4>();
    } else if (size > 0) {
        const char middle = from[size / 2];
        const char last = from[size - 1];
        to[0] = from[0];
        to[size / 2] = middle;
        to[size - 1] = last;
    }
}

}  // namespace caseweave
