#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace caseweave {

/// Escapes text for HTML.
std::string html(std::string_view text);

/// Writes a count with thousands separators.
std::string with_commas(std::uint64_t count);

/// Writes a count for publication: 1 to 4 become "<5", so that no single child shows.
std::string published(std::uint64_t count);

/// Tells whether a count is one that publication suppresses.
constexpr bool is_small(std::uint64_t count) noexcept {
    return count > 0 && count < 5;
}

/// Writes a total that stands beside suppressed counts: to the nearest ten, or the difference would give them away.
std::string about(std::uint64_t count);

/// One band of the flow: rows of a system and how they ended.
struct FlowRow {
    std::string label;
    std::uint64_t placed = 0, duplicates = 0, quarantined = 0, excluded = 0;
    std::uint64_t total() const noexcept { return placed + duplicates + quarantined + excluded; }
};

/// Draws systems on the left, where their rows ended on the right, bands as wide as rows. Inline SVG.
std::string draw_flow(const std::vector<FlowRow>& rows);

/// Draws horizontal bars with their labels and published counts. Inline SVG.
std::string draw_bars(const std::vector<std::pair<std::string, std::uint64_t>>& bars, std::string_view title,
                      std::string_view colour);

/// Draws one horizontal bar cut into named parts (seconds). Inline SVG.
std::string draw_parts(const std::vector<std::pair<std::string, double>>& parts, std::string_view title);

}  // namespace caseweave
