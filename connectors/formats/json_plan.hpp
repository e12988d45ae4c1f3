#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "settings/connector_definition.hpp"

namespace caseweave {

/// Says what becomes of one member of an object: columns, a nested object with a plan of its own, or nothing.
struct JsonNode {
    std::string name;
    std::vector<std::size_t> columns;  ///< declared columns that stand here
    std::vector<JsonNode> members;
    bool other_record = false;  ///< holds records of another entity: left to that one

    JsonNode& member(std::string_view member_name);
};

/// Says where an entity's records stand in a document and where each of its columns stands.
struct JsonPlan {
    static constexpr std::string_view kEach = "*";

    std::vector<std::string> path;     ///< member names and "*" from the root to the records
    JsonNode record;                   ///< what a record's members become
    std::vector<JsonNode> enclosing;   ///< one per object on the path, outermost first: columns that start with "^"
    std::vector<std::size_t> ordinal;  ///< columns that take the record's ordinal ("#")

    /// @throws Error(usage) that names the entity and the pointer that cannot be followed.
    static JsonPlan make(const EntityDefinition& entity, const ConnectorDefinition& connector);
};

}  // namespace caseweave
