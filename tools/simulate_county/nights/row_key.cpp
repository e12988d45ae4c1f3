#include "simulate_county/nights/row_key.hpp"

#include <algorithm>
#include <charconv>

#include "simulate_county/systems/source_rows.hpp"

namespace simulate {
namespace {

// Dashes of a key of random form.
constexpr auto kDashes = 3;

std::size_t digits_at_end(std::string_view key) {
    std::size_t start = key.size();
    while (start > 0 && key[start - 1] >= '0' && key[start - 1] <= '9') --start;
    return start;
}

}  // namespace

bool ends_in_number(std::string_view key) {
    return digits_at_end(key) < key.size() && std::count(key.begin(), key.end(), '-') < kDashes;
}

std::uint64_t last_number(std::string_view key) {
    std::uint64_t number = 0;
    std::from_chars(key.data() + digits_at_end(key), key.data() + key.size(), number);
    return number;
}

std::string numbered(std::string_view key, std::uint64_t number) {
    const std::size_t start = digits_at_end(key);
    return std::string(key.substr(0, start)) + padded(number, static_cast<int>(key.size() - start));
}

}  // namespace simulate
