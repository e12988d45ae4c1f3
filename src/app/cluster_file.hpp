#pragma once

#include "app/output_file.hpp"
#include "app/people_files.hpp"
#include "link/link.hpp"

namespace caseweave {

/// Writes `source,id,cluster,weight_bits,probability`: every record taken, once, in the files' order. Clusters count
/// from 1 in the order of their smallest (source, id). Weight and probability are those of the strongest link that
/// holds the record; a record that is alone has neither.
void write_clusters(OutputFile& file, const PeopleFromFiles& people, const LinkResult& linked);

}  // namespace caseweave
