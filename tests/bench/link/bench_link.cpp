// Measures linking: pairs scored per second by the shipped model, and a whole run over a synthetic county.

#include <benchmark/benchmark.h>

#include <random>

#include "link/link.hpp"
#include "unit/link/people_generator.hpp"

namespace caseweave {
namespace {

/// Makes one county for all benchmarks: about 75,000 records of 24,000 children, seed 1.
struct County {
    County() {
        test::CountyShape shape;
        shape.families = 10'000;
        fill(builder, test::generate_records(1, shape));
    }
    test::PersonBuilder builder;
};

const PersonStore& county() {
    static County made;
    return made.builder.store();
}

const LinkageModel& model() {
    static const LinkageModel shipped = LinkageModel::load(CASEWEAVE_SOURCE_DIR "/config/linkage/default.toml");
    return shipped;
}

void bench_score_pairs(benchmark::State& state) {
    const FeatureTable features(county(), model().term_frequency());
    const PairScorer scorer(features, model());
    // Random pairs are the cheap ones; candidates that blocking finds share names and addresses.
    const BlockIndex blocks(features, model().blocking(), 1);
    std::vector<std::pair<Rank, Rank>> pairs;
    BlockIndex::Walker walker(blocks);
    for (Rank rank = 0; rank < features.size(); ++rank) {
        for (const auto& candidate : walker.candidates(rank)) pairs.emplace_back(rank, candidate.partner);
    }
    double sum = 0;
    for (auto _ : state) {
        for (const auto& [a, b] : pairs) sum += scorer.score(a, b).bits;
    }
    benchmark::DoNotOptimize(sum);
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(pairs.size()));
}
BENCHMARK(bench_score_pairs)->Unit(benchmark::kMillisecond);

void bench_build_features(benchmark::State& state) {
    for (auto _ : state) benchmark::DoNotOptimize(FeatureTable(county(), model().term_frequency()).size());
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(county().size()));
}
BENCHMARK(bench_build_features)->Unit(benchmark::kMillisecond);

void bench_link_people(benchmark::State& state) {
    LinkOptions options;
    options.threads = static_cast<unsigned>(state.range(0));
    std::uint64_t pairs = 0;
    for (auto _ : state) pairs = link_people(county(), model(), options).stats.scored_pairs;
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(county().size()));
    state.counters["scored_pairs"] = static_cast<double>(pairs);
}
BENCHMARK(bench_link_people)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace caseweave

BENCHMARK_MAIN();
