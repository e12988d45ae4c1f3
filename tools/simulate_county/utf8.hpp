#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace simulate {

/// Reads the code point at a place of valid UTF-8 and moves the place behind it.
char32_t take_code_point(std::string_view text, std::size_t& at);

/// Appends a code point as UTF-8.
void append_code_point(std::string& text, char32_t code);

}  // namespace simulate
