#pragma once

#include <libxml/tree.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace caseweave::conformance {

struct XmlTreeDeleter {
    void operator()(xmlDoc* tree) const noexcept { xmlFreeDoc(tree); }
};
using XmlTree = std::unique_ptr<xmlDoc, XmlTreeDeleter>;

/// Parses a document whole. @throws std::runtime_error when it is not well-formed.
XmlTree parse_tree(const std::string& document);
std::string write_tree(const XmlTree& tree);

std::string_view name_of(const xmlNode* node) noexcept;
std::vector<xmlNode*> children_of(xmlNode* parent, std::string_view name);
/// First child element of the name, or nullptr.
xmlNode* child_of(xmlNode* parent, std::string_view name);
std::string attribute_of(xmlNode* node, const std::string& name);
void set_attribute(xmlNode* node, const std::string& name, const std::string& value);
xmlNode* add_child(xmlNode* parent, const std::string& name, const std::string& text = {});
void remove_node(xmlNode* node);

}  // namespace caseweave::conformance
