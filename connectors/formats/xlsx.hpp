#pragma once

#include <memory>
#include <vector>

#include "extract/transport.hpp"

namespace caseweave {

/// Makes the format of Office Open XML workbooks: one sheet, one row of column names, values below it.
///
/// The workbook must be a file (ByteStream::path): a zip's directory stands at its end. Parts are unpacked in pieces
/// and bounded in size and ratio.
std::unique_ptr<Format> make_xlsx_format();

/// Lists the keys of [format_settings].
const std::vector<OptionDescriptor>& xlsx_options();

}  // namespace caseweave
