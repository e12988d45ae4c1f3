#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "app/people_files/people_files.hpp"
#include "pipeline/progress.hpp"

namespace caseweave {

/// Says whose each record of files truly is.
struct RecordEntities {
    std::vector<std::uint32_t> of_row;  ///< by PersonRow; kNoEntity where the truth does not have the record
    std::uint64_t known = 0;            ///< records that the truth has
    std::uint64_t only_in_truth = 0;    ///< rows of the truth that are no record of the files
};

/// Reads `[source,]id,entity`, as evaluate does; `source` is a file's stem. Without it, ids must be unique over the
/// files. @throws Error for a file that cannot be used, an id that stands twice, nothing in common.
RecordEntities read_record_entities(const std::filesystem::path& truth, const PeopleFromFiles& people,
                                    Progress& progress);

}  // namespace caseweave
