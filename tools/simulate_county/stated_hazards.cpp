#include "simulate_county/stated_hazards.hpp"

#include <algorithm>
#include <array>

#include "simulate_county/errors.hpp"
#include "simulate_county/hazard_rates.hpp"

namespace simulate {
namespace {

constexpr std::size_t kLongName = 35;  // characters that returns and old systems hold

bool has_restriction(const Person& person, RestrictionSpan::Scope scope) {
    return std::any_of(person.restrictions.begin(), person.restrictions.end(),
                       [&](const RestrictionSpan& restriction) { return restriction.scope == scope; });
}

bool has_lived_in(const County& county, const Person& person, Address::Kind kind) {
    const std::vector<Residence>& homes = person.identities.back().residences;
    return std::any_of(homes.begin(), homes.end(),
                       [&](const Residence& home) { return county.address(home.address).kind == kind; });
}

bool is_sealed_by(const County& county, const Person& person, Seal::Kind kind) {
    return person.sealed() && county.seals[person.seal].kind == kind;
}

bool has_changed_surname(const Person& person) {
    const std::vector<NamePeriod>& names = person.identities.front().names;
    return std::any_of(names.begin() + 1, names.end(), [&](const NamePeriod& name) {
        return name.kind == NamePeriod::Kind::legal && name.family != names.front().family;
    });
}

}  // namespace

std::span<const StatedHazard> stated_hazards() {
    using Of = StatedHazard::Of;
    static constexpr std::array<StatedHazard, static_cast<std::size_t>(Hazard::count_)> kStated = {{
        {Hazard::twin, rates::kTwinBirth * 2, Of::children, "children", "forename alone tells them apart"},
        {Hazard::triplet, rates::kTripletBirth * 3, Of::children, "children", "likewise"},
        {Hazard::same_name_cousin, rates::kSameNameCousin * 2, Of::children, "children",
         "another child of that name, born within four years, in another family", 0.023},
        {Hazard::adopted, rates::kAdoption, Of::children, "children",
         "new name, NHS number and UPN; 40 % keep their forename"},
        {Hazard::unflagged_copy, rates::kUnflaggedCopies, Of::adoptions, "adoptions",
         "1 or 2 copies of the birth identity that the adoption record does not name"},
        {Hazard::gender_recognition, rates::kGenderRecognition, Of::children, "children",
         "new forename, sex and NHS number; sealed like an adoption"},
        {Hazard::restricted_record, rates::kRestrictedRecord, Of::children, "children",
         "known to social care, told to half of the other systems"},
        {Hazard::restricted_address, rates::kRestrictedAddress + rates::kRefuge, Of::children, "children",
         "likewise, to 60 %; all who live in a refuge"},
        {Hazard::unborn, rates::kUnborn, Of::children, "children",
         "expected date, no birth date, sex unknown; Unborn, Baby or UNBORN BABY for a forename"},
        {Hazard::born_after_unborn, rates::kBornAfterUnborn, Of::children, "children",
         "social care knew them before birth; where early help did too, half are unborn there still"},
        {Hazard::estimated_birth_date,
         rates::kEstimatedBirth + rates::kUnaccompanied * rates::kEstimatedOfUnaccompanied, Of::children, "children",
         "1 January, or the 15th of a month; 60 % of the unaccompanied"},
        {Hazard::disputed_birth_date, rates::kUnaccompanied * rates::kDisputedOfUnaccompanied, Of::children, "children",
         "two claims, 10 to 30 months apart; 35 % of the unaccompanied"},
        {Hazard::surname_change, rates::kSurnameChange, Of::children, "children",
         "the mother's, double-barrelled or a new one; older records keep the old one"},
        {Hazard::alias, rates::kAlias, Of::records, "records", "another forename or surname in place of the legal one"},
        {Hazard::name_order, rates::kNameOrder, Of::records, "records", "surname in the forename's column"},
        {Hazard::truncated_name, rates::kLongSurname, Of::children, "children",
         "more than 35 letters, cut at 30 to 60 by the system"},
        {Hazard::temporary_upn, rates::kTemporaryUpn, Of::records, "records with a UPN", "ends in a letter"},
        {Hazard::former_upn, rates::kFormerUpn, Of::records, "records with a UPN", "one that another has replaced"},
        {Hazard::shared_nhs_number, rates::kSharedNhs, Of::records, "records with an NHS number", "a strange child's"},
        {Hazard::superseded_nhs_number, rates::kSupersededNhs, Of::records, "records with an NHS number",
         "one that another has replaced"},
        {Hazard::uln_as_nhs_number, rates::kUlnAsNhs, Of::records,
         "records of a child with a ULN, where NHS numbers are kept", "in the NHS number's column"},
        {Hazard::dummy_nhs_number, rates::kDummyNhs, Of::records,
         "records without a number, where NHS numbers are kept", "9999999999, 1234567890 and their like"},
        {Hazard::childrens_home, 0, Of::records, "records", "as placements have it: many children, one address"},
        {Hazard::refuge, rates::kRefuge, Of::children, "children", "moved there with brothers and sisters"},
        {Hazard::duplicate_in_system, 0, Of::records, "records", "two records of a child: see the systems' habits"},
        {Hazard::duplicate_name_marker, rates::kDuplicateNameMarker, Of::records, "second records",
         "DUPLICATE inside a name"},
        {Hazard::minus_one_id, rates::kMinusOneId, Of::records, "records with a family or a relation", "key -1"},
        {Hazard::date_1900, rates::kDate1900, Of::records, "records", "born on 1900-01-01"},
        {Hazard::other_council, rates::kOtherCouncil, Of::children, "children",
         "placed here by another council, whose id they carry"},
        {Hazard::deceased, rates::kDeceased, Of::children, "children", "nine records in ten know it"},
        {Hazard::address_placeholder, rates::kAddressPlaceholder, Of::records, "records with an address",
         "ADDRESS NOT FOUND, NO FIXED ABODE"},
        {Hazard::double_barrelled, 0, Of::records, "records", "as the naming communities have it"},
        {Hazard::apostrophe, 0, Of::records, "records", "likewise, and 0.1 % of the children besides"},
        {Hazard::diacritic, 0, Of::records, "records", "likewise"},
        {Hazard::patronymic, 0, Of::records, "records", "likewise"},
        {Hazard::transliterated, rates::kTransliterated, Of::records, "records",
         "another spelling of a forename that is not English"},
        {Hazard::hostel, rates::kHostel, Of::children, "children",
         "moved there with brothers and sisters; supported accommodation besides", 0.0076},
        {Hazard::typographic_apostrophe, rates::kTypographicApostrophe, Of::records,
         "records with an apostrophe, where marks are kept", "O\u2019Brien: byte 0x92 in Windows-1252"},
        {Hazard::birth_month_only, rates::kBirthMonthOnly, Of::records,
         "records with a birth date, where it may be partial", "2014-06: the day is missing"},
        {Hazard::birth_year_only, rates::kBirthYearOnly, Of::records,
         "records with a birth date, where it may be partial", "2014: day and month are missing"},
        {Hazard::gender_differs, rates::kGenderDiffers, Of::children, "children",
         "gender other than the registered sex, without a certificate; a third are non-binary"},
        {Hazard::gender_as_sex, rates::kGenderAsSex, Of::records, "their records, in systems with one column for both",
         "gender in the column of the sex"},
        {Hazard::bad_nhs_number, rates::kBadCheckDigit, Of::records, "records with an NHS number",
         "one digit wrong: the check digit shows it"},
        {Hazard::bad_upn, rates::kBadCheckDigit, Of::records, "records with a UPN", "likewise"},
        {Hazard::bad_uln, rates::kBadCheckDigit, Of::records, "records with a ULN", "likewise"},
        {Hazard::bad_postcode, rates::kBadPostcode, Of::records, "records with a postcode",
         "its first half, a letter short, a digit for a letter, ZZ99 3VZ"},
        {Hazard::baby_name, rates::kBabyName, Of::records, "records begun in the first half year of life",
         "Baby in the forename's column, though the child has a name"},
        {Hazard::siblings_nhs_number, rates::kSiblingsNhs, Of::records, "records with an NHS number",
         "a brother's or sister's: three records, any two of which could be one child, and are not"},
        {Hazard::unaccompanied, rates::kUnaccompanied, Of::children, "children",
         "asylum-seeking, without family, 14 to 18 years old"},
        {Hazard::birth_range, rates::kBirthRange, Of::records,
         "social care's records of children whose age is disputed",
         "an earliest and a latest day, as an age assessment gives them"},
        {Hazard::impossible_birth_date, rates::kImpossibleBirth, Of::records,
         "records with a birth date, where it may be partial", "31 February of the year"},
        {Hazard::birth_range_only, rates::kBirthRangeOnly, Of::records, "records with such a range",
         "no birth date beside it"},
        {Hazard::hidden_placement, 0, Of::records, "records",
         "as placements have it: at one in four of the homes and lodgings, or a secure unit, that finance marks as "
         "confidential"},
    }};
    return kStated;
}

bool is_true_of(Hazard hazard, const County& county, const Person& person) {
    switch (hazard) {
        case Hazard::twin:
            return person.birth_count == 2;
        case Hazard::triplet:
            return person.birth_count == 3;
        case Hazard::adopted:
            return is_sealed_by(county, person, Seal::Kind::adoption);
        case Hazard::gender_recognition:
            return is_sealed_by(county, person, Seal::Kind::gender_recognition);
        case Hazard::restricted_record:
            return has_restriction(person, RestrictionSpan::Scope::record);
        case Hazard::restricted_address:
            return has_restriction(person, RestrictionSpan::Scope::address);
        case Hazard::unborn:
            return person.kind == Person::Kind::unborn;
        case Hazard::born_after_unborn:
            return person.known_before_birth;
        case Hazard::estimated_birth_date:
            return person.birth_estimated;
        case Hazard::disputed_birth_date:
            return person.birth_disputed;
        case Hazard::surname_change:
            return has_changed_surname(person);
        case Hazard::truncated_name:
            return characters(person.identities.front().names.front().family) > kLongName;
        case Hazard::refuge:
            return has_lived_in(county, person, Address::Kind::refuge);
        case Hazard::hostel:
            return has_lived_in(county, person, Address::Kind::hostel);
        case Hazard::other_council:
            return person.home_council != kNone;
        case Hazard::unaccompanied:
            return person.unaccompanied;
        case Hazard::gender_differs:
            return !person.gender.empty();
        case Hazard::deceased:
            return person.death != kOpen;
        default:
            return false;
    }
}

}  // namespace simulate
