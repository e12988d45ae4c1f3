#pragma once

#include <string>
#include <string_view>

#include "link/linkage_model.hpp"
#include "people/person_store.hpp"

namespace caseweave {

/// Says what a pair of records is, and why, in words that hold no value of either.
struct PairJudgement {
    enum class Outcome : std::uint8_t { match, review, different } outcome = Outcome::different;
    double bits = 0;
    std::string reasons;
};
std::string_view to_string(PairJudgement::Outcome outcome) noexcept;

/// Judges pairs one by one, each as if there were no other: by the path that linking takes, under its constraints. Any
/// number of threads may ask.
class PairJudge {
  public:
    /// Keeps a reference to the model. @param prior probability, before comparing, that a pair is one person; 0 leaves
    /// the model's own, which takes the two at random from a population (LinkageModel::Prior).
    PairJudge(const LinkageModel& model, double prior);

    /// @param two a sealed store of two records in two systems: rows 0 and 1.
    PairJudgement judge(const PersonStore& two) const;

  private:
    const LinkageModel* model_;
    TermFrequencySettings term_frequency_;
    double prior_shift_bits_ = 0;
};

/// Gives the probability, before comparing, that two records are one person under the model's own prior.
double prior_probability(const LinkageModel& model) noexcept;

}  // namespace caseweave
