#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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
    birth_place,
    street,
    town,
    source,
};
inline constexpr std::size_t kComparisons = 19;

/// Comparisons one model may have: those above, then its further columns.
inline constexpr std::size_t kMaxComparisons = 32;
inline constexpr std::size_t kMaxFurther = kMaxComparisons - kComparisons;

/// Levels of one comparison, counted from 1 for the closest; 0 says that one side has no value.
using Level = std::uint8_t;
inline constexpr Level kNull = 0;
inline constexpr std::size_t kMaxLevels = 15;  ///< a level is one hexadecimal digit of a pattern

/// Holds the levels of all comparisons of one pair, four bits each.
struct Pattern {
    std::array<std::uint64_t, 2> digits{};
    constexpr auto operator<=>(const Pattern&) const noexcept = default;
};
constexpr Level level_of(const Pattern& pattern, std::size_t comparison) noexcept {
    return static_cast<Level>((pattern.digits[comparison / 16] >> (4U * (comparison % 16))) & 15U);
}
constexpr Level level_of(const Pattern& pattern, Comparison c) noexcept {
    return level_of(pattern, static_cast<std::size_t>(c));
}
constexpr Pattern with_level(Pattern pattern, std::size_t comparison, Level level) noexcept {
    pattern.digits[comparison / 16] |= static_cast<std::uint64_t>(level) << (4U * (comparison % 16));
    return pattern;
}
constexpr Pattern with_level(const Pattern& pattern, Comparison c, Level level) noexcept {
    return with_level(pattern, static_cast<std::size_t>(c), level);
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

/// Says how names are counted: the model's average chance that two unrelated people share one, and how many
/// imaginary people with that average are mixed in, so that a small file does not make every name rare.
struct TermFrequencySettings {
    double given_average = 0.004;
    double family_average = 0.0015;
    double place_average = 0.05;
    double prior_people = 2000;
};

/// Says how the values of a further column are compared: a column that a file has and the person record does not.
enum class FurtherKind : std::uint8_t { exact, jaro_winkler, damerau_levenshtein, date, number };
std::string_view to_string(FurtherKind kind) noexcept;

/// Holds one comparison of a further column. Its levels are "exact", one for each threshold ("close", "similar", ...),
/// and "different"; dates have "exact", "slip" (one digit, or day and month exchanged), "near" (within a month),
/// "different".
struct FurtherComparison {
    std::string column;
    FurtherKind kind = FurtherKind::exact;
    /// Falling similarities for jaro_winkler, rising edits for damerau_levenshtein, rising relative distances for
    /// number.
    std::vector<double> thresholds;
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
    street,
    town,
    birth_place,
    anyone,   ///< every record: for files so small that every pair can be compared
    further,  ///< the first of the further columns' parts; see further_part()
};
/// Gives the key part of a model's further column.
constexpr KeyPart further_part(std::size_t column) noexcept {
    return static_cast<KeyPart>(static_cast<std::size_t>(KeyPart::further) + column);
}
/// Names a key part as model files do; a further column's is "column:NAME".
std::string to_string(KeyPart part, std::span<const FurtherComparison> further = {});

/// Says which pairs are worth scoring: records that agree on every part of the key.
struct BlockingRule {
    std::string name;
    std::vector<KeyPart> key;
    /// Largest block whose pairs are made; a larger one is split by each part of `refine`, and what is still too large
    /// is reported and left to the other rules.
    std::uint32_t max_block = 400;
    std::vector<KeyPart> refine;
};

/// Holds a Fellegi-Sunter model: comparisons, levels, probabilities, prior, thresholds, blocking. Immutable; with_...()
/// return a changed copy.
///
/// Read from config/linkage/*.toml; the shipped one was set by hand for English children and works untrained. Levels
/// and weights are asked for by Comparison, or by index where further columns count too.
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
        /// Children of one birth are told apart by bars and doubts of their own, not by weight alone; off, a file in
        /// which twins are no more frequent than anywhere is left to the weights.
        bool multiple_births = true;
        /// Training leaves multiple_births on only where it finds so many twins' records beside a record.
        double multiple_births_from = 0;
        std::uint32_t birth_dates_apart_days = 400;  ///< beyond a year's slip; 0 = left to the weights
        std::uint32_t numbers_apart = 2;  ///< authorities whose numbers differ that part two clusters; 0 = none
        std::uint32_t max_records = 200;  ///< records one person may have
    };

    /// Reads a model; wrong keys, levels or probabilities are SettingsErrors with file, line and column. A model that
    /// `extends` another file of its folder takes from there what it does not say itself.
    static LinkageModel load(const std::filesystem::path& file);
    static LinkageModel parse(std::string_view toml, const std::string& name);

    const std::string& name() const noexcept { return name_; }
    const std::string& version() const noexcept { return version_; }
    /// Tells whether the file says how it was trained.
    bool trained() const noexcept { return trained_; }

    /// Counts the comparisons: those of the person record, then the further columns'.
    std::size_t comparisons() const noexcept { return levels_.size(); }
    std::span<const FurtherComparison> further() const noexcept { return further_; }
    std::span<const LevelWeights> levels(std::size_t comparison) const noexcept { return levels_[comparison]; }
    std::span<const LevelWeights> levels(Comparison c) const noexcept { return levels(static_cast<std::size_t>(c)); }
    const LevelWeights& level(std::size_t comparison, Level level) const noexcept {
        return levels_[comparison][level - 1U];
    }
    const LevelWeights& level(Comparison c, Level l) const noexcept { return level(static_cast<std::size_t>(c), l); }
    const std::string& label(std::size_t comparison) const noexcept { return labels_[comparison]; }
    const std::string& label(Comparison c) const noexcept { return label(static_cast<std::size_t>(c)); }
    /// Names a comparison as model files do; a further column's is "column:NAME".
    std::string comparison_name(std::size_t comparison) const;

    /// Gives the weight of a level against one alternative, in bits; 0 for kNull.
    double bits(std::size_t comparison, Level level, Alternative against) const noexcept {
        return bits_[static_cast<std::size_t>(against)][comparison][level];
    }
    double bits(Comparison c, Level level, Alternative against) const noexcept {
        return bits(static_cast<std::size_t>(c), level, against);
    }
    /// Gives log2 of the odds, before any comparison, that a pair is one person rather than the alternative.
    double prior_bits(Alternative against, std::size_t records) const noexcept;
    const Prior& prior() const noexcept { return prior_; }

    double match_probability() const noexcept { return match_probability_; }
    double review_probability() const noexcept { return review_probability_; }
    double match_bits() const noexcept { return match_bits_; }
    double review_bits() const noexcept { return review_bits_; }

    /// Tells whether street and town are comparisons of their own beside the postcode: right for files whose columns
    /// err one by one. Otherwise the closest of all that two addresses share is one level of one comparison: right
    /// where an address is right or wrong as a whole, as with a child's current and earlier ones.
    bool separate_address_parts() const noexcept { return separate_address_parts_; }
    const TermFrequencySettings& term_frequency() const noexcept { return term_frequency_; }
    const Clustering& clustering() const noexcept { return clustering_; }
    const std::vector<BlockingRule>& blocking() const noexcept { return blocking_; }

    /// Replaces the probabilities of one level and recomputes its weights.
    LinkageModel with_probabilities(std::size_t comparison, Level level, double m,
                                    const std::array<double, kAlternatives>& u) const;
    LinkageModel with_prior(const Prior& prior) const;
    LinkageModel with_thresholds(double match_probability, double review_probability) const;
    /// Adds a further column with the default levels of its kind (thresholds as given, or the kind's own where empty).
    LinkageModel with_further(std::string column, FurtherKind kind, std::vector<double> thresholds = {}) const;
    LinkageModel with_clustering(const Clustering& clustering) const;
    LinkageModel with_blocking(std::vector<BlockingRule> rules) const;
    /// Makes a comparison say nothing: all its weights are 0.
    LinkageModel without(Comparison c) const;
    /// Renames: a trained model bears its own name and version.
    LinkageModel with_name(std::string name, std::string version) const;

  private:
    LinkageModel() = default;
    static LinkageModel read(const TomlTable& root, const std::filesystem::path& folder);
    void read_settings(const TomlTable& root);
    void read_comparison(const TomlTable& table, std::vector<bool>& said);
    void read_further(const TomlTable& table);
    void read_levels(const TomlTable& table, std::size_t comparison, std::span<const std::string> expected);
    BlockingRule read_rule(const TomlTable& table) const;
    void weigh(std::size_t comparison, Level level);

    std::string name_;
    std::string version_;
    std::vector<std::vector<LevelWeights>> levels_;
    std::vector<std::string> labels_;
    std::vector<FurtherComparison> further_;
    std::array<std::array<std::array<double, kMaxLevels + 1>, kMaxComparisons>, kAlternatives> bits_{};
    Prior prior_;
    double match_probability_ = 0.99;
    double review_probability_ = 0.5;
    double match_bits_ = 0;
    double review_bits_ = 0;
    bool trained_ = false;
    bool separate_address_parts_ = false;
    TermFrequencySettings term_frequency_;
    Clustering clustering_;
    std::vector<BlockingRule> blocking_;
};

/// Names the levels of a further comparison, closest first.
std::vector<std::string> level_names(const FurtherComparison& comparison);

/// Turns a weight into the probability that the pair is one person.
double to_probability(double bits) noexcept;
/// Turns a probability between 0 and 1 into a weight.
double to_bits(double probability) noexcept;

}  // namespace caseweave
