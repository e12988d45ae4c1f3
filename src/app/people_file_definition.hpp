#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "app/people_columns.hpp"
#include "settings/connector_definition.hpp"

namespace caseweave {

/// Says how a file of people is written.
struct PeopleFileForm {
    std::string separator = ",";
    std::string encoding = "utf-8";
};

/// Makes the connector that reads one file of people: one entity of delimited rows, each of which gives a person and
/// what else the columns say of it. It stands in no folder of connectors/; its code lists lie in config/people_file.
///
/// The source is named after the file's stem.
///
/// @param prefixes one for each person a row holds: {""} for a file of people; {"left_", "right_"} for pairs, whose
/// rows give the emits of the left person, then those of the right.
ConnectorDefinition define_people_file(const PeopleColumns& columns, const std::filesystem::path& file,
                                       const PeopleFileForm& form, std::span<const std::string_view> prefixes);

}  // namespace caseweave
