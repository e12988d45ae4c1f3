#include "link/training.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>

#include "link/link.hpp"
#include "unit/link/people_generator.hpp"
#include "unit/link/shipped_model.hpp"

namespace caseweave {
namespace {

using test::shipped_model;

/// Draws pattern counts from a model's own m and u, comparisons independent: what training must give back.
std::vector<PatternCount> draw_counts(const LinkageModel& truth, std::span<const Comparison> comparisons, double share,
                                      int pairs, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> uniform(0, 1);
    std::map<Pattern, double> counts;
    for (int i = 0; i < pairs; ++i) {
        const bool one_person = uniform(random) < share;
        Pattern pattern;
        for (const Comparison c : comparisons) {
            if (uniform(random) < 0.1) continue;  // a tenth of the values is missing
            double left = uniform(random);
            Level level = 0;
            for (const LevelWeights& weights : truth.levels(c)) {
                ++level;
                left -= one_person ? weights.m : weights.u[0];
                if (left <= 0) break;
            }
            pattern = with_level(pattern, c, level);
        }
        counts[pattern] += 1;
    }
    std::vector<PatternCount> list;
    for (const auto& [pattern, n] : counts) list.push_back({pattern, n});
    return list;
}

TEST(Training, GivesBackTheProbabilitiesThatPatternsWereDrawnFrom) {
    constexpr std::uint64_t kSeed = 20261;
    constexpr Comparison kCompared[] = {Comparison::given_name, Comparison::family_name, Comparison::birth_date,
                                        Comparison::sex, Comparison::address};
    // The truth differs from the model training begins with.
    LinkageModel truth = shipped_model();
    const auto set_m = [&](Comparison c, std::vector<double> m) {
        for (std::size_t i = 0; i < m.size(); ++i)
            truth = truth.with_probabilities(static_cast<std::size_t>(c), static_cast<Level>(i + 1), m[i],
                                             truth.levels(c)[i].u);
    };
    set_m(Comparison::given_name, {0.6, 0.05, 0.05, 0.1, 0.02, 0.03, 0.05, 0.02, 0.01, 0.07});
    set_m(Comparison::family_name, {0.7, 0.06, 0.01, 0.08, 0.02, 0.03, 0.1});
    set_m(Comparison::birth_date, {0.8, 0.02, 0.01, 0.01, 0.04, 0.06, 0.03, 0.01, 0.01, 0.01});
    set_m(Comparison::sex, {0.93, 0.07});
    set_m(Comparison::address, {0.3, 0.2, 0.05, 0.1, 0.05, 0.1, 0.05, 0.05, 0.1});
    const auto counts = draw_counts(truth, kCompared, 0.2, 300'000, kSeed);

    TrainingSession session;
    std::vector<std::vector<LevelEvidence>> evidence(shipped_model().comparisons());
    for (std::size_t c = 0; c < evidence.size(); ++c) evidence[c].resize(shipped_model().levels(c).size());
    const LinkageModel fitted = fit_patterns(shipped_model(), counts, {}, session, &evidence);
    EXPECT_TRUE(session.converged);
    EXPECT_LT(session.largest_change, 1e-5);
    EXPECT_FALSE(session.largest_change_at.empty());
    EXPECT_NEAR(session.matches / 300'000, 0.2, 0.005);
    for (const Comparison c : kCompared) {
        for (std::size_t i = 0; i < truth.levels(c).size(); ++i) {
            EXPECT_NEAR(fitted.levels(c)[i].m, truth.levels(c)[i].m, 0.01)
                << to_string(c) << ' ' << truth.levels(c)[i].name;
        }
    }
    const auto nhs = static_cast<std::size_t>(Comparison::nhs_number);
    EXPECT_EQ(evidence[nhs][0].m_pairs, 0) << "never observed";
    EXPECT_DOUBLE_EQ(fitted.level(nhs, 1).m, shipped_model().level(nhs, 1).m) << "and not invented";
}

TEST(Training, SaysWhenItHasNotConverged) {
    const auto counts =
        draw_counts(shipped_model(), std::array{Comparison::given_name, Comparison::birth_date}, 0.2, 5000, 3);
    TrainingOptions options;
    options.max_iterations = 2;
    TrainingSession session;
    fit_patterns(shipped_model(), counts, options, session);
    EXPECT_FALSE(session.converged);
    EXPECT_EQ(session.iterations, 2U);
    EXPECT_GT(session.largest_change, options.tolerance);
}

struct TrainedCounty {
    explicit TrainedCounty(std::uint64_t seed, unsigned threads = 1, bool reversed = false) {
        records = test::generate_records(seed);
        auto order = records;
        if (reversed) std::ranges::reverse(order);
        test::fill(builder, order);
        TrainingOptions options;
        options.threads = threads;
        options.random_pairs = 200'000;
        training = train_model(builder.store(), shipped_model(), options);
    }
    test::PersonBuilder builder;
    std::vector<test::GeneratedRecord> records;
    Training training{shipped_model(), {}};
};

TEST(Training, LearnsFromRecordsWithoutTheTruth) {
    TrainedCounty county(41);
    const TrainingReport& report = county.training.report;
    ASSERT_TRUE(report.enough);
    EXPECT_TRUE(report.converged());
    EXPECT_GE(report.sessions.size(), 3U);
    for (const TrainingSession& session : report.sessions) {
        EXPECT_FALSE(session.fixed.empty()) << session.blocked_by;
        EXPECT_GT(session.pairs, 0U);
    }
    // The generator's truth: how many partners a record has.
    std::map<std::uint32_t, double> sizes;
    for (const auto& record : county.records) ++sizes[record.person];
    double pairs = 0;
    for (const auto& [person, n] : sizes) pairs += n * (n - 1);
    EXPECT_NEAR(county.training.model.prior().partners, pairs / static_cast<double>(county.records.size()),
                0.15 * pairs / static_cast<double>(county.records.size()));

    const auto linked = link_people(county.builder.store(), county.training.model);
    const auto counted = test::count_pairs(county.builder, county.records, linked.cluster);
    EXPECT_GT(counted.precision(), 0.998);
    EXPECT_GT(counted.recall(), 0.95);
    EXPECT_EQ(counted.across_seal, 0U);
    EXPECT_EQ(counted.twins_merged, 0U);
    // The curve goes from strict to lenient, and the thresholds stand on it.
    for (std::size_t i = 1; i < report.thresholds.size(); ++i) {
        EXPECT_LE(report.thresholds[i].probability, report.thresholds[i - 1].probability);
        EXPECT_GE(report.thresholds[i].recall, report.thresholds[i - 1].recall);
    }
    EXPECT_GE(county.training.model.match_probability(), 0.5);
}

TEST(Training, IsTheSameForAnyNumberOfThreadsAndOrderOfRecords) {
    const TrainedCounty one(42, 1);
    const TrainedCounty two(42, 3, true);
    for (std::size_t c = 0; c < one.training.model.comparisons(); ++c) {
        for (std::size_t i = 0; i < one.training.model.levels(c).size(); ++i) {
            EXPECT_EQ(one.training.model.levels(c)[i].m, two.training.model.levels(c)[i].m);
            EXPECT_EQ(one.training.model.levels(c)[i].u, two.training.model.levels(c)[i].u);
        }
    }
    EXPECT_EQ(one.training.model.prior().partners, two.training.model.prior().partners);
    EXPECT_EQ(one.training.model.match_bits(), two.training.model.match_bits());
}

TEST(Training, LeavesTheModelAsItWasWhereThereIsTooLittleToLearnFrom) {
    test::PersonBuilder builder;
    for (int i = 0; i < 12; ++i)
        builder.person("a", std::to_string(i),
                       {{"given_name", "Ada"}, {"birth_date", "2010-01-0" + std::to_string(1 + i % 9)}});
    builder.store().seal();
    const Training training = train_model(builder.store(), shipped_model());
    EXPECT_FALSE(training.report.enough);
    EXPECT_EQ(training.model.level(Comparison::given_name, 1).m, shipped_model().level(Comparison::given_name, 1).m);
    EXPECT_EQ(training.model.match_bits(), shipped_model().match_bits());
}

TEST(Training, TakesColumnsThatGoTogetherForNoPerson) {
    // No two records are of one person, and three columns that say the same: whoever shares them looks alike.
    constexpr std::uint64_t kSeed = 20262;
    SCOPED_TRACE(kSeed);
    std::mt19937_64 random(kSeed);
    const auto letters = [&](std::size_t count) {
        std::string text;
        for (std::size_t i = 0; i < count; ++i) text += static_cast<char>('a' + random() % 26);
        return text;
    };
    test::PersonBuilder builder;
    LinkageModel start = shipped_model();
    for (const char* column : {"ward", "parish", "polling district"}) {
        builder.store().add_extra_column(column, ExtraKind::text);
        start = start.with_further(column, FurtherKind::exact);
    }
    for (std::uint32_t i = 0; i < 3000; ++i) {
        builder.person("file", std::to_string(i),
                       {{"given_name", letters(6)},
                        {"family_name", std::string(1, static_cast<char>('a' + i % 7)) + letters(6)},
                        {"birth_date", std::to_string(1930 + random() % 70) + "-0" + std::to_string(1 + random() % 9) +
                                           "-" + std::to_string(10 + random() % 18)}});
        const std::string ward = "w" + std::to_string(random() % 60);
        for (std::size_t c = 0; c < 3; ++c) builder.store().set_extra(c, PersonRow{i}, ward);
    }
    builder.store().seal();
    const Training training = train_model(builder.store(), start);
    bool found_something_else = false;
    for (const TrainingSession& session : training.report.sessions) {
        if (session.used) {
            EXPECT_LT(session.matches, 30) << session.blocked_by;
        }
        found_something_else = found_something_else || !session.plausible;
    }
    EXPECT_TRUE(found_something_else);
    EXPECT_LT(link_people(builder.store(), training.model).links.size(), 10U);
}

}  // namespace
}  // namespace caseweave
