#include "app/people_files/pair_judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "link/cluster.hpp"
#include "link/explain.hpp"

namespace caseweave {

namespace {

/// People of average names mixed in: so many that the two records' own names count for nothing. A pair tells nothing of
/// how common its names are.
constexpr double kPeopleBeyondCounting = 1e15;

/// Evidence weaker than this is not told: it decides nothing, and would hide what does.
constexpr double kToldBits = 0.1;

double prior_bits(const LinkageModel& model) noexcept {
    // Odds for one person against all alternatives together.
    double odds_against = 0;
    for (std::size_t i = 0; i < kAlternatives; ++i)
        odds_against += std::exp2(-model.prior_bits(static_cast<Alternative>(i), 2));
    return -std::log2(odds_against);
}

/// Says who else would agree on as much, where that is nearer than two strangers.
std::string_view nearest_others(const PairScore& score) noexcept {
    constexpr std::string_view kWords[] = {"", "weighed against two of one family, who share much of this",
                                           "weighed against twins, who share much of this"};
    return kWords[static_cast<std::size_t>(std::ranges::min_element(score.against) - score.against.begin())];
}

void append(std::string& text, std::string_view part) {
    if (part.empty()) return;
    if (!text.empty()) text += "; ";
    text += part;
}

/// Writes the evidence for, then against, strongest first. The bits are those against two strangers.
std::string tell_evidence(const LinkageModel& model, const PairScore& score) {
    constexpr auto kStrangers = static_cast<std::size_t>(Alternative::unrelated);
    std::vector<ExplainedComparison> told = describe_pattern(model, score.pattern);
    for (std::size_t i = 0; i < told.size(); ++i) told[i].bits[kStrangers] += static_cast<double>(score.rarity_bits[i]);
    std::erase_if(told, [](const ExplainedComparison& comparison) {
        // The two sides of a pair are no two systems: nothing is known of where they come from.
        return comparison.level == kNull || comparison.comparison == static_cast<std::size_t>(Comparison::source) ||
               std::abs(comparison.bits[kStrangers]) < kToldBits;
    });
    std::ranges::stable_sort(told, std::greater<>(), [](const ExplainedComparison& comparison) {
        return std::abs(comparison.bits[kStrangers]);
    });
    std::string text;
    for (const bool speaks_for : {true, false}) {
        std::string list;
        for (const ExplainedComparison& comparison : told) {
            if ((comparison.bits[kStrangers] > 0) != speaks_for) continue;
            list +=
                fmt::format("{}{} {:+.1f}", list.empty() ? "" : ", ", comparison.words, comparison.bits[kStrangers]);
        }
        if (!list.empty()) append(text, (speaks_for ? "for: " : "against: ") + list);
    }
    append(text, nearest_others(score));
    return text;
}

}  // namespace

std::string_view to_string(PairJudgement::Outcome outcome) noexcept {
    constexpr std::string_view kNames[] = {"match", "review", "different"};
    return kNames[static_cast<std::size_t>(outcome)];
}

double prior_probability(const LinkageModel& model) noexcept {
    return to_probability(prior_bits(model));
}

PairJudge::PairJudge(const LinkageModel& model, double prior)
    : model_(&model), term_frequency_(model.term_frequency()) {
    term_frequency_.prior_people = kPeopleBeyondCounting;
    if (prior > 0) prior_shift_bits_ = to_bits(prior) - prior_bits(model);
}

PairJudgement PairJudge::judge(const PersonStore& two) const {
    using Outcome = PairJudgement::Outcome;
    const FeatureTable features(two, term_frequency_);
    const PairScorer scorer(features, *model_);
    const Constraints constraints(features, two, {}, {});
    const Seals seals(features);
    const PairScore score = scorer.score(0, 1);

    PairJudgement judgement;
    judgement.bits = score.bits + prior_shift_bits_;
    const Edge edge{0, 1, static_cast<float>(judgement.bits), 0, score.pattern};
    RefusalReason reason = Clustering(scorer, constraints, seals, {&edge, 1}).refusal(edge);
    // What the votes of two clusters add up to is, of two records, the weight itself.
    if (reason == RefusalReason::incoherent) reason = RefusalReason::none;
    std::string_view words = in_words(reason);
    // Two numbers of one kind are no slip of a name: somebody looks, whatever else agrees.
    const Level nhs = level_of(score.pattern, Comparison::nhs_number);
    const bool numbers_differ = nhs == level::nhs_different || nhs == level::nhs_conflict;
    if (reason == RefusalReason::none && numbers_differ) words = model_->level(Comparison::nhs_number, nhs).label;
    const bool barred = is_bar(reason) && reason != RefusalReason::verified_nhs_conflict &&
                        !(reason == RefusalReason::multiple_birth && identifiers_agree(score.pattern));

    if (judgement.bits < model_->review_bits()) {
        judgement.outcome = Outcome::different;
        if (!barred) words = {};
    } else if (barred) {
        judgement.outcome = Outcome::different;
    } else if (reason != RefusalReason::none || numbers_differ || judgement.bits < model_->match_bits()) {
        judgement.outcome = Outcome::review;
    } else {
        judgement.outcome = Outcome::match;
    }
    append(judgement.reasons, words);
    append(judgement.reasons, tell_evidence(*model_, score));
    return judgement;
}

}  // namespace caseweave
