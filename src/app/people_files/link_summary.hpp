#pragma once

#include <span>
#include <string>

#include "app/people_files/file_model.hpp"
#include "app/people_files/people_files.hpp"
#include "link/link.hpp"

namespace caseweave {

/// Writes what a person at the terminal wants to know once `caseweave link` is done: records and rows in quarantine by
/// file, values set aside by column, pairs, clusters, pairs for review, seconds. Holds no value of a record.
std::string summarise_link(const PeopleFromFiles& people, const FileModel& model, const LinkResult& linked,
                           double seconds);

/// Writes what was noticed of each file's values: those set aside, by column and rule, and columns whose values are not
/// what they look like.
std::string summarise_values(std::span<const PeopleFileReading> files);

/// Tells stderr which rows are in quarantine, a line each: file, line, what is wrong, what to do. Beyond what a person
/// reads, how many more there are.
void tell_quarantine(std::span<const PeopleFileReading> files);

}  // namespace caseweave
