#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "app/people_files/people_columns.hpp"
#include "settings/connector_definition.hpp"

namespace caseweave {

/// Says how a file of people is written.
struct PeopleFileForm {
    std::string separator = ",";
    std::string encoding = "utf-8";
};

/// Says what the columns of one file hold that no single value tells.
struct ColumnHabits {
    /// Date columns that have the month in front, as more of their values can be read only so than only with the day in
    /// front; with how many. 03/04/2012 could be either there: only dates with the year in front are read of them.
    std::map<std::string, std::uint64_t> month_first;
    /// Postcode and telephone columns most of whose values are no British ones: kept as they are.
    std::set<std::string> foreign;
};

/// Makes the connector that reads one file of people: one entity of delimited rows, each of which gives a person and
/// what else the columns say of it. It stands in no folder of connectors/; its code lists lie in config/people_file.
///
/// The source is named after the file's stem.
///
/// @param prefixes one for each person a row holds: {""} for a file of people; {"left_", "right_"} for pairs, whose
/// rows give the emits of the left person, then those of the right.
ConnectorDefinition define_people_file(const PeopleColumns& columns, const std::filesystem::path& file,
                                       const PeopleFileForm& form, std::span<const std::string_view> prefixes,
                                       const ColumnHabits& habits);

/// Gives the forms that the dates of a column may have.
std::vector<std::string> date_forms_of(const ColumnHabits& habits, const std::string& column);

}  // namespace caseweave
