#include "core/decimal.hpp"

#include <fmt/core.h>

#include <optional>

#include "core/ascii.hpp"

namespace caseweave {

namespace {

/// Reads "95.38", as nearly all are written; nothing where it is written otherwise or might not fit.
std::optional<Decimal> parse_two_decimals(std::string_view text) noexcept {
    constexpr std::size_t kShortest = 4;
    constexpr std::size_t kSurelyFits = 18;
    if (text.size() < kShortest || text.size() > kSurelyFits || text[text.size() - 3] != '.') return std::nullopt;
    std::int64_t value = 0;
    for (const char c : text.substr(0, text.size() - 3)) {
        if (!ascii::is_digit(c)) return std::nullopt;
        value = value * 10 + (c - '0');
    }
    const char tenths = text[text.size() - 2];
    const char hundredths = text.back();
    if (!ascii::is_digit(tenths) || !ascii::is_digit(hundredths)) return std::nullopt;
    return Decimal{value * 100 + (tenths - '0') * 10 + (hundredths - '0')};
}

}  // namespace

Parsed<Decimal> parse_decimal(std::string_view text) noexcept {
    if (const auto usual = parse_two_decimals(text)) return *usual;
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
