#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/people_files/people_columns.hpp"
#include "app/people_files/people_file_definition.hpp"
#include "canonical/canonical_batch.hpp"
#include "canonical/schema.hpp"
#include "extract/connector.hpp"
#include "normalise/entity_normaliser.hpp"

namespace caseweave {

/// Finds a file that was named on the command line and resolves links to it.
/// @throws Error(usage) when it is not there, not a regular file, or may not be read.
std::filesystem::path find_people_file(const std::filesystem::path& named);

/// Reads the names of a file's columns, without surrounding blanks. @throws Error when there is no such line.
std::vector<std::string> read_people_header(const std::filesystem::path& file, const PeopleFileForm& form);

/// Reads the rows of one file of people through the connectors' own transport and format.
class PeopleFileRows {
  public:
    /// @param file from find_people_file(); its header must have all of the columns (require_columns).
    PeopleFileRows(const std::filesystem::path& file, const PeopleColumns& columns, const PeopleFileForm& form,
                   std::span<const std::string_view> prefixes, const ColumnHabits& habits);

    const ConnectorDefinition& definition() const noexcept { return *definition_; }
    /// Names the columns of a row: those of `columns`, then the file's others.
    const RowShape& shape() const noexcept { return *shape_; }
    /// Gives the next batch; false at the end. @throws Error(interrupted) when the operator asked to stop.
    bool next(RecordBatch& batch);
    /// Gives a value as mappings see it: trimmed, and missing where it is a null text.
    FieldView value_of(const FieldView& field) const noexcept { return nulls_.value_of(field); }

  private:
    std::shared_ptr<const ConnectorDefinition> definition_;
    std::unique_ptr<Connector> connector_;
    std::unique_ptr<Source> source_;
    std::shared_ptr<const RowShape> shape_;
    NullTexts nulls_;
};

/// Reads one file of people as canonical rows; surveys it first (survey_columns).
class PeopleFileReader {
  public:
    PeopleFileReader(const CanonicalSchema& schema, const std::filesystem::path& file, const PeopleColumns& columns,
                     const PeopleFileForm& form, std::span<const std::string_view> prefixes);

    const PeopleFileRows& rows() const noexcept { return rows_; }
    const ColumnHabits& habits() const noexcept { return habits_; }
    /// Gives the next batch; false at the end. @throws Error(interrupted) when the operator asked to stop.
    bool next(CanonicalBatch& batch);

  private:
    ColumnHabits habits_;
    PeopleFileRows rows_;
    EntityNormaliser normaliser_;
};

}  // namespace caseweave
