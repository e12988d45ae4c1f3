#pragma once

#include <string>

#include "canonical/entity.hpp"

namespace caseweave {

/// Says which places must not be disclosed (HiddenPlaces), each as a query.
struct ProtectedPlaces {
    std::string keys;   ///< (system, source key) of hidden providers
    std::string names;  ///< what they are called, registered as and addressed at
    std::string provider_postcodes;
    std::string homes;  ///< where those live whose address is restricted: postcode, UPRN, house, street, text
    std::string uprns;  ///< of either
};

/// Says who is protected and from what, each as a query: those that give persons have one column of ids.
struct ProtectedPersons {
    std::string records;    ///< whose whole record is restricted
    std::string addresses;  ///< whose addresses are
    std::string phones;
    std::string emails;
    std::string fields;    ///< (person, name of the field that is restricted)
    std::string sealed;    ///< earlier identities of seals
    std::string families;  ///< (system, family key, access bits) of families whose members are all protected
    std::string across;  ///< (person, person): a row about the one that names the other leads across a seal; both ways
    ProtectedPlaces places;
};

/// Gives them as the target's own rows of restrictions and identity domains say. For a role that sees all rows.
ProtectedPersons protected_by_target();

/// Writes a condition on rows `t` of a table: that restrictions demand a clearance for them. "false" where none can.
std::string is_restricted_sql(const EntityDescriptor& entity, const ProtectedPersons& persons);
/// The same for seals.
std::string is_sealed_sql(const EntityDescriptor& entity, const ProtectedPersons& persons);
/// Writes a condition on rows `t` of a table: that they name a hidden place. "false" where none can. What HiddenPlaces
/// says of the same row, restated: in a text with letters that are not Latin it may tell two homes apart that are one
/// to HiddenPlaces.
std::string names_hidden_place_sql(const EntityDescriptor& entity, const ProtectedPlaces& places);
/// Writes a query of the postcodes of hidden homes.
std::string home_postcodes_sql(const ProtectedPlaces& places);

}  // namespace caseweave
