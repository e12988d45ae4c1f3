#include "reconcile/published_count.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace caseweave {

namespace {

/// Tells whether the total gives suppressed cells away: one of them always, several when all must be 1 or all 4.
bool determined(std::uint64_t cells, std::uint64_t sum) noexcept {
    return cells == 1 || (cells > 1 && (sum == cells || sum == 4 * cells));
}

}  // namespace

std::string with_commas(std::uint64_t count) {
    std::string text = std::to_string(count);
    for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
    return text;
}

std::string PublishedCount::text() const {
    switch (kind_) {
        case Kind::exact:
            return with_commas(floor_);
        case Kind::small:
            return "<5";
        case Kind::withheld:
            return "c";
        case Kind::at_least:
            return "\u2265\u00a0" + with_commas(floor_);
    }
    return "";
}

PublishedCount PublishedCount::operator+(const PublishedCount& other) const noexcept {
    if (is_none()) return other;
    if (other.is_none()) return *this;
    PublishedCount sum;
    sum.floor_ = floor_ + other.floor_;
    sum.kind_ = is_exact() && other.is_exact() ? Kind::exact : Kind::at_least;
    return sum;
}

std::string publish_share(std::uint64_t part, std::uint64_t whole) {
    if (whole == 0) return "";
    if (is_small(part) || is_small(whole - part)) return "c";
    return fmt::format("{:.0f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string publish_fine_share(std::uint64_t part, std::uint64_t whole) {
    if (part == 0 || part == whole || is_small(part) || is_small(whole - part)) return publish_share(part, whole);
    const double percent = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
    if (percent >= 99.95) return "> 99.9 %";
    if (percent < 0.05) return "< 0.1 %";
    return fmt::format("{:.1f} %", percent);
}

std::vector<PublishedCount> publish_line(const std::vector<std::uint64_t>& cells) {
    std::vector<PublishedCount> line;
    std::uint64_t suppressed = 0;
    std::uint64_t sum = 0;
    std::size_t next_smallest = cells.size();
    for (std::size_t i = 0; i < cells.size(); ++i) {
        line.emplace_back(cells[i]);
        if (is_small(cells[i])) {
            ++suppressed;
            sum += cells[i];
        } else if (cells[i] > 0 && (next_smallest == cells.size() || cells[i] < cells[next_smallest])) {
            next_smallest = i;
        }
    }
    if (!determined(suppressed, sum)) return line;
    if (next_smallest < cells.size()) {
        line[next_smallest] = PublishedCount::withheld();
    } else if (suppressed > 1) {
        std::fill(line.begin(), line.end(), PublishedCount::withheld());
    }  // else the one cell is the total, which is as small
    return line;
}

std::vector<std::pair<std::string, std::uint64_t>> join_small(
    std::vector<std::pair<std::string, std::uint64_t>> named_counts) {
    const auto by_count = [](const auto& a, const auto& b) { return a.second < b.second; };
    while (named_counts.size() > 1) {
        const auto least = std::min_element(named_counts.begin(), named_counts.end(), by_count);
        if (!is_small(least->second)) break;
        const auto joined = *least;
        named_counts.erase(least);
        const auto next = std::min_element(named_counts.begin(), named_counts.end(), by_count);
        next->first += ", " + joined.first;
        next->second += joined.second;
    }
    return named_counts;
}

}  // namespace caseweave
