#include "link/training.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "core/mix.hpp"
#include "link/blocking.hpp"
#include "link/comparisons.hpp"
#include "link/parallel.hpp"

namespace caseweave {

namespace {

// A session must expect so many pairs of one person, or what it says is chance.
constexpr double kFewestMatches = 10;
// The start's m counts as so many pairs: it decides where there are few, and is forgotten where there are many.
constexpr double kPriorPairs = 4;
// Random pairs that hold no pair at a level bound its u by the sample's size, and no lower than this.
constexpr double kSmallestU = 1e-7;
// A block above this is the work of a value that says little.
constexpr std::size_t kLargestTrainingBlock = 2000;
constexpr std::size_t kClasses = kAlternatives + 1;  // one person, then the alternatives

constexpr std::uint64_t mix(std::uint64_t x) noexcept {
    return mix_bits(x + 0x9e3779b97f4a7c15ULL);
}

struct PatternHash {
    std::size_t operator()(const Pattern& pattern) const noexcept {
        return static_cast<std::size_t>(mix(pattern.digits[0] ^ mix(pattern.digits[1])));
    }
};
using Counter = std::unordered_map<Pattern, double, PatternHash>;

std::vector<PatternCount> sorted(const Counter& counter) {
    std::vector<PatternCount> counts;
    counts.reserve(counter.size());
    for (const auto& [pattern, pairs] : counter) counts.push_back({pattern, pairs});
    std::ranges::sort(counts, {}, &PatternCount::pattern);
    return counts;
}

/// Names the comparisons whose outcome a key part decides.
std::vector<std::size_t> decided_by(KeyPart part) {
    const auto indices = [](std::initializer_list<Comparison> list) {
        std::vector<std::size_t> out;
        for (const Comparison c : list) out.push_back(static_cast<std::size_t>(c));
        return out;
    };
    switch (part) {
        case KeyPart::nhs_number:
            return indices({Comparison::nhs_number});
        case KeyPart::upn:
            return indices({Comparison::upn});
        case KeyPart::uln:
            return indices({Comparison::uln});
        case KeyPart::other_id:
            return indices({Comparison::other_id});
        case KeyPart::contact:
            return indices({Comparison::contact});
        case KeyPart::birth_date:
        case KeyPart::birth_date_or_swapped:
        case KeyPart::birth_year:
        case KeyPart::birth_year_month:
        case KeyPart::birth_month_day:
        case KeyPart::birth_year_day:
        case KeyPart::birth_season:
            return indices({Comparison::birth_date, Comparison::expected_birth});
        case KeyPart::family:
        case KeyPart::family_sound:
            return indices({Comparison::family_name});
        case KeyPart::given:
        case KeyPart::given_sound:
        case KeyPart::given_initial:
            return indices({Comparison::given_name});
        case KeyPart::forename_sound:
            return indices({Comparison::given_name, Comparison::middle_names});
        case KeyPart::names_unordered:
            return indices({Comparison::given_name, Comparison::family_name});
        case KeyPart::property:
        case KeyPart::dwelling:
        case KeyPart::postcode:
        case KeyPart::postcode_sector:
            return indices({Comparison::address});
        case KeyPart::street:
            return indices({Comparison::address, Comparison::street});
        case KeyPart::town:
            return indices({Comparison::address, Comparison::town});
        case KeyPart::parent_given:
        case KeyPart::parent_name:
            return indices({Comparison::parent_name});
        case KeyPart::birth_place:
            return indices({Comparison::birth_place});
        case KeyPart::anyone:
            return {};
        case KeyPart::further:
            break;
    }
    return {kComparisons + static_cast<std::size_t>(part) - static_cast<std::size_t>(KeyPart::further)};
}

/// Lists the blockings that sessions are held under. Each chooses pairs among which one person is frequent, by other
/// comparisons than the rest do; those whose columns a file lacks find no pairs.
std::vector<BlockingRule> training_blockings(const LinkageModel& model) {
    std::vector<std::vector<KeyPart>> keys = {
        {KeyPart::birth_date},
        {KeyPart::given, KeyPart::family},
        {KeyPart::contact},
        {KeyPart::family, KeyPart::postcode},
        {KeyPart::given, KeyPart::postcode},
        {KeyPart::given, KeyPart::street},
        {KeyPart::nhs_number},
        {KeyPart::upn},
    };
    for (std::size_t c = 0; c < model.further().size(); ++c) keys.push_back({further_part(c), KeyPart::given_initial});
    std::vector<BlockingRule> rules;
    for (auto& key : keys) {
        BlockingRule rule;
        for (const KeyPart part : key) rule.name += (rule.name.empty() ? "" : " + ") + to_string(part, model.further());
        rule.key = std::move(key);
        rules.push_back(std::move(rule));
    }
    return rules;
}

/// Fetches the records ahead of place `i` in a sequence of `size` of them.
template <typename RankAt>
void fetch_ahead(const FeatureTable& features, std::size_t i, std::size_t size, RankAt&& rank_at) {
    if (i + FeatureTable::kRecordsAhead < size) features.prefetch(rank_at(i + FeatureTable::kRecordsAhead));
    if (i + FeatureTable::kPartsAhead < size) features.prefetch_parts(rank_at(i + FeatureTable::kPartsAhead));
}

/// Counts the patterns of the pairs of a blocking; sampled by block where they are more than `most`.
std::vector<PatternCount> count_session(const PairScorer& scorer, const BlockingRule& rule,
                                        const TrainingOptions& options, std::uint64_t& pairs) {
    const FeatureTable& features = scorer.features();
    const std::vector<KeyedRecord> keyed = keyed_records(features, rule, options.threads);
    std::vector<std::span<const KeyedRecord>> blocks;
    double available = 0;
    for_each_block(keyed, [&](std::span<const KeyedRecord> block) {
        if (block.size() < 2 || block.size() > kLargestTrainingBlock) return;
        blocks.push_back(block);
        available += static_cast<double>(block.size()) * static_cast<double>(block.size() - 1) / 2;
    });
    const double share = std::min(1.0, static_cast<double>(options.session_pairs) / std::max(available, 1.0));
    std::erase_if(blocks, [&](std::span<const KeyedRecord> block) {
        return static_cast<double>(mix(block.front().key ^ options.seed) >> 11U) * 0x1.0p-53 >= share;
    });
    constexpr std::size_t kChunk = 64;
    std::vector<Counter> counters((blocks.size() + kChunk - 1) / kChunk);
    std::vector<std::uint64_t> counted(counters.size(), 0);
    for_each_index(
        counters.size(), options.threads, options.stop, [] { return 0; },
        [&](int, std::size_t chunk) {
            for (std::size_t b = chunk * kChunk; b < std::min(blocks.size(), (chunk + 1) * kChunk); ++b) {
                const std::span<const KeyedRecord> block = blocks[b];
                for (std::size_t i = 0; i < block.size(); ++i) {
                    for (std::size_t j = i + 1; j < block.size(); ++j) {
                        fetch_ahead(features, j, block.size(), [&](std::size_t at) { return block[at].rank; });
                        counters[chunk][scorer.pattern(block[i].rank, block[j].rank)] += 1;
                        ++counted[chunk];
                    }
                }
            }
        });
    Counter sum;
    for (const Counter& counter : counters) {
        for (const auto& [pattern, n] : counter) sum[pattern] += n;
    }
    pairs = std::accumulate(counted.begin(), counted.end(), std::uint64_t{0});
    return sorted(sum);
}

using LevelCounts = std::vector<std::array<double, kMaxLevels + 1>>;

/// Counts, over random pairs, how often each level occurs by chance.
LevelCounts count_random(const PairScorer& scorer, const TrainingOptions& options, std::uint64_t& pairs) {
    const std::size_t records = scorer.features().size();
    const double all = static_cast<double>(records) * static_cast<double>(records - 1) / 2;
    const bool every = all <= static_cast<double>(options.random_pairs);
    const std::size_t comparisons = scorer.model().comparisons();
    const std::size_t wanted = every ? static_cast<std::size_t>(all) : options.random_pairs;
    constexpr std::size_t kChunk = 16'384;
    const std::size_t chunks = every ? records : (wanted + kChunk - 1) / kChunk;
    std::vector<LevelCounts> counts(chunks);
    for_each_index(
        chunks, options.threads, options.stop, [] { return 0; },
        [&](int, std::size_t chunk) {
            LevelCounts& mine = counts[chunk];
            mine.assign(comparisons, {});
            const auto count = [&](Rank a, Rank b) {
                const Pattern pattern = scorer.pattern(a, b);
                for (std::size_t c = 0; c < comparisons; ++c) mine[c][level_of(pattern, c)] += 1;
            };
            if (every) {
                for (Rank b = static_cast<Rank>(chunk) + 1; b < records; ++b) count(static_cast<Rank>(chunk), b);
                return;
            }
            const auto drawn = [&](std::size_t i) {
                const auto a = static_cast<Rank>(mix(options.seed * 0x51ED270B + 2 * i) % records);
                auto b = static_cast<Rank>(mix(options.seed * 0x51ED270B + 2 * i + 1) % (records - 1));
                if (b >= a) ++b;
                return std::pair(a, b);
            };
            const std::size_t end = std::min(wanted, (chunk + 1) * kChunk);
            for (std::size_t i = chunk * kChunk; i < end; ++i) {
                fetch_ahead(scorer.features(), i, end, [&](std::size_t at) { return drawn(at).first; });
                fetch_ahead(scorer.features(), i, end, [&](std::size_t at) { return drawn(at).second; });
                const auto [a, b] = drawn(i);
                count(a, b);
            }
        });
    LevelCounts sum(comparisons);
    for (const LevelCounts& part : counts) {
        for (std::size_t c = 0; c < part.size(); ++c) {
            for (std::size_t l = 0; l < part[c].size(); ++l) sum[c][l] += part[c][l];
        }
    }
    pairs = wanted;
    return sum;
}

/// Sets u of the unrelated from random pairs, of which the share `matches` are of one person.
LinkageModel set_u(const LinkageModel& model, const LevelCounts& random, double matches) {
    LinkageModel changed = model;
    for (std::size_t c = 0; c < model.comparisons(); ++c) {
        const auto levels = model.levels(c);
        double compared = 0;
        for (std::size_t l = 1; l <= levels.size(); ++l) compared += random[c][l];
        if (compared < 1) continue;
        std::vector<double> u(levels.size());
        double sum = 0;
        for (std::size_t i = 0; i < levels.size(); ++i) {
            const double seen = random[c][i + 1];
            // Of what was seen, some are of one person; never more than nine in ten of it are taken away.
            const double chance = std::max(seen - compared * matches * levels[i].m, 0.1 * seen);
            // A level never seen is at most as frequent as the sample could miss, and the start may say it is rarer.
            const double floor = std::max(kSmallestU, std::min(levels[i].u[0], 0.5 / compared));
            u[i] = std::max(chance / compared, floor);
            sum += u[i];
        }
        for (std::size_t i = 0; i < levels.size(); ++i) {
            auto all = levels[i].u;
            all[0] = u[i] / sum;
            // What a file's further columns say of relatives nobody knows: no more than of anyone.
            if (c >= kComparisons) all[1] = all[2] = all[0];
            changed = changed.with_probabilities(c, static_cast<Level>(i + 1), levels[i].m, all);
        }
    }
    return changed;
}

/// Holds how much likelier a candidate pair's agreements are under each alternative than for one person: no prior yet.
using Evidence = std::array<double, kAlternatives>;

std::vector<Evidence> weigh_candidates(const PairScorer& scorer, const BlockIndex& blocks,
                                       const TrainingOptions& options, double& scale) {
    const FeatureTable& features = scorer.features();
    // Every so many records; a pair counts where its lower rank does.
    const std::size_t step = std::max<std::size_t>(1, features.size() / options.scored_records);
    const std::size_t sampled = (features.size() + step - 1) / step;
    constexpr std::size_t kChunk = 256;
    std::vector<std::vector<Evidence>> parts((sampled + kChunk - 1) / kChunk);
    std::array<double, kAlternatives> prior{};
    for (std::size_t a = 0; a < kAlternatives; ++a)
        prior[a] = scorer.model().prior_bits(static_cast<Alternative>(a), features.size());
    for_each_index(
        parts.size(), options.threads, options.stop, [&] { return BlockIndex::Walker(blocks); },
        [&](BlockIndex::Walker& walker, std::size_t chunk) {
            for (std::size_t i = chunk * kChunk; i < std::min(sampled, (chunk + 1) * kChunk); ++i) {
                const auto rank = static_cast<Rank>(i * step);
                const auto candidates = walker.candidates(rank);
                for (std::size_t at = 0; at < candidates.size(); ++at) {
                    fetch_ahead(features, at, candidates.size(), [&](std::size_t j) { return candidates[j].partner; });
                    const PairScore score = scorer.score(rank, candidates[at].partner);
                    Evidence evidence{};
                    for (std::size_t a = 0; a < kAlternatives; ++a)
                        evidence[a] = std::exp2(prior[a] - score.against[a]);
                    parts[chunk].push_back(evidence);
                }
            }
        });
    std::vector<Evidence> all;
    for (auto& part : parts) all.insert(all.end(), part.begin(), part.end());
    scale = static_cast<double>(step);
    return all;
}

double posterior(const Evidence& evidence, const LinkageModel::Prior& prior, double records,
                 std::array<double, kAlternatives>* of_others = nullptr) {
    std::array<double, kAlternatives> odds{};
    double sum = 1;
    for (std::size_t a = 0; a < kAlternatives; ++a) {
        const double others = a == 0 ? records : prior.others[a];
        odds[a] = others / prior.partners * evidence[a];
        sum += odds[a];
    }
    if (of_others != nullptr) {
        for (std::size_t a = 0; a < kAlternatives; ++a) (*of_others)[a] = odds[a] / sum;
    }
    return 1 / sum;
}

/// Fits how many records of one person, of relatives and of twins a record has, to the candidate pairs.
LinkageModel::Prior fit_prior(const LinkageModel& model, const std::vector<Evidence>& pairs, double scale,
                              double records) {
    constexpr int kRounds = 100;
    constexpr double kFewest = 1e-3;
    LinkageModel::Prior prior = model.prior();
    prior.population_floor = 1;
    for (int round = 0; round < kRounds; ++round) {
        double same = 0;
        std::array<double, kAlternatives> others{};
        for (const Evidence& pair : pairs) {
            std::array<double, kAlternatives> share{};
            same += posterior(pair, prior, records, &share);
            for (std::size_t a = 0; a < kAlternatives; ++a) others[a] += share[a];
        }
        const double before = prior.partners;
        prior.partners = std::max(2 * scale * same / records, kFewest);
        for (std::size_t a = 1; a < kAlternatives; ++a)
            prior.others[a] = std::max(2 * scale * others[a] / records, kFewest);
        if (std::abs(prior.partners - before) < 1e-6 * before) break;
    }
    return prior;
}

/// Tells whether what a session takes for one person mostly agrees in what names a person. Records of one person differ
/// now and then; a mixture whose members mostly do has found another likeness, such as columns that go together.
bool names_one_person(const LinkageModel& fitted, const TrainingSession& session) {
    for (const Comparison naming : {Comparison::given_name, Comparison::family_name, Comparison::birth_date}) {
        const auto c = static_cast<std::size_t>(naming);
        if (std::ranges::find(session.fixed, c) != session.fixed.end()) continue;
        if (fitted.levels(c).back().m > 0.5) return false;
    }
    return true;
}

std::vector<ThresholdPoint> threshold_curve(const std::vector<Evidence>& pairs, const LinkageModel::Prior& prior,
                                            double records) {
    std::vector<double> probabilities;
    probabilities.reserve(pairs.size());
    for (const Evidence& pair : pairs) probabilities.push_back(posterior(pair, prior, records));
    std::ranges::sort(probabilities, std::ranges::greater{});
    const double all = std::accumulate(probabilities.begin(), probabilities.end(), 0.0);
    static constexpr double kMarks[] = {0.9999, 0.999, 0.998, 0.995, 0.99, 0.98, 0.95, 0.9, 0.8,
                                        0.7,    0.6,   0.5,   0.4,   0.3,  0.2,  0.1,  0.05};
    std::vector<ThresholdPoint> curve;
    double accepted = 0;
    std::size_t count = 0;
    for (const double mark : kMarks) {
        while (count < probabilities.size() && probabilities[count] >= mark) accepted += probabilities[count++];
        curve.push_back({mark, count == 0 ? 1 : accepted / static_cast<double>(count), all > 0 ? accepted / all : 0});
    }
    return curve;
}

}  // namespace

bool TrainingReport::converged() const noexcept {
    return enough && std::ranges::all_of(sessions, [](const TrainingSession& s) { return !s.used || s.converged; });
}

LinkageModel fit_patterns(const LinkageModel& start, const std::vector<PatternCount>& counts,
                          const TrainingOptions& options, TrainingSession& session,
                          std::vector<std::vector<LevelEvidence>>* evidence) {
    const std::size_t comparisons = start.comparisons();
    std::vector<bool> free(comparisons, true);
    for (const std::size_t c : session.fixed) free[c] = false;
    // Patterns that differ only where nothing is learnt are one.
    Counter reduced;
    for (const PatternCount& count : counts) {
        Pattern pattern;
        for (std::size_t c = 0; c < comparisons; ++c) {
            if (free[c]) pattern = with_level(pattern, c, level_of(count.pattern, c));
        }
        reduced[pattern] += count.pairs;
    }
    const std::vector<PatternCount> patterns = sorted(reduced);
    session.patterns = patterns.size();
    double total = 0;
    for (const PatternCount& pattern : patterns) total += pattern.pairs;
    if (total == 0) return start;

    LevelCounts m(comparisons);
    for (std::size_t c = 0; c < comparisons; ++c) {
        for (std::size_t i = 0; i < start.levels(c).size(); ++i) m[c][i + 1] = start.levels(c)[i].m;
    }
    // The alternatives' likelihoods do not change.
    std::vector<std::array<double, kAlternatives>> others(patterns.size());
    for (std::size_t p = 0; p < patterns.size(); ++p) {
        others[p].fill(1);
        for (std::size_t c = 0; c < comparisons; ++c) {
            const Level level = level_of(patterns[p].pattern, c);
            if (level == kNull) continue;
            for (std::size_t a = 0; a < kAlternatives; ++a) others[p][a] *= start.level(c, level).u[a];
        }
    }
    std::array<double, kClasses> share = {0.2, 0.7, 0.08, 0.02};
    LevelCounts seen(comparisons);
    for (session.iterations = 1; session.iterations <= options.max_iterations; ++session.iterations) {
        for (auto& row : seen) row.fill(0);
        std::array<double, kClasses> expected{};
        for (std::size_t p = 0; p < patterns.size(); ++p) {
            double one = share[0];
            for (std::size_t c = 0; c < comparisons; ++c) {
                const Level level = level_of(patterns[p].pattern, c);
                if (level != kNull) one *= m[c][level];
            }
            double sum = one;
            for (std::size_t a = 0; a < kAlternatives; ++a) sum += share[a + 1] * others[p][a];
            const double pairs = patterns[p].pairs;
            const double responsibility = sum > 0 ? one / sum : 0;
            expected[0] += pairs * responsibility;
            for (std::size_t a = 0; a < kAlternatives; ++a)
                expected[a + 1] += sum > 0 ? pairs * share[a + 1] * others[p][a] / sum : 0;
            for (std::size_t c = 0; c < comparisons; ++c)
                seen[c][level_of(patterns[p].pattern, c)] += pairs * responsibility;
        }
        session.largest_change = 0;
        const auto note = [&](double change, const std::string& where) {
            if (change <= session.largest_change) return;
            session.largest_change = change;
            session.largest_change_at = where;
        };
        for (std::size_t k = 0; k < kClasses; ++k) {
            const double now = expected[k] / total;
            if (k == 0) note(std::abs(now - share[k]), "share of one person");
            share[k] = now;
        }
        for (std::size_t c = 0; c < comparisons; ++c) {
            if (!free[c]) continue;
            const auto levels = start.levels(c);
            double compared = kPriorPairs;
            for (std::size_t l = 1; l <= levels.size(); ++l) compared += seen[c][l];
            for (std::size_t l = 1; l <= levels.size(); ++l) {
                const double now = (seen[c][l] + kPriorPairs * levels[l - 1].m) / compared;
                note(std::abs(now - m[c][l]), start.comparison_name(c) + " " + levels[l - 1].name);
                m[c][l] = now;
            }
        }
        session.matches = expected[0];
        session.converged = session.largest_change < options.tolerance;
        if (session.converged || options.stop.stop_requested()) break;
    }
    session.iterations = std::min(session.iterations, options.max_iterations);
    LinkageModel fitted = start;
    for (std::size_t c = 0; c < comparisons; ++c) {
        if (!free[c]) continue;
        for (std::size_t i = 0; i < start.levels(c).size(); ++i) {
            fitted = fitted.with_probabilities(c, static_cast<Level>(i + 1), m[c][i + 1], start.levels(c)[i].u);
            if (evidence != nullptr) (*evidence)[c][i].m_pairs += seen[c][i + 1];
        }
    }
    return fitted;
}

Training train_model(const PersonStore& store, const LinkageModel& start, const TrainingOptions& options) {
    PreparedPeople people(store, start, options.threads, {}, options.stop);
    return train_model(people, start, options);
}

Training train_model(PreparedPeople& people, const LinkageModel& start, const TrainingOptions& options) {
    Training training{start, {}};
    TrainingReport& report = training.report;
    const std::size_t size = people.store().size();
    report.records = size;
    if (size < 3 || options.stop.stop_requested()) return training;
    const PairScorer scorer(people.features(), start);
    const auto empty_evidence = [&] {
        std::vector<std::vector<LevelEvidence>> rows(start.comparisons());
        for (std::size_t c = 0; c < rows.size(); ++c) rows[c].resize(start.levels(c).size());
        return rows;
    };

    const LevelCounts random = count_random(scorer, options, report.random_pairs);
    LinkageModel model = set_u(start, random, 0);

    std::vector<std::vector<PatternCount>> counted;
    for (const BlockingRule& rule : training_blockings(start)) {
        TrainingSession session;
        session.blocked_by = rule.name;
        for (const KeyPart part : rule.key) {
            for (const std::size_t c : decided_by(part)) session.fixed.push_back(c);
        }
        auto counts = count_session(scorer, rule, options, session.pairs);
        if (session.pairs == 0) continue;
        counted.push_back(std::move(counts));
        report.sessions.push_back(std::move(session));
        if (options.stop.stop_requested()) return training;
    }

    // Twice: the second time, random pairs are known to hold how many of one person.
    for (int round = 0; round < 2; ++round) {
        report.evidence = empty_evidence();
        std::vector<std::vector<double>> weight(start.comparisons());
        std::vector<std::vector<double>> sum(start.comparisons());
        for (std::size_t c = 0; c < start.comparisons(); ++c) {
            weight[c].assign(1, 0);
            sum[c].assign(start.levels(c).size(), 0);
        }
        report.enough = false;
        for (std::size_t s = 0; s < report.sessions.size(); ++s) {
            TrainingSession& session = report.sessions[s];
            auto evidence = empty_evidence();
            const LinkageModel fitted = fit_patterns(model, counted[s], options, session, &evidence);
            session.plausible = names_one_person(fitted, session);
            session.used = session.plausible && session.matches >= kFewestMatches;
            if (!session.used) continue;
            report.enough = true;
            for (std::size_t c = 0; c < start.comparisons(); ++c) {
                if (std::ranges::find(session.fixed, c) != session.fixed.end()) continue;
                double pairs = 0;
                for (const LevelEvidence& level : evidence[c]) pairs += level.m_pairs;
                if (pairs <= 0) continue;
                weight[c][0] += pairs;
                for (std::size_t i = 0; i < sum[c].size(); ++i) {
                    sum[c][i] += pairs * fitted.levels(c)[i].m;
                    report.evidence[c][i].m_pairs += evidence[c][i].m_pairs;
                }
            }
        }
        if (!report.enough) return training;
        LinkageModel next = start;
        for (std::size_t c = 0; c < start.comparisons(); ++c) {
            for (std::size_t i = 0; i < sum[c].size(); ++i) {
                const double m = weight[c][0] > 0 ? sum[c][i] / weight[c][0] : start.levels(c)[i].m;
                next = next.with_probabilities(c, static_cast<Level>(i + 1), m, start.levels(c)[i].u);
                report.evidence[c][i].u_pairs = random[c][i + 1];
            }
        }
        model = set_u(next, random, 0);
        double scale = 1;
        // Rarity is counted from the average chance that names agree, which has moved with u.
        people.weigh(model);
        const PairScorer judge(people.features(), model);
        const auto candidates = weigh_candidates(judge, people.blocks(), options, scale);
        if (options.stop.stop_requested()) return training;
        const auto records = static_cast<double>(size);
        model = model.with_prior(fit_prior(model, candidates, scale, records));
        model = set_u(model, random, std::min(0.5, model.prior().partners / records));
        report.thresholds = threshold_curve(candidates, model.prior(), records);
    }
    // The threshold that the estimate says gives the best balance of the two, never below an even chance.
    const auto f1 = [](const ThresholdPoint& p) {
        return p.precision + p.recall > 0 ? 2 * p.precision * p.recall / (p.precision + p.recall) : 0;
    };
    const ThresholdPoint* best = &report.thresholds.front();
    for (const ThresholdPoint& point : report.thresholds) {
        if (point.probability >= 0.5 && f1(point) > f1(*best)) best = &point;
    }
    report.precision = best->precision;
    report.recall = best->recall;
    LinkageModel::Clustering clustering = model.clustering();
    clustering.multiple_births =
        clustering.multiple_births &&
        model.prior().others[static_cast<std::size_t>(Alternative::twin)] >= clustering.multiple_births_from;
    training.model =
        model.with_thresholds(best->probability, std::min(0.1, best->probability)).with_clustering(clustering);
    return training;
}

}  // namespace caseweave
