#include "app/evaluated_records.hpp"

#include <fmt/format.h>

#include <limits>
#include <optional>

#include "app/csv_table.hpp"
#include "core/error.hpp"
#include "core/source_ref.hpp"
#include "people/string_pool.hpp"

namespace caseweave {

namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
constexpr std::string_view kNoValue = "(none)";

/// Names the records of both files: an id, with its source where both files have one.
class RecordNames {
  public:
    explicit RecordNames(bool by_source) : by_source_(by_source) {}

    bool by_source() const noexcept { return by_source_; }
    std::size_t size() const noexcept { return names_.size(); }
    std::uint32_t intern(std::string_view source, std::string_view id) {
        if (!by_source_) return names_.intern(id);
        name_.assign(source).append(1, kKeySeparator).append(id);
        return names_.intern(name_);
    }

  private:
    StringPool names_;
    bool by_source_;
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

    void read(RecordNames& names, const RecordsOfFile* other, Progress& progress) {
        progress.begin("read " + table_.name());
        while (table_.next()) take_row(names, other);
        progress.end();
        table_.require_rows();
    }

    bool has(std::uint32_t record) const noexcept { return record < lines_.size() && lines_[record] != 0; }
    std::uint64_t rows() const noexcept { return table_.rows_read(); }
    /// The value of a record that the file has.
    std::string_view value(std::size_t column, std::uint32_t record) const noexcept {
        return columns_[column].values.view(columns_[column].of_record[record]);
    }
    std::uint32_t value_id(std::size_t column, std::uint32_t record) const noexcept {
        return columns_[column].of_record[record];
    }
    std::size_t value_count(std::size_t column) const noexcept { return columns_[column].values.size(); }

  private:
    struct KeptColumn {
        std::size_t place;
        bool required;
        StringPool values;
        std::vector<std::uint32_t> of_record;
    };

    void take_row(RecordNames& names, const RecordsOfFile* other) {
        const std::string_view source = source_ ? table_.field(*source_) : std::string_view();
        const std::uint32_t record = names.intern(source, table_.required_field(id_));
        if (has(record)) fail_twice(names, record, other);
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

    [[noreturn]] void fail_twice(const RecordNames& names, std::uint32_t record, const RecordsOfFile* other) const {
        std::string what = fmt::format("the id stands in line {} already", lines_[record]);
        if (has_source() && !names.by_source()) {
            what += fmt::format(
                "; {} has no column \"source\", so that ids must be unique over all sources: give it that column",
                other->table_.name());
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
    Partition finish() { return std::move(partition_); }

  private:
    std::vector<std::uint32_t> part_of_value_;
    Partition partition_;
};

Partition partition_by(const RecordsOfFile& file, std::size_t column, const std::vector<std::uint32_t>& records) {
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
        group.values.emplace_back(value.empty() ? kNoValue : value);
    }
    group.groups = maker.finish();
    return group;
}

}  // namespace

EvaluatedRecords read_evaluated_records(const std::filesystem::path& clusters, const std::filesystem::path& truth,
                                        const std::vector<std::string>& group_columns, Progress& progress) {
    RecordsOfFile found(clusters, progress);
    RecordsOfFile truly(truth, progress);
    const std::size_t cluster = found.keep("cluster", true);
    const std::size_t entity = truly.keep("entity", true);
    RecordsOfFile& with_source = found.has_source() ? found : truly;
    std::optional<std::size_t> source;
    if (with_source.has_source()) source = with_source.keep("source", false);
    std::vector<std::size_t> groups;
    for (const std::string& column : group_columns) groups.push_back(truly.keep(column, false));

    RecordNames names(found.has_source() && truly.has_source());
    found.read(names, &truly, progress);
    truly.read(names, &found, progress);
    std::vector<std::uint32_t> records;
    for (std::uint32_t record = 0; record < names.size(); ++record) {
        if (found.has(record) && truly.has(record)) records.push_back(record);
    }
    if (records.empty()) {
        throw Error(ErrorKind::source,
                    fmt::format("no record of {} stands in {}; compare their columns {}", found.table().name(),
                                truly.table().name(), names.by_source() ? "source and id" : "id"));
    }

    EvaluatedRecords evaluated;
    evaluated.clusters = partition_by(found, cluster, records);
    evaluated.entities = partition_by(truly, entity, records);
    evaluated.sources_known = source.has_value();
    evaluated.sources = source ? partition_by(with_source, *source, records) : one_part(records.size());
    for (std::size_t i = 0; i < groups.size(); ++i)
        evaluated.group_columns.push_back(group_by(truly, groups[i], group_columns[i], records));
    evaluated.only_in_clusters = found.rows() - records.size();
    evaluated.only_in_truth = truly.rows() - records.size();
    return evaluated;
}

}  // namespace caseweave
