#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "extract/transport.hpp"
#include "settings/connector_definition.hpp"

namespace caseweave {

/// Says what becomes of one element of a document, by its path from the root.
struct XmlNode {
    struct Attribute {
        std::string name;
        std::vector<std::size_t> columns;
    };
    std::string name;
    std::string path;                   ///< from the record element; "" outside of it
    std::vector<std::size_t> children;  ///< indices into XmlPlan::nodes
    std::vector<std::size_t> columns;   ///< declared columns that take its text
    std::vector<Attribute> attributes;  ///< attributes that are declared columns
    std::vector<std::size_t>
        forgets;                 ///< columns of records inside whose value ends with the element before: "^" anchors
    bool record = false;         ///< is the record element
    bool record_parent = false;  ///< ordinals are counted within it
    bool in_record = false;
    bool other_record = false;  ///< belongs to another entity: left to that one
};

/// Says where the records of all entities of one document stand. Of records inside records only the outermost do.
struct XmlRecordPlaces {
    struct Place {
        std::string name;
        std::vector<std::size_t> children;  ///< indices into places
        bool record = false;
    };
    std::vector<Place> places;  ///< places[0] is above the root element

    static XmlRecordPlaces make(const DocumentReaders& readers);
};

/// Says where an entity's records stand and where each of its columns stands.
struct XmlPlan {
    std::vector<XmlNode> nodes;        ///< nodes[0] is above the root element
    std::vector<std::size_t> ordinal;  ///< columns that take the record's ordinal ("#")

    /// @throws Error(usage) that names the entity and the path that cannot be followed.
    static XmlPlan make(const EntityDefinition& entity, const ConnectorDefinition& connector);

  private:
    std::size_t child(std::size_t parent, std::string_view name);
};

}  // namespace caseweave
