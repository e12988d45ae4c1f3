#pragma once

#include <string>

namespace caseweave {

/// Says in words why libxml2 gave a document up; never with a value of the document, which its own messages hold.
/// @param code xmlParserErrors. @return the rest of a sentence that begins with the document's name.
std::string describe_xml_fault(int code);

}  // namespace caseweave
