#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "link/link.hpp"

namespace caseweave {

/// Says what one comparison found, in the words of the model, and what it weighs. Holds no value of a record.
struct ExplainedComparison {
    std::size_t comparison = 0;  ///< index, see LinkageModel::comparisons()
    Level level = kNull;
    std::string aspect;                        ///< "forename"
    std::string words;                         ///< "the same forename"; "not known on both sides" for kNull
    std::array<double, kAlternatives> bits{};  ///< against each alternative, rarity included
    double rarity_bits = 0;                    ///< of these, what the rarity of the value added (unrelated only)
    bool withheld = false;                     ///< see withhold(): whoever asks may not know what was found
};

/// Says why two records are, or are not, one person.
struct Explanation {
    enum class Outcome : std::uint8_t { same_person, for_review, different };
    Outcome outcome = Outcome::different;
    bool same_cluster = false;  ///< what the run decided, by whatever path
    double bits = 0;            ///< weight of the pair alone, against all alternatives together
    double probability = 0;
    std::array<double, kAlternatives> against{};  ///< weight against each alternative
    std::array<double, kAlternatives> prior_bits{};
    std::vector<ExplainedComparison> comparisons;    ///< all, in order; those not compared have kNull
    RefusalReason constraint = RefusalReason::none;  ///< what bars or parted the two
    std::vector<std::uint16_t> rules;  ///< blocking rules that bring the two together, in the model's order
    std::vector<Link> path;            ///< links from one to the other through their cluster
    bool on_others = false;            ///< the constraint or the review lies on other records of the two clusters
    bool partly_withheld = false;      ///< comparisons are withheld: the weight and what follows from it are gone too
};

/// Takes out of an explanation what comparisons found that rest on values which whoever asks may not see, and all that
/// would give it away: the weight, the constraint, the blocking rules that rest on them. The outcome stays.
void withhold(Explanation& explanation, const LinkageModel& model, const std::set<Comparison>& comparisons);
/// The same of comparisons alone, as describe_pattern() gives them.
void withhold(std::vector<ExplainedComparison>& comparisons, const std::set<Comparison>& withheld);

/// Takes out what rests on other records than the two: the path, a constraint or a review that lies on others.
void withhold_other_records(Explanation& explanation);

std::string_view to_string(Explanation::Outcome outcome) noexcept;

/// Explains pairs of one finished run: the features are built once, so that many pairs may be asked. Scores by the
/// same path as link_people. Immutable; any thread may ask.
class Explainer {
  public:
    /// Keeps references to all three.
    Explainer(const PersonStore& store, const LinkageModel& model, const LinkResult& result,
              const LinkOptions& options = {});

    /// Explains two records; nullopt across a seal, exactly as for a record that does not exist.
    std::optional<Explanation> explain(PersonRow a, PersonRow b) const;
    /// Explains by source ids; nullopt when either is unknown, or a seal stands between.
    std::optional<Explanation> explain(std::string_view system_a, std::string_view key_a, std::string_view system_b,
                                       std::string_view key_b) const;

  private:
    std::vector<Link> path(PersonRow a, PersonRow b) const;

    const PersonStore* store_;
    const LinkageModel* model_;
    const LinkResult* result_;
    FeatureTable features_;
    Constraints constraints_;
    PairScorer scorer_;
};

/// Explains one pair; for many use Explainer.
std::optional<Explanation> explain_pair(const PersonStore& store, const LinkageModel& model, const LinkResult& result,
                                        PersonRow a, PersonRow b, const LinkOptions& options = {});

/// Writes an explanation for a terminal: the decision, a waterfall of one line a comparison, the alternatives, the
/// constraint.
std::string in_words(const Explanation& explanation, const LinkageModel& model);

/// One bar of a waterfall: what was weighed, and the weight before and after it.
struct WaterfallStep {
    std::string words;  ///< "forename: the same forename (a rare value, +2.1)"; no value of a record
    double from = 0;    ///< bits
    double to = 0;
    bool withheld = false;  ///< no weight is told; `to` is `from`
};

/// Lays an explanation out as a waterfall against the alternative that comes nearest to explaining the pair: the prior
/// first, then a step for each comparison that both records have or that is withheld.
struct Waterfall {
    std::string against;  ///< "two of one family"
    std::vector<WaterfallStep> steps;
    double total = 0;          ///< bits, of what is not withheld
    double low = 0, high = 0;  ///< bits: the range that the steps, and 0, take
};
Waterfall waterfall_of(const Explanation& explanation);

/// Describes a stored pattern without its records: comparisons, labels and the model's own bits (no rarity).
std::vector<ExplainedComparison> describe_pattern(const LinkageModel& model, const Pattern& pattern);

}  // namespace caseweave
