#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reconcile/published_count.hpp"

namespace caseweave {

/// Escapes text for HTML.
std::string html(std::string_view text);

/// One band of the flow: rows of a system and how they ended: integrated, duplicate in source, quarantined, excluded.
struct FlowRow {
    static constexpr std::size_t kEnds = 4;
    std::string label;
    std::array<PublishedCount, kEnds> ends;
    PublishedCount total() const noexcept { return ends[0] + ends[1] + ends[2] + ends[3]; }
};

/// Draws systems on the left, where their rows ended on the right, bands as wide as rows. Inline SVG. @param all: the
/// ends of all systems together.
std::string draw_flow(const std::vector<FlowRow>& rows, const std::array<PublishedCount, FlowRow::kEnds>& all);

/// Draws horizontal bars with their labels and published counts (join_small() is the caller's part). Inline SVG.
std::string draw_bars(const std::vector<std::pair<std::string, std::uint64_t>>& bars, std::string_view title,
                      std::string_view colour);

/// Draws one horizontal bar cut into named parts (seconds). Inline SVG.
std::string draw_parts(const std::vector<std::pair<std::string, double>>& parts, std::string_view title);

}  // namespace caseweave
