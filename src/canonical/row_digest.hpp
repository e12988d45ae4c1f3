#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "core/digest.hpp"

namespace caseweave {

/// Views one row that came back from the target. Valid inside the call that hands it over.
struct DigestedRowView {
    std::string_view source_system;
    std::string_view source_entity;
    std::string_view source_key;
    std::int16_t source_part = 0;
    Digest128 digest;
};

/// Reads the binary COPY stream of digest_read_back_sql and digests each row as RowEncoder did.
///
/// Takes bytes in any pieces. One thread.
class RowDigestReader {
  public:
    using Take = std::function<void(const DigestedRowView&)>;
    explicit RowDigestReader(Take take) : take_(std::move(take)) {}

    /// Takes the next bytes. @throws Error(target) when they are not a binary COPY stream.
    void feed(std::string_view bytes);
    /// Tells whether the stream's trailer was seen; without it the read-back is not whole.
    bool finished() const noexcept { return finished_; }
    std::uint64_t rows() const noexcept { return rows_; }

  private:
    std::size_t read_row(std::string_view bytes);

    Take take_;
    std::string pending_;  // an incomplete row
    bool header_read_ = false;
    bool finished_ = false;
    std::uint64_t rows_ = 0;
};

/// Names what rows are tallied by: a source entity's rows in one canonical entity.
struct TallyKey {
    std::string system;
    std::string source_entity;
    std::string entity;  ///< canonical entity
    auto operator<=>(const TallyKey&) const = default;
};

/// Holds one tally a segment of the key space.
struct SegmentTallies {
    std::array<RowTally, kSegments> segments;

    void add(std::string_view source_key, Digest128 digest) noexcept { segments[segment_of(source_key)].add(digest); }
    void take_away(std::string_view source_key, Digest128 digest) noexcept {
        segments[segment_of(source_key)].take_away(digest);
    }
    SegmentTallies& operator+=(const SegmentTallies& other) noexcept {
        for (unsigned i = 0; i < kSegments; ++i) segments[i] += other.segments[i];
        return *this;
    }
    SegmentTallies& operator-=(const SegmentTallies& other) noexcept {
        for (unsigned i = 0; i < kSegments; ++i) segments[i] -= other.segments[i];
        return *this;
    }
    RowTally total() const noexcept {
        RowTally sum;
        for (const RowTally& segment : segments) sum += segment;
        return sum;
    }
    bool operator==(const SegmentTallies&) const = default;
};

/// Tallies of a run, of the rows emitted or of the rows read back.
using TallyTable = std::map<TallyKey, SegmentTallies>;

}  // namespace caseweave
