#include "core/json_text.hpp"

#include <cstdint>
#include <cstring>

#include "core/copy_bytes.hpp"

namespace caseweave {

bool needs_no_json_escape(std::string_view text) noexcept {
    constexpr std::uint64_t kEachByte = 0x0101010101010101;
    constexpr std::size_t kBlock = sizeof(std::uint64_t);
    // The highest bit of a byte that is below `limit`, and perhaps of bytes after one: none is missed, and a byte of
    // UTF-8 above ASCII is not taken for one.
    const auto below = [](std::uint64_t block, std::uint64_t limit) {
        return (block - limit * kEachByte) & ~block & (0x80 * kEachByte);
    };
    std::uint64_t found = 0;
    const auto look = [&](std::uint64_t block) {
        found |= below(block, 0x20) | below(block ^ ('"' * kEachByte), 1) | below(block ^ ('\\' * kEachByte), 1);
    };
    std::uint64_t block = 0;
    if (text.size() < kBlock) {
        block = ' ' * kEachByte;
        copy_bytes(reinterpret_cast<char*>(&block), text.data(), text.size());
        look(block);
        return found == 0;
    }
    for (std::size_t at = 0; at + kBlock <= text.size(); at += kBlock) {
        std::memcpy(&block, text.data() + at, kBlock);
        look(block);
    }
    std::memcpy(&block, text.data() + text.size() - kBlock, kBlock);
    look(block);
    return found == 0;
}

void append_json_string(std::string& out, std::string_view text) {
    constexpr char kHex[] = "0123456789abcdef";
    out += '"';
    // Most texts need no escape; of the others, what stands between two escapes is appended at once.
    if (needs_no_json_escape(text)) {
        out.append(text) += '"';
        return;
    }
    std::size_t plain = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && c != '"' && c != '\\') continue;
        out.append(text, plain, i - plain);
        plain = i + 1;
        if (byte < 0x20) {
            out += "\\u00";
            out += kHex[byte >> 4];
            out += kHex[byte & 15];
        } else {
            out += '\\';
            out += c;
        }
    }
    out.append(text, plain);
    out += '"';
}

std::string json_text(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

}  // namespace caseweave
