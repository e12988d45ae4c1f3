#pragma once

#include <fmt/format.h>

#include <string>

namespace caseweave {

/// Writes a share from 0 to 1 for people, so that what is not quite all, or not quite none, does not look it.
inline std::string share_text(double share) {
    std::string text = fmt::format("{:.4f}", share);
    if (share < 1 && text == "1.0000") return ">0.9999";
    if (share > 0 && text == "0.0000") return "<0.0001";
    return text;
}

}  // namespace caseweave
