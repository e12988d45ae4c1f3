#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "link/linkage_model.hpp"
#include "link/prepared_people.hpp"
#include "people/person_store.hpp"

namespace caseweave {

struct TrainingOptions {
    std::uint64_t seed = 1;                ///< of the random pairs; the same seed and records give the same model
    unsigned threads = 1;                  ///< changes the time only
    std::size_t random_pairs = 1'000'000;  ///< for u; a file with fewer pairs gives them all
    std::size_t session_pairs = 500'000;   ///< pairs one session counts at most; more are sampled by block
    std::size_t scored_records = 20'000;   ///< about so many records' candidates set the prior and the thresholds
    unsigned max_iterations = 200;
    double tolerance = 1e-5;  ///< largest change of a probability in an iteration that counts as convergence
    std::stop_token stop;
};

/// Says how one session of expectation-maximisation went.
struct TrainingSession {
    std::string blocked_by;          ///< key parts, as model files write them
    std::vector<std::size_t> fixed;  ///< comparisons it may not train, since its pairs were chosen by them
    std::uint64_t pairs = 0;
    std::uint64_t patterns = 0;
    unsigned iterations = 0;
    bool converged = false;
    double largest_change = 0;      ///< in the last iteration
    std::string largest_change_at;  ///< "given_name close"
    double matches = 0;             ///< expected number of pairs of one person
    bool plausible = true;          ///< what it calls one person mostly agrees in names and birth date
    bool used = false;              ///< enough matches to learn from, and plausible
};

/// Says on what one level's probabilities rest.
struct LevelEvidence {
    double m_pairs = 0;  ///< expected pairs of one person seen at this level; 0 = never observed, the start's m stands
    double u_pairs = 0;  ///< random pairs seen at this level; 0 = never observed, u is bounded by the sample's size
};

/// Gives one point of the curve that thresholds are taken from.
struct ThresholdPoint {
    double probability = 0;  ///< of the weakest pair accepted
    double precision = 0;    ///< estimated share of pairs of one person among those accepted
    double recall = 0;       ///< estimated share accepted of the pairs of one person among all candidates
};

struct TrainingReport {
    std::uint64_t records = 0;
    std::uint64_t random_pairs = 0;
    std::vector<TrainingSession> sessions;
    std::vector<std::vector<LevelEvidence>> evidence;  ///< by comparison, then level (index 0 is level 1)
    std::vector<ThresholdPoint> thresholds;            ///< from strict to lenient
    double precision = 0, recall = 0;                  ///< estimated at the match threshold chosen
    bool enough = false;  ///< false: too few matches to learn from; the model is the one training began with
    bool converged() const noexcept;
};

/// Fits a model to records without knowing the truth.
///
/// u from random pairs (corrected for the few of one person among them), m by expectation-maximisation on counts of
/// patterns, a session for each of several blockings, so that no comparison is trained on pairs that were chosen by it
/// (Winkler 1988; Christen 2012, ch. 5; sessions after Splink). A session's pairs are a mixture of one person,
/// unrelated, relatives and twins: the last three keep their probabilities, since a file of adults cannot say what
/// twins look like, and only how many of each there are is learnt. What a level never showed keeps the start's value
/// and is marked. A session whose "one person" mostly differs in names or birth date has found something else (one
/// town, one household) and is not used. Prior and thresholds follow from the candidate pairs of the model's own
/// blocking.
///
/// Deterministic for a seed, whatever the number of threads and the order of the records.
struct Training {
    LinkageModel model;
    TrainingReport report;
};
Training train_model(const PersonStore& store, const LinkageModel& start, const TrainingOptions& options = {});
/// Trains on people who were prepared for `start`.
Training train_model(PreparedPeople& people, const LinkageModel& start, const TrainingOptions& options = {});

/// Counts pairs by pattern, for tests and for train_model.
struct PatternCount {
    Pattern pattern;
    double pairs = 0;
};
/// Fits m (and how many pairs are of one person) to pattern counts under fixed u; `fixed` comparisons are left out.
/// @return the model with the fitted m; `session` says how it went.
LinkageModel fit_patterns(const LinkageModel& start, const std::vector<PatternCount>& counts,
                          const TrainingOptions& options, TrainingSession& session,
                          std::vector<std::vector<LevelEvidence>>* evidence = nullptr);

}  // namespace caseweave
