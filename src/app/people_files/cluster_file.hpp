#pragma once

#include "app/people_files/people_files.hpp"
#include "app/writing/output_file.hpp"
#include "link/link.hpp"

namespace caseweave {

/// Writes `source,id,cluster,weight_bits,probability`: every record taken, once, in the files' order. Clusters count
/// from 1 in the order of their smallest (source, id). Weight and probability are those of the strongest link that
/// holds the record; a record that is alone has neither.
void write_clusters(OutputFile& file, const PeopleFromFiles& people, const LinkResult& linked);

/// Writes `left_source,left_id,right_source,right_id,rule,weight_bits,probability,outcome,reason`: every scored pair at
/// or above the review threshold (LinkOptions::keep_pairs), the record that stands first in the files on the left, in
/// the files' order. `rule` names the first blocking rule that brought the two together. `outcome` is match, review or
/// different: one person after all that was known of both, for a reviewer, or barred; `reason` says why it is no match.
/// @param between_files_only leaves out pairs of one file: they were scored and barred, not asked for.
void write_pairs(OutputFile& file, const PeopleFromFiles& people, const LinkResult& linked, const LinkageModel& model,
                 const LinkOptions& options, bool between_files_only);

}  // namespace caseweave
