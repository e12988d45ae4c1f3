#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace simulate {

/// Tells whether a key ends in a serial number, as all keys do but those of random form ("8d089373-3385-4c5e-...").
bool ends_in_number(std::string_view key);

/// Gives the number that a key ends in; 0 where it ends in none.
std::uint64_t last_number(std::string_view key);

/// Puts another number in place of the one a key ends in, as wide or wider: ("R0001234", 1240) gives "R0001240".
std::string numbered(std::string_view key, std::uint64_t number);

}  // namespace simulate
