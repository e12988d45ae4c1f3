#include "text/signature.hpp"

namespace caseweave::text {

namespace {

constexpr unsigned kFirstTwice = 37;
constexpr unsigned kOther = 63;

constexpr unsigned symbol_of(char c) noexcept {
    if (c >= 'a' && c <= 'z') return static_cast<unsigned>(c - 'a');
    if (c >= '0' && c <= '9') return 26U + static_cast<unsigned>(c - '0');
    return c == ' ' ? 36U : kOther;
}

}  // namespace

Signature make_signature(std::string_view folded) noexcept {
    Signature signature;
    signature.length = static_cast<std::uint16_t>(std::min<std::size_t>(folded.size(), kLongText));
    std::uint32_t counted = 0;
    for (const char c : folded) {
        const unsigned symbol = symbol_of(c);
        const std::uint64_t once = std::uint64_t{1} << symbol;
        if ((signature.symbols & once) == 0) {
            signature.symbols |= once;
            ++counted;
            continue;
        }
        if (symbol >= 26) continue;
        const std::uint64_t twice = std::uint64_t{1} << (kFirstTwice + symbol);
        if ((signature.symbols & twice) != 0) continue;
        signature.symbols |= twice;
        ++counted;
    }
    signature.overflow = static_cast<std::uint16_t>(std::min<std::size_t>(folded.size() - counted, kLongText));
    if (!folded.empty()) signature.first = folded[0];
    if (folded.size() > 1) signature.second = folded[1];
    return signature;
}

}  // namespace caseweave::text
