#pragma once

#include "app/people_files/file_options.hpp"
#include "app/people_files/people_files.hpp"

namespace caseweave {

/// Says which records of files are compared: those within the files, taken as one; those of different files only; all.
enum class LinkMode { dedupe, link, both };

/// Chooses the mode that was asked for or, without one, dedupe for one file and both for several.
/// @throws Error(usage) for linking across one file.
LinkMode mode_of(const PeopleFilesOptions& options);

/// Asks for the files as the mode takes them.
PeopleFilesRequest request_of(const PeopleFilesOptions& options, LinkMode mode);

}  // namespace caseweave
