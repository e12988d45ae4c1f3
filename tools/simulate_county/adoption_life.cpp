#include <algorithm>
#include <array>
#include <cstdio>

#include "simulate_county/builder.hpp"
#include "simulate_county/care.hpp"
#include "simulate_county/hazard_rates.hpp"

namespace simulate {
namespace {

// Many adopted children keep their forename: the harder case, since name and birth date then agree across the seal.
constexpr double kKeepsForename = 0.4;

std::string domain_id(std::size_t number) {
    std::array<char, 16> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "AD%06zu", 100 + number * 3);
    return buffer.data();
}

CarerHousehold add_adopters(Builder& builder, Day approved, Random& random) {
    CarerHousehold household;
    household.index = static_cast<std::uint32_t>(builder.county.carer_households.size());
    household.kind = CarerHousehold::Kind::adopter;
    household.address = builder.addresses.add_home(AddressBook::draw_district(random), random);
    household.approved = approved;
    household.applied = approved - random.between(150, 300);
    household.worker = builder.worker(Service::adoption, random);
    const std::size_t community = random.chance(0.85) ? 0 : builder.names.draw_community(random);
    const std::string family = builder.names.draw_family(community, random);
    const Day birth = approved - random.between(32 * 365, 46 * 365);
    household.carers.push_back(builder.add_adult(
        community, 'F', birth, builder.names.family_for(community, family, 'F'), household.address, random));
    if (random.chance(0.85)) {
        const char sex = random.chance(0.85) ? 'M' : 'F';
        const Day partner_birth = birth - random.between(-800, 1500);
        household.carers.push_back(builder.add_adult(community, sex, partner_birth, family, household.address, random));
    }
    builder.county.carer_households.push_back(household);
    return household;
}

Identity later_identity(Builder& builder, const Person& child, const CarerHousehold& adopters, const Adoption& adoption,
                        Random& random) {
    const Identity& earlier = child.identities.front();
    const Person& adopter = builder.county.people[adopters.carers.front()];
    Identity later;
    later.sex = earlier.sex;
    NamePeriod name;
    name.kind = NamePeriod::Kind::legal;
    name.from = adoption.order;
    name.given =
        random.chance(kKeepsForename) ? earlier.names.front().given : builder.names.draw_given(0, earlier.sex, random);
    name.middle = builder.names.draw_middle(adopter.community, earlier.sex, random);
    name.family = builder.county.people[adopters.carers.back()].identities.front().names.back().family;
    if (name.family == earlier.names.front().family)
        name.family = builder.names.draw_family(0, random) + "-" + name.family;
    later.names.push_back(std::move(name));
    later.nhs_number = builder.issuer.issue_nhs_number();
    later.nhs_verified = true;
    later.birth_place = earlier.birth_place;
    later.mother = adopters.carers.front();
    later.father = adopters.carers.size() > 1 ? adopters.carers.back() : kNobody;
    later.residences.push_back({adopters.address, adoption.placed, kOpen, false});
    return later;
}

void adopt(Builder& builder, PersonIndex index, Random& random) {
    const Day birth = builder.county.people[index].birth;
    const Day age_days = kToday - birth;
    const bool at_school = age_days > 9 * 365 && random.chance(0.35);
    Adoption adoption;
    adoption.person = index;
    const Day removed =
        birth + (at_school ? random.between(5 * 365, 7 * 365) : random.between(20, std::min(1500, age_days - 900)));
    adoption.decision = to_working_day(removed + random.between(170, 260));
    if (random.chance(0.8)) adoption.placement_order = adoption.decision + random.between(15, 60);
    adoption.matched = to_working_day(adoption.decision + random.between(80, 180));
    adoption.placed = adoption.matched + random.between(10, 30);
    adoption.order = to_working_day(adoption.placed + random.between(100, 240));
    adoption.court = builder.court(Court::Kind::family, random);
    adoption.worker = builder.worker(Service::adoption, random);
    const CarerHousehold adopters = add_adopters(builder, adoption.matched - random.between(30, 500), random);
    adoption.adopters = adopters.index;
    if (random.chance(0.3)) adoption.agency = builder.provider(Provider::Kind::adoption_agency, random);

    Person& child = builder.county.people[index];
    NeedEpisode episode =
        draw_need_episode(builder, to_working_day(std::max(birth + 1, removed - random.between(5, 60))), random);
    episode.no_further_action = false;
    episode.primary_need = "N1";
    CarePeriod care;
    care.from = removed;
    care.to = adoption.placed;
    care.need = "N1";
    care.end_reason = "E11";
    fill_care_period(builder, child, care, "U6", random);
    Placement last;
    last.from = adoption.placed;
    last.to = adoption.order;
    last.type = "A5";
    last.provider_type = "PR1";
    last.carers = adopters.index;
    last.address = adopters.address;
    care.placements.push_back(last);
    care.statuses.back().to = adoption.placed;
    care.statuses.push_back({adoption.placed, adoption.order, "E1", adoption.court});
    care.to = adoption.order;
    episode.closed = adoption.order;
    episode.close_reason = "RC1";
    child.life.contacts.push_back({episode.referred, "3B", "Referral", episode.worker});
    child.life.need_episodes.push_back(std::move(episode));
    child.life.care.push_back(std::move(care));

    Identity later = later_identity(builder, child, adopters, adoption, random);
    Identity& earlier = child.identities.front();
    earlier.residences.erase(std::remove_if(earlier.residences.begin(), earlier.residences.end(),
                                            [&](const Residence& home) { return home.from >= adoption.placed; }),
                             earlier.residences.end());
    earlier.residences.back().to = adoption.placed;
    child.seal = static_cast<std::uint32_t>(builder.county.seals.size());
    child.identities.push_back(std::move(later));
    builder.county.seals.push_back({Seal::Kind::adoption, domain_id(builder.county.seals.size()), index, adoption.order,
                                    static_cast<std::uint32_t>(builder.county.adoptions.size())});
    builder.county.adoptions.push_back(adoption);
}

void recognise_gender(Builder& builder, PersonIndex index, Random& random) {
    Person& person = builder.county.people[index];
    const Identity& earlier = person.identities.front();
    const Day date = to_working_day(random.between(birthday(person.birth, 18) + 60, kToday - 30));
    Identity later = earlier;
    later.sex = earlier.sex == 'M' ? 'F' : 'M';
    NamePeriod name = earlier.names.front();
    name.kind = NamePeriod::Kind::legal;
    name.given = builder.names.draw_given(person.community, later.sex, random);
    name.middle = builder.names.draw_middle(person.community, later.sex, random);
    name.from = date;
    later.names = {name};
    later.nhs_number = builder.issuer.issue_nhs_number();
    later.nhs_verified = true;
    later.nhs_superseded.clear();
    later.upn.clear();
    later.residences = {{earlier.residences.back().address, date, kOpen, earlier.residences.back().placement}};
    person.seal = static_cast<std::uint32_t>(builder.county.seals.size());
    builder.county.seals.push_back(
        {Seal::Kind::gender_recognition, domain_id(builder.county.seals.size()), index, date, kNone});
    person.identities.push_back(std::move(later));
}

}  // namespace

void build_adoptions(Builder& builder) {
    Random random = builder.random.stream("adoptions");
    std::vector<PersonIndex> young;
    std::vector<PersonIndex> grown;
    for (const PersonIndex index : builder.child_indices) {
        const Person& child = builder.county.people[index];
        const Identity& identity = child.identities.front();
        const bool plain = child.kind == Person::Kind::child && child.multiple_birth == 0 &&
                           child.home_council == kNone && child.life.need_episodes.empty() &&
                           identity.mother != kNobody && identity.names.size() == 1 && child.death == kOpen;
        const int age = age_on(child.birth, kToday);
        if (plain && age >= 4 && age <= 17) young.push_back(index);
        if (plain && age >= 19 && !child.birth_estimated) grown.push_back(index);
    }
    for (const PersonIndex index : builder.choose(young, rates::kAdoption, random)) {
        Random own = random.stream("child", index);
        adopt(builder, index, own);
    }
    for (const PersonIndex index : builder.choose(grown, rates::kGenderRecognition, random)) {
        recognise_gender(builder, index, random);
    }
}

}  // namespace simulate
