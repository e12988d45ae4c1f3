#include "connectors/formats/text_encoding.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "text/utf8.hpp"

namespace caseweave {

namespace {
constexpr std::size_t kStretchBytes = 32 * 1024;
}  // namespace

TextEncoding encoding_setting(const TomlTable& settings, std::string_view key, TextEncoding fallback) {
    const std::string name = settings.string(key, fallback == TextEncoding::utf8 ? "utf-8" : "windows-1252");
    if (name == "utf-8") return TextEncoding::utf8;
    if (name == "windows-1252") return TextEncoding::windows1252;
    settings.fail(key, "unknown encoding \"" + name + "\"; known: utf-8 windows-1252");
}

void begin_text(DocumentWindow& window, const std::string& name) {
    window.require(4);
    const std::string_view head = window.text().substr(0, 4);
    const auto zero = [&](std::size_t at) { return head.size() == 4 && head[at] == '\0'; };
    const bool every_other_is_zero = zero(0) == zero(2) && zero(1) == zero(3) && zero(0) != zero(1);
    if (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF") || every_other_is_zero) {
        throw Error(ErrorKind::source,
                    name +
                        " is UTF-16 (\"Unicode\" in some programs' menus), which is not read: have it "
                        "exported again as UTF-8, or save it so (iconv -f UTF-16 -t UTF-8)");
    }
    if (head.starts_with("\xEF\xBB\xBF")) window.consume(3);
}

std::size_t find_undecodable(std::string_view bytes, TextEncoding encoding) noexcept {
    const std::size_t nul = bytes.find('\0');
    if (encoding == TextEncoding::utf8) return std::min(nul, text::find_invalid_utf8(bytes));
    // The five bytes that Windows-1252 leaves undefined.
    return std::min(nul, bytes.find_first_of("\x81\x8d\x8f\x90\x9d"));
}

bool CleanStretch::is_clean(std::string_view bytes) const noexcept {
    if (bytes.find('\0') != std::string_view::npos) return false;
    return encoding_ == TextEncoding::utf8 ? text::is_valid_utf8(bytes) : text::is_ascii(bytes);
}

bool CleanStretch::covers(std::string_view record, std::uint64_t offset, std::string_view following) noexcept {
    const std::uint64_t record_end = offset + record.size();
    if (record_end <= clean_until_) return true;
    if (offset >= dirty_until_) {
        std::string_view stretch = following.substr(0, std::max(kStretchBytes, record.size()));
        if (stretch.size() < following.size()) {
            // Cut in front of a code point, not inside one.
            while (!stretch.empty() && (static_cast<unsigned char>(following[stretch.size()]) & 0xC0U) == 0x80U &&
                   stretch.size() > record.size()) {
                stretch.remove_suffix(1);
            }
        }
        if (is_clean(stretch)) {
            clean_until_ = offset + stretch.size();
            return true;
        }
        dirty_until_ = offset + stretch.size();
    }
    return is_clean(record);
}

std::string_view store_decoded(std::string_view bytes, TextEncoding encoding, Arena& arena, std::string& scratch) {
    if (encoding == TextEncoding::utf8 || text::is_ascii(bytes)) return arena.store(bytes);
    scratch.clear();
    (void)text::windows1252_to_utf8(bytes, scratch);
    return arena.store(scratch);
}

}  // namespace caseweave
