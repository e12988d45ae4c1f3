#include "connectors/formats/xml_fault.hpp"

#include <libxml/xmlerror.h>

#include <string_view>

namespace caseweave {

namespace {

std::string_view words_of(int code) noexcept {
    switch (code) {
        case XML_ERR_DOCUMENT_EMPTY:
            return "nothing stands where its first element should begin";
        case XML_ERR_DOCUMENT_END:
            return "it goes on behind the end of its root element, or is cut off";
        case XML_ERR_TAG_NAME_MISMATCH:
        case XML_ERR_LTSLASH_REQUIRED:
            return "an end tag does not fit its start tag";
        case XML_ERR_TAG_NOT_FINISHED:
        case XML_ERR_GT_REQUIRED:
            return "it is cut off, or a tag is not written as it must be";
        case XML_ERR_NAME_REQUIRED:
            return "a name is missing, as behind a bare < or &";
        case XML_ERR_ENTITYREF_SEMICOL_MISSING:
            return "a bare & stands in it";
        case XML_ERR_UNDECLARED_ENTITY:
            return "it uses an entity that it does not declare";
        case XML_ERR_ENTITY_LOOP:
            return "its entities unfold without end";
        case XML_ERR_INVALID_CHAR:
        case XML_ERR_INVALID_CHARREF:
            return "a character that XML does not allow stands in it";
        case XML_ERR_INVALID_ENCODING:
        case XML_ERR_UNSUPPORTED_ENCODING:
        case XML_ERR_UNKNOWN_ENCODING:
            return "its bytes are not in the encoding it states";
        case XML_ERR_ATTRIBUTE_REDEFINED:
            return "an element has one attribute twice";
        case XML_ERR_ATTRIBUTE_NOT_STARTED:
        case XML_ERR_ATTRIBUTE_NOT_FINISHED:
        case XML_ERR_ATTRIBUTE_WITHOUT_VALUE:
        case XML_ERR_LT_IN_ATTRIBUTE:
            return "an attribute's value is not between quotes";
        case XML_ERR_NO_MEMORY:
            return "it needs more memory than there is";
        default:
            return {};
    }
}

}  // namespace

std::string describe_xml_fault(int code) {
    const std::string_view words = words_of(code);
    if (words.empty()) return "is not well-formed: it breaks rule " + std::to_string(code) + " of libxml2";
    return "is not well-formed: " + std::string(words);
}

}  // namespace caseweave
