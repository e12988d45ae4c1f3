#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "app/reading/hidden_places.hpp"
#include "canonical/canonical_batch.hpp"
#include "consolidate/consolidator.hpp"
#include "link/link.hpp"
#include "load/crosswalk.hpp"
#include "people/person_store.hpp"
#include "reconcile/protection.hpp"

namespace caseweave {

/// Knows who is protected, and decides for every row of the target which clearance a reader needs.
///
/// The strictest restriction of any record of a person holds for the person, per scope: a restricted record hides all
/// its rows, a restricted address only rows that disclose one, a restricted field only rows that give it. A row that
/// its source marks as restricted is, whoever's it is. The earlier identity of a seal is sealed, unflagged copies
/// included, and so is every row that would lead across. Where a row names a place that is hidden (HiddenPlaces), a
/// case row's address is closed apart from the row, and a row of a person's address whole.
class Shields {
  public:
    /// `person` gives the id of each cluster, `providers` the places that their sources mark; homes are added here.
    Shields(const PersonStore& store, const LinkResult& linked, const std::vector<PersonId>& person,
            HiddenPlaces providers = {});

    /// Gives the access bits of a person's whole record.
    std::uint8_t of_person(PersonId person) const noexcept;

    /// Gives the access bits of a row of which only the person is known: any restriction of theirs may concern it.
    std::uint8_t of_unread_row(PersonId person) const noexcept;

    /// Gives the access bits of one canonical row. `references` are the persons its person_ref fields name.
    std::uint8_t of_row(const CanonicalRow& row, PersonId person, std::span<const PersonId> references) const;

    /// Gives the access bits of the address that a row of a system discloses; open where it is not closed apart.
    std::uint8_t of_address(std::string_view system, const CanonicalRow& row) const;

    /// Gives the access bits of a family of one system: a family whose members are all protected is as protected as
    /// they are together. `key` is what its members' records say.
    std::uint8_t of_family(SystemId system, std::string_view key) const;

    /// Says who is protected from what, for asking the target as a reader.
    ProtectedPersons persons() const;

  private:
    bool leads_across_a_seal(PersonId person, PersonId other) const noexcept;

    struct Scopes {
        bool record = false, sealed = false, addresses = false, phones = false, emails = false;
        std::vector<std::string_view> fields;  // of kPersonFieldNames

        bool hides(const FieldDescriptor& field) const noexcept;
    };
    using PersonOf = std::function<PersonId(PersonRow)>;
    void note_restrictions(const PersonStore& store, const PersonOf& person_of);
    void note_homes(const PersonStore& store, const PersonOf& person_of);
    void note_seals(const PersonStore& store, const LinkResult& linked, const std::vector<PersonId>& person,
                    const PersonOf& person_of);
    void note_families(const PersonStore& store, const PersonOf& person_of);

    std::unordered_map<PersonId, Scopes> scopes_;
    HiddenPlaces places_;
    /// Persons on the later side of a seal, with everyone whom the earlier side is related to.
    std::unordered_map<PersonId, std::unordered_set<PersonId>> kin_of_earlier_;
    std::vector<std::string> systems_;                                   // names
    std::map<std::pair<SystemId, std::string>, std::uint8_t> families_;  // those wholly protected
};

}  // namespace caseweave
