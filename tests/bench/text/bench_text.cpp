// One iteration works through kNames; items are names or pairs of neighbouring names.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "text/diminutives.hpp"
#include "text/fold.hpp"
#include "text/phonetic.hpp"
#include "text/reference/reference.hpp"
#include "text/similarity.hpp"
#include "text/utf8.hpp"

namespace text = caseweave::text;

namespace {

constexpr std::array<std::string_view, 16> kNames = {
    "catherine", "katherine", "mohammed",      "muhammad", "smith jones",  "smyth jones", "oluwaseun",   "oluwaseyi",
    "brown",     "browne",    "wojciechowski", "wojcik",   "featherstone", "fetherston",  "christopher", "kristofer"};
constexpr std::array<std::string_view, 4> kAsciiNames = {"O'Brien", "SMITH-JONES", "Mary Ann", "Mohammed"};
constexpr std::array<std::string_view, 4> kLatinNames = {"Siân", "Łukasz Żółć", "Guðrún", "Müller"};
constexpr std::array<std::string_view, 4> kForeignNames = {"Владимир", "王小明", "محمد", "Γιώργος"};

void count_items(benchmark::State& state, std::size_t items) {
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(items));
}

template <typename Compare>
void over_pairs(benchmark::State& state, Compare compare) {
    for (auto _ : state) {
        for (std::size_t i = 0; i + 1 < kNames.size(); ++i) benchmark::DoNotOptimize(compare(kNames[i], kNames[i + 1]));
    }
    count_items(state, kNames.size() - 1);
}

template <typename Encode>
void over_names(benchmark::State& state, Encode encode) {
    for (auto _ : state) {
        for (const std::string_view name : kNames) benchmark::DoNotOptimize(encode(name));
    }
    count_items(state, kNames.size());
}

void over_folding(benchmark::State& state, const std::array<std::string_view, 4>& names) {
    std::string out;
    for (auto _ : state) {
        for (const std::string_view name : names) {
            text::fold_name(name, out);
            benchmark::DoNotOptimize(out.data());
        }
    }
    count_items(state, names.size());
}

void jaro_winkler(benchmark::State& state) {
    over_pairs(state, [](auto a, auto b) { return text::jaro_winkler(a, b); });
}
void jaro_winkler_reference(benchmark::State& state) {
    over_pairs(state, [](auto a, auto b) { return text::reference::jaro_winkler(a, b); });
}
void osa_distance(benchmark::State& state) {
    over_pairs(state, [](auto a, auto b) { return text::osa_distance(a, b); });
}
void osa_distance_within_two(benchmark::State& state) {
    over_pairs(state, [](auto a, auto b) { return text::osa_distance(a, b, 2); });
}
void osa_distance_reference(benchmark::State& state) {
    over_pairs(state, [](auto a, auto b) { return text::reference::osa_distance(a, b); });
}
void bigram_dice(benchmark::State& state) {
    over_pairs(state, [](auto a, auto b) { return text::bigram_dice(a, b); });
}
void same_name_family(benchmark::State& state) {
    over_pairs(state, [](auto a, auto b) { return text::same_name_family(a, b); });
}
void soundex(benchmark::State& state) {
    over_names(state, [](auto name) { return text::soundex(name); });
}
void nysiis(benchmark::State& state) {
    over_names(state, [](auto name) { return text::nysiis(name); });
}
void double_metaphone(benchmark::State& state) {
    over_names(state, [](auto name) { return text::double_metaphone(name); });
}
void fold_ascii_names(benchmark::State& state) {
    over_folding(state, kAsciiNames);
}
void fold_latin_names(benchmark::State& state) {
    over_folding(state, kLatinNames);
}
void fold_foreign_names(benchmark::State& state) {
    over_folding(state, kForeignNames);
}

void validate_ascii(benchmark::State& state) {
    const std::string input(1 << 16U, 'a');
    for (auto _ : state) benchmark::DoNotOptimize(text::find_invalid_utf8(input));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(input.size()));
}

BENCHMARK(jaro_winkler);
BENCHMARK(jaro_winkler_reference);
BENCHMARK(osa_distance);
BENCHMARK(osa_distance_within_two);
BENCHMARK(osa_distance_reference);
BENCHMARK(bigram_dice);
BENCHMARK(same_name_family);
BENCHMARK(soundex);
BENCHMARK(nysiis);
BENCHMARK(double_metaphone);
BENCHMARK(fold_ascii_names);
BENCHMARK(fold_latin_names);
BENCHMARK(fold_foreign_names);
BENCHMARK(validate_ascii);

}  // namespace
