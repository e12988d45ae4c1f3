#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "app/people_files/people_columns.hpp"
#include "app/people_files/people_file_definition.hpp"

namespace caseweave {

/// Looks a file through for what no single value of a column tells; see ColumnHabits.
ColumnHabits survey_columns(const std::filesystem::path& file, const PeopleColumns& columns, const PeopleFileForm& form,
                            std::span<const std::string_view> prefixes);

}  // namespace caseweave
