#include "canonical/row_digest.hpp"

#include <bit>
#include <cstring>
#include <type_traits>

#include "canonical/copy_encoding.hpp"
#include "core/error.hpp"

namespace caseweave {

namespace {

template <typename Int>
Int read_big_endian(const char* at) noexcept {
    std::make_unsigned_t<Int> bits = 0;
    for (std::size_t i = 0; i < sizeof(Int); ++i)
        bits = static_cast<std::make_unsigned_t<Int>>(bits << 8 | static_cast<unsigned char>(at[i]));
    return static_cast<Int>(bits);
}

/// Columns that stand first in every read-back: source_system, source_entity, source_key, source_part.
constexpr int kNamedColumns = 4;

[[noreturn]] void fail() {
    throw Error(ErrorKind::target,
                "The target's answer to a read-back is not a binary COPY stream of the expected columns.");
}

}  // namespace

void RowDigestReader::feed(std::string_view bytes) {
    if (!pending_.empty()) {
        pending_.append(bytes);
        bytes = pending_;
    }
    std::size_t used = 0;
    if (!header_read_) {
        if (bytes.size() >= copy_header().size()) {
            // The signature is fixed; flags and extension length are zero from every server that exists.
            if (bytes.substr(0, copy_header().size()) != copy_header()) fail();
            used = copy_header().size();
            header_read_ = true;
        }
    }
    while (header_read_ && !finished_) {
        const std::size_t size = read_row(bytes.substr(used));
        if (size == 0) break;
        used += size;
    }
    if (finished_ && used != bytes.size()) fail();
    std::string rest(bytes.substr(used));  // `bytes` may view pending_
    pending_ = std::move(rest);
}

std::size_t RowDigestReader::read_row(std::string_view bytes) {
    if (bytes.size() < 2) return 0;
    const auto fields = read_big_endian<std::int16_t>(bytes.data());
    if (fields == -1) {
        finished_ = true;
        return 2;
    }
    if (fields < kNamedColumns) fail();
    std::size_t at = 2;
    std::string_view named[kNamedColumns];
    for (int i = 0; i < fields; ++i) {
        if (bytes.size() - at < 4) return 0;
        const auto size = read_big_endian<std::int32_t>(bytes.data() + at);
        if (size < -1) fail();
        at += 4;
        const std::size_t length = size < 0 ? 0 : static_cast<std::size_t>(size);
        if (bytes.size() - at < length) return 0;
        if (i < kNamedColumns) named[i] = bytes.substr(at, length);
        at += length;
    }
    if (named[3].size() != 2) fail();
    ++rows_;
    take_({named[0], named[1], named[2], read_big_endian<std::int16_t>(named[3].data()),
           digest_bytes(bytes.substr(2, at - 2))});
    return at;
}

}  // namespace caseweave
