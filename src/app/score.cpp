#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stop_token>

#include "app/commands.hpp"
#include "app/people_files/link_summary.hpp"
#include "app/people_files/pair_judge.hpp"
#include "app/people_files/people_file_reader.hpp"
#include "app/people_files/people_files.hpp"
#include "app/writing/output_file.hpp"
#include "app/writing/weight_text.hpp"
#include "core/threads.hpp"
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

/// Tells of columns that look like a record's and are taken for the file's own: a field mistyped would not be compared.
void tell_unmapped(const PairColumns& columns, const std::string& file) {
    const auto fields = people_fields();
    for (const std::string& name : columns.own) {
        for (const std::string_view side : kSides) {
            if (!name.starts_with(side)) continue;
            const std::string nearest = nearest_word(name.substr(side.size()), {fields.begin(), fields.end()});
            fmt::print(stderr, "{}: column {} is not compared, but kept for the output{}\n", file, name,
                       nearest.empty() ? std::string() : fmt::format("; did you mean {}{}?", side, nearest));
        }
    }
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

/// Writes judged pairs behind the file's own columns, and counts them by outcome.
class ScoreWriter {
  public:
    ScoreWriter(OutputFile& output, const PairColumns& columns, const RowShape& shape) : csv_(output) {
        for (const std::string& name : columns.own) {
            own_at_.push_back(static_cast<std::size_t>(std::find(shape.columns.begin(), shape.columns.end(), name) -
                                                       shape.columns.begin()));
            csv_.field(name);
        }
        for (const char* name : {"outcome", "weight_bits", "probability", "reasons"}) csv_.field(name);
        csv_.end_row();
    }

    void write(const RecordBatch& rows, const std::vector<PairJudgement>& judgements) {
        for (std::size_t i = 0; i < judgements.size(); ++i) {
            const PairJudgement& judgement = judgements[i];
            for (const std::size_t at : own_at_) csv_.field(rows.row(i)[at].text());
            csv_.field(to_string(judgement.outcome)).field(weight_text(judgement.bits));
            csv_.field(probability_text(judgement.bits)).field(judgement.reasons).end_row();
            ++by_outcome_[static_cast<std::size_t>(judgement.outcome)];
        }
    }

    std::string in_words() const {
        return fmt::format("{} pairs: {} match, {} for review, {} different\n",
                           by_outcome_[0] + by_outcome_[1] + by_outcome_[2], by_outcome_[0], by_outcome_[1],
                           by_outcome_[2]);
    }

  private:
    CsvWriter csv_;
    std::vector<std::size_t> own_at_;  // where the file's own columns stand in a row
    std::array<std::uint64_t, 3> by_outcome_{};
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
    const unsigned threads = threads_to_use(options.threads);

    PeopleFileReading reading;
    reading.name = file.filename().string();
    if (!options.quiet) tell_unmapped(columns, reading.name);
    Progress progress(options.quiet);
    progress.begin("score " + reading.name);
    PeopleFileReader reader(schema, file, columns.people, form, kSides);
    reading.habits = reader.habits();
    ScoreWriter scored(output, columns, reader.rows().shape());
    for (CanonicalBatch batch; reader.next(batch);) {
        reading.take_counts(batch);
        scored.write(batch.source, judge_pairs(judge, batch, threads));
        progress.add(batch.rows_read);
    }
    progress.end();
    output.finish();

    tell_quarantine({&reading, 1});
    if (!options.quiet) fmt::print(stderr, "{}{}", summarise_values({&reading, 1}), scored.in_words());
    return reading.quarantined.empty() ? ExitCode::done : ExitCode::quarantined;
}

}  // namespace caseweave
