#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace caseweave {

/// Finds separators and line ends byte by byte: the slow obvious twin of SeparatorScan, for tests and other machines.
class ScalarSeparatorScan {
  public:
    ScalarSeparatorScan(const char* begin, const char* end, char separator) noexcept
        : at_(begin), end_(end), separator_(separator) {}

    /// Gives the next separator or line feed and goes past it; the end when there is none.
    const char* next() noexcept {
        while (at_ != end_ && *at_ != separator_ && *at_ != '\n') ++at_;
        return at_ == end_ ? end_ : at_++;
    }
    /// Goes on from `position`, which is not before the last one given.
    void seek(const char* position) noexcept { at_ = position; }

  private:
    const char* at_;
    const char* end_;
    char separator_;
};

#if defined(__SSE2__)
/// Finds separators and line ends 64 bytes at a time: one bit a byte, then one bit-scan a field.
class SeparatorScan {
  public:
    SeparatorScan(const char* begin, const char* end, char separator) noexcept
        : block_(begin), end_(end), separators_(_mm_set1_epi8(separator)), line_feeds_(_mm_set1_epi8('\n')) {
        load();
    }

    const char* next() noexcept {
        while (mask_ == 0) {
            if (end_ - block_ <= kBlockBytes) return end_;
            block_ += kBlockBytes;
            load();
        }
        const char* const found = block_ + std::countr_zero(mask_);
        mask_ &= mask_ - 1;
        return found;
    }
    void seek(const char* position) noexcept {
        if (position - block_ < kBlockBytes) {
            mask_ &= ~std::uint64_t{0} << static_cast<unsigned>(position - block_);
        } else {
            block_ = position;
            load();
        }
    }

  private:
    static constexpr std::ptrdiff_t kBlockBytes = 64;

    std::uint64_t match(const char* bytes, int part) const noexcept {
        __m128i block;
        std::memcpy(&block, bytes + 16 * part, sizeof block);
        const __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(block, separators_), _mm_cmpeq_epi8(block, line_feeds_));
        return std::uint64_t{static_cast<std::uint16_t>(_mm_movemask_epi8(hit))} << (16 * part);
    }
    void load() noexcept {
        if (end_ - block_ >= kBlockBytes) {
            mask_ = match(block_, 0) | match(block_, 1) | match(block_, 2) | match(block_, 3);
            return;
        }
        // The tail is copied: reading past the end of the document is not allowed, and a zero byte matches nothing
        // (a separator of NUL is refused with the settings).
        char tail[kBlockBytes] = {};
        if (end_ > block_) std::memcpy(tail, block_, static_cast<std::size_t>(end_ - block_));
        mask_ = match(tail, 0) | match(tail, 1) | match(tail, 2) | match(tail, 3);
    }

    const char* block_;
    const char* end_;
    __m128i separators_, line_feeds_;
    std::uint64_t mask_ = 0;
};
#else
using SeparatorScan = ScalarSeparatorScan;
#endif

}  // namespace caseweave
