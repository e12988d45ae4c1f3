#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "simulate_county/calendar.hpp"
#include "simulate_county/identifiers.hpp"
#include "simulate_county/life_course.hpp"
#include "simulate_county/places.hpp"

namespace simulate {

/// One name a person bears over a time. `family_first`: systems that keep the order of the community write it so.
struct NamePeriod {
    std::string given;
    std::string middle;  ///< "" for none; several separated by a blank
    std::string family;
    enum class Kind { birth, legal, alias, preferred } kind = Kind::legal;
    Day from = 0;
    Day to = kOpen;
};

/// What is issued to a person and would be issued anew on adoption or, where so chosen, gender recognition.
struct Identity {
    std::vector<NamePeriod> names;  ///< the birth name first, then changes, then aliases; never empty
    std::string preferred;          ///< forename used day to day where it differs ("Charlie"), else ""
    char sex = 'U';                 ///< as registered: M, F, U
    std::string nhs_number;         ///< 9990000000-9999999999, valid; "" for none
    bool nhs_verified = false;
    std::string nhs_superseded;  ///< an earlier number of the same identity, or ""
    std::string upn;             ///< permanent, "" until the first school
    std::string upn_temporary;   ///< held before the permanent one, or ""
    std::string upn_former;      ///< a permanent one replaced by another, or ""
    std::string uln;             ///< from 14 years on, or ""
    std::string birth_place;
    PersonIndex mother = kNobody;  ///< legal mother of this identity (an adopter on the later side)
    PersonIndex father = kNobody;
    std::vector<Residence> residences;  ///< in order of time, without gaps

    /// Gives the legal name on a day (the last that began by then).
    const NamePeriod& name_on(Day day) const;
    /// Gives the residence on a day, the first one before it began, the last one after the end.
    const Residence& residence_on(Day day) const;
};

/// Tells the two identities of a seal apart.
enum class Side : std::uint8_t {
    none,     ///< a person with one identity
    earlier,  ///< the birth identity
    later,    ///< the identity after the order
};

/// The boundary between two identities of one person that nothing may cross.
struct Seal {
    enum class Kind { adoption, gender_recognition } kind = Kind::adoption;
    std::string domain;  ///< id of the identity domain, "AD000123": the adoption record's number
    PersonIndex person = kNobody;
    Day date = 0;                    ///< of the order or certificate
    std::uint32_t adoption = kNone;  ///< index into County::adoptions for Kind::adoption
};

/// Restrictions that systems must honour; several may hold.
struct RestrictionSpan {
    enum class Scope { record, address } scope = Scope::record;
    std::string reason;  ///< "Domestic abuse", "Witness protection", "Adoption", "Staff member's family", "Court order"
    Day from = 0;
    Day to = kOpen;
};

/// One true human being (or unborn child) of the county.
struct Person {
    PersonIndex index = kNobody;  ///< its position in County::people
    enum class Kind { child, unborn, adult } kind = Kind::child;
    Day birth = 0;                    ///< true date; for the unborn the expected date
    Day expected_birth = 0;           ///< due date, for the unborn and those known before birth; else 0
    bool known_before_birth = false;  ///< social care had an unborn record that was promoted at birth
    bool birth_estimated = false;     ///< nobody knows the day: systems hold 1 January or the 15th
    bool birth_disputed = false;      ///< an age assessment moved the recorded date (disputed_birth)
    Day disputed_birth = 0;           ///< the other claim, when disputed
    Day death = kOpen;
    std::string gender;           ///< identity where it differs from sex: "N" "M" "F"; else ""
    std::string ethnicity;        ///< DfE code: WBRI, APKN, ...
    std::string language;         ///< first language: ENG, POL, ... (schemas/canonical/codes/language.csv)
    std::string nationality;      ///< "British", "Polish", ...
    std::string religion;         ///< "None", "Christian", "Muslim", ...
    std::uint16_t community = 0;  ///< index of the naming community
    bool disability = false;
    bool unaccompanied = false;          ///< asylum-seeking child without family
    std::string immigration_status;      ///< ASYLUM, REFUGEE, EUSS, ...; "" for none
    std::string home_office_reference;   ///< "" for none
    std::uint32_t multiple_birth = 0;    ///< id of the birth (1 and up) shared by twins and triplets; 0 = single
    std::uint8_t birth_order = 0;        ///< 1 and up within a multiple birth
    std::uint8_t birth_count = 1;        ///< 2 twins, 3 triplets
    std::uint32_t family = kNone;        ///< index into County::families (the birth family of an adopted child)
    std::uint32_t home_council = kNone;  ///< index into County::councils for a child placed here by another council
    std::string home_council_child_id;   ///< that council's own id for the child
    std::string phone;
    std::string email;
    std::vector<Identity> identities;  ///< one, or two for a sealed person: [0] earlier, [1] later
    std::uint32_t seal = kNone;        ///< index into County::seals
    std::vector<RestrictionSpan> restrictions;
    LifeCourse life;  ///< empty for most adults

    bool sealed() const { return identities.size() == 2; }
    /// Gives the identity of a side; Side::none is the only or the present one.
    const Identity& identity(Side side) const { return side == Side::earlier ? identities.front() : identities.back(); }
    Identity& identity(Side side) { return side == Side::earlier ? identities.front() : identities.back(); }
};

/// Parents and their children as they live (or lived) together. Early help works with families.
struct Family {
    std::uint32_t index = kNone;
    std::vector<PersonIndex> adults;    ///< mother first where there is one
    std::vector<PersonIndex> children;  ///< birth order; half-siblings included; adopted away ones too
    std::vector<EarlyHelpEpisode> early_help;
};

/// A household approved to foster or adopt.
struct CarerHousehold {
    std::uint32_t index = kNone;
    enum class Kind { foster, kinship, adopter } kind = Kind::foster;
    std::vector<PersonIndex> carers;  ///< one or two adults
    std::uint32_t address = kNone;
    std::uint32_t agency = kNone;  ///< index into County::providers for an agency's carers; kNone: the council's own
    std::uint8_t capacity = 1;
    WorkerIndex worker = kNone;  ///< supervising social worker
    Day applied = 0;
    Day approved = 0;
    Day ended = kOpen;  ///< de-registered
};

/// The simulated county: everyone, everything that happened to them, and where. Built once from a seed; immutable
/// afterwards, so systems may be simulated from several threads.
struct County {
    std::uint64_t seed = 0;
    std::string scale;
    std::vector<Person> people;  ///< children, unborn and adults; index is identity
    std::vector<Family> families;
    std::vector<CarerHousehold> carer_households;
    std::vector<Adoption> adoptions;
    std::vector<Seal> seals;

    std::vector<Address> addresses;
    std::vector<School> schools;
    std::vector<Provider> providers;
    std::vector<Team> teams;
    std::vector<Worker> workers;
    std::vector<Court> courts;
    std::vector<Council> councils;
    IdentifierIssuer issuer{0};  ///< goes on where these people's numbers end

    const Person& person(PersonIndex index) const { return people[index]; }
    const Address& address(std::uint32_t index) const { return addresses[index]; }
    const School& school(std::uint32_t index) const { return schools[index]; }
    const Provider& provider(std::uint32_t index) const { return providers[index]; }
    const Team& team(std::uint32_t index) const { return teams[index]; }
    const Worker& worker(WorkerIndex index) const { return workers[index]; }
    const Court& court(std::uint32_t index) const { return courts[index]; }

    /// Gives the workers of a service, in index order: for case rows whose span names none.
    std::vector<WorkerIndex> workers_of(Service service) const;
    /// Gives the providers of a kind, in index order.
    std::vector<std::uint32_t> providers_of(Provider::Kind kind) const;
};

}  // namespace simulate
