#include "connectors/formats/json_plan.hpp"

#include <algorithm>

#include "core/error.hpp"

namespace caseweave {

namespace {

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
    return text;
}

/// Splits a JSON pointer (RFC 6901) into its names.
std::vector<std::string> split_pointer(std::string_view pointer) {
    std::vector<std::string> names;
    while (!pointer.empty()) {
        pointer.remove_prefix(1);
        const std::size_t end = std::min(pointer.find('/'), pointer.size());
        names.push_back(replace_all(replace_all(std::string(pointer.substr(0, end)), "~1", "/"), "~0", "~"));
        pointer.remove_prefix(end);
    }
    return names;
}

bool is_pointer(std::string_view text) noexcept {
    return text.empty() || text.front() == '/';
}

JsonNode& descend(JsonNode& from, const std::vector<std::string>& names) {
    JsonNode* node = &from;
    for (const std::string& name : names) node = &node->member(name);
    return *node;
}

}  // namespace

JsonNode& JsonNode::member(std::string_view member_name) {
    const auto found =
        std::find_if(members.begin(), members.end(), [&](const JsonNode& node) { return node.name == member_name; });
    if (found != members.end()) return *found;
    members.emplace_back();
    members.back().name = member_name;
    return members.back();
}

JsonPlan JsonPlan::make(const EntityDefinition& entity, const ConnectorDefinition& connector) {
    const auto fail = [&](const std::string& what) {
        throw Error(ErrorKind::usage,
                    (connector.folder / "connector.toml").string() + ": entity " + entity.name + ": " + what);
    };
    if (entity.column_paths.size() != entity.columns.size()) fail("json needs columns = { NAME = \"/pointer\" }");
    if (!is_pointer(entity.record)) fail("record must be a pointer such as /data");
    JsonPlan plan;
    plan.path = split_pointer(entity.record);
    plan.enclosing.resize(static_cast<std::size_t>(
        std::count_if(plan.path.begin(), plan.path.end(), [](const auto& name) { return name != kEach; })));
    for (std::size_t column = 0; column < entity.columns.size(); ++column) {
        const std::string_view text = entity.column_paths[column];
        if (text == "#") {
            plan.ordinal.push_back(column);
            continue;
        }
        const std::size_t levels = std::min(text.find_first_not_of('^'), text.size());
        const std::string_view pointer = text.substr(levels);
        if (!is_pointer(pointer) || pointer.empty())
            fail("column " + entity.columns[column] + " needs a pointer such as /name/given");
        if (levels > plan.enclosing.size())
            fail("column " + entity.columns[column] + " goes up further than its record is deep");
        JsonNode& start = levels == 0 ? plan.record : plan.enclosing[plan.enclosing.size() - levels];
        descend(start, split_pointer(pointer)).columns.push_back(column);
    }
    for (const EntityDefinition& other : connector.entities) {
        if (other.name == entity.name || other.resource != entity.resource || !is_pointer(other.record)) continue;
        std::vector<std::string> rest = split_pointer(other.record);
        const bool inside =
            rest.size() > plan.path.size() && std::equal(plan.path.begin(), plan.path.end(), rest.begin());
        if (!inside) continue;
        rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(plan.path.size()));
        if (rest.front() == kEach) rest.erase(rest.begin());
        const auto array = std::find(rest.begin(), rest.end(), kEach);
        rest.erase(array, rest.end());
        if (!rest.empty()) descend(plan.record, rest).other_record = true;
    }
    return plan;
}

}  // namespace caseweave
