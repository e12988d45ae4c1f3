// Input: one byte of limit, then a text in any bytes.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "require.hpp"
#include "text/reference/reference.hpp"
#include "text/utf8.hpp"

namespace text = caseweave::text;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::size_t limit = data[0];
    const bool valid = text::is_valid_utf8(bytes);
    text::require(valid == text::reference::is_valid_utf8(bytes));

    const std::size_t invalid = text::find_invalid_utf8(bytes);
    if (!valid) text::require(text::is_valid_utf8(bytes.substr(0, invalid)));
    std::string repaired;
    for (std::size_t offset = 0; offset < bytes.size();) {
        const text::DecodedCodePoint decoded = text::decode_code_point(bytes, offset);
        text::append_code_point(repaired, decoded.code_point);
        offset += decoded.length_bytes;
    }
    text::require(text::is_valid_utf8(repaired));
    text::require(text::count_code_points(repaired) == text::count_code_points(bytes));
    if (valid) text::require(repaired == bytes);

    text::require(text::truncate_bytes(bytes, limit).size() <= limit);
    if (valid) text::require(text::is_valid_utf8(text::truncate_bytes(bytes, limit)));
    text::require(text::count_code_points(text::truncate_code_points(repaired, limit)) <= limit);

    std::string once;
    std::string twice;
    text::collapse_whitespace(bytes, once);
    text::collapse_whitespace(once, twice);
    text::require(!valid || once == twice);
    text::strip_controls(bytes, once);
    text::require(once.find('\0') == std::string::npos);
    std::string converted;
    const std::size_t undefined = text::windows1252_to_utf8(bytes, converted);
    text::require(text::is_valid_utf8(converted));
    const std::size_t read = undefined == text::kNoOffset ? bytes.size() : undefined;
    text::require(text::count_code_points(converted) == read);
    text::require(text::trim(bytes).size() <= bytes.size());
    return 0;
}
