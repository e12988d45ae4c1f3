#include "text/utf8.hpp"

#include <array>
#include <cstring>

namespace caseweave::text {
namespace {

constexpr std::uint64_t kHighBits = 0x8080808080808080U;

std::uint8_t byte_at(std::string_view text, std::size_t i) noexcept {
    return static_cast<std::uint8_t>(text[i]);
}

/// Counts the ASCII bytes from `offset` on, eight at a time while they last.
std::size_t ascii_run_end(std::string_view text, std::size_t offset) noexcept {
    while (text.size() - offset >= sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + offset, sizeof word);
        if ((word & kHighBits) != 0) break;
        offset += sizeof word;
    }
    while (offset < text.size() && byte_at(text, offset) < 0x80) ++offset;
    return offset;
}

/// The first continuation byte has a narrower range after some lead bytes: that is what excludes overlong forms,
/// surrogates and values above U+10FFFF (Unicode 15, table 3-7).
struct LeadByte {
    std::uint8_t length = 0;
    std::uint8_t payload = 0;
    std::uint8_t second_low = 0x80;
    std::uint8_t second_high = 0xBF;
};

LeadByte classify(std::uint8_t byte) noexcept {
    const auto payload = [byte](unsigned mask) { return static_cast<std::uint8_t>(byte & mask); };
    if (byte < 0x80) return {1, byte};
    if (byte < 0xC2) return {};
    if (byte < 0xE0) return {2, payload(0x1F)};
    if (byte == 0xE0) return {3, payload(0x0F), 0xA0, 0xBF};
    if (byte == 0xED) return {3, payload(0x0F), 0x80, 0x9F};
    if (byte < 0xF0) return {3, payload(0x0F)};
    if (byte == 0xF0) return {4, payload(0x07), 0x90, 0xBF};
    if (byte < 0xF4) return {4, payload(0x07)};
    if (byte == 0xF4) return {4, payload(0x07), 0x80, 0x8F};
    return {};
}

/// U+0080..U+009F as Windows-1252 reads them; 0 marks the five bytes it leaves undefined.
constexpr std::array<char16_t, 32> kWindows1252Upper = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,  // 80-87
    0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,       // 88-8F
    0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,  // 90-97
    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,  // 98-9F
};

bool is_white_space(char32_t c) noexcept {
    return c == U' ' || (c >= 0x09 && c <= 0x0D) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

bool is_invisible(char32_t c) noexcept {
    return c == 0xAD || c == 0x061C || c == 0x180E || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x2069) || c == 0xFEFF;
}

}  // namespace

bool is_ascii(std::string_view text) noexcept {
    return ascii_run_end(text, 0) == text.size();
}

std::size_t find_invalid_utf8(std::string_view text) noexcept {
    for (std::size_t offset = ascii_run_end(text, 0); offset < text.size(); offset = ascii_run_end(text, offset)) {
        const DecodedCodePoint decoded = decode_code_point(text, offset);
        if (!decoded.valid) return offset;
        offset += decoded.length_bytes;
    }
    return kNoOffset;
}

bool is_valid_utf8(std::string_view text) noexcept {
    return find_invalid_utf8(text) == kNoOffset;
}

std::vector<std::size_t> replace_unreadable_bytes(std::span<char> bytes) {
    constexpr char kDelete = '\x7F';
    const std::string_view text(bytes.data(), bytes.size());
    std::vector<std::size_t> offsets;
    for (std::size_t offset = 0; offset < text.size();) {
        const DecodedCodePoint decoded = decode_code_point(text, offset);
        const char c = text[offset];
        const bool control = decoded.code_point < U' ' && c != '\t' && c != '\n' && c != '\r';
        const std::size_t end = offset + decoded.length_bytes;
        for (; offset < end; ++offset) {
            if (decoded.valid && !control) continue;
            bytes[offset] = kDelete;
            offsets.push_back(offset);
        }
    }
    return offsets;
}

DecodedCodePoint decode_code_point(std::string_view text, std::size_t offset) noexcept {
    const LeadByte lead = classify(byte_at(text, offset));
    if (lead.length == 0) return {};
    char32_t code_point = lead.payload;
    for (std::uint8_t i = 1; i < lead.length; ++i) {
        const std::uint8_t low = i == 1 ? lead.second_low : std::uint8_t{0x80};
        const std::uint8_t high = i == 1 ? lead.second_high : std::uint8_t{0xBF};
        if (offset + i >= text.size() || byte_at(text, offset + i) < low || byte_at(text, offset + i) > high) {
            return {kReplacementCharacter, i, false};
        }
        code_point = (code_point << 6U) | (byte_at(text, offset + i) & 0x3FU);
    }
    return {code_point, lead.length, true};
}

void append_code_point(std::string& out, char32_t code_point) {
    if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF)) code_point = kReplacementCharacter;
    const auto append = [&out](char32_t byte) { out.push_back(static_cast<char>(static_cast<std::uint8_t>(byte))); };
    const auto continuation = [&](unsigned shift) { append(0x80U | ((code_point >> shift) & 0x3FU)); };
    if (code_point < 0x80) {
        append(code_point);
    } else if (code_point < 0x800) {
        append(0xC0U | (code_point >> 6U));
        continuation(0);
    } else if (code_point < 0x10000) {
        append(0xE0U | (code_point >> 12U));
        continuation(6);
        continuation(0);
    } else {
        append(0xF0U | (code_point >> 18U));
        continuation(12);
        continuation(6);
        continuation(0);
    }
}

std::size_t count_code_points(std::string_view text) noexcept {
    std::size_t count = 0;
    for (std::size_t offset = 0; offset < text.size(); ++count) offset += decode_code_point(text, offset).length_bytes;
    return count;
}

std::string_view truncate_bytes(std::string_view text, std::size_t max_bytes) noexcept {
    if (text.size() <= max_bytes) return text;
    // Only the last code point can straddle the cut, and it starts at most three bytes before it.
    for (std::size_t start = max_bytes; start > 0 && max_bytes - start < 4; --start) {
        const std::size_t lead = start - 1;
        const DecodedCodePoint decoded = decode_code_point(text, lead);
        if (decoded.valid) return text.substr(0, lead + decoded.length_bytes > max_bytes ? lead : max_bytes);
    }
    return text.substr(0, max_bytes);
}

std::string_view truncate_code_points(std::string_view text, std::size_t max_code_points) noexcept {
    if (text.size() <= max_code_points) return text;
    std::size_t offset = 0;
    for (std::size_t count = 0; count < max_code_points && offset < text.size(); ++count) {
        offset += decode_code_point(text, offset).length_bytes;
    }
    return text.substr(0, offset);
}

std::size_t windows1252_to_utf8(std::string_view bytes, std::string& out) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const std::uint8_t byte = byte_at(bytes, i);
        char32_t code_point = byte;
        if (byte >= 0x80 && byte <= 0x9F) {
            code_point = kWindows1252Upper[byte - 0x80U];
            if (code_point == 0) return i;
        }
        append_code_point(out, code_point);
    }
    return kNoOffset;
}

bool is_space_or_invisible(char32_t code_point) noexcept {
    return is_white_space(code_point) || is_invisible(code_point);
}

std::string_view trim(std::string_view text) noexcept {
    std::size_t begin = text.size();
    std::size_t end = 0;
    for (std::size_t offset = 0; offset < text.size();) {
        const DecodedCodePoint decoded = decode_code_point(text, offset);
        const std::size_t next = offset + decoded.length_bytes;
        if (!is_space_or_invisible(decoded.code_point)) {
            if (begin > offset) begin = offset;
            end = next;
        }
        offset = next;
    }
    return begin < end ? text.substr(begin, end - begin) : text.substr(0, 0);
}

void collapse_whitespace(std::string_view text, std::string& out) {
    out.clear();
    bool space_pending = false;
    for (std::size_t offset = 0; offset < text.size();) {
        const DecodedCodePoint decoded = decode_code_point(text, offset);
        if (is_white_space(decoded.code_point)) {
            space_pending = true;
        } else if (!is_invisible(decoded.code_point)) {
            if (space_pending && !out.empty()) out.push_back(' ');
            space_pending = false;
            out.append(text, offset, decoded.length_bytes);
        }
        offset += decoded.length_bytes;
    }
}

void strip_controls(std::string_view text, std::string& out) {
    out.clear();
    for (std::size_t offset = 0; offset < text.size();) {
        const DecodedCodePoint decoded = decode_code_point(text, offset);
        const char32_t c = decoded.code_point;
        if (c == U'\t' || c == U'\n' || c == U'\r') {
            out.push_back(' ');
        } else if (!(c < 0x20 || (c >= 0x7F && c <= 0x9F))) {
            out.append(text, offset, decoded.length_bytes);
        }
        offset += decoded.length_bytes;
    }
}

}  // namespace caseweave::text
