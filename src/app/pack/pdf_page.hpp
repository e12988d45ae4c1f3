#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace caseweave {

/// Prints an HTML page, with everything in it unfolded, to a PDF with the converter that PATH has: weasyprint, or
/// chromium without a window and without network. The page speaks of counts only, so the converter learns nothing of a
/// person.
/// @return the converter's name, or "" where there is none or it failed, which `why` then says; no file is left then.
std::string print_page(std::string_view html, const std::filesystem::path& pdf, std::string& why);

}  // namespace caseweave
