#include "core/source_ref.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace caseweave {

std::string display_key(std::string_view key) {
    std::string text(key);
    std::replace(text.begin(), text.end(), kKeySeparator, '/');
    return text;
}

std::string display_position(std::string_view document, const Position& position) {
    if (document.empty()) return fmt::format("query row {}", position.line);
    if (position.byte == 0) return fmt::format("{} line {}", document, position.line);
    return fmt::format("{} line {} byte {}", document, position.line, position.byte);
}

}  // namespace caseweave
