#pragma once

#include <compare>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "app/people_files/people_columns.hpp"
#include "app/people_files/people_file_definition.hpp"
#include "canonical/canonical_batch.hpp"
#include "canonical/schema.hpp"
#include "core/parsed.hpp"
#include "core/reject.hpp"
#include "people/person_store.hpp"
#include "pipeline/progress.hpp"

namespace caseweave {

/// Says which files of people to read, and how.
struct PeopleFilesRequest {
    std::vector<std::filesystem::path> files;  ///< as named on the command line
    PeopleColumns columns;
    PeopleFileForm form;
    bool as_one_source = false;  ///< all files are one source: what dedupe asks for
    bool read_ahead = false;     ///< read on a thread beside the one that fills the store
};

/// Names a row that could not be taken: its address and why. Nothing of what it holds.
struct QuarantinedRow {
    std::uint64_t line = 0;
    RejectReason reason{};
};

/// Counts values that were set aside (or noted) while their rows were taken, by column and rule.
struct SetAsideKey {
    std::string column;
    IssueRule rule{};
    auto operator<=>(const SetAsideKey&) const = default;
};
using SetAsideCounts = std::map<SetAsideKey, std::uint64_t>;

/// Says what became of one file: rows read = taken + quarantined.
struct PeopleFileReading {
    std::string name;              ///< the file's name, for people
    std::string source;            ///< its stem, as the output names it
    std::uint32_t first_row = 0;   ///< of the store
    std::uint32_t rows_taken = 0;  ///< rows of the store from there on, in the file's order
    std::vector<QuarantinedRow> quarantined;
    SetAsideCounts set_aside;
    ColumnHabits habits;

    /// Counts the rows that a batch quarantines and the values it sets aside.
    void take_counts(const CanonicalBatch& batch);
};

/// Holds the people of files, one row of the store for each row taken, in the files' order.
struct PeopleFromFiles {
    PersonStore store;
    std::vector<PeopleFileReading> files;
    PeopleColumns columns;  ///< as they were read: those asked for, or those named as fields

    const PeopleFileReading& file_of(PersonRow row) const noexcept;
    /// The record's id as its file has it.
    std::string_view id_of(PersonRow row) const noexcept;
    /// Tells whether no row is in quarantine.
    bool all_rows_taken() const noexcept;

    bool as_one_source = false;
};

/// Reads files of people into a sealed store. Without fields, the columns of the first file that are named as fields
/// are taken. Bad values are set aside and counted; a row that is no row is quarantined.
/// @throws Error for a column that a file does not have, a row without id, or two rows of one id, by file and line.
PeopleFromFiles read_people_files(const CanonicalSchema& schema, PeopleFilesRequest request, Progress& progress);

}  // namespace caseweave
