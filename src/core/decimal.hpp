#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/parsed.hpp"

namespace caseweave {

/// Holds a fixed-point number with two decimals (money, hours, percentages) as hundredths.
struct Decimal {
    std::int64_t hundredths = 0;
    constexpr auto operator<=>(const Decimal&) const noexcept = default;
};

/// Parses "-1,234.50", "£12", "12.5"; more than two decimals are not_a_number (nothing is rounded away).
Parsed<Decimal> parse_decimal(std::string_view text) noexcept;
std::string to_string(Decimal value);

}  // namespace caseweave
