#include "core/json_text.hpp"

namespace caseweave {

void append_json_string(std::string& out, std::string_view text) {
    constexpr char kHex[] = "0123456789abcdef";
    out += '"';
    // Most texts need no escape: what stands between two escapes is appended at once.
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
