#include "conformance/xml_tree.hpp"

#include <libxml/parser.h>

#include <stdexcept>

namespace caseweave::conformance {

namespace {
const xmlChar* xml_text(const std::string& text) {
    return reinterpret_cast<const xmlChar*>(text.c_str());
}
std::string taken(xmlChar* text) {
    std::string copy = text == nullptr ? "" : reinterpret_cast<const char*>(text);
    xmlFree(text);
    return copy;
}
}  // namespace

XmlTree parse_tree(const std::string& document) {
    XmlTree tree(xmlReadMemory(document.data(), static_cast<int>(document.size()), "testdata", nullptr,
                               XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING));
    if (tree == nullptr) throw std::runtime_error("test data that is not well-formed XML");
    return tree;
}

std::string write_tree(const XmlTree& tree) {
    xmlChar* text = nullptr;
    int size = 0;
    xmlDocDumpMemoryEnc(tree.get(), &text, &size, "UTF-8");
    return taken(text);
}

std::string_view name_of(const xmlNode* node) noexcept {
    return node->type == XML_ELEMENT_NODE ? reinterpret_cast<const char*>(node->name) : "";
}

std::vector<xmlNode*> children_of(xmlNode* parent, std::string_view name) {
    std::vector<xmlNode*> found;
    for (xmlNode* child = parent->children; child != nullptr; child = child->next) {
        if (name_of(child) == name) found.push_back(child);
    }
    return found;
}

xmlNode* child_of(xmlNode* parent, std::string_view name) {
    const auto found = children_of(parent, name);
    return found.empty() ? nullptr : found.front();
}

std::string attribute_of(xmlNode* node, const std::string& name) {
    return taken(xmlGetNoNsProp(node, xml_text(name)));
}

void set_attribute(xmlNode* node, const std::string& name, const std::string& value) {
    xmlSetProp(node, xml_text(name), xml_text(value));
}

xmlNode* add_child(xmlNode* parent, const std::string& name, const std::string& text) {
    return xmlNewTextChild(parent, nullptr, xml_text(name), text.empty() ? nullptr : xml_text(text));
}

void remove_node(xmlNode* node) {
    xmlUnlinkNode(node);
    xmlFreeNode(node);
}

}  // namespace caseweave::conformance
