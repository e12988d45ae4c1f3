#include "link/explain.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>

namespace caseweave {

namespace {

std::string_view alternative_words(Alternative alternative) noexcept {
    constexpr std::string_view kWords[] = {"two people with nothing in common", "two of one family", "twins"};
    return kWords[static_cast<std::size_t>(alternative)];
}

/// The alternative that comes nearest to explaining the pair: the one the bars are shown against.
std::size_t nearest_alternative(const Explanation& explanation) {
    return static_cast<std::size_t>(std::ranges::min_element(explanation.against) - explanation.against.begin());
}

/// Draws a waterfall with a bar a line: what a step adds, what is held after it, where the two stand.
std::string draw(const Waterfall& waterfall) {
    constexpr int kWidth = 32;
    const double scale = (kWidth - 1) / std::max(waterfall.high - waterfall.low, 1e-9);
    const auto column = [&](double bits) { return static_cast<int>(std::lround((bits - waterfall.low) * scale)); };
    std::string out = fmt::format("Against {}:\n     bits    held\n", waterfall.against);
    for (const WaterfallStep& step : waterfall.steps) {
        if (step.withheld) {
            out += fmt::format("  {:15}  {:{}}  {}\n", "", "", kWidth, step.words);
            continue;
        }
        const int begin = column(std::min(step.from, step.to));
        const int end = std::max(column(std::max(step.from, step.to)), begin + 1);
        std::string bar;
        for (int i = 0; i < kWidth; ++i)
            bar += i >= begin && i < end ? (step.to >= step.from ? "█" : "░") : i == column(0) ? "│" : " ";
        out += fmt::format("  {:+7.1f} {:+7.1f}  {}  {}\n", step.to - step.from, step.to, bar, step.words);
    }
    return out;
}

/// Lists what a part of a blocking key says something of.
std::vector<Comparison> rests_on(KeyPart part) {
    switch (part) {
        case KeyPart::nhs_number:
            return {Comparison::nhs_number};
        case KeyPart::upn:
            return {Comparison::upn};
        case KeyPart::uln:
            return {Comparison::uln};
        case KeyPart::other_id:
            return {Comparison::other_id};
        case KeyPart::contact:
            return {Comparison::contact};
        case KeyPart::birth_date:
        case KeyPart::birth_date_or_swapped:
        case KeyPart::birth_year:
        case KeyPart::birth_year_month:
        case KeyPart::birth_month_day:
        case KeyPart::birth_year_day:
            return {Comparison::birth_date};
        case KeyPart::birth_season:
            return {Comparison::birth_date, Comparison::expected_birth};
        case KeyPart::family:
        case KeyPart::family_sound:
            return {Comparison::family_name};
        case KeyPart::given:
        case KeyPart::given_sound:
        case KeyPart::given_initial:
            return {Comparison::given_name};
        case KeyPart::forename_sound:
            return {Comparison::given_name, Comparison::middle_names};
        case KeyPart::names_unordered:
            return {Comparison::given_name, Comparison::family_name};
        case KeyPart::property:
        case KeyPart::dwelling:
        case KeyPart::postcode:
        case KeyPart::postcode_sector:
        case KeyPart::street:
        case KeyPart::town:
            return {Comparison::address, Comparison::street, Comparison::town};
        case KeyPart::parent_given:
        case KeyPart::parent_name:
            return {Comparison::parent_name};
        case KeyPart::birth_place:
            return {Comparison::birth_place};
        default:
            return {};  // anyone, and further columns: a file's own
    }
}

/// Tells whether a constraint is found in the two records themselves.
bool is_of_two_records(RefusalReason reason) noexcept {
    return is_bar(reason) || reason == RefusalReason::permanent_upn_conflict || reason == RefusalReason::below_match;
}

}  // namespace

std::string_view to_string(Explanation::Outcome outcome) noexcept {
    constexpr std::string_view kNames[] = {"same_person", "for_review", "different"};
    return kNames[static_cast<std::size_t>(outcome)];
}

std::vector<ExplainedComparison> describe_pattern(const LinkageModel& model, const Pattern& pattern) {
    std::vector<ExplainedComparison> comparisons;
    for (std::size_t c = 0; c < model.comparisons(); ++c) {
        ExplainedComparison explained;
        explained.comparison = c;
        explained.level = level_of(pattern, c);
        explained.aspect = model.label(c);
        explained.words = explained.level == kNull ? "not known on both sides" : model.level(c, explained.level).label;
        for (std::size_t a = 0; a < kAlternatives; ++a) {
            explained.bits[a] = model.bits(c, explained.level, static_cast<Alternative>(a));
        }
        comparisons.push_back(std::move(explained));
    }
    return comparisons;
}

Explainer::Explainer(const PersonStore& store, const LinkageModel& model, const LinkResult& result,
                     const LinkOptions& options)
    : store_(&store),
      model_(&model),
      result_(&result),
      features_(store, model),
      constraints_(features_, store, options.decisions, options.unique_systems, model.clustering().multiple_births),
      scorer_(features_, model) {}

std::vector<Link> Explainer::path(PersonRow a, PersonRow b) const {
    const std::uint32_t cluster = result_->cluster[a.value];
    const auto of_link = [&](const Link& link) { return result_->cluster[link.a.value]; };
    const auto links = std::ranges::equal_range(result_->links, cluster, {}, of_link);
    std::map<PersonRow, const Link*> came_by;
    std::deque<PersonRow> open = {a};
    came_by[a] = nullptr;
    while (!open.empty() && !came_by.contains(b)) {
        const PersonRow here = open.front();
        open.pop_front();
        for (const Link& link : links) {
            if (link.a != here && link.b != here) continue;
            const PersonRow there = link.a == here ? link.b : link.a;
            if (came_by.try_emplace(there, &link).second) open.push_back(there);
        }
    }
    std::vector<Link> found;
    if (!came_by.contains(b)) return found;
    for (PersonRow here = b; here != a;) {
        const Link& link = *came_by[here];
        found.push_back(link);
        here = link.a == here ? link.b : link.a;
    }
    std::ranges::reverse(found);
    return found;
}

std::optional<Explanation> Explainer::explain(PersonRow a, PersonRow b) const {
    if (a != b && result_->sealed_apart(a, b)) return std::nullopt;
    const Rank x = features_.rank(a);
    const Rank y = features_.rank(b);
    Explanation explanation;
    explanation.same_cluster = result_->cluster[a.value] == result_->cluster[b.value];
    if (a == b) {
        explanation.outcome = Explanation::Outcome::same_person;
        explanation.probability = 1;
        return explanation;
    }
    const PairScore score = scorer_.score(x, y);
    explanation.bits = score.bits;
    explanation.probability = to_probability(score.bits);
    explanation.against = score.against;
    explanation.comparisons = describe_pattern(*model_, score.pattern);
    for (std::size_t i = 0; i < model_->comparisons(); ++i) {
        explanation.comparisons[i].rarity_bits = static_cast<double>(score.rarity_bits[i]);
        explanation.comparisons[i].bits[0] += static_cast<double>(score.rarity_bits[i]);
    }
    for (std::size_t i = 0; i < kAlternatives; ++i) {
        explanation.prior_bits[i] = model_->prior_bits(static_cast<Alternative>(i), features_.size());
    }
    for (const BlockingRule& rule : model_->blocking()) {
        const auto keys_a = blocking_keys(features_, rule, x);
        const auto keys_b = blocking_keys(features_, rule, y);
        if (std::ranges::find_first_of(keys_a, keys_b) == keys_a.end()) continue;
        explanation.rules.push_back(static_cast<std::uint16_t>(&rule - model_->blocking().data()));
    }
    if (explanation.same_cluster) {
        explanation.outcome = Explanation::Outcome::same_person;
        explanation.path = path(a, b);
        return explanation;
    }
    explanation.constraint = constraints_.bar(x, y, score.pattern);
    const auto is_other = [&](const auto& pair) {
        return !((pair.a == a && pair.b == b) || (pair.a == b && pair.b == a));
    };
    const auto between = [&](const auto& pair) {
        const auto one = result_->cluster[pair.a.value];
        const auto two = result_->cluster[pair.b.value];
        const auto mine = result_->cluster[a.value];
        const auto theirs = result_->cluster[b.value];
        return (one == mine && two == theirs) || (one == theirs && two == mine);
    };
    if (explanation.constraint == RefusalReason::none) {
        // A bar on other records of the two, where none lies on these.
        const auto refused = std::ranges::find_if(result_->refused, between);
        if (refused != result_->refused.end()) {
            explanation.constraint = refused->reason;
            explanation.on_others = is_other(*refused);
        }
    }
    const auto review = std::ranges::find_if(result_->review, between);
    // A shielded pair is the safeguarding owner's: nothing here may hint that it awaits a decision.
    if (review != result_->review.end() && !review->shielded) {
        explanation.outcome = Explanation::Outcome::for_review;
        explanation.on_others = explanation.on_others || is_other(*review);
        if (explanation.constraint == RefusalReason::none) explanation.constraint = review->reason;
    }
    return explanation;
}

std::optional<Explanation> Explainer::explain(std::string_view system_a, std::string_view key_a,
                                              std::string_view system_b, std::string_view key_b) const {
    const auto a = store_->find_system(system_a);
    const auto b = store_->find_system(system_b);
    if (!a || !b) return std::nullopt;
    const auto row_a = store_->find(*a, key_a);
    const auto row_b = store_->find(*b, key_b);
    if (!row_a || !row_b) return std::nullopt;
    return explain(*row_a, *row_b);
}

std::optional<Explanation> explain_pair(const PersonStore& store, const LinkageModel& model, const LinkResult& result,
                                        PersonRow a, PersonRow b, const LinkOptions& options) {
    return Explainer(store, model, result, options).explain(a, b);
}

void withhold(std::vector<ExplainedComparison>& comparisons, const std::set<Comparison>& withheld) {
    for (const Comparison hidden : withheld) {
        ExplainedComparison& comparison = comparisons[static_cast<std::size_t>(hidden)];
        comparison.level = kNull;
        comparison.words = "not shown to this role";
        comparison.bits = {};
        comparison.rarity_bits = 0;
        comparison.withheld = true;
    }
}

void withhold(Explanation& explanation, const LinkageModel& model, const std::set<Comparison>& comparisons) {
    if (comparisons.empty() || explanation.comparisons.empty()) return;
    withhold(explanation.comparisons, comparisons);
    explanation.partly_withheld = true;
    explanation.bits = 0;
    explanation.probability = 0;
    explanation.against = explanation.prior_bits;
    for (const ExplainedComparison& comparison : explanation.comparisons) {
        for (std::size_t a = 0; a < kAlternatives; ++a) explanation.against[a] += comparison.bits[a];
    }
    explanation.constraint = RefusalReason::none;
    std::erase_if(explanation.rules, [&](std::uint16_t rule) {
        return std::ranges::any_of(model.blocking()[rule].key, [&](KeyPart part) {
            return std::ranges::any_of(rests_on(part), [&](Comparison c) { return comparisons.contains(c); });
        });
    });
}

void withhold_other_records(Explanation& explanation) {
    explanation.path.clear();
    if (explanation.on_others && explanation.outcome == Explanation::Outcome::for_review)
        explanation.outcome = Explanation::Outcome::different;
    if (explanation.on_others || !is_of_two_records(explanation.constraint))
        explanation.constraint = RefusalReason::none;
}

Waterfall waterfall_of(const Explanation& explanation) {
    Waterfall waterfall;
    const std::size_t nearest = nearest_alternative(explanation);
    waterfall.against = alternative_words(static_cast<Alternative>(nearest));
    waterfall.total = explanation.against[nearest];
    double held = explanation.prior_bits[nearest];
    waterfall.steps.push_back({"before comparing anything", 0, held});
    for (const ExplainedComparison& comparison : explanation.comparisons) {
        if (comparison.level == kNull && !comparison.withheld) continue;
        std::string words = comparison.aspect + ": " + comparison.words;
        if (nearest == 0 && comparison.rarity_bits != 0) {
            words += fmt::format(" ({} value, {:+.1f})", comparison.rarity_bits > 0 ? "a rare" : "a common",
                                 comparison.rarity_bits);
        }
        waterfall.steps.push_back({std::move(words), held, held + comparison.bits[nearest], comparison.withheld});
        held += comparison.bits[nearest];
    }
    for (const WaterfallStep& step : waterfall.steps) {
        waterfall.low = std::min({waterfall.low, step.from, step.to});
        waterfall.high = std::max({waterfall.high, step.from, step.to});
    }
    return waterfall;
}

std::string in_words(const Explanation& explanation, const LinkageModel& model) {
    std::string out;
    switch (explanation.outcome) {
        case Explanation::Outcome::same_person:
            out += "One person.\n";
            break;
        case Explanation::Outcome::for_review:
            out += "Not decided: for a reviewer.\n";
            break;
        case Explanation::Outcome::different:
            out += "Two people.\n";
            break;
    }
    if (explanation.constraint != RefusalReason::none) {
        out += fmt::format("Kept apart because {}.\n", in_words(explanation.constraint));
    }
    if (explanation.comparisons.empty()) return out;
    if (explanation.partly_withheld) {
        out += "What rests on values that are not shown to this role is left out, and so is the sum.\n";
    } else {
        out += fmt::format(
            "Weight of the pair: {:+.1f} bits, probability {:.4f}; match from {:.2f}, review from {:.2f}.\n",
            explanation.bits, explanation.probability, model.match_probability(), model.review_probability());
    }
    const std::size_t nearest = nearest_alternative(explanation);
    out += draw(waterfall_of(explanation));
    for (std::size_t i = 0; i < kAlternatives; ++i) {
        if (i != nearest && !explanation.partly_withheld)
            out += fmt::format("Against {}: {:+.1f} bits.\n", alternative_words(static_cast<Alternative>(i)),
                               explanation.against[i]);
    }
    if (!explanation.rules.empty())
        out += fmt::format("Brought together by: {}.\n", model.blocking()[explanation.rules.front()].name);
    else if (!explanation.partly_withheld)
        out += "No blocking rule brings the two together; they were compared for this explanation.\n";
    if (explanation.path.size() > 1) {
        out += fmt::format("One person through {} links, the weakest of {:+.1f} bits.\n", explanation.path.size(),
                           static_cast<double>(std::ranges::min_element(explanation.path, {}, &Link::bits)->bits));
    }
    return out;
}

}  // namespace caseweave
