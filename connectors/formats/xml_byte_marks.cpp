#include "connectors/formats/xml_byte_marks.hpp"

#include <algorithm>
#include <cstdint>

#include "text/utf8.hpp"

namespace caseweave {

namespace {

/// An XML declaration is a tenth of it.
constexpr std::size_t kMaxDeclarationBytes = 1024;
constexpr std::size_t kMarkBytes = 6;
/// Bytes looked at together: a constant count, which the compiler turns into vector instructions.
constexpr std::size_t kBlockBytes = 64;

constexpr std::uint8_t byte(char c) noexcept {
    return static_cast<std::uint8_t>(c);
}

constexpr bool is_forbidden_control(char c) noexcept {
    return byte(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

/// Finds the first control character that XML forbids; npos when there is none.
std::size_t find_forbidden_control(std::string_view text) noexcept {
    std::size_t at = 0;
    for (; text.size() - at >= kBlockBytes; at += kBlockBytes) {
        unsigned char found = 0;
        for (std::size_t i = 0; i < kBlockBytes; ++i) {
            const unsigned char c = byte(text[at + i]);
            found = static_cast<unsigned char>(
                found | (static_cast<unsigned char>(c < 0x20) & static_cast<unsigned char>(c != '\t') &
                         static_cast<unsigned char>(c != '\n') & static_cast<unsigned char>(c != '\r')));
        }
        if (found != 0) break;
    }
    while (at < text.size() && !is_forbidden_control(text[at])) ++at;
    return at < text.size() ? at : std::string_view::npos;
}

/// Bytes at the end of `text` that begin a sequence which the next piece may complete.
std::size_t cut_sequence(std::string_view text) noexcept {
    for (std::size_t size = 1; size <= std::min<std::size_t>(3, text.size()); ++size) {
        const std::uint8_t lead = byte(text[text.size() - size]);
        if (lead < 0x80) return 0;
        if (lead < 0xC0) continue;  // a continuation byte
        const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        return length > size ? size : 0;
    }
    return 0;
}

void append_mark(char bad, std::string& out) {
    out += "\xEF\xB7";
    out += static_cast<char>(0x90 | byte(bad) >> 4U);
    out += "\xEF\xB7";
    out += static_cast<char>(0xA0 | (byte(bad) & 15U));
}

bool is_half_at(std::string_view text, std::size_t at, std::uint8_t first) noexcept {
    return text.size() - at >= 3 && byte(text[at]) == 0xEF && byte(text[at + 1]) == 0xB7 &&
           (byte(text[at + 2]) & 0xF0U) == first;
}

bool is_mark_at(std::string_view text, std::size_t at) noexcept {
    return is_half_at(text, at, 0x90) && is_half_at(text, at + 3, 0xA0);
}

/// Gives the encoding an XML declaration names in lower case, "" where it names none.
std::string declared_encoding(std::string_view declaration) {
    std::size_t at = declaration.find("encoding");
    if (at == std::string_view::npos) return {};
    at = declaration.find_first_of("'\"", at);
    if (at == std::string_view::npos) return {};
    const std::size_t end = declaration.find(declaration[at], at + 1);
    if (end == std::string_view::npos) return {};
    std::string name(declaration.substr(at + 1, end - at - 1));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return name;
}

}  // namespace

void XmlByteMarks::start() {
    encoding_ = Encoding::unknown;
    any_ = declares_ascii_ = false;
    held_back_.clear();
}

bool XmlByteMarks::knows_encoding(std::string_view text, bool last) {
    if (encoding_ != Encoding::unknown) return true;
    constexpr std::size_t kEnoughBytes = 8;  // a byte order mark and "<?xml"
    if (text.size() < kEnoughBytes && !last) return false;
    const std::string_view head = text.substr(0, 4);
    const bool wide =
        head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF") || head.find('\0') != std::string_view::npos;
    std::string_view rest = text;
    if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
    std::string name;
    if (!wide && rest.starts_with("<?xml")) {
        const std::size_t end = rest.substr(0, kMaxDeclarationBytes).find("?>");
        if (end == std::string_view::npos && rest.size() < kMaxDeclarationBytes && !last) return false;
        name = declared_encoding(rest.substr(0, end == std::string_view::npos ? 0 : end));
    }
    const bool utf8 = !wide && (name.empty() || name == "utf-8" || name == "utf8" || name == "us-ascii");
    declares_ascii_ = name == "us-ascii";
    encoding_ = utf8 ? Encoding::utf8 : Encoding::other;
    return true;
}

std::string_view XmlByteMarks::mark(std::string_view piece, bool last) {
    if (encoding_ == Encoding::other) return piece;
    if (!held_back_.empty()) {
        joined_ = held_back_;
        joined_ += piece;
        held_back_.clear();
        piece = joined_;
    }
    if (!knows_encoding(piece, last)) {
        held_back_ = piece;
        return {};
    }
    return encoding_ == Encoding::utf8 ? mark_utf8(piece, last) : piece;
}

std::string_view XmlByteMarks::mark_utf8(std::string_view text, bool last) {
    if (!last) {
        const std::size_t cut = cut_sequence(text);
        held_back_ = text.substr(text.size() - cut);
        text.remove_suffix(cut);
    }
    const auto find_bad = [](std::string_view rest) {
        return std::min(text::find_invalid_utf8(rest), find_forbidden_control(rest));
    };
    std::size_t bad = find_bad(text);
    if (bad == std::string_view::npos) return text;
    any_ = true;
    marked_.clear();
    while (bad != std::string_view::npos) {
        marked_ += text.substr(0, bad);
        append_mark(text[bad], marked_);
        text.remove_prefix(bad + 1);
        bad = find_bad(text);
    }
    marked_ += text;
    return marked_;
}

bool has_mark(std::string_view text) noexcept {
    for (std::size_t at = text.find("\xEF\xB7"); at != std::string_view::npos; at = text.find("\xEF\xB7", at + 1)) {
        if (is_mark_at(text, at)) return true;
    }
    return false;
}

bool may_have_mark(std::string_view piece) noexcept {
    for (std::size_t at = piece.find("\xEF\xB7"); at != std::string_view::npos; at = piece.find("\xEF\xB7", at + 1)) {
        if (is_half_at(piece, at, 0x90) || is_half_at(piece, at, 0xA0)) return true;
    }
    return false;
}

void append_unmarked(std::string_view text, std::string& out) {
    for (std::size_t at = 0; at < text.size();) {
        if (is_mark_at(text, at)) {
            out += static_cast<char>((byte(text[at + 2]) & 15U) << 4U | (byte(text[at + 5]) & 15U));
            at += kMarkBytes;
        } else {
            out += text[at++];
        }
    }
}

}  // namespace caseweave
