#pragma once

#include <algorithm>
#include <array>
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
    explicit ScalarSeparatorScan(char separator) noexcept : separator_(separator) {}

    /// Goes on from `begin`, which stands at `offset` of the document.
    void start(const char* begin, const char* end, std::uint64_t /*offset*/) noexcept {
        at_ = begin;
        end_ = end;
    }
    /// Gives the next separator or line feed and goes past it; the end when there is none.
    const char* next() noexcept {
        while (at_ != end_ && *at_ != separator_ && *at_ != '\n') ++at_;
        return at_ == end_ ? end_ : at_++;
    }
    /// Gives the next ones to `take`, one after another, as long as it says true and they are known in advance: here
    /// none is.
    template <typename Take>
    void give_known(const Take& /*take*/) noexcept {}
    /// Goes on from `position`, which is not before the last one given.
    void seek(const char* position) noexcept { at_ = position; }

  private:
    const char* at_ = nullptr;
    const char* end_ = nullptr;
    char separator_;
};

#if defined(__SSE2__)
/// Finds separators and line ends 64 bytes at a time, a stretch of the document in advance: to take the next one is to
/// read a number. What is found holds for the document, wherever its bytes stand in memory.
class SeparatorScan {
  public:
    explicit SeparatorScan(char separator) noexcept
        : separators_(_mm_set1_epi8(separator)), line_feeds_(_mm_set1_epi8('\n')) {}

    void start(const char* begin, const char* end, std::uint64_t offset) noexcept {
        begin_ = begin;
        size_ = static_cast<std::int64_t>(end - begin);
        const auto into_stretch = static_cast<std::int64_t>(offset - stretch_offset_);
        // What was given is behind; a record that is read again begins before it.
        const bool goes_on =
            into_stretch >= 0 && into_stretch <= stretch_bytes_ && (next_ == 0 || found_[next_ - 1] < into_stretch);
        if (!goes_on) {
            stretch_offset_ = offset;
            stretch_bytes_ = 0;
            next_ = count_ = 0;
        }
        to_stretch_ = static_cast<std::int64_t>(stretch_offset_ - offset);
        while (next_ < count_ && to_stretch_ + found_[next_] < 0) ++next_;
    }
    const char* next() noexcept {
        while (next_ == count_) {
            if (!look_on()) return begin_ + size_;
        }
        return begin_ + (to_stretch_ + found_[next_++]);
    }
    template <typename Take>
    void give_known(const Take& take) {
        // Where it stands is a register's here: `take` writes to memory that might be this object, for all one sees.
        const char* const stretch = begin_ + to_stretch_;
        const std::size_t count = count_;
        std::size_t next = next_;
        while (next < count && take(stretch + found_[next++])) {
        }
        next_ = next;
    }
    void seek(const char* position) noexcept {
        const std::int64_t target = position - begin_;
        while (target > to_stretch_ + stretch_bytes_ && look_on()) {
        }
        while (next_ < count_ && to_stretch_ + found_[next_] < target) ++next_;
    }

  private:
    /// Bytes looked at in advance: they and what is found in them stay in the first cache until they are read.
    static constexpr std::int64_t kStretchBytes = 4096;
    static constexpr std::int64_t kBlockBytes = 64;

    std::uint64_t match(const char* bytes, int part) const noexcept {
        __m128i block;
        std::memcpy(&block, bytes + 16 * part, sizeof block);
        const __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(block, separators_), _mm_cmpeq_epi8(block, line_feeds_));
        return std::uint64_t{static_cast<std::uint16_t>(_mm_movemask_epi8(hit))} << (16 * part);
    }
    std::uint64_t match(const char* bytes) const noexcept {
        return match(bytes, 0) | match(bytes, 1) | match(bytes, 2) | match(bytes, 3);
    }
    /// Notes what a block holds, eight at a time: how many there are differs from block to block, and a loop over them
    /// ends where no processor foresees. What is written behind the last one counts for nothing.
    void note(std::uint64_t mask, std::int64_t at) noexcept {
        constexpr std::size_t kAtATime = 8;
        constexpr std::uint64_t kLastByte = std::uint64_t{1} << (kBlockBytes - 1);
        std::uint16_t* to = found_.data() + count_;
        for (count_ += static_cast<std::size_t>(std::popcount(mask)); mask != 0; to += kAtATime) {
            for (std::size_t i = 0; i < kAtATime; ++i, mask &= mask - 1)
                to[i] = static_cast<std::uint16_t>(at + std::countr_zero(mask | kLastByte));
        }
    }
    /// Goes on to the stretch behind this one; false when nothing is there yet.
    bool look_on() noexcept {
        const std::int64_t from = to_stretch_ + stretch_bytes_;
        if (from >= size_) return false;
        stretch_offset_ += static_cast<std::uint64_t>(stretch_bytes_);
        to_stretch_ = from;
        stretch_bytes_ = std::min(kStretchBytes, size_ - from);
        next_ = count_ = 0;
        const char* const bytes = begin_ + from;
        std::int64_t at = 0;
        for (; at + kBlockBytes <= stretch_bytes_; at += kBlockBytes) note(match(bytes + at), at);
        if (at < stretch_bytes_) {
            // The tail is copied: reading past the end of the document is not allowed, and a zero byte matches nothing
            // (a separator of NUL is refused with the settings).
            char tail[kBlockBytes] = {};
            std::memcpy(tail, bytes + at, static_cast<std::size_t>(stretch_bytes_ - at));
            note(match(tail), at);
        }
        return true;
    }

    const char* begin_ = nullptr;
    std::int64_t size_ = 0;
    std::uint64_t stretch_offset_ = 0;  // of the stretch in the document
    std::int64_t to_stretch_ = 0;       // from begin_
    std::int64_t stretch_bytes_ = 0;
    std::size_t next_ = 0, count_ = 0;
    __m128i separators_, line_feeds_;
    std::array<std::uint16_t, kStretchBytes + kBlockBytes> found_;  // from the beginning of the stretch on
};
#else
using SeparatorScan = ScalarSeparatorScan;
#endif

}  // namespace caseweave
