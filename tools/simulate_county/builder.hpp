#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "simulate_county/county.hpp"
#include "simulate_county/identifiers.hpp"
#include "simulate_county/names/community.hpp"
#include "simulate_county/random.hpp"
#include "simulate_county/scale.hpp"

namespace simulate {

/// Invents dwellings street by street: houses of one street share a postcode, as neighbours do.
class AddressBook {
  public:
    AddressBook(County& county, std::size_t households);

    /// Adds a home in a district (index into district_names()) and returns its address.
    std::uint32_t add_home(std::size_t district, Random& random);
    /// Adds an institution under a name of its own.
    std::uint32_t add_institution(std::size_t district, std::string house, Address::Kind kind, Random& random);
    /// Draws a district by its population.
    static std::size_t draw_district(Random& random);
    static std::span<const std::string_view> district_names();
    /// Gives the index of an address's district.
    std::size_t district_of(std::uint32_t address) const;
    /// Leaves out the UPRNs that the county's first `count` addresses have.
    void skip_uprns(std::uint64_t count) { uprns_ += count; }

  private:
    struct Street {
        std::string name, postcode, locality;
        std::size_t town;
        int next_number = 1;
    };
    Address place(std::size_t district, Random& random);
    Street open_street(std::size_t district, Random& random);

    County& county_;
    std::array<std::vector<Street>, 7> streets_;
    std::array<std::size_t, 7> streets_wanted_{};
    std::uint64_t uprns_ = 0;
};

/// Holds what the steps of building a county share. Each step fills one part of `county`; the steps run in the order
/// of build_county (population.cpp), each on its own random stream.
struct Builder {
    Builder(const Scale& wanted, std::uint64_t seed);

    Scale scale;
    County county;
    Random random;
    IdentifierIssuer issuer;
    NameBook names;
    AddressBook addresses;

    std::size_t children() const { return child_indices.size(); }
    std::vector<PersonIndex> child_indices;  ///< children and unborn

    Person& add_person(Person::Kind kind);
    /// Adds an adult of a community with a home; without family ties.
    PersonIndex add_adult(std::size_t community, char sex, Day birth, std::string family_name, std::uint32_t home,
                          Random& random);
    /// Draws `max(2, rate x all children)` members of the pool, without repetition, in pool order; the whole pool where
    /// it is smaller. So a rate is one of the county's children, whatever the pool leaves out.
    std::vector<PersonIndex> choose(const std::vector<PersonIndex>& pool, double rate, Random& random) const;
    /// Draws `max(2, share x pool)` members of the pool, likewise.
    static std::vector<PersonIndex> choose_share(const std::vector<PersonIndex>& pool, double share, Random& random);
    /// Draws a worker of a service, kNone only when the service has none.
    WorkerIndex worker(Service service, Random& random) const;
    std::uint32_t provider(Provider::Kind kind, Random& random) const;
    std::uint32_t court(Court::Kind kind, Random& random) const;
    /// Draws a school of a phase in a district, or anywhere when the district has none.
    std::uint32_t school(School::Phase phase, std::size_t district, Random& random) const;

    /// Caches of workers_of and providers_of, filled by build_places.
    std::vector<std::vector<WorkerIndex>> workers_by_service;
    std::vector<std::vector<std::uint32_t>> providers_by_kind;
    std::vector<std::vector<std::vector<std::uint32_t>>> schools_by_phase;  ///< [phase][district]
};

// The steps, in order: places, then people (build_people takes the steps after the first).
void build_places(Builder& builder);
void build_people(Builder& builder);
void build_population(Builder& builder);
void build_twin_population(Builder& builder);
void live_education(Builder& builder);
void live_social_care(Builder& builder);
void live_early_help(Builder& builder);
void live_youth(Builder& builder);
void build_adoptions(Builder& builder);
void build_restrictions(Builder& builder);

}  // namespace simulate
