#pragma once

#include <cstddef>
#include <string_view>

namespace caseweave {

/// Holds a token against the grammar of RFC 8259 for numbers.
bool is_json_number(std::string_view text) noexcept;

/// Tells whether `text` is one JSON value of RFC 8259 that nests at most `max_depth` deep. Takes no stack: any depth of
/// input is safe. Bytes above 0x7F are not judged.
bool is_json_value(std::string_view text, std::size_t max_depth);

}  // namespace caseweave
