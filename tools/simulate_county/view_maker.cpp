#include "simulate_county/view_maker.hpp"

#include <algorithm>

#include "simulate_county/errors.hpp"
#include "simulate_county/names/community.hpp"

namespace simulate {
namespace {

// Every system was told the same estimate: 1 January of the year, or the 15th of the month.
DateParts estimate(const Person& person) {
    DateParts parts = parts_of(person.birth);
    if (person.index % 3 != 0) parts.month = 1;
    parts.day = person.index % 3 != 0 ? 1 : 15;
    parts.estimated = true;
    return parts;
}

bool has_mark(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

}  // namespace

ViewMaker::ViewMaker(const County& county, const Habit& habit, const Random& random)
    : county_(county), habit_(habit), random_(random.stream(habit.system)) {}

PersonView ViewMaker::make(const Knowledge& known, std::uint32_t copy) const {
    const Person& person = county_.person(known.person);
    const Identity& identity = person.identity(known.side);
    Random random = random_.stream(copy == 0 ? "record" : "duplicate",
                                   known.person * 4ULL + static_cast<std::uint64_t>(known.side));
    PersonView view;
    view.person = known.person;
    view.side = known.side;
    const bool unborn = person.kind == Person::Kind::unborn || known.still_unborn;
    view.kind = unborn ? Person::Kind::unborn : person.kind;
    const Day last = copy == 0 ? known.last : std::max(known.first, known.last - random.between(0, 400));
    write_names(view, person, identity, last, random);
    write_birth(view, person, unborn, random);
    if (unborn) {
        view.given = random.chance(0.6) ? "Unborn" : random.chance(0.5) ? "Baby" : "UNBORN BABY";
        view.middle.clear();
        view.preferred.clear();
        view.other_names.clear();
        view.hazards.add(Hazard::unborn);
    }
    write_origin(view, person, identity, random);
    if (!unborn) write_identifiers(view, person, identity, random);
    write_addresses(view, person, identity, last, random);
    write_people_around(view, person, identity, last, random);
    write_restrictions(view, person, random);
    forget(view, random);
    view.created = at(known.first, 8, random.between(0, 599));
    if (copy != 0) view.created += 1440 * random.between(5, 300);
    view.created = std::min(view.created, at(kToday - 1, 12));
    view.updated = std::clamp(at(last, 8, random.between(0, 659)), view.created, at(kToday, 20));
    return view;
}

void ViewMaker::write_names(PersonView& view, const Person& person, const Identity& identity, Day day,
                            Random& random) const {
    const bool adult = person.kind == Person::Kind::adult;
    const NamePeriod& name = identity.name_on(day);
    view.given = name.given;
    view.middle = name.middle;
    view.family = name.family;
    if (identity.names.size() > 1 && name.from != identity.names.front().from) view.hazards.add(Hazard::surname_change);
    const bool keeps_others = habit_.system == "social_care" || habit_.system == "education" ||
                              habit_.system == "youth_justice" || habit_.system == "fostering_adoption";
    for (const NamePeriod& other : identity.names) {
        const bool alias = other.kind == NamePeriod::Kind::alias;
        if (&other == &name || !keeps_others || (alias && habit_.system == "education") || other.from > day) continue;
        const char* type = alias ? "alias" : other.from < name.from ? "former" : "";
        if (*type == '\0') continue;
        view.other_names.push_back(
            {type, other.given, other.middle, other.family, other.from, alias ? kOpen : name.from});
    }
    if (!identity.preferred.empty() && random.chance(0.5)) view.preferred = identity.preferred;
    if (adult) view.title = identity.sex == 'M' ? "Mr" : random.chance(0.5) ? "Mrs" : "Ms";
    if (view.family.find('-') != std::string::npos) view.hazards.add(Hazard::double_barrelled);
    if (view.family.find('\'') != std::string::npos) view.hazards.add(Hazard::apostrophe);
    if (has_mark(view.given) || has_mark(view.family)) view.hazards.add(Hazard::diacritic);
    const auto rule = communities()[person.community].rule;
    if (rule == Community::Rule::father_given) view.hazards.add(Hazard::patronymic);

    if (random.chance(habit_.forename_error)) {
        view.given = wrong_forename(view.given, habit_.slips, random);
    }
    if (random.chance(habit_.surname_error)) view.family = wrong_surname(view.family, habit_.slips, random);
    if (random.chance(habit_.missing_middle))
        view.middle.clear();
    else if (random.chance(0.12) && !view.middle.empty())
        view.middle = cut(view.middle, 1);
    const auto write = [&](std::string& text) {
        std::string kept = as_kept(text, habit_);
        if (characters(kept) < characters(text)) view.hazards.add(Hazard::truncated_name);
        text = std::move(kept);
    };
    for (std::string* text : {&view.given, &view.middle, &view.family, &view.preferred}) write(*text);
    for (OtherNameView& other : view.other_names) {
        for (std::string* text : {&other.given, &other.middle, &other.family}) write(*text);
    }
}

void ViewMaker::write_birth(PersonView& view, const Person& person, bool unborn, Random& random) const {
    if (unborn) {
        view.expected_birth = parts_of(person.expected_birth);
        view.expected_birth.estimated = true;
        return;
    }
    view.birth = parts_of(person.birth);
    if (person.birth_estimated) {
        if (random.chance(0.9)) view.birth = estimate(person);
        view.hazards.add(Hazard::estimated_birth_date);
    }
    if (person.birth_disputed) {
        if (random.chance(0.4)) view.birth = parts_of(person.disputed_birth);
        view.birth.disputed = random.chance(0.7);
        view.hazards.add(Hazard::disputed_birth_date);
    }
    if (random.chance(habit_.birth_date_error)) view.birth = wrong_date(view.birth, habit_.exchanged, random);
    if (person.known_before_birth && habit_.system == "social_care") {
        view.expected_birth = parts_of(person.expected_birth);
        view.hazards.add(Hazard::born_after_unborn);
    }
    if (person.death != kOpen && habit_.system != "early_years" && random.chance(0.9)) {
        view.death = parts_of(person.death);
        view.hazards.add(Hazard::deceased);
    }
    if (person.kind == Person::Kind::adult && random.chance(0.12)) view.birth = DateParts{};
}

void ViewMaker::write_origin(PersonView& view, const Person& person, const Identity& identity, Random& random) const {
    view.sex =
        person.kind == Person::Kind::unborn || view.kind == Person::Kind::unborn ? "U" : std::string(1, identity.sex);
    view.gender = person.gender.empty() ? view.sex : person.gender;
    if (!person.gender.empty()) view.hazards.add(Hazard::gender_differs);
    if (random.chance(habit_.ethnicity))
        view.ethnicity = random.chance(0.03) ? "NOBT" : random.chance(0.01) ? "REFU" : person.ethnicity;
    if (view.kind == Person::Kind::unborn) view.ethnicity.clear();
    if (random.chance(0.8)) view.language = person.language;
    if (random.chance(0.7)) view.nationality = person.nationality;
    if (random.chance(0.4)) view.religion = person.religion;
    if (random.chance(0.7)) view.disability = person.disability;
    if (random.chance(0.3)) view.birth_place = identity.birth_place;
    view.unaccompanied = person.unaccompanied;
    if (person.unaccompanied) view.hazards.add(Hazard::unaccompanied);
    view.immigration_status = person.immigration_status;
    view.home_office_reference = person.home_office_reference;
    if (person.multiple_birth != 0) {
        view.hazards.add(person.birth_count == 2 ? Hazard::twin : Hazard::triplet);
        if (random.chance(0.45)) {
            view.multiple_birth = true;
            view.birth_order = person.birth_order;
        }
    }
    if (person.home_council != kNone) {
        view.other_council_code = county_.councils[person.home_council].code;
        view.other_council_child_id = person.home_council_child_id;
        view.hazards.add(Hazard::other_council);
    }
}

void ViewMaker::write_identifiers(PersonView& view, const Person& person, const Identity& identity,
                                  Random& random) const {
    if (!identity.nhs_number.empty() && random.chance(habit_.nhs_number)) {
        view.nhs_number = identity.nhs_number;
        view.nhs_status = identity.nhs_verified && random.chance(habit_.verified) ? "verified" : "unverified";
        if (habit_.system == "social_care" && random.chance(0.3)) view.nhs_superseded = identity.nhs_superseded;
    }
    const bool looked_after = !person.life.care.empty();
    const bool keeps_upn =
        habit_.upn > 0 && (habit_.system != "social_care" || looked_after) && person.kind == Person::Kind::child;
    if (keeps_upn && !identity.upn.empty() && random.chance(habit_.upn)) {
        view.upn = identity.upn;
        if (habit_.system == "education" || random.chance(0.3)) view.upn_former = identity.upn_former;
    } else if (keeps_upn && habit_.system != "education") {
        const bool small = age_on(person.birth, kToday) < 6;
        view.upn_unknown_reason = small ? "UN1" : person.unaccompanied ? "UN4" : random.chance(0.5) ? "UN2" : "UN5";
    }
    const bool keeps_uln = habit_.system == "education" || habit_.system == "send" ||
                           habit_.system == "virtual_school" || habit_.system == "youth_support";
    if (keeps_uln && !identity.uln.empty() && random.chance(0.75)) view.uln = identity.uln;
}

void ViewMaker::write_addresses(PersonView& view, const Person& person, const Identity& identity, Day last,
                                Random& random) const {
    const Day seen = view.side == Side::earlier ? std::min(last, county_.seals[person.seal].date - 1)
                                                : std::min(person.death, kToday);
    const auto write = [&](const Residence& residence) {
        const Address& address = county_.address(residence.address);
        AddressView out;
        out.type = address.kind == Address::Kind::home ? residence.placement ? "placement" : "home" : "communal";
        out.house = address.house;
        out.street = address.street;
        out.locality = address.locality;
        out.town = address.town;
        out.county = "West Sussex";
        out.postcode = address.postcode;
        out.uprn = random.chance(0.6) ? address.uprn : "";
        out.from = residence.from;
        out.to = residence.to;
        return out;
    };
    const Residence& now = identity.residence_on(seen);
    const Residence* before = nullptr;
    for (const Residence& residence : identity.residences) {
        if (residence.from < now.from) before = &residence;
    }
    if (random.chance(habit_.stale_address)) {
        if (before != nullptr && random.chance(0.75)) {
            view.addresses.push_back(write(*before));
            view.addresses.back().to = kOpen;
        } else {
            view.addresses.push_back(write(now));
            view.addresses.back().postcode = wrong_postcode(view.addresses.back().postcode, random);
            view.addresses.back().uprn.clear();
        }
    } else {
        view.addresses.push_back(write(now));
        const Address::Kind kind = county_.address(now.address).kind;
        if (kind == Address::Kind::childrens_home) view.hazards.add(Hazard::childrens_home);
        if (county_.address(now.address).confidential) view.hazards.add(Hazard::hidden_placement);
        if (kind == Address::Kind::refuge) view.hazards.add(Hazard::refuge);
        if (kind == Address::Kind::hostel) view.hazards.add(Hazard::hostel);
        if (before != nullptr && (habit_.system == "social_care" || habit_.system == "youth_justice")) {
            view.addresses.push_back(write(*before));
            view.addresses.back().type = "previous";
            view.addresses.back().to = now.from;
        }
    }
    if (random.chance(0.06)) view.addresses.front().postcode.clear();
    if (random.chance(habit_.missing_address)) view.addresses.clear();
}

void ViewMaker::write_people_around(PersonView& view, const Person& person, const Identity& identity, Day last,
                                    Random& random) const {
    const bool child = person.kind != Person::Kind::adult;
    const Person* mother = child && identity.mother != kNobody ? &county_.person(identity.mother) : nullptr;
    const Person* father = child && identity.father != kNobody ? &county_.person(identity.father) : nullptr;
    if (mother != nullptr) {
        const NamePeriod& name = mother->identities.front().name_on(last);
        if (habit_.system == "early_years" || view.kind == Person::Kind::unborn) {
            view.mother_given = name.given;
            view.mother_family = name.family;
        }
        const bool fathers = father != nullptr && random.chance(0.3);
        const NamePeriod& guardian = fathers ? father->identities.front().name_on(last) : name;
        view.guardian_given = guardian.given;
        view.guardian_family = guardian.family;
    }
    for (std::string* text : {&view.mother_given, &view.mother_family, &view.guardian_given, &view.guardian_family}) {
        *text = as_kept(*text, habit_);
    }
    const Person& reached =
        mother != nullptr && (age_on(person.birth, kToday) < 16 || person.phone.empty()) ? *mother : person;
    if (random.chance(habit_.contact)) {
        if (!reached.phone.empty()) view.contacts.push_back({"mobile", reached.phone, false});
        if (!reached.email.empty() && random.chance(0.5)) view.contacts.push_back({"email", reached.email, false});
    }
    for (const SchoolEnrolment& enrolment : person.life.enrolments) {
        if (enrolment.from > last || side_on(county_, person, enrolment.from) != view.side) continue;
        if (!random.chance(0.8) && habit_.system != "education") continue;
        view.school_urn = county_.schools[enrolment.school].urn;
        view.school_name = county_.schools[enrolment.school].name;
    }
}

void ViewMaker::write_restrictions(PersonView& view, const Person& person, Random& random) const {
    for (const RestrictionSpan& restriction : person.restrictions) {
        const bool record = restriction.scope == RestrictionSpan::Scope::record;
        // Social care always knows; the others are told half of the time: the open copies are the hazard.
        if (habit_.system != "social_care" && !random.chance(record ? 0.5 : 0.6)) continue;
        (record ? view.restricted_record : view.restricted_address) = true;
        view.restriction_reason = restriction.reason;
        view.restricted_from = restriction.from;
        for (AddressView& address : view.addresses) address.restricted = address.restricted || !record;
        for (ContactView& contact : view.contacts) contact.restricted = contact.restricted || !record;
    }
    for (const RestrictionSpan& restriction : person.restrictions) {
        view.hazards.add(restriction.scope == RestrictionSpan::Scope::record ? Hazard::restricted_record
                                                                             : Hazard::restricted_address);
    }
}

void ViewMaker::forget(PersonView& view, Random& random) const {
    if (!random.chance(habit_.missing_sex)) return;
    const bool alike = view.gender == view.sex;
    view.sex = random.chance(0.5) ? "U" : "";
    if (alike) view.gender = view.sex;
}

}  // namespace simulate
