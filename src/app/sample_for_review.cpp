#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "app/commands.hpp"
#include "app/people_files/review_columns.hpp"
#include "app/people_files/scored_pairs.hpp"
#include "app/writing/output_file.hpp"
#include "core/digest.hpp"
#include "evaluate/pair_sampler.hpp"
#include "evaluate/sample_allocation.hpp"
#include "pipeline/progress.hpp"

namespace caseweave {

namespace {

/// First pass: counts the pairs of each stratum. Holds eight bytes a pair meanwhile, to find one that stands twice.
std::vector<StratumPairs> count_strata(const std::filesystem::path& file, Progress& progress) {
    std::vector<StratumPairs> strata(stratum_count());
    std::vector<std::uint64_t> hashes;
    ScoredPairs pairs(file, &progress);
    progress.begin("count " + pairs.table().name());
    while (pairs.next()) {
        StratumPairs& stratum = strata[pairs.stratum()];
        ++stratum.pairs;
        stratum.mean_probability += pairs.probability();
        hashes.push_back(hash64(pairs.ids()));
    }
    progress.end();
    pairs.table().require_rows();
    refuse_repeated_pairs(file, std::move(hashes));
    for (StratumPairs& stratum : strata) {
        if (stratum.pairs > 0) stratum.mean_probability /= static_cast<double>(stratum.pairs);
    }
    return strata;
}

std::vector<std::string> fields_of_row(const CsvTable& table) {
    std::vector<std::string> fields;
    for (std::size_t i = 0; i < table.columns().size(); ++i) fields.emplace_back(table.raw_field(i));
    return fields;
}

/// Second pass: draws.
std::vector<SampledPair> draw_sample(const std::filesystem::path& file, const std::vector<StratumPairs>& strata,
                                     const std::vector<std::uint64_t>& sizes, std::uint64_t seed, Progress& progress) {
    std::vector<std::uint64_t> seen(strata.size(), 0);
    PairSampler sampler(sizes, seed);
    ScoredPairs pairs(file, &progress);
    progress.begin("sample " + pairs.table().name());
    while (pairs.next()) {
        ++seen[pairs.stratum()];
        const std::uint64_t draw = sampler.draw_of(pairs.ids());
        if (!sampler.wants(pairs.stratum(), draw)) continue;
        sampler.take({draw, pairs.stratum(), fields_of_row(pairs.table())});
    }
    progress.end();
    for (std::size_t i = 0; i < strata.size(); ++i) {
        if (seen[i] != strata[i].pairs)
            throw Error(ErrorKind::source, pairs.table().name() + " changed while it was read; run again");
    }
    return sampler.finish();
}

void write_sample(OutputFile& file, const std::vector<std::string>& columns, const std::vector<SampledPair>& sample,
                  const std::vector<StratumPairs>& strata, const std::vector<std::uint64_t>& sizes) {
    CsvWriter csv(file);
    for (const std::string& column : columns) csv.field(column);
    for (const std::string_view column : kReviewColumns) csv.field(column);
    csv.end_row();
    std::uint64_t all_pairs = 0;
    for (const StratumPairs& stratum : strata) all_pairs += stratum.pairs;
    for (const SampledPair& pair : sample) {
        const std::uint64_t pairs = strata[pair.stratum].pairs;
        const std::uint64_t sampled = sizes[pair.stratum];
        for (const std::string& field : pair.fields) csv.field(field);
        csv.field(stratum_name(pair.stratum)).field(std::to_string(pairs)).field(std::to_string(sampled));
        csv.field(fmt::format("{:.9g}", static_cast<double>(pairs) / static_cast<double>(sampled)));
        csv.field(std::to_string(all_pairs)).field({}).end_row();
    }
}

std::string sample_summary(const SampleOptions& options, const std::vector<StratumPairs>& strata,
                           const std::vector<std::uint64_t>& sizes) {
    std::string text = fmt::format("{:<24}{:>14}{:>10}\n", "stratum", "pairs", "sampled");
    std::uint64_t pairs = 0;
    std::uint64_t sampled = 0;
    for (std::size_t i = 0; i < strata.size(); ++i) {
        if (strata[i].pairs == 0) continue;
        text += fmt::format("{:<24}{:>14}{:>10}\n", stratum_name(i), strata[i].pairs, sizes[i]);
        pairs += strata[i].pairs;
        sampled += sizes[i];
    }
    text += fmt::format("sampled {} of {} pairs with seed {}", sampled, pairs, options.seed);
    if (sampled < options.size) text += fmt::format(" (all there are; {} were asked for)", options.size);
    return text + "\nFill column verdict with same, different or unsure, then: caseweave estimate --sample FILE\n";
}

}  // namespace

ExitCode run_sample_for_review(const SampleOptions& options) {
    OutputFile output(options.output, {&options.pairs, 1});
    Progress progress(options.quiet);

    const std::vector<StratumPairs> strata = count_strata(options.pairs, progress);
    const std::vector<std::uint64_t> sizes = allocate_sample(strata, options.size);
    const std::vector<SampledPair> sample = draw_sample(options.pairs, strata, sizes, options.seed, progress);
    write_sample(output, CsvTable(options.pairs).columns(), sample, strata, sizes);
    output.finish();

    fmt::print(stderr, "{}", sample_summary(options, strata, sizes));
    return ExitCode::done;
}

}  // namespace caseweave
