#pragma once

#include <string>

#include "app/people_files.hpp"
#include "link/link.hpp"

namespace caseweave {

/// Writes what a person at the terminal wants to know once `caseweave link` is done: records and rows in quarantine by
/// file, values set aside by column, pairs, clusters, pairs for review, seconds. Holds no value of a record.
std::string summarise_link(const PeopleFromFiles& people, const LinkResult& linked, double seconds);

/// Writes the rows in quarantine of each file, a line each: file, line, what is wrong, what to do. At most `most` of
/// them; then how many more there are.
std::string list_quarantine(const std::vector<PeopleFileReading>& files, std::size_t most);

/// Writes the values that were set aside, a line for each column.
std::string list_set_aside(const std::vector<PeopleFileReading>& files);

}  // namespace caseweave
