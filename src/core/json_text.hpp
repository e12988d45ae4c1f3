#pragma once

#include <string>
#include <string_view>

namespace caseweave {

/// Appends `text` to `out` as a JSON string, quotes included. Bytes of 0x80 and above pass as they are (UTF-8).
void append_json_string(std::string& out, std::string_view text);

/// Tells whether append_json_string appends `text` as it stands, between quotes; reads eight bytes at a time.
bool needs_no_json_escape(std::string_view text) noexcept;

/// Writes `text` as a JSON string, as append_json_string does.
std::string json_text(std::string_view text);

}  // namespace caseweave
