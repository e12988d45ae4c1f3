#pragma once

#include <memory>
#include <vector>

#include "extract/transport.hpp"

namespace caseweave {

/// Makes the format of files whose columns stand at fixed positions of each line.
///
/// A line of another length is rejected (wrong_width), one with bytes outside the encoding or NUL too (undecodable).
/// Positions that no extent covers become extras ("@41-50"); blanks around a value are layout and are cut.
std::unique_ptr<Format> make_fixed_width_format();

/// Lists the keys of [format_settings].
const std::vector<OptionDescriptor>& fixed_width_options();

}  // namespace caseweave
