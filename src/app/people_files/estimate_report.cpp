#include "app/people_files/estimate_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "app/writing/share_text.hpp"

namespace caseweave {

namespace {

std::string strata_text(const ReviewedSample& sample) {
    std::string text = fmt::format("{:<24}{:>14}{:>10}{:>10}{:>8}{:>11}{:>8}\n", "stratum", "pairs", "sampled",
                                   "reviewed", "same", "different", "unsure");
    for (const ReviewedSample::Stratum& stratum : sample.strata) {
        const ReviewedStratum& found = stratum.found;
        text += fmt::format("{:<24}{:>14}{:>10}{:>10}{:>8}{:>11}{:>8}\n", stratum.name, found.pairs, stratum.sampled,
                            found.reviewed(), found.same, found.different, found.unsure);
    }
    return text;
}

std::string estimate_text(std::string_view what, const std::optional<Estimate>& estimate, std::string_view why_not) {
    if (!estimate) return fmt::format("{}: none, {}\n", what, why_not);
    std::string value = share_text(estimate->lower);
    if (estimate->upper != estimate->lower)
        value += fmt::format(" to {} (unsure pairs taken for what makes it lowest, and highest)",
                             share_text(estimate->upper));
    return fmt::format("{}: {}, 95 % interval {} to {}\n", what, value, share_text(estimate->interval.lower),
                       share_text(estimate->interval.upper));
}

constexpr std::string_view kUnfinished =
    "Pairs without a verdict are left out, and the others taken for a random choice: where hard ones were passed "
    "over,\n"
    "write unsure instead.\n";

constexpr std::string_view kWhatRecallSpeaksOf =
    "This recall speaks of the pairs in the file that was sampled from: of the true pairs among them, the share with\n"
    "outcome match. It cannot speak of true pairs that blocking never brought together or that were not written to "
    "that\n"
    "file: recall over all true pairs can only be lower. Nor of clusters, where two records may meet through a "
    "third.\n";

std::string estimate_json(const std::optional<Estimate>& estimate) {
    if (!estimate) return "null";
    return fmt::format(R"({{"lower":{:.9g},"upper":{:.9g},"interval":[{:.9g},{:.9g}]}})", estimate->lower,
                       estimate->upper, estimate->interval.lower, estimate->interval.upper);
}

}  // namespace

std::string render_estimates(const ReviewedSample& sample) {
    const std::vector<ReviewedStratum> found = sample.found();
    std::string text = strata_text(sample);
    const bool unfinished = std::any_of(sample.strata.begin(), sample.strata.end(),
                                        [](const auto& stratum) { return stratum.found.reviewed() < stratum.sampled; });
    if (unfinished) text += kUnfinished;
    text += "\n" + estimate_text("precision of the matches", estimate_precision(found), "no match was sampled");
    text += estimate_text("recall among the pairs found", estimate_recall(found), "the review found no true pair");
    return text + "\n" + std::string(kWhatRecallSpeaksOf);
}

std::string render_estimates_json(const ReviewedSample& sample) {
    const std::vector<ReviewedStratum> found = sample.found();
    std::string strata;
    for (const ReviewedSample::Stratum& stratum : sample.strata) {
        strata += fmt::format(
            R"({}{{"stratum":"{}","pairs":{},"sampled":{},"reviewed":{},"same":{},"different":{},"unsure":{}}})",
            strata.empty() ? "\n  " : ",\n  ", stratum.name, stratum.found.pairs, stratum.sampled,
            stratum.found.reviewed(), stratum.found.same, stratum.found.different, stratum.found.unsure);
    }
    return fmt::format("{{\"confidence\":0.95,\n \"precision\":{},\n \"recall_among_pairs\":{},\n \"strata\":[{}]}}\n",
                       estimate_json(estimate_precision(found)), estimate_json(estimate_recall(found)), strata);
}

}  // namespace caseweave
