#include "reconcile/report_charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace caseweave {

namespace {

/// Colours with at least 3:1 contrast to white and to one another in grey, told apart by the colour-blind (Okabe and
/// Ito).
constexpr std::array<std::string_view, 4> kOutcomeColours = {"#0b6e4f", "#b8860b", "#b3261e", "#6b7280"};
constexpr std::array<std::string_view, 4> kOutcomeNames = {"Integrated record", "Duplicate in source", "Quarantined",
                                                           "Excluded by rule"};

}  // namespace

std::string html(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            default:
                out += c;
        }
    }
    return out;
}

std::string draw_flow(const std::vector<FlowRow>& rows, const std::array<PublishedCount, FlowRow::kEnds>& all) {
    constexpr double kLeft = 270;  // room for the longest name of a system and its count
    constexpr double kRight = 740;
    constexpr double kNode = 14;
    constexpr double kGap = 10;
    constexpr double kHeight = 430;    // of all bands together, without gaps
    constexpr double kThinnest = 1.5;  // so that a handful of quarantined rows still shows
    std::uint64_t total = 0;
    for (const FlowRow& row : rows) total += row.total().floor();
    if (total == 0) return "<p>No rows were read.</p>";
    const auto width_of = [&](const PublishedCount& count) {
        return count.is_none()
                   ? 0.0
                   : std::max(kThinnest, kHeight * static_cast<double>(count.floor()) / static_cast<double>(total));
    };

    // The right side is as tall as its thickest sum of bands, each end placed in order with room between.
    std::array<double, FlowRow::kEnds> end_height{};
    for (const FlowRow& row : rows) {
        for (std::size_t k = 0; k < FlowRow::kEnds; ++k) end_height[k] += width_of(row.ends[k]);
    }
    std::array<double, FlowRow::kEnds> end_at{};
    double right_y = 20;
    for (std::size_t k = 0; k < FlowRow::kEnds; ++k) {
        end_at[k] = right_y;
        right_y += std::max(end_height[k], 26.0) + 24;
    }
    std::string bands;
    std::string labels;
    double y = 20;
    std::array<double, FlowRow::kEnds> filled = end_at;
    for (const FlowRow& row : rows) {
        const double top = y;
        for (std::size_t k = 0; k < FlowRow::kEnds; ++k) {
            const double thick = width_of(row.ends[k]);
            if (thick == 0) continue;
            const double middle = (kLeft + kNode + kRight) / 2;
            bands += fmt::format(
                "<path d=\"M{0:.1f},{1:.1f} C{4:.1f},{1:.1f} {4:.1f},{3:.1f} {2:.1f},{3:.1f} L{2:.1f},{6:.1f} "
                "C{4:.1f},{6:.1f} {4:.1f},{5:.1f} {0:.1f},{5:.1f} Z\" fill=\"{7}\" "
                "fill-opacity=\"{9}\"><title>{8}</title></path>",
                kLeft + kNode, y, kRight, filled[k], middle, y + thick, filled[k] + thick, kOutcomeColours[k],
                html(row.label + ": " + row.ends[k].text() + " rows, " + std::string(kOutcomeNames[k])),
                k == 0 ? "0.35" : "0.8");
            y += thick;
            filled[k] += thick;
        }
        const double height = std::max(y - top, 3.0);
        bands += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"#1f3a5f\"/>",
                             kLeft, top, kNode, height);
        labels += fmt::format(
            "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\" dominant-baseline=\"middle\">{} <tspan "
            "class=\"n\">{}</tspan></text>",
            kLeft - 8, top + height / 2, html(row.label), html(row.total().text()));
        y = std::max(y + kGap, top + 19);  // labels need a line's height each
    }
    for (std::size_t k = 0; k < FlowRow::kEnds; ++k) {
        if (all[k].is_none()) continue;
        bands += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\"/>", kRight,
                             end_at[k], kNode, std::max(end_height[k], 3.0), kOutcomeColours[k]);
        labels += fmt::format(
            "<text x=\"{0:.1f}\" y=\"{1:.1f}\"><tspan font-weight=\"600\">{2}</tspan><tspan x=\"{0:.1f}\" "
            "dy=\"1.25em\" class=\"n\">{3} rows</tspan></text>",
            kRight + kNode + 8, end_at[k] + std::max(end_height[k] / 2, 12.0), kOutcomeNames[k], html(all[k].text()));
    }
    return fmt::format(
        "<svg class=\"flow\" viewBox=\"0 0 960 {:.0f}\" role=\"img\" aria-label=\"Flow of rows from each system to "
        "where they ended\">{}{}</svg>",
        std::max(y, right_y) + 10, bands, labels);
}

std::string draw_bars(const std::vector<std::pair<std::string, std::uint64_t>>& bars, std::string_view title,
                      std::string_view colour) {
    if (bars.empty()) return "<p class=\"none\">None.</p>";
    constexpr double kRow = 26;
    constexpr double kLabel = 250;
    constexpr double kWidth = 420;
    std::uint64_t most = 1;
    for (const auto& bar : bars) most = std::max(most, PublishedCount(bar.second).floor());
    std::string body;
    double y = 4;
    for (const auto& [label, count] : bars) {
        const PublishedCount shown(count);
        // A suppressed count is as long as the least it may be: its length must not give it away.
        const auto drawn = static_cast<double>(shown.floor());
        const double width = count == 0 ? 0 : std::max(2.0, kWidth * drawn / static_cast<double>(most));
        body += fmt::format(
            "<text x=\"{:.0f}\" y=\"{:.1f}\" text-anchor=\"end\" dominant-baseline=\"middle\">{}</text>"
            "<rect x=\"{:.0f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.0f}\" rx=\"2\" fill=\"{}\"/>"
            "<text x=\"{:.1f}\" y=\"{:.1f}\" dominant-baseline=\"middle\" class=\"n\">{}</text>",
            kLabel - 8, y + kRow / 2 - 3, html(label), kLabel, y, width, kRow - 8, colour, kLabel + width + 6,
            y + kRow / 2 - 3, html(shown.text()));
        y += kRow;
    }
    return fmt::format("<svg viewBox=\"0 0 760 {:.0f}\" role=\"img\" aria-label=\"{}\">{}</svg>", y, html(title), body);
}

std::string draw_parts(const std::vector<std::pair<std::string, double>>& parts, std::string_view title) {
    constexpr std::array<std::string_view, 6> kColours = {"#1f3a5f", "#33658a", "#0b6e4f",
                                                          "#55828b", "#7d5ba6", "#8a6d1a"};
    double total = 0;
    for (const auto& part : parts) total += part.second;
    if (total <= 0) return "";
    std::string body;
    std::string legend;
    double x = 0;
    constexpr double kWidth = 900;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const double width = kWidth * parts[i].second / total;
        const std::string_view colour = kColours[i % kColours.size()];
        body += fmt::format(
            "<rect x=\"{:.1f}\" y=\"0\" width=\"{:.1f}\" height=\"26\" fill=\"{}\"><title>{}: {:.2f} s</title></rect>",
            x, width, colour, html(parts[i].first), parts[i].second);
        legend += fmt::format("<span class=\"key\"><i style=\"background:{}\"></i>{} {:.2f} s</span>", colour,
                              html(parts[i].first), parts[i].second);
        x += width;
    }
    return fmt::format("<svg viewBox=\"0 0 900 26\" role=\"img\" aria-label=\"{}\">{}</svg><p>{}</p>", html(title),
                       body, legend);
}

}  // namespace caseweave
