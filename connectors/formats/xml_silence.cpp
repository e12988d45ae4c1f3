#include "connectors/formats/xml_silence.hpp"

#include <libxml/xmlerror.h>

namespace caseweave {

namespace {
void print_nothing(void*, const char*, ...) {}
void keep_nothing(void*, xmlErrorPtr) {}
}  // namespace

void silence_xml_parser() noexcept {
    xmlSetGenericErrorFunc(nullptr, print_nothing);
    xmlSetStructuredErrorFunc(nullptr, keep_nothing);
}

}  // namespace caseweave
