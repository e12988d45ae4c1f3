#include "connectors/formats/xml_plan.hpp"

#include <algorithm>

#include "core/error.hpp"

namespace caseweave {

namespace {

std::vector<std::string> split_path(std::string_view path) {
    std::vector<std::string> names;
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        names.emplace_back(path.substr(0, end));
        path.remove_prefix(std::min(path.size(), end + 1));
    }
    return names;
}

}  // namespace

XmlRecordPlaces XmlRecordPlaces::make(const DocumentReaders& readers) {
    XmlRecordPlaces made;
    made.places.emplace_back();
    for (const EntityDefinition* const entity : readers) {
        std::size_t at = 0;
        for (const std::string& name : split_path(entity->record)) {
            const auto& children = made.places[at].children;
            const auto found = std::find_if(children.begin(), children.end(),
                                            [&](std::size_t child) { return made.places[child].name == name; });
            if (found != children.end()) {
                at = *found;
                continue;
            }
            const std::size_t next = made.places.size();
            made.places[at].children.push_back(next);
            made.places.push_back({name, {}, false});
            at = next;
        }
        made.places[at].record = at != 0;
    }
    return made;
}

std::size_t XmlPlan::child(std::size_t parent, std::string_view name) {
    for (const std::size_t index : nodes[parent].children) {
        if (nodes[index].name == name) return index;
    }
    const std::size_t index = nodes.size();
    nodes[parent].children.push_back(index);
    nodes.emplace_back();
    XmlNode& node = nodes.back();
    const XmlNode& above = nodes[parent];
    node.name = name;
    node.in_record = above.in_record || above.record;
    if (node.in_record) node.path = (above.record ? std::string() : above.path + "/") + node.name;
    return index;
}

XmlPlan XmlPlan::make(const EntityDefinition& entity, const ConnectorDefinition& connector) {
    const auto fail = [&](const std::string& what) {
        throw Error(ErrorKind::usage,
                    (connector.folder / "connector.toml").string() + ": entity " + entity.name + ": " + what);
    };
    if (entity.column_paths.size() != entity.columns.size()) fail("xml needs columns = { NAME = \"path\" }");
    const std::vector<std::string> record = split_path(entity.record);
    if (record.empty()) fail("record must be the path of an element, such as Children/Child");
    XmlPlan plan;
    plan.nodes.emplace_back();
    std::vector<std::size_t> on_path = {0};  // node above the root, then one per name of the record's path
    for (const std::string& name : record) on_path.push_back(plan.child(on_path.back(), name));
    const std::size_t record_node = on_path.back();
    plan.nodes[record_node].record = true;
    plan.nodes[on_path[on_path.size() - 2]].record_parent = true;

    for (std::size_t column = 0; column < entity.columns.size(); ++column) {
        std::string_view text = entity.column_paths[column];
        if (text == "#") {
            plan.ordinal.push_back(column);
            continue;
        }
        std::vector<std::string> names = split_path(text.substr(text.starts_with('^') ? 1 : 0));
        if (names.empty()) fail("column " + entity.columns[column] + " has no path");
        std::size_t node = record_node;
        if (text.starts_with('^')) {
            std::size_t level = record.size() - 1;
            while (level > 0 && record[level - 1] != names.front()) --level;
            if (level == 0)
                fail("column " + entity.columns[column] + ": no element " + names.front() + " encloses the record");
            node = on_path[level];
            plan.nodes[node].forgets.push_back(column);
            names.erase(names.begin());
        }
        std::string attribute;
        if (!names.empty() && names.back().starts_with('@')) {
            attribute = names.back().substr(1);
            names.pop_back();
        } else if (!names.empty() && names.back() == ".") {
            names.pop_back();
        }
        for (const std::string& name : names) node = plan.child(node, name);
        if (attribute.empty()) {
            plan.nodes[node].columns.push_back(column);
            continue;
        }
        auto& attributes = plan.nodes[node].attributes;
        auto found = std::find_if(attributes.begin(), attributes.end(),
                                  [&](const XmlNode::Attribute& a) { return a.name == attribute; });
        if (found == attributes.end()) found = attributes.insert(found, {attribute, {}});
        found->columns.push_back(column);
    }
    for (const EntityDefinition& other : connector.entities) {
        if (other.name == entity.name || other.resource != entity.resource) continue;
        const std::vector<std::string> path = split_path(other.record);
        const bool inside = path.size() > record.size() && std::equal(record.begin(), record.end(), path.begin());
        if (!inside) continue;
        std::size_t node = record_node;
        for (std::size_t i = record.size(); i < path.size(); ++i) node = plan.child(node, path[i]);
        plan.nodes[node].other_record = true;
    }
    return plan;
}

}  // namespace caseweave
