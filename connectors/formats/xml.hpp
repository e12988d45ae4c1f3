#pragma once

#include <memory>
#include <vector>

#include "extract/transport.hpp"

namespace caseweave {

/// Makes the format of XML documents with one element a record.
///
/// Entities, document types and anything external are refused; depth, texts and records are bounded. A document that is
/// not well-formed is an Error(integrity), found by verify() before its first row is loaded. A record with bytes that
/// are not UTF-8, or control characters, is rejected (undecodable).
std::unique_ptr<Format> make_xml_format();

/// Lists the keys of [format_settings].
const std::vector<OptionDescriptor>& xml_options();

}  // namespace caseweave
