#include "evaluate/review_strata.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace caseweave {

namespace {

constexpr std::array<std::string_view, 3> kOutcomes = {"match", "review", "different"};
/// Where a band ends and the next begins. A pair of 0.5 is as likely true as not; outwards the odds change by about
/// ten.
constexpr std::array<double, 6> kBandEnds = {0.01, 0.1, 0.5, 0.9, 0.99, 0.999};
constexpr std::size_t kBands = kBandEnds.size() + 1;

}  // namespace

std::optional<PairOutcome> parse_pair_outcome(std::string_view word) noexcept {
    const auto found = std::find(kOutcomes.begin(), kOutcomes.end(), word);
    if (found == kOutcomes.end()) return std::nullopt;
    return static_cast<PairOutcome>(found - kOutcomes.begin());
}

std::size_t stratum_count() noexcept {
    return kOutcomes.size() * kBands;
}

std::size_t stratum_of(PairOutcome outcome, double probability) noexcept {
    const auto band = std::upper_bound(kBandEnds.begin(), kBandEnds.end(), probability) - kBandEnds.begin();
    return static_cast<std::size_t>(outcome) * kBands + static_cast<std::size_t>(band);
}

PairOutcome outcome_of(std::size_t stratum) noexcept {
    return static_cast<PairOutcome>(stratum / kBands);
}

std::string stratum_name(std::size_t stratum) {
    const std::size_t band = stratum % kBands;
    return fmt::format("{} {}-{}", kOutcomes[stratum / kBands], band == 0 ? 0.0 : kBandEnds[band - 1],
                       band + 1 == kBands ? 1.0 : kBandEnds[band]);
}

std::optional<std::size_t> find_stratum(std::string_view name) {
    for (std::size_t stratum = 0; stratum < stratum_count(); ++stratum) {
        if (stratum_name(stratum) == name) return stratum;
    }
    return std::nullopt;
}

}  // namespace caseweave
