#pragma once

#include <memory>
#include <vector>

#include "extract/transport.hpp"

namespace caseweave {

/// Makes the format of CSV and its kin: RFC 4180, own separator, quoting on or off, UTF-8 or Windows-1252.
///
/// With a header line columns are found by name, in any order. Without one they stand in the order of connector.toml.
/// With `record_types` (interface ledgers) the first field of each line is its type: an entity's `record` says which
/// lines are its rows, header and trailer lines frame them, and verify() holds the trailer's control totals against
/// them.
///
/// A row of another width is rejected (wrong_width), one with bytes outside the encoding or NUL too (undecodable), a
/// line whose quotes do not balance costs itself only. A line whose record type no entity knows is rejected by the
/// first entity of its file.
std::unique_ptr<Format> make_delimited_format();

/// Lists the keys of [format_settings].
const std::vector<OptionDescriptor>& delimited_options();

}  // namespace caseweave
