#include "app/people_files/record_entities.hpp"

#include <fmt/format.h>

#include <string>

#include "app/people_files/csv_table.hpp"
#include "core/error.hpp"
#include "core/source_ref.hpp"
#include "link/blocking_yield.hpp"
#include "people/string_pool.hpp"

namespace caseweave {

namespace {

/// Finds the records of files by id, with the source where the truth has one.
class RecordsByName {
  public:
    RecordsByName(const PeopleFromFiles& people, bool by_source, const std::string& truth) : by_source_(by_source) {
        for (std::uint32_t row = 0; row < people.store.size(); ++row) {
            const std::string& source = people.file_of(PersonRow{row}).source;
            // The pool numbers from 1, and a name that is new gets the next number.
            if (names_.intern(name(source, people.id_of(PersonRow{row}))) == row + 1) continue;
            throw Error(ErrorKind::source,
                        fmt::format("{} has no column \"source\", and {} has an id of a file before it; give {} that "
                                    "column (each file's name without its ending)",
                                    truth, people.file_of(PersonRow{row}).name, truth));
        }
    }

    std::optional<std::uint32_t> find(std::string_view source, std::string_view id) {
        const auto number = names_.find(name(source, id));
        return number && *number > 0 ? std::optional(*number - 1) : std::nullopt;
    }

  private:
    std::string_view name(std::string_view source, std::string_view id) {
        if (!by_source_) return id;
        name_.assign(source).append(1, kKeySeparator).append(id);
        return name_;
    }

    bool by_source_;
    StringPool names_;
    std::string name_;
};

}  // namespace

RecordEntities read_record_entities(const std::filesystem::path& truth, const PeopleFromFiles& people,
                                    Progress& progress) {
    CsvTable table(truth, &progress);
    const std::size_t id = table.column("id");
    const std::size_t entity = table.column("entity");
    const auto source = table.find_column("source");
    RecordsByName records(people, source.has_value(), table.name());

    RecordEntities entities;
    entities.of_row.assign(people.store.size(), kNoEntity);
    StringPool names;
    progress.begin("read " + table.name());
    while (table.next()) {
        const auto row = records.find(source ? table.field(*source) : std::string_view(), table.required_field(id));
        const std::string_view of = table.required_field(entity);
        if (!row) {
            ++entities.only_in_truth;
            continue;
        }
        if (entities.of_row[*row] != kNoEntity) table.fail("the id stands in an earlier line already");
        entities.of_row[*row] = names.intern(of);
        ++entities.known;
    }
    progress.end();
    table.require_rows();
    if (entities.known == 0) {
        throw Error(ErrorKind::source,
                    fmt::format("no record of the files stands in {}; compare its column{} with {}", table.name(),
                                source ? "s source and id" : " id",
                                source ? "the files' names without their endings, and --id" : "that of --id"));
    }
    return entities;
}

}  // namespace caseweave
