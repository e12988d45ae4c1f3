#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>

#include "app/reading/home_address.hpp"
#include "canonical/canonical_batch.hpp"
#include "people/person_store.hpp"
#include "reconcile/protection.hpp"

namespace caseweave {

/// Knows the places whose address must not be disclosed, whoever's row names them.
///
/// There are two kinds. A hidden *provider* (a refuge) is one that its source marks as restricted; whatever it goes by
/// gives it away: its source's key in rows of the same system, and in every system what it is called, registered as and
/// addressed at, its postcode and UPRN. A hidden *home* is where somebody lives whose address is restricted.
///
/// Values are compared as they are stored: postcodes, UPRNs and keys whole, a text by whether it begins with a name,
/// whole words ("Willow Refuge, High Street"). A case row gives a unit postcode and no more, so all
/// addresses of that postcode are taken for the hidden one: what is hidden needlessly is still there for the cleared,
/// and the row stays. A value that was set aside cannot be compared: it may be the hidden one. A row of a person's
/// address gives more than the postcode, so that neighbours of a hidden home are not hidden with it where they can be
/// told apart (HomeAddress); at the postcode of a hidden provider every address is.
class HiddenPlaces {
  public:
    /// Takes a row of an entity that describes_places; one that is not marked is passed over.
    void add_provider(std::string_view system, const CanonicalRow& row);
    void add_home(const HomeAddress& home);

    /// Tells whether a row of a person or a case names one of them.
    bool are_named_by(std::string_view system, const CanonicalRow& row) const;

    /// Gives them for asking the target as a reader.
    ProtectedPlaces queries() const;

  private:
    bool begins_with_name(std::string_view text) const;
    bool is_home(const CanonicalRow& address) const;

    struct TextHash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    using Texts = std::unordered_set<std::string, TextHash, std::equal_to<>>;

    std::map<std::string, Texts, std::less<>> keys_;  // of providers, by system
    Texts names_;
    Texts provider_postcodes_, uprns_;
    std::map<std::string, std::set<HomeAddress>, std::less<>> homes_;  // by postcode; "" has those without one
    Texts home_lines_, lines_without_postcode_;                        // HomeAddress::line
};

}  // namespace caseweave
