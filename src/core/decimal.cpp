#include "core/decimal.hpp"

#include <fmt/core.h>

namespace caseweave {

Parsed<Decimal> parse_decimal(std::string_view text) noexcept {
    bool negative = false;
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
        negative = text.front() == '-';
        text.remove_prefix(1);
    }
    if (text.starts_with("\xC2\xA3")) text.remove_prefix(2);  // pound sign
    std::int64_t value = 0;
    int decimals = -1;  // digits seen after the point; -1 before it
    bool digit_seen = false;
    for (const char c : text) {
        if (c == ',' && decimals < 0 && digit_seen) continue;
        if (c == '.' && decimals < 0) {
            decimals = 0;
            continue;
        }
        if (c < '0' || c > '9') return IssueRule::not_a_number;
        if (decimals >= 2) {
            if (c != '0') return IssueRule::not_a_number;
            continue;
        }
        if (value > (INT64_MAX - 9) / 10) return IssueRule::out_of_range;
        value = value * 10 + (c - '0');
        digit_seen = true;
        if (decimals >= 0) ++decimals;
    }
    if (!digit_seen) return IssueRule::not_a_number;
    for (int i = decimals < 0 ? 0 : decimals; i < 2; ++i) {
        if (value > INT64_MAX / 10) return IssueRule::out_of_range;
        value *= 10;
    }
    return Decimal{negative ? -value : value};
}

std::string to_string(Decimal value) {
    const bool negative = value.hundredths < 0;
    const std::uint64_t magnitude =
        negative ? 0 - static_cast<std::uint64_t>(value.hundredths) : static_cast<std::uint64_t>(value.hundredths);
    return fmt::format("{}{}.{:02}", negative ? "-" : "", magnitude / 100, magnitude % 100);
}

}  // namespace caseweave
