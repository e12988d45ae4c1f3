#pragma once

#include <memory>
#include <vector>

#include "extract/transport.hpp"

namespace caseweave {

/// Makes the format of JSON documents (pages of records) and of NDJSON exports (a document a line).
///
/// A broken line of NDJSON is rejected (malformed); a broken page is an Error(integrity). A record that names a member
/// twice is rejected (malformed): which of the two is meant cannot be known.
std::unique_ptr<Format> make_json_format();

/// Lists the keys of [format_settings].
const std::vector<OptionDescriptor>& json_options();

}  // namespace caseweave
