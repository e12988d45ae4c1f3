#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "simulate_county/county.hpp"

namespace simulate {

/// Names what makes a record hard; written to the truth in words (hazard_name).
enum class Hazard : std::uint8_t {
    twin,
    triplet,
    same_name_cousin,
    adopted,         ///< a flagged record of either side of an adoption
    unflagged_copy,  ///< a copy of the birth identity that the adoption record does not name
    gender_recognition,
    restricted_record,
    restricted_address,
    unborn,
    born_after_unborn,  ///< the record began before birth
    estimated_birth_date,
    disputed_birth_date,
    surname_change,
    alias,
    name_order,      ///< family name in the forename column
    truncated_name,  ///< cut at 35 characters
    temporary_upn,
    former_upn,
    shared_nhs_number,  ///< another child's number
    superseded_nhs_number,
    uln_as_nhs_number,
    dummy_nhs_number,
    childrens_home,
    refuge,
    duplicate_in_system,
    duplicate_name_marker,  ///< "DUPLICATE" inside a name
    minus_one_id,           ///< family or related key "-1"
    date_1900,
    other_council,  ///< placed here by another council
    deceased,
    address_placeholder,  ///< "ADDRESS NOT FOUND", "NO FIXED ABODE"
    double_barrelled,
    apostrophe,
    diacritic,
    patronymic,
    transliterated,  ///< another spelling of the same non-English name
    hostel,
    typographic_apostrophe,  ///< the one word processors set
    birth_month_only,        ///< the day is missing
    birth_year_only,         ///< day and month are missing
    gender_differs,          ///< identity and certificate differ
    gender_as_sex,           ///< gender in the column of the sex
    bad_nhs_number,          ///< one digit is wrong
    bad_upn,                 ///< one digit is wrong
    bad_uln,                 ///< one digit is wrong
    bad_postcode,            ///< no postcode at all
    baby_name,               ///< never named
    siblings_nhs_number,
    unaccompanied,          ///< seeks asylum without a family
    birth_range,            ///< assessed to lie between two days
    impossible_birth_date,  ///< 31 February
    birth_range_only,       ///< assessed to lie between two days, and no day claimed beside them
    hidden_placement,       ///< lives at a provider that must not be found
    count_,
};
std::string_view hazard_name(Hazard hazard);

/// A set of hazards.
class Hazards {
  public:
    void add(Hazard hazard) { bits_ |= std::uint64_t{1} << static_cast<unsigned>(hazard); }
    void remove(Hazard hazard) { bits_ &= ~(std::uint64_t{1} << static_cast<unsigned>(hazard)); }
    bool has(Hazard hazard) const { return (bits_ >> static_cast<unsigned>(hazard) & 1U) != 0; }
    std::uint64_t bits() const { return bits_; }

  private:
    std::uint64_t bits_ = 0;
};

/// A date as a system has it: any part may be missing or wrong (31 February, 1900-01-01); write what stands here.
struct DateParts {
    std::optional<int> year;
    std::optional<int> month;
    std::optional<int> day;
    bool estimated = false;
    bool disputed = false;

    bool complete() const { return year && month && day; }
    /// Writes it when complete (no check that the day exists); nullopt otherwise. Form as format_day.
    std::optional<std::string> text(std::string_view form = "%Y-%m-%d") const;
};

/// Gives a date of which every part is known.
DateParts parts_of(Day day);

struct AddressView {
    std::string type;  ///< home, placement, previous, correspondence, communal
    std::string house, street, locality, town, county, postcode, uprn;  ///< "" where the system has none
    bool restricted = false;
    Day from = 0;
    Day to = kOpen;
    /// Joins the parts that are there: "12 Priory Road, Worthing".
    std::string one_line() const;
};

struct ContactView {
    std::string type;  ///< mobile, phone, email
    std::string value;
    bool restricted = false;
};

/// A further name: type former, alias, preferred or birth.
struct OtherNameView {
    std::string type;
    std::string given, middle, family;
    Day from = 0;
    Day to = kOpen;
};

/// A related person of the same system. `type` says what the related one is to this person: mother, father, sibling,
/// half_sibling, child, step_parent, grandparent, foster_carer, adoptive_parent, partner, cousin, duplicate.
struct RelationView {
    std::string type;
    std::string key;              ///< PersonView::key of the related person, or "-1" (hazard)
    bool multiple_birth = false;  ///< the two are twins or triplets
};

/// What one system believes of one person, after that system's habits of error. All texts are UTF-8 and neutral:
/// the system's module turns them into its own columns, codes and date forms, and writes what stands here even
/// where it is wrong. "" means that the system has no value.
struct PersonView {
    std::string key;                          ///< the system's own id of the person, unique in the view
    PersonIndex person = kNobody;             ///< the true person: facts for case rows are in county.person(person)
    Side side = Side::none;                   ///< which identity of a sealed person this record shows
    Person::Kind kind = Person::Kind::child;  ///< as the system has it
    std::string given, middle, family, preferred, title;
    DateParts birth;           ///< empty for the unborn
    Day birth_earliest = 0;    ///< where an age assessment gave a range; 0: none
    Day birth_latest = 0;      ///< likewise
    DateParts expected_birth;  ///< the unborn (and, kept, those known before birth)
    DateParts death;
    std::string sex;     ///< "M" "F" "U" or ""
    std::string gender;  ///< where the system keeps it apart: "M" "F" "N" "O" or ""
    std::string ethnicity, language, nationality, religion;
    std::optional<bool> disability;
    std::string birth_place;

    std::string nhs_number;      ///< 10 digits, or what stands in that column (ULN, dummy); no blanks in it
    std::string nhs_status;      ///< verified, unverified or superseded; "" with no number
    std::string nhs_superseded;  ///< an earlier number kept as history, or ""
    std::string upn;             ///< may be a temporary one
    std::string upn_former;
    std::string upn_unknown_reason;  ///< UN1 ... UN10 where there is no UPN and the system says why
    std::string uln;
    std::string home_office_reference, immigration_status;
    bool unaccompanied = false;
    std::string other_council_code, other_council_child_id;  ///< for children placed by another council

    std::vector<AddressView> addresses;  ///< the current one first
    std::vector<ContactView> contacts;
    std::vector<OtherNameView> other_names;
    std::vector<RelationView> relations;
    std::string mother_given, mother_family;  ///< where the record itself gives them
    std::string guardian_given, guardian_family;
    std::string school_urn, school_name;  ///< school known to the system, or ""
    std::string family_key;               ///< household or family id of this system ("F000123"), "-1" (hazard), or ""

    bool multiple_birth = false;  ///< the system knows that it is one
    std::optional<int> birth_order;
    bool restricted_record = false;
    bool restricted_address = false;
    std::string restriction_reason;
    Day restricted_from = 0;

    Moment created = 0;
    Moment updated = 0;
    std::string duplicate_of;  ///< key of the main record when this is a further record of the same person
    Hazards hazards;

    const AddressView* address() const { return addresses.empty() ? nullptr : &addresses.front(); }
};

/// One record that stands on one side of a seal and is named by the fostering and adoption system.
struct SealMember {
    std::string domain;  ///< Seal::domain
    Seal::Kind kind = Seal::Kind::adoption;
    Side side = Side::earlier;
    std::string system;  ///< connector name
    std::string key;     ///< PersonView::key there
    Day sealed_on = 0;
};

/// All that one system knows of people.
struct SystemView {
    std::string system;
    std::vector<PersonView> people;  ///< in key order (byte order)
    /// fostering_adoption only: every flagged member of every seal, all systems.
    std::vector<SealMember> seal_members;

    /// Gives the record that a case row of this person and day belongs to, or nullptr where the system does not know
    /// the person: the side of a seal by its date, and among duplicate records one chosen by `salt`, so that duplicates
    /// share out the case rows. Give rows of one parent and child the same day and salt.
    const PersonView* record_of(const County& county, PersonIndex person, Day day, std::uint64_t salt = 0) const;

    /// Gives every record of a person in this system (both sides, duplicates), in `people` order.
    std::vector<const PersonView*> records_of(PersonIndex person) const;

    /// Builds the index behind record_of; habits.cpp calls it once the list is final.
    void index_people();

  private:
    std::unordered_map<PersonIndex, std::vector<std::uint32_t>> records_;
};

}  // namespace simulate
