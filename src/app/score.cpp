#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stop_token>
#include <thread>

#include "app/commands.hpp"
#include "app/link_summary.hpp"
#include "app/output_file.hpp"
#include "app/pair_judge.hpp"
#include "app/people_file_reader.hpp"
#include "app/people_files.hpp"
#include "app/weight_text.hpp"
#include "link/parallel.hpp"
#include "pipeline/progress.hpp"
#include "settings/places.hpp"

namespace caseweave {

namespace {

constexpr std::array<std::string_view, 2> kSides = {"left_", "right_"};

/// Says what of a file of pairs is the two records, and what is the file's own.
struct PairColumns {
    PeopleColumns people;
    std::vector<std::string> own;  ///< in the file's order
};

PairColumns columns_of(const ScoreOptions& options, const std::filesystem::path& file, const PeopleFileForm& form) {
    const std::vector<std::string> header = read_people_header(file, form);
    PairColumns columns;
    columns.people = parse_people_columns(options.columns);
    if (columns.people.fields.empty()) columns.people.fields = columns_named_as_fields(header, kSides[0]);
    if (columns.people.fields.empty())
        throw Error(ErrorKind::usage,
                    fmt::format("{} has no column named left_ and a field (left_given_name, left_birth_date ...); say "
                                "with --columns which column holds which field",
                                file.filename().string()));
    for (const std::string_view side : kSides) require_columns(columns.people, header, file.filename().string(), side);
    for (const std::string& name : header) {
        const std::vector<std::string> names = columns.people.names();
        const bool of_record = std::any_of(kSides.begin(), kSides.end(), [&](std::string_view side) {
            return name.starts_with(side) &&
                   std::find(names.begin(), names.end(), name.substr(side.size())) != names.end();
        });
        if (!of_record) columns.own.push_back(name);
    }
    return columns;
}

/// Gives the canonical rows of each source row of a batch.
std::vector<std::span<const CanonicalRow>> rows_of_pairs(const CanonicalBatch& batch) {
    std::vector<std::span<const CanonicalRow>> pairs(batch.outcomes.size());
    for (std::size_t begin = 0, end = 0; begin < batch.rows.size(); begin = end) {
        while (end < batch.rows.size() && batch.rows[end].source_row == batch.rows[begin].source_row) ++end;
        pairs[batch.rows[begin].source_row] = std::span(batch.rows).subspan(begin, end - begin);
    }
    return pairs;
}

/// Puts the two records of a pair into a store of their own: the rows of the left one stand first, each beginning with
/// its person.
PersonStore store_of(std::span<const CanonicalRow> rows) {
    PersonStore store;
    SystemId side;
    for (const CanonicalRow& row : rows) {
        if (row.entity->name == "person") side = store.add_system(kSides[store.systems()], 0);
        store.add(side, row);
    }
    store.seal();
    return store;
}

/// Judges the pairs of a batch, side by side on several threads.
std::vector<PairJudgement> judge_pairs(const PairJudge& judge, const CanonicalBatch& batch, unsigned threads) {
    const auto pairs = rows_of_pairs(batch);
    std::vector<PairJudgement> judgements(pairs.size());
    for_each_index(
        pairs.size(), threads, std::stop_token(), [] { return 0; },
        [&](int, std::size_t i) { judgements[i] = judge.judge(store_of(pairs[i])); });
    return judgements;
}

void write_header(CsvWriter& csv, const PairColumns& columns) {
    for (const std::string& name : columns.own) csv.field(name);
    for (const char* name : {"outcome", "weight_bits", "probability", "reasons"}) csv.field(name);
    csv.end_row();
}

/// Counts what became of the pairs of a file.
struct ScoreCounts {
    std::array<std::uint64_t, 3> by_outcome{};
};

}  // namespace

ExitCode run_score(const ScoreOptions& options) {
    const std::filesystem::path file = find_people_file(options.pairs);
    const PeopleFileForm form{options.separator, options.encoding};
    const PairColumns columns = columns_of(options, file, form);
    const LinkageModel model = LinkageModel::load(options.model.empty() ? shipped_linkage_model() : options.model);
    const PairJudge judge(model, options.prior);
    const CanonicalSchema schema = CanonicalSchema::load(home_folder() / "schemas" / "canonical");
    OutputFile output(options.output, {&file, 1});
    const unsigned threads = options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());

    Progress progress(options.quiet);
    progress.begin("score " + file.filename().string());
    PeopleFileReader reader(schema, file, columns.people, form, kSides);
    PeopleFileReading reading;
    reading.name = file.filename().string();
    reading.habits = reader.habits();
    CsvWriter csv(output);
    write_header(csv, columns);
    std::vector<std::size_t> own_at;
    for (const std::string& name : columns.own) {
        const auto& there = reader.rows().shape().columns;
        own_at.push_back(static_cast<std::size_t>(std::find(there.begin(), there.end(), name) - there.begin()));
    }
    ScoreCounts counts;
    for (CanonicalBatch batch; reader.next(batch);) {
        reading.take_counts(batch);
        const std::vector<PairJudgement> judgements = judge_pairs(judge, batch, threads);
        for (std::size_t i = 0; i < judgements.size(); ++i) {
            const PairJudgement& judgement = judgements[i];
            for (const std::size_t at : own_at) csv.field(batch.source.row(i)[at].text());
            csv.field(to_string(judgement.outcome)).field(weight_text(judgement.bits));
            csv.field(probability_text(judgement.bits)).field(judgement.reasons).end_row();
            ++counts.by_outcome[static_cast<std::size_t>(judgement.outcome)];
        }
        reading.rows_taken += static_cast<std::uint32_t>(judgements.size());
        progress.add(batch.rows_read);
    }
    progress.end();
    output.finish();

    tell_quarantine({&reading, 1});
    if (!options.quiet) {
        fmt::print(stderr, "{}{} pairs: {} match, {} for review, {} different\n", summarise_values({&reading, 1}),
                   reading.rows_taken, counts.by_outcome[0], counts.by_outcome[1], counts.by_outcome[2]);
    }
    return reading.quarantined.empty() ? ExitCode::done : ExitCode::quarantined;
}

}  // namespace caseweave
