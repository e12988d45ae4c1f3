// Scores the pairs of one blocking under seven comparisons, the way linking does; prints JSON for peers.py.
//
// "score" weighs every pair to the end, "score_bounded" leaves those certain to stay below the threshold, as
// `caseweave link` does; both walk the blocks and cluster what they find.
//
//   bench_pairs FILE.csv THREADS

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <stdexcept>

#include "app/people_files/people_files.hpp"
#include "link/link.hpp"
#include "pipeline/progress.hpp"
#include "settings/places.hpp"

namespace caseweave {
namespace {

constexpr const char* kNames[] = {"first_name", "last_name", "address_1"};  // Jaro-Winkler
constexpr const char* kCodes[] = {"born", "soc_sec_id", "post_code"};       // Damerau-Levenshtein
constexpr const char* kBlock = "place";                                     // exact, and the blocking key

// A suburb of any size is one block: the peers cap none.
constexpr std::uint32_t kNoCap = 1U << 30U;

PeopleFromFiles read(const char* file) {
    PeopleFilesRequest request;
    request.files = {file};
    request.columns.id = "rec_id";
    // A record of people has a field of a person; this one is empty throughout, so that the seven alone are compared.
    request.columns.fields = {{"sex", "none"}};
    for (const char* column : kNames) request.columns.further.push_back({column, ExtraKind::text});
    for (const char* column : kCodes) request.columns.further.push_back({column, ExtraKind::text});
    request.columns.further.push_back({kBlock, ExtraKind::exact});
    request.as_one_source = true;
    Progress progress(true);
    return read_people_files(CanonicalSchema::load(home_folder() / "schemas" / "canonical"), request, progress);
}

LinkageModel seven_comparisons() {
    LinkageModel model = LinkageModel::load(home_folder() / "config" / "linkage" / "people.toml");
    model = model.without(Comparison::source).without(Comparison::multiple_birth);
    for (const char* column : kNames) model = model.with_further(column, FurtherKind::jaro_winkler, {0.92, 0.82});
    for (const char* column : kCodes) model = model.with_further(column, FurtherKind::damerau_levenshtein, {1, 2});
    model = model.with_further(kBlock, FurtherKind::exact);
    BlockingRule rule;
    rule.name = kBlock;
    rule.key = {further_part(model.further().size() - 1)};
    rule.max_block = kNoCap;
    return model.with_blocking({rule});
}

/// Says how long a step took, and the processors' time in all threads, as JSON.
template <typename Work>
std::string time_of(Work&& work) {
    const auto begin = std::chrono::steady_clock::now();
    const std::clock_t processor = std::clock();
    work();
    return fmt::format(R"({{"seconds":{:.4f},"cpu_seconds":{:.4f}}})",
                       std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(),
                       static_cast<double>(std::clock() - processor) / CLOCKS_PER_SEC);
}

void run(const char* file, unsigned threads) {
    std::optional<PeopleFromFiles> people;
    const std::string reading = time_of([&] { people.emplace(read(file)); });
    const LinkageModel model = seven_comparisons();
    std::optional<PreparedPeople> prepared;
    const std::string preparing = time_of([&] { prepared.emplace(people->store, model, threads); });
    LinkOptions options;
    options.threads = threads;
    LinkResult every;
    const std::string weighing = time_of([&] { every = link_people(*prepared, model, options); });
    options.weigh_every_pair = false;
    LinkResult bounded;
    const std::string bounding = time_of([&] { bounded = link_people(*prepared, model, options); });
    if (bounded.cluster != every.cluster) throw std::logic_error("bounds changed the clusters");
    fmt::print(
        R"({{"records":{},"pairs":{},"links":{},"steps":{{"read":{},"prepare":{},"score":{},"score_bounded":{}}}}})"
        "\n",
        people->store.size(), every.stats.scored_pairs, every.links.size(), reading, preparing, weighing, bounding);
}

}  // namespace
}  // namespace caseweave

int main(int argc, char** argv) {
    if (argc != 3) {
        fmt::print(stderr, "usage: bench_pairs FILE.csv THREADS\n");
        return 2;
    }
    try {
        caseweave::run(argv[1], static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10)));
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench_pairs: {}\n", error.what());
        return 1;
    }
    return 0;
}
