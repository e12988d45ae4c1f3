#include <algorithm>

#include "conformance/document_editor.hpp"
#include "conformance/xml_tree.hpp"

namespace caseweave::conformance {

namespace {

/// Stands in a tree for a byte that is not UTF-8; seal() puts it in. A private-use character: no data has it.
constexpr std::string_view kBadByte = "\xEE\x80\x80";

std::vector<std::string> split_path(std::string_view path) {
    std::vector<std::string> names;
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        names.emplace_back(path.substr(0, end));
        path.remove_prefix(std::min(path.size(), end + 1));
    }
    return names;
}

class XmlEditor final : public DocumentEditor {
  public:
    bool settable(const EntityDefinition& entity, const std::string& column) const override {
        const std::string& path = path_of(entity, column);
        return path != "#" && !path.starts_with('^');
    }

    bool can_drop(const EntityDefinition& entity, const std::string& column) const override {
        return settable(entity, column) && path_of(entity, column) != ".";
    }

    void add_column(std::string& document, const EntityDefinition& entity, const std::string& name,
                    const std::string& value) const override {
        const XmlTree tree = parse_tree(document);
        for (xmlNode* record : records(tree, entity)) {
            if (xmlFirstElementChild(record) == nullptr) {
                set_attribute(record, name, value);  // a record of text only
            } else if (child_of(record, name) == nullptr) {
                add_child(record, name, value);
            }
        }
        document = write_tree(tree);
    }

    void drop_column(std::string& document, const EntityDefinition& entity, const std::string& column) const override {
        const XmlTree tree = parse_tree(document);
        for (xmlNode* record : records(tree, entity)) clear(record, path_of(entity, column));
        document = write_tree(tree);
    }

    void remove_all_rows(std::string& document, const std::vector<const EntityDefinition*>& entities) const override {
        const XmlTree tree = parse_tree(document);
        for (const EntityDefinition* entity : entities) {
            for (xmlNode* record : records(tree, *entity)) remove_node(record);
        }
        document = write_tree(tree);
    }

    bool copy_row(std::string& document, const EntityDefinition& entity, const Fields& like,
                  const Fields& changes) const override {
        const XmlTree tree = parse_tree(document);
        xmlNode* const found = find(records(tree, entity), entity, like);
        if (found == nullptr) return false;
        xmlNode* const copy = xmlCopyNode(found, 1);
        for (const auto& [column, value] : changes) {
            clear(copy, path_of(entity, column));
            if (!value.empty()) set(copy, path_of(entity, column), value);
        }
        // Last of its kind: ordinals of the others must stay what they are.
        xmlAddNextSibling(children_of(found->parent, name_of(found)).back(), copy);
        document = write_tree(tree);
        return true;
    }

    std::vector<RejectReason> add_unreadable_rows(std::string&, const EntityDefinition&, const Fields&) const override {
        return {};  // XML has no width, and a broken document is refused whole
    }
    bool add_undecodable_row(std::string& document, const EntityDefinition& entity, const Fields& like,
                             const std::string& column) const override {
        return copy_row(document, entity, like, {{column, std::string(kBadByte)}});
    }

    bool damage_document(std::string& document, const EntityDefinition&) const override {
        // Outside of every record: whose it is cannot be known.
        document.insert(document.rfind("</"), "\x81");
        return true;
    }

    void seal(std::string& document) const override {
        for (std::size_t at = document.find(kBadByte); at != std::string::npos; at = document.find(kBadByte, at))
            document.replace(at, kBadByte.size(), "\x81");
    }

  private:
    static const std::string& path_of(const EntityDefinition& entity, const std::string& column) {
        const auto at = std::find(entity.columns.begin(), entity.columns.end(), column) - entity.columns.begin();
        return entity.column_paths.at(static_cast<std::size_t>(at));
    }

    static std::vector<xmlNode*> records(const XmlTree& tree, const EntityDefinition& entity) {
        const std::vector<std::string> names = split_path(entity.record);
        xmlNode* const root = xmlDocGetRootElement(tree.get());
        if (name_of(root) != names.front()) return {};
        std::vector<xmlNode*> level = {root};
        for (std::size_t i = 1; i < names.size(); ++i) {
            std::vector<xmlNode*> next;
            for (xmlNode* parent : level) {
                for (xmlNode* child : children_of(parent, names[i])) next.push_back(child);
            }
            level = std::move(next);
        }
        return level;
    }

    /// Gives the element of a path, and splits off its attribute; nullptr when it is not there and not to be made.
    static xmlNode* reach(xmlNode* record, std::string_view path, std::string& attribute, bool make) {
        xmlNode* node = record;
        for (const std::string& name : split_path(path)) {
            if (name == ".") continue;
            if (name.starts_with('@')) {
                attribute = name.substr(1);
                continue;
            }
            xmlNode* next = child_of(node, name);
            if (next == nullptr && make) next = add_child(node, name);
            if (next == nullptr) return nullptr;
            node = next;
        }
        return node;
    }

    static std::string text_of(xmlNode* record, const std::string& path) {
        std::string attribute;
        xmlNode* const node = reach(record, path, attribute, false);
        if (node == nullptr) return {};
        if (!attribute.empty()) return attribute_of(node, attribute);
        std::string text;
        for (const xmlNode* child = node->children; child != nullptr; child = child->next) {
            if (child->type == XML_TEXT_NODE) text += reinterpret_cast<const char*>(child->content);
        }
        return text;
    }

    static void clear(xmlNode* record, const std::string& path) {
        std::string attribute;
        xmlNode* const node = reach(record, path, attribute, false);
        if (node == nullptr) return;
        if (!attribute.empty()) {
            xmlUnsetProp(node, reinterpret_cast<const xmlChar*>(attribute.c_str()));
        } else if (node == record) {
            xmlNodeSetContent(node, nullptr);
        } else {
            // Every one of the name: the next would stand in for the first.
            for (xmlNode* same : children_of(node->parent, name_of(node))) remove_node(same);
        }
    }

    static void set(xmlNode* record, const std::string& path, const std::string& value) {
        std::string attribute;
        xmlNode* const node = reach(record, path, attribute, true);
        if (attribute.empty()) {
            xmlNodeAddContent(node, reinterpret_cast<const xmlChar*>(value.c_str()));
        } else {
            set_attribute(node, attribute, value);
        }
    }

    static xmlNode* find(const std::vector<xmlNode*>& records, const EntityDefinition& entity, const Fields& like) {
        for (xmlNode* record : records) {
            const bool same = std::all_of(like.begin(), like.end(), [&](const auto& field) {
                return text_of(record, path_of(entity, field.first)) == field.second;
            });
            if (same) return record;
        }
        return nullptr;
    }
};

}  // namespace

std::unique_ptr<DocumentEditor> make_xml_editor(const ConnectorDefinition&) {
    return std::make_unique<XmlEditor>();
}

}  // namespace caseweave::conformance
