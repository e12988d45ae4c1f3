#include "app/people_files/evaluated_records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "app/people_files/csv_table.hpp"
#include "core/error.hpp"
#include "core/source_ref.hpp"
#include "people/string_pool.hpp"

namespace caseweave {

namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

/// Names the records of all files: an id, with its source where every file has one.
class RecordNames {
  public:
    /// @param file_without_source the name of a file that has none; "" where all have.
    explicit RecordNames(std::string file_without_source) : file_without_source_(std::move(file_without_source)) {}

    bool by_source() const noexcept { return file_without_source_.empty(); }
    const std::string& file_without_source() const noexcept { return file_without_source_; }
    std::size_t size() const noexcept { return names_.size(); }
    std::uint32_t intern(std::string_view source, std::string_view id) {
        if (!by_source()) return names_.intern(id);
        name_.assign(source).append(1, kKeySeparator).append(id);
        return names_.intern(name_);
    }

  private:
    StringPool names_;
    std::string file_without_source_;
    std::string name_;
};

/// Keeps what one file says of the records it has: the line, and the label of each of some columns.
class RecordsOfFile {
  public:
    RecordsOfFile(const std::filesystem::path& file, Progress& progress) : table_(file, &progress) {
        id_ = table_.column("id");
        source_ = table_.find_column("source");
    }

    const CsvTable& table() const noexcept { return table_; }
    bool has_source() const noexcept { return source_.has_value(); }

    /// Adds a column whose values are kept. @return its index.
    std::size_t keep(std::string_view column, bool required) {
        columns_.push_back({table_.column(column), required, {}, {}});
        return columns_.size() - 1;
    }

    void read(RecordNames& names, Progress& progress) {
        progress.begin("read " + table_.name());
        while (table_.next()) take_row(names);
        progress.end();
        table_.require_rows();
    }

    bool has(std::uint32_t record) const noexcept { return record < lines_.size() && lines_[record] != 0; }
    std::uint64_t rows() const noexcept { return table_.rows_read(); }
    /// Numbers a record's value; 0 where it has none, or the file does not have the record.
    std::uint32_t value_id(std::size_t column, std::uint32_t record) const noexcept {
        return has(record) ? columns_[column].of_record[record] : 0;
    }
    std::string_view value(std::size_t column, std::uint32_t record) const noexcept {
        return columns_[column].values.view(value_id(column, record));
    }
    std::size_t value_count(std::size_t column) const noexcept { return columns_[column].values.size(); }

  private:
    struct KeptColumn {
        std::size_t place;
        bool required;
        StringPool values;
        std::vector<std::uint32_t> of_record;
    };

    void take_row(RecordNames& names) {
        const std::string_view source = source_ ? table_.field(*source_) : std::string_view();
        const std::uint32_t record = names.intern(source, table_.required_field(id_));
        if (has(record)) fail_twice(names, record);
        if (record >= lines_.size()) {
            lines_.resize(names.size(), 0);
            for (KeptColumn& column : columns_) column.of_record.resize(names.size(), 0);
        }
        lines_[record] = table_.line();
        for (KeptColumn& column : columns_) {
            column.of_record[record] = column.values.intern(column.required ? table_.required_field(column.place)
                                                                            : table_.field(column.place));
        }
    }

    [[noreturn]] void fail_twice(const RecordNames& names, std::uint32_t record) const {
        std::string what = fmt::format("the id stands in line {} already", lines_[record]);
        if (has_source() && !names.by_source()) {
            what += fmt::format(
                "; {} has no column \"source\", so that ids must be unique over all sources: give it that column",
                names.file_without_source());
        }
        table_.fail(what);
    }

    CsvTable table_;
    std::size_t id_ = 0;
    std::optional<std::size_t> source_;
    std::vector<std::uint64_t> lines_;  // per record; 0: not in this file
    std::vector<KeptColumn> columns_;
};

/// Numbers the values of a column densely over the records evaluated, in the order they are met.
class PartitionMaker {
  public:
    explicit PartitionMaker(std::size_t values) : part_of_value_(values, kNone) {}
    /// @return whether the value is new.
    bool add(std::uint32_t value) {
        std::uint32_t& part = part_of_value_[value];
        const bool fresh = part == kNone;
        if (fresh) part = partition_.parts++;
        partition_.part_of.push_back(part);
        return fresh;
    }
    ClusterPartition finish() { return std::move(partition_); }

  private:
    std::vector<std::uint32_t> part_of_value_;
    ClusterPartition partition_;
};

ClusterPartition partition_by(const RecordsOfFile& file, std::size_t column,
                              const std::vector<std::uint32_t>& records) {
    PartitionMaker maker(file.value_count(column));
    for (const std::uint32_t record : records) maker.add(file.value_id(column, record));
    return maker.finish();
}

GroupColumn group_by(const RecordsOfFile& file, std::size_t column, const std::string& name,
                     const std::vector<std::uint32_t>& records) {
    GroupColumn group;
    group.name = name;
    PartitionMaker maker(file.value_count(column));
    for (const std::uint32_t record : records) {
        if (!maker.add(file.value_id(column, record))) continue;
        const std::string_view value = file.value(column, record);
        group.values.emplace_back(value.empty() ? kNoGroup : value);
    }
    group.groups = maker.finish();
    return group;
}

/// Names a group column and the file that has it.
struct KeptGroup {
    std::string name;
    const RecordsOfFile* file;
    std::size_t column;
};

/// Finds each group column in the groups file or, where that has none of the name, in the truth.
std::vector<KeptGroup> keep_groups(const std::vector<std::string>& names, RecordsOfFile* grouped,
                                   RecordsOfFile& truth) {
    std::vector<KeptGroup> kept;
    for (const std::string& name : names) {
        if (std::any_of(kept.begin(), kept.end(), [&](const KeptGroup& group) { return group.name == name; }))
            throw Error(ErrorKind::usage, fmt::format("--by: column {} stands twice", name));
        const bool in_truth_alone =
            grouped != nullptr && !grouped->table().find_column(name) && truth.table().find_column(name);
        RecordsOfFile& file = grouped == nullptr || in_truth_alone ? truth : *grouped;
        kept.push_back({name, &file, file.keep(name, false)});
    }
    return kept;
}

std::string find_file_without_source(const std::vector<RecordsOfFile*>& files) {
    for (const RecordsOfFile* file : files) {
        if (!file->has_source()) return file->table().name();
    }
    return {};
}

/// Lists the records that two files have in common.
std::vector<std::uint32_t> records_of_both(const RecordsOfFile& found, const RecordsOfFile& truth,
                                           const RecordNames& names) {
    std::vector<std::uint32_t> records;
    for (std::uint32_t record = 0; record < names.size(); ++record) {
        if (found.has(record) && truth.has(record)) records.push_back(record);
    }
    if (records.empty()) {
        throw Error(ErrorKind::source,
                    fmt::format("no record of {} stands in {}; compare their columns {}", found.table().name(),
                                truth.table().name(), names.by_source() ? "source and id" : "id"));
    }
    return records;
}

std::uint64_t count_missing(const RecordsOfFile& file, const std::vector<std::uint32_t>& records) {
    return static_cast<std::uint64_t>(
        std::count_if(records.begin(), records.end(), [&](std::uint32_t record) { return !file.has(record); }));
}

}  // namespace

EvaluatedRecords read_evaluated_records(const std::filesystem::path& clusters, const std::filesystem::path& truth,
                                        const GroupRequest& groups, Progress& progress) {
    RecordsOfFile found(clusters, progress);
    RecordsOfFile truly(truth, progress);
    std::vector<RecordsOfFile*> files = {&found, &truly};
    std::optional<RecordsOfFile> grouped;
    if (!groups.file.empty()) files.push_back(&grouped.emplace(groups.file, progress));

    const std::size_t cluster = found.keep("cluster", true);
    const std::size_t entity = truly.keep("entity", true);
    RecordsOfFile& with_source = found.has_source() ? found : truly;
    std::optional<std::size_t> source;
    if (with_source.has_source()) source = with_source.keep("source", false);
    const std::vector<KeptGroup> kept = keep_groups(groups.columns, grouped ? &*grouped : nullptr, truly);

    RecordNames names(find_file_without_source(files));
    for (RecordsOfFile* file : files) file->read(names, progress);
    const std::vector<std::uint32_t> records = records_of_both(found, truly, names);

    EvaluatedRecords evaluated;
    evaluated.clusters = partition_by(found, cluster, records);
    evaluated.entities = partition_by(truly, entity, records);
    evaluated.sources_known = source.has_value();
    evaluated.sources = source ? partition_by(with_source, *source, records) : one_part(records.size());
    for (const KeptGroup& group : kept)
        evaluated.group_columns.push_back(group_by(*group.file, group.column, group.name, records));
    evaluated.only_in_clusters = found.rows() - records.size();
    evaluated.only_in_truth = truly.rows() - records.size();
    if (grouped) evaluated.not_in_groups = count_missing(*grouped, records);
    return evaluated;
}

}  // namespace caseweave
