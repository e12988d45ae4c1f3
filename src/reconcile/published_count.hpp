#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace caseweave {

/// Writes a count with thousands separators.
std::string with_commas(std::uint64_t count);

/// Tells whether a count is one that publication suppresses.
constexpr bool is_small(std::uint64_t count) noexcept {
    return count > 0 && count < 5;
}

/// Holds what a page may say of a count. A sum of published counts says no more than its parts do: where one of them is
/// suppressed, it is a lower bound.
class PublishedCount {
  public:
    PublishedCount() = default;  ///< none
    /// The count itself, or that it is from 1 to 4.
    explicit PublishedCount(std::uint64_t count) noexcept
        : floor_(is_small(count) ? 1 : count), kind_(is_small(count) ? Kind::small : Kind::exact) {}
    /// A count that is not said at all, or others could be computed from it.
    static PublishedCount withheld() noexcept {
        PublishedCount count;
        count.kind_ = Kind::withheld;
        return count;
    }

    bool is_exact() const noexcept { return kind_ == Kind::exact; }
    bool is_withheld() const noexcept { return kind_ == Kind::withheld; }
    bool is_none() const noexcept { return is_exact() && floor_ == 0; }
    /// The least it may be: all that may show in the length of a bar.
    std::uint64_t floor() const noexcept { return floor_; }
    /// "1,234", "<5", "c" where withheld, "≥ 1,234" for a sum with suppressed parts.
    std::string text() const;

    PublishedCount operator+(const PublishedCount& other) const noexcept;

  private:
    enum class Kind : std::uint8_t { exact, small, withheld, at_least };
    std::uint64_t floor_ = 0;
    Kind kind_ = Kind::exact;
};

/// Decides what is said of the cells of one line whose exact total is published beside them: a small cell must not be
/// the total less the others. Where the suppressed cells would be determined, the smallest of the other cells is
/// withheld as well, and where there is none, every cell. (Secondary suppression, as statistical offices do it.)
std::vector<PublishedCount> publish_line(const std::vector<std::uint64_t>& cells);

/// Writes which part of a whole there is: "84 %", "" of nothing, "c" where the part or the rest is from 1 to 4.
std::string publish_share(std::uint64_t part, std::uint64_t whole);
/// The same to a tenth: "98.4 %". Neither "100 %" where there is a rest nor "0 %" where there is a part, however small:
/// "> 99.9 %", "< 0.1 %".
std::string publish_fine_share(std::uint64_t part, std::uint64_t whole);

/// Names and counts the bars of one chart, whose exact total may be published elsewhere: small ones are counted
/// together with the next smallest, under both names. Keeps the order of what is left.
std::vector<std::pair<std::string, std::uint64_t>> join_small(
    std::vector<std::pair<std::string, std::uint64_t>> named_counts);

}  // namespace caseweave
