#include "link/linkage_model.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "link/comparisons.hpp"

namespace caseweave {

namespace {

struct ComparisonShape {
    std::string_view name;
    std::vector<std::string_view> levels;
};

// Names as the model file writes them, in the order of the enumerations of comparisons.hpp.
const std::array<ComparisonShape, kComparisons>& shapes() {
    static const std::array<ComparisonShape, kComparisons> kShapes = {{
        {"given_name",
         {"exact", "part", "variant", "close", "swapped", "middle", "similar", "initial", "alike", "different"}},
        {"middle_names", {"exact", "initial", "similar", "different"}},
        {"family_name", {"exact", "part", "truncated", "close", "swapped", "similar", "different"}},
        {"birth_date",
         {"exact", "default_day", "month_known", "year_known", "transposed", "one_digit", "shifted", "in_range",
          "estimated", "disputed", "different"}},
        {"expected_birth", {"close", "early", "apart"}},
        {"sex", {"same", "different"}},
        {"address", {"property", "dwelling", "house", "postcode", "street", "sector", "district", "town", "different"}},
        {"nhs_number", {"verified", "same", "former", "different", "conflict"}},
        {"upn", {"permanent", "other", "different", "conflict"}},
        {"uln", {"same", "different"}},
        {"other_id", {"same", "different"}},
        {"contact", {"same", "close", "different"}},
        {"parent_name", {"full", "given", "different", "mother_different"}},
        {"multiple_birth", {"same_place", "both", "one", "other_place", "neither"}},
        {"school", {"same", "different"}},
        {"birth_place", {"same", "close", "different"}},
        {"street", {"house", "same", "close", "different"}},
        {"town", {"same", "close", "different"}},
        {"source", {"other", "same"}},
    }};
    return kShapes;
}

constexpr std::array<std::string_view, kAlternatives> kAlternativeNames = {"unrelated", "relative", "twin"};

constexpr std::string_view kKeyPartNames[] = {"nhs_number",
                                              "upn",
                                              "uln",
                                              "other_id",
                                              "contact",
                                              "birth_date",
                                              "birth_date_or_swapped",
                                              "birth_year",
                                              "birth_year_month",
                                              "birth_month_day",
                                              "birth_year_day",
                                              "birth_season",
                                              "family",
                                              "family_sound",
                                              "given",
                                              "given_sound",
                                              "forename_sound",
                                              "given_initial",
                                              "names_unordered",
                                              "property",
                                              "dwelling",
                                              "postcode",
                                              "postcode_sector",
                                              "parent_given",
                                              "parent_name",
                                              "street",
                                              "town",
                                              "birth_place",
                                              "anyone"};
constexpr std::string_view kFurtherPrefix = "column:";

constexpr std::string_view kFurtherKindNames[] = {"exact", "jaro_winkler", "damerau_levenshtein", "date", "number"};

// Probabilities of one column must add up to one; hand-set tables are rounded, so a little slack is due.
constexpr double kSumSlack = 0.02;

double read_probability(const TomlTable& table, std::string_view key) {
    const double value = table.number(key, -1);
    // The negation also refuses NaN.
    if (!(value > 0 && value <= 1))
        table.fail(key, "needs a probability above 0 and at most 1: an impossible level would outweigh any evidence");
    return value;
}

double read_positive(const TomlTable& table, std::string_view key, double fallback) {
    const double value = table.number(key, fallback);
    if (!(value > 0 && value < 1e12)) table.fail(key, "needs a number above 0");
    return value;
}

double read_bits(const TomlTable& table, std::string_view key, double fallback) {
    const double value = table.number(key, fallback);
    if (!(value >= -100 && value <= 100)) table.fail(key, "needs a weight between -100 and 100 bits");
    return value;
}

std::uint32_t read_count(const TomlTable& table, std::string_view key, std::uint32_t fallback, std::int64_t least = 1) {
    const std::int64_t value = table.integer(key, fallback);
    if (value < least || value > 1'000'000'000) table.fail(key, "needs a whole number from " + std::to_string(least));
    return static_cast<std::uint32_t>(value);
}

KeyPart read_key_part(const TomlTable& table, std::string_view key, const std::string& name,
                      std::span<const FurtherComparison> further) {
    const auto found = std::ranges::find(kKeyPartNames, std::string_view(name));
    if (found != std::end(kKeyPartNames)) return static_cast<KeyPart>(found - std::begin(kKeyPartNames));
    if (name.starts_with(kFurtherPrefix)) {
        const auto column = std::ranges::find(further, name.substr(kFurtherPrefix.size()), &FurtherComparison::column);
        if (column != further.end()) return further_part(static_cast<std::size_t>(column - further.begin()));
        table.fail(key, "no [[further_comparison]] of this model has the column of '" + name + "'");
    }
    const std::string near = nearest_word(name, {std::begin(kKeyPartNames), std::end(kKeyPartNames)});
    table.fail(key, "no key part '" + name + "'" + (near.empty() ? "" : "; did you mean '" + near + "'?"));
}

std::vector<double> default_thresholds(FurtherKind kind) {
    switch (kind) {
        case FurtherKind::jaro_winkler:
            return {0.92, 0.82};
        case FurtherKind::damerau_levenshtein:
            return {1, 2};
        case FurtherKind::number:
            return {0.01, 0.1};
        case FurtherKind::exact:
        case FurtherKind::date:
            break;
    }
    return {};
}

/// Default probabilities of a further comparison's levels, for files too small to train on: nine in ten records of one
/// person agree; two people agree by chance in one of a thousand, and a level down is ten times as common.
void set_default_probabilities(std::vector<LevelWeights>& levels) {
    const std::size_t between = levels.size() - 2;
    double u = 0.001;
    double sum_u = 0;
    for (std::size_t i = 0; i < levels.size(); ++i) {
        LevelWeights& level = levels[i];
        const bool last = i + 1 == levels.size();
        level.m = i == 0 ? 0.9 : last ? 0.04 : 0.06 / static_cast<double>(between);
        level.u.fill(last ? 1 - sum_u : u);
        if (between == 0 && last) level.m = 0.1;
        sum_u += u;
        u *= 10;
    }
}

}  // namespace

std::string_view to_string(Comparison c) noexcept {
    return shapes()[static_cast<std::size_t>(c)].name;
}
std::span<const std::string_view> level_names(Comparison c) noexcept {
    return shapes()[static_cast<std::size_t>(c)].levels;
}
std::string_view to_string(Alternative a) noexcept {
    return kAlternativeNames[static_cast<std::size_t>(a)];
}
std::string_view to_string(FurtherKind kind) noexcept {
    return kFurtherKindNames[static_cast<std::size_t>(kind)];
}
std::string to_string(KeyPart part, std::span<const FurtherComparison> further) {
    if (part < KeyPart::further) return std::string(kKeyPartNames[static_cast<std::size_t>(part)]);
    const auto column = static_cast<std::size_t>(part) - static_cast<std::size_t>(KeyPart::further);
    return std::string(kFurtherPrefix) + (column < further.size() ? further[column].column : std::to_string(column));
}

std::vector<std::string> level_names(const FurtherComparison& comparison) {
    if (comparison.kind == FurtherKind::date) return {"exact", "slip", "near", "different"};
    static constexpr std::string_view kBetween[] = {"close", "similar", "alike", "remote"};
    std::vector<std::string> names = {"exact"};
    for (std::size_t i = 0; i < comparison.thresholds.size(); ++i) names.emplace_back(kBetween[i]);
    names.emplace_back("different");
    return names;
}

double to_probability(double bits) noexcept {
    return 1.0 / (1.0 + std::exp2(-bits));
}
double to_bits(double probability) noexcept {
    return std::log2(probability / (1.0 - probability));
}

double LinkageModel::prior_bits(Alternative against, std::size_t records) const noexcept {
    const double others = against == Alternative::unrelated
                              ? std::max(static_cast<double>(records), prior_.population_floor)
                              : prior_.others[static_cast<std::size_t>(against)];
    return std::log2(prior_.partners / others);
}

std::string LinkageModel::comparison_name(std::size_t comparison) const {
    if (comparison < kComparisons) return std::string(shapes()[comparison].name);
    return std::string(kFurtherPrefix) + further_[comparison - kComparisons].column;
}

void LinkageModel::weigh(std::size_t comparison, Level level) {
    LevelWeights& weights = levels_[comparison][level - 1U];
    for (std::size_t a = 0; a < kAlternatives; ++a) {
        weights.bits[a] = std::log2(weights.m / weights.u[a]);
        bits_[a][comparison][level] = weights.bits[a];
    }
}

LinkageModel LinkageModel::with_probabilities(std::size_t comparison, Level level, double m,
                                              const std::array<double, kAlternatives>& u) const {
    LinkageModel changed = *this;
    LevelWeights& weights = changed.levels_[comparison][level - 1U];
    weights.m = m;
    weights.u = u;
    changed.weigh(comparison, level);
    if (level == level::given_exact && comparison == static_cast<std::size_t>(Comparison::given_name))
        changed.term_frequency_.given_average = u[0];
    if (level == level::family_exact && comparison == static_cast<std::size_t>(Comparison::family_name))
        changed.term_frequency_.family_average = u[0];
    if (level == level::place_same && comparison == static_cast<std::size_t>(Comparison::birth_place))
        changed.term_frequency_.place_average = u[0];
    return changed;
}

LinkageModel LinkageModel::with_prior(const Prior& prior) const {
    LinkageModel changed = *this;
    changed.prior_ = prior;
    return changed;
}

LinkageModel LinkageModel::with_thresholds(double match_probability, double review_probability) const {
    LinkageModel changed = *this;
    changed.match_probability_ = match_probability;
    changed.review_probability_ = review_probability;
    changed.match_bits_ = to_bits(match_probability);
    changed.review_bits_ = to_bits(review_probability);
    return changed;
}

LinkageModel LinkageModel::with_further(std::string column, FurtherKind kind, std::vector<double> thresholds) const {
    if (further_.size() == kMaxFurther)
        throw Error(ErrorKind::usage, "a model takes at most " + std::to_string(kMaxFurther) + " further columns");
    LinkageModel changed = *this;
    FurtherComparison comparison{std::move(column), kind, std::move(thresholds)};
    if (comparison.thresholds.empty()) comparison.thresholds = default_thresholds(kind);
    std::vector<LevelWeights> levels;
    for (const std::string& name : level_names(comparison)) {
        LevelWeights level;
        level.name = name;
        level.label = name == "exact" ? "the same" : name;
        level.term_frequency = name == "exact";
        levels.push_back(std::move(level));
    }
    set_default_probabilities(levels);
    const std::size_t index = changed.levels_.size();
    changed.labels_.push_back(comparison.column);
    changed.levels_.push_back(std::move(levels));
    changed.further_.push_back(std::move(comparison));
    for (Level level = 1; level <= changed.levels_[index].size(); ++level) changed.weigh(index, level);
    return changed;
}

LinkageModel LinkageModel::with_clustering(const Clustering& clustering) const {
    LinkageModel changed = *this;
    changed.clustering_ = clustering;
    return changed;
}

LinkageModel LinkageModel::with_blocking(std::vector<BlockingRule> rules) const {
    LinkageModel changed = *this;
    changed.blocking_ = std::move(rules);
    return changed;
}

LinkageModel LinkageModel::without(Comparison c) const {
    LinkageModel changed = *this;
    const auto index = static_cast<std::size_t>(c);
    for (Level level = 1; level <= changed.levels_[index].size(); ++level) {
        LevelWeights& weights = changed.levels_[index][level - 1U];
        weights.u.fill(weights.m);
        changed.weigh(index, level);
    }
    return changed;
}

LinkageModel LinkageModel::with_name(std::string name, std::string version) const {
    LinkageModel changed = *this;
    changed.name_ = std::move(name);
    changed.version_ = std::move(version);
    return changed;
}

void LinkageModel::read_comparison(const TomlTable& table, std::vector<bool>& said) {
    const std::string name = table.string("name");
    std::size_t index = 0;
    while (index < kComparisons && shapes()[index].name != name) ++index;
    if (index == kComparisons) {
        std::vector<std::string> known;
        for (const auto& shape : shapes()) known.emplace_back(shape.name);
        const std::string near = nearest_word(name, known);
        table.fail("name", "no comparison '" + name + "'" + (near.empty() ? "" : "; did you mean '" + near + "'?"));
    }
    if (said[index]) table.fail("name", "comparison '" + name + "' stands twice");
    said[index] = true;
    levels_[index].clear();
    labels_[index] = table.string("label", name);
    const auto names = level_names(static_cast<Comparison>(index));
    const std::vector<std::string> expected(names.begin(), names.end());
    read_levels(table, index, expected);
}

void LinkageModel::read_further(const TomlTable& table) {
    FurtherComparison comparison;
    comparison.column = table.string("column");
    const std::string kind = table.word("kind", kFurtherKindNames);
    const auto found = std::ranges::find(kFurtherKindNames, std::string_view(kind));
    comparison.kind = static_cast<FurtherKind>(found - std::begin(kFurtherKindNames));
    comparison.thresholds = table.numbers("thresholds");
    if (comparison.thresholds.empty()) comparison.thresholds = default_thresholds(comparison.kind);
    if (comparison.thresholds.size() > 4) table.fail("thresholds", "takes at most four");
    if (further_.size() == kMaxFurther)
        table.fail("column", "a model takes at most " + std::to_string(kMaxFurther) + " further columns");
    const std::size_t index = kComparisons + further_.size();
    if (!table.has("level")) {
        *this = with_further(comparison.column, comparison.kind, comparison.thresholds);
        labels_[index] = table.string("label", comparison.column);
        return;
    }
    labels_.push_back(table.string("label", comparison.column));
    levels_.emplace_back();
    further_.push_back(comparison);
    read_levels(table, index, level_names(comparison));
}

void LinkageModel::read_levels(const TomlTable& table, std::size_t index, std::span<const std::string> expected) {
    const std::string name = comparison_name(index);
    double sum_m = 0;
    std::array<double, kAlternatives> sum_u{};
    const auto rows = table.tables("level");
    for (std::size_t i = 0; i < rows.size(); ++i) {
        LevelWeights level;
        level.name = rows[i].string("name");
        if (i >= expected.size() || level.name != expected[i]) {
            std::string order;
            for (const auto& word : expected) order += (order.empty() ? "" : ", ") + word;
            rows[i].fail("name", "levels of '" + name + "' are, in this order: " + order);
        }
        level.label = rows[i].string("label", level.name);
        level.m = read_probability(rows[i], "m");
        for (std::size_t a = 0; a < kAlternatives; ++a) {
            const bool same_as_unrelated = a > 0 && index >= kComparisons && !rows[i].has(kAlternativeNames[a]);
            level.u[a] = same_as_unrelated ? level.u[0] : read_probability(rows[i], kAlternativeNames[a]);
            sum_u[a] += level.u[a];
        }
        level.term_frequency = rows[i].boolean("term_frequency", false);
        // What a trained model says its figures rest on.
        rows[i].number("m_pairs", 0);
        rows[i].number("u_pairs", 0);
        sum_m += level.m;
        levels_[index].push_back(std::move(level));
        weigh(index, static_cast<Level>(i + 1));
    }
    if (rows.size() != expected.size()) {
        table.fail("level", "comparison '" + name + "' has " + std::to_string(expected.size()) + " levels, here are " +
                                std::to_string(rows.size()));
    }
    const auto check_sum = [&](double sum, std::string_view column) {
        if (std::abs(sum - 1) > kSumSlack) {
            table.fail("level", "the probabilities of column '" + std::string(column) + "' of '" + name +
                                    "' add up to " + std::to_string(sum) + ", not 1");
        }
    };
    check_sum(sum_m, "m");
    for (std::size_t a = 0; a < kAlternatives; ++a) check_sum(sum_u[a], kAlternativeNames[a]);
}

BlockingRule LinkageModel::read_rule(const TomlTable& table) const {
    BlockingRule rule;
    rule.name = table.string("name");
    for (const std::string& part : table.strings("key"))
        rule.key.push_back(read_key_part(table, "key", part, further_));
    if (rule.key.empty()) table.fail("key", "a blocking rule needs at least one key part");
    for (const std::string& part : table.strings("refine"))
        rule.refine.push_back(read_key_part(table, "refine", part, further_));
    rule.max_block = read_count(table, "max_block", rule.max_block);
    return rule;
}

void LinkageModel::read_settings(const TomlTable& root) {
    if (root.has("thresholds")) {
        const TomlTable thresholds = root.table("thresholds");
        match_probability_ = read_probability(thresholds, "match");
        review_probability_ = read_probability(thresholds, "review");
        if (match_probability_ >= 1) thresholds.fail("match", "needs a probability below 1");
        if (review_probability_ > match_probability_) thresholds.fail("review", "may not exceed 'match'");
        match_bits_ = to_bits(match_probability_);
        review_bits_ = to_bits(review_probability_);
    }
    const TomlTable prior = root.table("prior");
    prior_.partners = read_positive(prior, "partners", prior_.partners);
    prior_.others[1] = read_positive(prior, "relatives", prior_.others[1]);
    prior_.others[2] = read_positive(prior, "twins", prior_.others[2]);
    prior_.population_floor = read_positive(prior, "population_floor", prior_.population_floor);

    const TomlTable address = root.table("address");
    separate_address_parts_ = address.boolean("separate_parts", separate_address_parts_);

    const TomlTable frequency = root.table("term_frequency");
    term_frequency_.prior_people = read_positive(frequency, "prior_people", term_frequency_.prior_people);
    term_frequency_.given_average = level(Comparison::given_name, level::given_exact).u[0];
    term_frequency_.family_average = level(Comparison::family_name, level::family_exact).u[0];
    term_frequency_.place_average = level(Comparison::birth_place, level::place_same).u[0];

    const TomlTable clustering = root.table("clustering");
    Clustering& c = clustering_;
    c.coherence_floor_bits = read_bits(clustering, "coherence_floor_bits", c.coherence_floor_bits);
    c.weak_bridge_bits = read_bits(clustering, "weak_bridge_bits", c.weak_bridge_bits);
    c.ambiguity_bits = read_bits(clustering, "ambiguity_bits", c.ambiguity_bits);
    c.seal_margin_bits = read_bits(clustering, "seal_margin_bits", c.seal_margin_bits);
    c.multiple_births = clustering.boolean("multiple_births", c.multiple_births);
    c.multiple_births_from = clustering.number("multiple_births_from", c.multiple_births_from);
    if (!(c.multiple_births_from >= 0)) clustering.fail("multiple_births_from", "needs a number from 0");
    c.birth_dates_apart_days = read_count(clustering, "birth_dates_apart_days", c.birth_dates_apart_days, 0);
    c.numbers_apart = read_count(clustering, "numbers_apart", c.numbers_apart, 0);
    c.max_records = read_count(clustering, "max_records", c.max_records);

    const auto rules = root.tables("blocking_rule");
    if (!rules.empty()) blocking_.clear();
    for (const TomlTable& table : rules) blocking_.push_back(read_rule(table));
}

LinkageModel LinkageModel::read(const TomlTable& root, const std::filesystem::path& folder) {
    LinkageModel model;
    model.prior_.others = {0, 6, 0.1};
    const bool extends = root.has("extends");
    if (extends) {
        const std::string base = root.string("extends");
        if (base != std::filesystem::path(base).filename().string())
            root.fail("extends", "names a file of the same folder");
        model = read(TomlTable::parse_file(folder / base), folder);
    }
    model.name_ = root.string("name");
    model.version_ = root.string("version");
    root.optional_string("description");
    model.levels_.resize(std::max(model.levels_.size(), kComparisons));
    model.labels_.resize(model.levels_.size());
    std::vector<bool> said(kComparisons, false);
    for (const TomlTable& table : root.tables("comparison")) model.read_comparison(table, said);
    for (std::size_t i = 0; i < kComparisons; ++i) {
        if (model.levels_[i].empty())
            root.fail("comparison", "comparison '" + std::string(shapes()[i].name) + "' is missing");
    }
    for (const TomlTable& table : root.tables("further_comparison")) model.read_further(table);
    if (!extends && !root.has("thresholds")) root.table("thresholds").fail("match", "is missing");
    model.read_settings(root);
    if (model.blocking_.empty()) root.fail("blocking_rule", "a model needs at least one blocking rule");
    model.trained_ = root.has("training");
    root.detached_table("training");  // what a trained model says of its training; nothing here depends on it
    root.finish();
    return model;
}

LinkageModel LinkageModel::load(const std::filesystem::path& file) {
    return read(TomlTable::parse_file(file), file.parent_path());
}
LinkageModel LinkageModel::parse(std::string_view toml, const std::string& name) {
    return read(TomlTable::parse(toml, name), std::filesystem::path(name).parent_path());
}

}  // namespace caseweave
