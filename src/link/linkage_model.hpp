#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "link/features.hpp"
#include "settings/toml_table.hpp"

namespace caseweave {

/// Lists what two records are compared by, in the order of pattern digits and of explanations.
enum class Comparison : std::uint8_t {
    given_name,
    middle_names,
    family_name,
    birth_date,
    expected_birth,
    sex,
    address,
    nhs_number,
    upn,
    uln,
    other_id,
    contact,
    parent_name,
    multiple_birth,
    school,
    source,
};
inline constexpr std::size_t kComparisons = 16;

/// Levels of one comparison, counted from 1 for the closest; 0 says that one side has no value.
using Level = std::uint8_t;
inline constexpr Level kNull = 0;
inline constexpr std::size_t kMaxLevels = 15;  ///< a level is one hexadecimal digit of a pattern

/// Holds the levels of all comparisons of one pair, four bits each.
using Pattern = std::uint64_t;
constexpr Level level_of(Pattern pattern, Comparison c) noexcept {
    return static_cast<Level>((pattern >> (4U * static_cast<unsigned>(c))) & 15U);
}
constexpr Pattern with_level(Pattern pattern, Comparison c, Level level) noexcept {
    return pattern | (static_cast<Pattern>(level) << (4U * static_cast<unsigned>(c)));
}

std::string_view to_string(Comparison c) noexcept;
/// Names the levels of a comparison in the order the code assigns them: index 0 is level 1.
std::span<const std::string_view> level_names(Comparison c) noexcept;

/// Lists what two records may be if they are not one person. Plain Fellegi-Sunter knows `unrelated` only; in a
/// children's file most near misses are brothers, sisters and twins, who share name, address, telephone and mother
/// because they are one family. Each is its own alternative with its own probabilities, and a pair has to beat all.
enum class Alternative : std::uint8_t { unrelated, relative, twin };
inline constexpr std::size_t kAlternatives = 3;
std::string_view to_string(Alternative a) noexcept;

/// Holds one level's probabilities and the weights that follow from them.
struct LevelWeights {
    std::string name;
    std::string label;                         ///< words for an explanation
    double m = 0;                              ///< P(level | one person)
    std::array<double, kAlternatives> u{};     ///< P(level | unrelated, relative, twin)
    bool term_frequency = false;               ///< a rare value weighs more, a common one less
    std::array<double, kAlternatives> bits{};  ///< log2(m / u)
};

/// Lists what a blocking key may be made of. Multi-valued parts give one key a value.
enum class KeyPart : std::uint8_t {
    nhs_number,
    upn,
    uln,
    other_id,
    contact,
    birth_date,
    birth_date_or_swapped,  ///< as it is, and with day and month exchanged where that is a date
    birth_year,
    birth_year_month,
    birth_month_day,
    birth_year_day,
    birth_season,  ///< the quarter-years around a birth or expected date
    family,
    family_sound,
    given,
    given_sound,
    forename_sound,  ///< forenames and middle names
    given_initial,
    names_unordered,  ///< forename and family name by sound, whichever comes first
    property,
    dwelling,
    postcode,
    postcode_sector,
    parent_given,
    parent_name,
};
std::string_view to_string(KeyPart part) noexcept;

/// Says which pairs are worth scoring: records that agree on every part of the key.
struct BlockingRule {
    std::string name;
    std::vector<KeyPart> key;
    /// Largest block whose pairs are made; a larger one is reported, and left to the other rules.
    std::uint32_t max_block = 400;
};

/// Holds a Fellegi-Sunter model: comparisons, levels, probabilities, prior, thresholds, blocking. Immutable.
///
/// Read from config/linkage/*.toml; the shipped one was set by hand for English children and works untrained.
class LinkageModel {
  public:
    struct Prior {
        double partners = 3;                         ///< other records of the same person that a record has on average
        std::array<double, kAlternatives> others{};  ///< records of [unused], relatives, twins beside it on average
        double population_floor = 10'000;            ///< a file smaller than this is taken as part of one this large
    };
    struct Clustering {
        double coherence_floor_bits = -4;  ///< mean weight between two clusters' records below which they do not merge
        double weak_bridge_bits = 3;  ///< a link this close above `match` may not join two corroborated clusters alone
        double ambiguity_bits = 3.3;  ///< two barred partners nearer than this in weight: the record goes to review
        double seal_margin_bits = 6;  ///< how much nearer one side of a seal must be for a copy to join it
        std::uint32_t birth_dates_apart_days = 400;
        std::uint32_t max_records = 200;  ///< records one person may have
    };

    /// Reads a model; wrong keys, levels or probabilities are SettingsErrors with file, line and column.
    static LinkageModel load(const std::filesystem::path& file);
    static LinkageModel parse(std::string_view toml, const std::string& name);

    const std::string& name() const noexcept { return name_; }
    const std::string& version() const noexcept { return version_; }
    const LevelWeights& level(Comparison c, Level level) const noexcept {
        return levels_[static_cast<std::size_t>(c)][level - 1U];
    }
    std::span<const LevelWeights> levels(Comparison c) const noexcept { return levels_[static_cast<std::size_t>(c)]; }
    const std::string& label(Comparison c) const noexcept { return labels_[static_cast<std::size_t>(c)]; }

    /// Gives the weight of a level against one alternative, in bits; 0 for kNull.
    double bits(Comparison c, Level level, Alternative against) const noexcept {
        return bits_[static_cast<std::size_t>(against)][static_cast<std::size_t>(c)][level];
    }
    /// Gives log2 of the odds, before any comparison, that a pair is one person rather than the alternative.
    double prior_bits(Alternative against, std::size_t records) const noexcept;

    double match_probability() const noexcept { return match_probability_; }
    double review_probability() const noexcept { return review_probability_; }
    double match_bits() const noexcept { return match_bits_; }
    double review_bits() const noexcept { return review_bits_; }

    const TermFrequencySettings& term_frequency() const noexcept { return term_frequency_; }
    const Clustering& clustering() const noexcept { return clustering_; }
    const std::vector<BlockingRule>& blocking() const noexcept { return blocking_; }

    /// Replaces the probabilities of one level and recomputes its weights: what training returns.
    LinkageModel with_probabilities(Comparison c, Level level, double m, double u_unrelated) const;

  private:
    LinkageModel() = default;
    static LinkageModel read(const TomlTable& root);
    void read_comparison(const TomlTable& table);
    void weigh(LevelWeights& level, Comparison c, Level index);

    std::string name_;
    std::string version_;
    std::array<std::vector<LevelWeights>, kComparisons> levels_;
    std::array<std::string, kComparisons> labels_;
    std::array<std::array<std::array<double, kMaxLevels + 1>, kComparisons>, kAlternatives> bits_{};
    Prior prior_;
    double match_probability_ = 0.99;
    double review_probability_ = 0.5;
    double match_bits_ = 0;
    double review_bits_ = 0;
    TermFrequencySettings term_frequency_;
    Clustering clustering_;
    std::vector<BlockingRule> blocking_;
};

/// Turns a weight into the probability that the pair is one person.
double to_probability(double bits) noexcept;
/// Turns a probability between 0 and 1 into a weight.
double to_bits(double probability) noexcept;

}  // namespace caseweave
