#include "link/linkage_model.hpp"

#include <algorithm>
#include <cmath>

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
         {"exact", "default_day", "month_known", "year_known", "transposed", "one_digit", "shifted", "estimated",
          "disputed", "different"}},
        {"expected_birth", {"close", "early", "apart"}},
        {"sex", {"same", "different"}},
        {"address", {"property", "dwelling", "postcode", "sector", "district", "different"}},
        {"nhs_number", {"verified", "same", "former", "different", "conflict"}},
        {"upn", {"permanent", "other", "different", "conflict"}},
        {"uln", {"same", "different"}},
        {"other_id", {"same", "different"}},
        {"contact", {"same", "different"}},
        {"parent_name", {"full", "given", "different", "mother_different"}},
        {"multiple_birth", {"same_place", "both", "one", "other_place", "neither"}},
        {"school", {"same", "different"}},
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
                                              "parent_name"};

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

std::uint32_t read_count(const TomlTable& table, std::string_view key, std::uint32_t fallback) {
    const std::int64_t value = table.integer(key, fallback);
    if (value < 1 || value > 1'000'000'000) table.fail(key, "needs a whole number from 1");
    return static_cast<std::uint32_t>(value);
}

KeyPart read_key_part(const TomlTable& table, const std::string& name) {
    const auto found = std::ranges::find(kKeyPartNames, std::string_view(name));
    if (found == std::end(kKeyPartNames)) {
        const std::string near = nearest_word(name, {std::begin(kKeyPartNames), std::end(kKeyPartNames)});
        table.fail("key", "no key part '" + name + "'" + (near.empty() ? "" : "; did you mean '" + near + "'?"));
    }
    return static_cast<KeyPart>(found - std::begin(kKeyPartNames));
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
std::string_view to_string(KeyPart part) noexcept {
    return kKeyPartNames[static_cast<std::size_t>(part)];
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

void LinkageModel::weigh(LevelWeights& level, Comparison c, Level index) {
    for (std::size_t a = 0; a < kAlternatives; ++a) {
        level.bits[a] = std::log2(level.m / level.u[a]);
        bits_[a][static_cast<std::size_t>(c)][index] = level.bits[a];
    }
}

LinkageModel LinkageModel::with_probabilities(Comparison c, Level level, double m, double u_unrelated) const {
    LinkageModel changed = *this;
    LevelWeights& weights = changed.levels_[static_cast<std::size_t>(c)][level - 1U];
    weights.m = m;
    weights.u[static_cast<std::size_t>(Alternative::unrelated)] = u_unrelated;
    changed.weigh(weights, c, level);
    return changed;
}

void LinkageModel::read_comparison(const TomlTable& table) {
    const std::string name = table.string("name");
    std::size_t index = 0;
    while (index < kComparisons && shapes()[index].name != name) ++index;
    if (index == kComparisons) {
        std::vector<std::string> known;
        for (const auto& shape : shapes()) known.emplace_back(shape.name);
        const std::string near = nearest_word(name, known);
        table.fail("name", "no comparison '" + name + "'" + (near.empty() ? "" : "; did you mean '" + near + "'?"));
    }
    if (!levels_[index].empty()) table.fail("name", "comparison '" + name + "' stands twice");
    const auto c = static_cast<Comparison>(index);
    labels_[index] = table.string("label", name);
    const auto expected = level_names(c);
    double sum_m = 0;
    std::array<double, kAlternatives> sum_u{};
    const auto rows = table.tables("level");
    for (std::size_t i = 0; i < rows.size(); ++i) {
        LevelWeights level;
        level.name = rows[i].string("name");
        if (i >= expected.size() || level.name != expected[i]) {
            std::string order;
            for (const auto& word : expected) order += (order.empty() ? "" : ", ") + std::string(word);
            rows[i].fail("name", "levels of '" + name + "' are, in this order: " + order);
        }
        level.label = rows[i].string("label", level.name);
        level.m = read_probability(rows[i], "m");
        for (std::size_t a = 0; a < kAlternatives; ++a) {
            level.u[a] = read_probability(rows[i], kAlternativeNames[a]);
            sum_u[a] += level.u[a];
        }
        level.term_frequency = rows[i].boolean("term_frequency", false);
        sum_m += level.m;
        weigh(level, c, static_cast<Level>(i + 1));
        levels_[index].push_back(std::move(level));
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

LinkageModel LinkageModel::read(const TomlTable& root) {
    LinkageModel model;
    model.name_ = root.string("name");
    model.version_ = root.string("version");
    root.optional_string("description");

    const TomlTable thresholds = root.table("thresholds");
    model.match_probability_ = read_probability(thresholds, "match");
    model.review_probability_ = read_probability(thresholds, "review");
    if (model.match_probability_ >= 1) thresholds.fail("match", "needs a probability below 1");
    if (model.review_probability_ > model.match_probability_) thresholds.fail("review", "may not exceed 'match'");
    model.match_bits_ = to_bits(model.match_probability_);
    model.review_bits_ = to_bits(model.review_probability_);

    const TomlTable prior = root.table("prior");
    model.prior_.partners = read_positive(prior, "partners", model.prior_.partners);
    model.prior_.others[1] = read_positive(prior, "relatives", 6);
    model.prior_.others[2] = read_positive(prior, "twins", 0.1);
    model.prior_.population_floor = read_positive(prior, "population_floor", model.prior_.population_floor);

    for (const TomlTable& table : root.tables("comparison")) model.read_comparison(table);
    for (std::size_t i = 0; i < kComparisons; ++i) {
        if (model.levels_[i].empty())
            root.fail("comparison", "comparison '" + std::string(shapes()[i].name) + "' is missing");
    }

    const TomlTable frequency = root.table("term_frequency");
    model.term_frequency_.prior_people = read_positive(frequency, "prior_people", model.term_frequency_.prior_people);
    model.term_frequency_.given_average = model.level(Comparison::given_name, level::given_exact).u[0];
    model.term_frequency_.family_average = model.level(Comparison::family_name, level::family_exact).u[0];

    const TomlTable clustering = root.table("clustering");
    Clustering& c = model.clustering_;
    c.coherence_floor_bits = read_bits(clustering, "coherence_floor_bits", c.coherence_floor_bits);
    c.weak_bridge_bits = read_bits(clustering, "weak_bridge_bits", c.weak_bridge_bits);
    c.ambiguity_bits = read_bits(clustering, "ambiguity_bits", c.ambiguity_bits);
    c.seal_margin_bits = read_bits(clustering, "seal_margin_bits", c.seal_margin_bits);
    c.birth_dates_apart_days = read_count(clustering, "birth_dates_apart_days", c.birth_dates_apart_days);
    c.max_records = read_count(clustering, "max_records", c.max_records);

    for (const TomlTable& table : root.tables("blocking_rule")) {
        BlockingRule rule;
        rule.name = table.string("name");
        for (const std::string& part : table.strings("key")) rule.key.push_back(read_key_part(table, part));
        if (rule.key.empty()) table.fail("key", "a blocking rule needs at least one key part");
        rule.max_block = read_count(table, "max_block", rule.max_block);
        model.blocking_.push_back(std::move(rule));
    }
    if (model.blocking_.empty()) root.fail("blocking_rule", "a model needs at least one blocking rule");
    root.finish();
    return model;
}

LinkageModel LinkageModel::load(const std::filesystem::path& file) {
    return read(TomlTable::parse_file(file));
}
LinkageModel LinkageModel::parse(std::string_view toml, const std::string& name) {
    return read(TomlTable::parse(toml, name));
}

}  // namespace caseweave
