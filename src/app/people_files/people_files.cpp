#include "app/people_files/people_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <thread>

#include "app/people_files/people_file_reader.hpp"
#include "core/error.hpp"
#include "core/source_ref.hpp"
#include "normalise/dates.hpp"
#include "normalise/values.hpp"
#include "pipeline/bounded_queue.hpp"

namespace caseweave {

namespace {

constexpr std::string_view kNoPrefix[] = {""};
/// Rows from which on the places of a row's texts are fetched: some microseconds of work, more than memory takes.
constexpr std::size_t kRowsAhead = 6;

/// Tells whether a row says anything besides what the mapping itself put in.
bool says_nothing(const CanonicalRow& row) {
    return std::none_of(row.values, row.values + row.entity->fields.size(),
                        [](const Value& value) { return value.has_value(); });
}

/// Takes the batches of one file into the store.
class FileTaker {
  public:
    FileTaker(PeopleFromFiles& people, PeopleFileReading& reading, SystemId system, const PeopleColumns& columns,
              const PeopleFileReader& reader)
        : people_(people), reading_(reading), system_(system), further_(columns.further), reader_(reader) {
        reading_.first_row = static_cast<std::uint32_t>(people_.store.size());
        const std::vector<std::string>& there = reader_.rows().shape().columns;
        for (const FurtherColumn& column : further_) {
            further_at_.push_back(
                static_cast<std::size_t>(std::find(there.begin(), there.end(), column.column) - there.begin()));
            further_dates_.push_back(compile_date_forms(date_forms_of(reader_.habits(), column.column)));
        }
    }

    /// @return the line of a row whose id an earlier one has.
    std::optional<std::uint64_t> take(const CanonicalBatch& batch) {
        reading_.take_counts(batch);
        for (std::size_t i = 0; i < batch.rows.size(); ++i) {
            if (i + kRowsAhead < batch.rows.size()) people_.store.prefetch(batch.rows[i + kRowsAhead]);
            CanonicalRow row = batch.rows[i];
            if (people_.as_one_source) row.source_person_key = key_among_files(row.source_person_key);
            const bool person = row.entity->name == "person";
            if (!person && says_nothing(row)) continue;
            const bool added = people_.store.add(system_, row);
            if (!person) continue;
            if (!added) return batch.outcomes[row.source_row].position.line;
            ++reading_.rows_taken;
            take_further(batch.source.row(row.source_row));
        }
        return std::nullopt;
    }

  private:
    /// Sets the further columns of the row added last.
    void take_further(std::span<const FieldView> source_row) {
        const PersonRow row{static_cast<std::uint32_t>(people_.store.size() - 1)};
        for (std::size_t i = 0; i < further_.size(); ++i) {
            const FieldView value = reader_.rows().value_of(source_row[further_at_[i]]);
            if (!value.has_value()) continue;
            if (const auto text = further_text(i, value.text())) {
                people_.store.set_extra(i, row, *text);
            } else {
                ++reading_.set_aside[{further_[i].column, text.issue()}];
            }
        }
    }

    Parsed<std::string_view> further_text(std::size_t column, std::string_view text) {
        switch (further_[column].kind) {
            case ExtraKind::exact:
            case ExtraKind::text:
                return text;
            case ExtraKind::number:
                return check_number(text, scratch_);
            case ExtraKind::date: {
                const auto date = parse_partial_date(text, further_dates_[column]);
                if (!date) return date.issue();
                scratch_ = to_string(*date);
                return std::string_view(scratch_);
            }
        }
        return text;
    }

    /// Two files may use one id for two records.
    std::string_view key_among_files(std::string_view id) {
        key_.assign(reading_.source).append(1, kKeySeparator).append(id);
        return key_;
    }

    PeopleFromFiles& people_;
    PeopleFileReading& reading_;
    SystemId system_;
    const std::vector<FurtherColumn>& further_;
    const PeopleFileReader& reader_;
    std::vector<std::size_t> further_at_;  // where each further column stands in a source row
    std::vector<std::vector<DateForm>> further_dates_;
    std::string key_, scratch_;
};

/// Gives the batches of a file to `take`, in order; with `ahead`, while the next ones are being read.
void each_batch(PeopleFileReader& reader, bool ahead, const std::function<void(const CanonicalBatch&)>& take) {
    if (!ahead) {
        for (CanonicalBatch batch; reader.next(batch);) take(batch);
        return;
    }
    // Enough that neither waits for the other's slower batches; a batch is some megabytes.
    constexpr std::size_t kBatchesAhead = 2;
    struct Ahead {
        BoundedQueue<CanonicalBatch> queue{kBatchesAhead};
        std::jthread thread;
        ~Ahead() { queue.abandon(); }  // or the thread, which is joined next, would wait for a taker that is gone
    } ahead_of_taker;
    ahead_of_taker.thread = std::jthread([&reader, &queue = ahead_of_taker.queue] {
        try {
            for (CanonicalBatch batch; reader.next(batch);) {
                if (!queue.push(std::move(batch))) return;
            }
            queue.close();
        } catch (...) {  // thread entry: the taker's thread rethrows
            queue.fail(std::current_exception());
        }
    });
    while (const auto batch = ahead_of_taker.queue.pop()) take(*batch);
}

/// Finds the line of the first row with the id that the row of `line` has. Reads the file again: remembering every
/// row's line would cost each run what only a refused one needs.
std::uint64_t first_line_of_id(const std::filesystem::path& file, const PeopleFilesRequest& request,
                               const CanonicalSchema& schema, std::uint64_t line) {
    const auto each_outcome = [&](const auto& visit) {
        const PeopleColumns id_alone{request.columns.id, {}, {}, request.columns.null_texts};
        PeopleFileReader reader(schema, file, id_alone, request.form, kNoPrefix);
        for (CanonicalBatch batch; reader.next(batch);) {
            for (const SourceRowOutcome& outcome : batch.outcomes) {
                if (visit(outcome)) return;
            }
        }
    };
    std::string id;
    each_outcome([&](const SourceRowOutcome& outcome) {
        if (outcome.position.line == line) id = outcome.key;
        return outcome.position.line == line;
    });
    std::uint64_t first = line;
    each_outcome([&](const SourceRowOutcome& outcome) {
        if (outcome.key == id) first = outcome.position.line;
        return outcome.key == id;
    });
    return first;
}

std::vector<std::filesystem::path> find_files(const PeopleFilesRequest& request) {
    std::vector<std::filesystem::path> found;
    for (const auto& named : request.files) {
        // "--columns a=b, c=d": the shell makes a file of what stands behind the blank.
        if (named.string().find('=') != std::string::npos && !std::filesystem::exists(named))
            throw Error(ErrorKind::usage,
                        fmt::format("no file {}; if it is a part of --columns, write --columns without "
                                    "blanks, or in quotes",
                                    named.string()));
        found.push_back(find_people_file(named));
        const std::string source = found.back().stem().string();
        for (std::size_t i = 0; i + 1 < found.size(); ++i) {
            if (found[i].stem() != found.back().stem()) continue;
            throw Error(ErrorKind::usage,
                        fmt::format("{} and {} would both be source \"{}\" in the output; rename one of them",
                                    request.files[i].string(), named.string(), source));
        }
    }
    return found;
}

}  // namespace

void PeopleFileReading::take_counts(const CanonicalBatch& batch) {
    for (const Reject& reject : batch.rejects) {
        if (reject.reason == RejectReason::no_key) {
            throw Error(ErrorKind::source, fmt::format("{} line {}: the row has no id in column \"{}\"; give it one",
                                                       name, reject.position.line, reject.field));
        }
        quarantined.push_back({reject.position.line, reject.reason});
    }
    for (const FieldIssue& issue : batch.issues) ++set_aside[{std::string(issue.field), issue.rule}];
}

const PeopleFileReading& PeopleFromFiles::file_of(PersonRow row) const noexcept {
    const auto after =
        std::upper_bound(files.begin(), files.end(), row.value,
                         [](std::uint32_t value, const PeopleFileReading& file) { return value < file.first_row; });
    // Of files without rows, which start where the next one starts, the last is the one that has it.
    return *(after - 1);
}

std::string_view PeopleFromFiles::id_of(PersonRow row) const noexcept {
    const std::string_view key = store.key(row);
    return as_one_source ? key.substr(key.find(kKeySeparator) + 1) : key;
}

bool PeopleFromFiles::all_rows_taken() const noexcept {
    return std::all_of(files.begin(), files.end(),
                       [](const PeopleFileReading& file) { return file.quarantined.empty(); });
}

PeopleFromFiles read_people_files(const CanonicalSchema& schema, PeopleFilesRequest request, Progress& progress) {
    const std::vector<std::filesystem::path> files = find_files(request);
    if (request.columns.fields.empty())
        request.columns.fields = columns_named_as_fields(read_people_header(files.front(), request.form));
    if (request.columns.fields.empty()) {
        throw Error(ErrorKind::usage, fmt::format("{}: no column is named as a field; say with --columns which column "
                                                  "holds which: given_name=first_name,birth_date=dob",
                                                  files.front().filename().string()));
    }
    PeopleFromFiles people;
    people.as_one_source = request.as_one_source && files.size() > 1;
    for (const auto& file : files)
        require_columns(request.columns, read_people_header(file, request.form), file.filename().string());

    for (const FurtherColumn& column : request.columns.further)
        people.store.add_extra_column(column.column, column.kind);
    SystemId system;
    for (std::size_t i = 0; i < files.size(); ++i) {
        PeopleFileReading& reading = people.files.emplace_back();
        reading.name = files[i].filename().string();
        reading.source = files[i].stem().string();
        if (i == 0 || !people.as_one_source) system = people.store.add_system(reading.source, 0);
        progress.begin("read " + reading.name);
        PeopleFileReader reader(schema, files[i], request.columns, request.form, kNoPrefix);
        FileTaker taker(people, reading, system, request.columns, reader);
        reading.habits = reader.habits();
        const auto bytes = static_cast<double>(std::filesystem::file_size(files[i]));
        std::uint64_t rows = 0;
        each_batch(reader, request.read_ahead, [&](const CanonicalBatch& batch) {
            if (const auto line = taker.take(batch)) {
                throw Error(ErrorKind::source,
                            fmt::format("{} lines {} and {} have the same id in column \"{}\"; give each row an id of "
                                        "its own, or delete one of the two",
                                        reading.name, first_line_of_id(files[i], request, schema, *line), *line,
                                        request.columns.id));
            }
            rows += batch.rows_read;
            // How many rows there are is not known before the last: their bytes are.
            const std::uint64_t at = batch.outcomes.empty() ? 0 : batch.outcomes.back().position.byte;
            const double share = at == 0 ? 0 : bytes / static_cast<double>(at);
            progress.reach(rows, static_cast<std::uint64_t>(static_cast<double>(rows) * share));
        });
        progress.end();
    }
    people.store.seal();
    people.columns = std::move(request.columns);
    return people;
}

}  // namespace caseweave
