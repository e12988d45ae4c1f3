#include <algorithm>
#include <array>

#include "simulate_county/builder.hpp"
#include "simulate_county/errors.hpp"
#include "simulate_county/hazard_rates.hpp"

namespace simulate {
namespace {

// Chance a year that a family moves house.
constexpr double kMoveChance = 0.07;

struct Parents {
    std::size_t mother_community = 0;
    std::size_t father_community = 0;
    PersonIndex mother = kNobody;
    PersonIndex father = kNobody;
    std::string mother_family;  // at birth
    std::string father_family;
    std::uint32_t family = kNone;
    std::vector<Residence> homes;
    std::string children_family;
};

// Where a family lives from its first day here on: it moves now and then, mostly within its district.
std::vector<Residence> draw_homes(Builder& builder, Day from, Random& random) {
    std::size_t district = AddressBook::draw_district(random);
    std::vector<Residence> homes;
    Day start = from;
    while (true) {
        Residence home{builder.addresses.add_home(district, random), start, kOpen, false};
        const Day end = start + 120 + random.exponential_days(365.25 / kMoveChance);
        if (end >= kToday - 14) {
            homes.push_back(home);
            return homes;
        }
        home.to = end;
        homes.push_back(home);
        start = end;
        if (random.chance(0.25)) district = AddressBook::draw_district(random);
    }
}

std::vector<Residence> homes_since(const std::vector<Residence>& homes, Day birth) {
    std::vector<Residence> own;
    for (const Residence& home : homes) {
        if (home.to <= birth && &home != &homes.back()) continue;
        own.push_back(home);
    }
    own.front().from = std::max(own.front().from, std::min(birth, own.front().to));
    return own;
}

Parents make_parents(Builder& builder, Day first_birth, Random& random) {
    Parents parents;
    parents.mother_community = builder.names.draw_community(random);
    parents.father_community = random.chance(0.93) ? parents.mother_community : builder.names.draw_community(random);
    parents.mother_family = builder.names.draw_family(parents.mother_community, random);
    parents.father_family = builder.names.draw_family(parents.father_community, random);
    parents.homes = draw_homes(builder, first_birth - random.between(30, 1500), random);
    double years = 19.0 + 6.0 * random.unit();
    years += 10.0 * random.unit();
    years += 6.0 * random.unit() * years / 25.0;
    const Day mother_birth = first_birth - static_cast<Day>(365.25 * years);
    const Day father_birth = mother_birth - random.between(-900, 2500);
    const std::uint32_t home = parents.homes.back().address;
    const bool married = random.chance(0.55);

    parents.family = static_cast<std::uint32_t>(builder.county.families.size());
    builder.county.families.push_back({});
    Family& family = builder.county.families.back();
    family.index = parents.family;

    const std::string maiden = builder.names.family_for(parents.mother_community, parents.mother_family, 'F');
    parents.mother = builder.add_adult(parents.mother_community, 'F', mother_birth, maiden, home, random);
    Person& mother = builder.county.people[parents.mother];
    mother.family = parents.family;
    mother.identities.front().residences = parents.homes;
    if (married) {
        NamePeriod name = mother.identities.front().names.front();
        name.kind = NamePeriod::Kind::legal;
        name.family = builder.names.family_for(parents.father_community, parents.father_family, 'F');
        name.from = first_birth - random.between(100, 1500);
        mother.identities.front().names.front().to = name.from;
        mother.identities.front().names.push_back(std::move(name));
    }
    family.adults.push_back(parents.mother);
    if (random.chance(0.9)) {
        const bool apart = !married && random.chance(0.4);
        const std::uint32_t fathers_home =
            apart ? builder.addresses.add_home(AddressBook::draw_district(random), random) : home;
        const std::string name = builder.names.family_for(parents.father_community, parents.father_family, 'M');
        parents.father = builder.add_adult(parents.father_community, 'M', father_birth, name, fathers_home, random);
        Person& father = builder.county.people[parents.father];
        father.family = parents.family;
        if (!apart) father.identities.front().residences = parents.homes;
        family.adults.push_back(parents.father);
    }

    const double draw = random.unit();
    const bool english = parents.mother_community <= 2;
    if (english && draw < 0.05 && parents.father_family.size() + parents.mother_family.size() < 30) {
        parents.children_family = parents.mother_family + "-" + parents.father_family;
    } else if (parents.father == kNobody || draw > 0.88) {
        parents.children_family = parents.mother_family;
    } else {
        parents.children_family = parents.father_family;
    }
    return parents;
}

std::string family_name_of_child(const Builder& builder, const Parents& parents, char sex, Random& random) {
    using Rule = Community::Rule;
    const std::size_t community = parents.father != kNobody ? parents.father_community : parents.mother_community;
    switch (communities()[community].rule) {
        case Rule::gendered:
            return builder.names.family_for(community, parents.children_family, sex);
        case Rule::sikh:
            return random.chance(0.35) ? (sex == 'F' ? "Kaur" : "Singh") : parents.children_family;
        case Rule::father_given:
            if (parents.father == kNobody) return parents.children_family;
            return builder.county.people[parents.father].identities.front().names.front().given;
        case Rule::double_surname:
            if (parents.mother_family == parents.father_family) return parents.father_family;
            return parents.mother_community == community && random.chance(0.6)
                       ? parents.mother_family + " " + parents.father_family
                       : parents.children_family;
        case Rule::inherited:
            break;
    }
    return parents.children_family;
}

void give_origin(Person& child, const Parents& parents, Random& random) {
    const Community& own = communities()[child.community];
    child.ethnicity = own.ethnicity;
    if (parents.mother_community != parents.father_community && parents.father != kNobody) {
        const std::string_view other = communities()[parents.father_community].ethnicity;
        child.ethnicity = other.starts_with("A") ? "MWAS"
                          : other == "BAFR"      ? "MWBA"
                          : other == "BCRB"      ? "MWBC"
                                                 : "MOTH";
    }
    const bool british = random.chance(own.british);
    child.nationality = british ? "British" : std::string(own.nationality);
    child.language = own.language != "ENG" && random.chance(0.8) ? own.language : "ENG";
    child.religion = random.chance(0.55) ? std::string(own.religion) : "None";
    static constexpr std::array<std::string_view, 7> kTowns = {"Chichester", "Worthing",   "Crawley", "Brighton",
                                                               "Redhill",    "Portsmouth", "London"};
    child.identities.front().birth_place = british || random.chance(0.5)
                                               ? std::string(random.pick(kTowns))
                                               : std::string(own.nationality) + " hospital abroad";
    if (!british && own.nationality == "Ukrainian")
        child.immigration_status = "UKR";
    else if (!british && own.ethnicity == "WOTH")
        child.immigration_status = "EUSS";
    child.disability = random.chance(0.05);
}

PersonIndex add_child(Builder& builder, const Parents& parents, Day birth, std::string_view not_this_given,
                      Random& random) {
    Person& child = builder.add_person(Person::Kind::child);
    child.birth = birth;
    child.family = parents.family;
    child.community =
        static_cast<std::uint16_t>(parents.father != kNobody ? parents.father_community : parents.mother_community);
    give_origin(child, parents, random);
    Identity& identity = child.identities.front();
    identity.sex = random.chance(0.512) ? 'M' : 'F';
    NamePeriod name;
    name.kind = NamePeriod::Kind::birth;
    name.from = birth;
    const Family& family = builder.county.families[parents.family];
    const auto taken = [&](const std::string& given) {
        return given == not_this_given ||
               std::any_of(family.children.begin(), family.children.end(), [&](PersonIndex sibling) {
                   return builder.county.people[sibling].identities.front().names.front().given == given;
               });
    };
    do {
        name.given = builder.names.draw_given(child.community, identity.sex, random);
    } while (taken(name.given));
    do {
        name.middle = builder.names.draw_middle(child.community, identity.sex, random);
    } while (name.middle == name.given);
    name.family = family_name_of_child(builder, parents, identity.sex, random);
    identity.names.push_back(std::move(name));
    identity.nhs_number = random.chance(0.99) ? builder.issuer.issue_nhs_number() : "";
    identity.nhs_verified = !identity.nhs_number.empty() && random.chance(0.9);
    identity.mother = parents.mother;
    identity.father = parents.father;
    identity.residences = homes_since(parents.homes, birth);
    child.phone = age_on(birth, kToday) >= 13 ? "07700 9" + std::to_string(10000 + random.between(0, 89999)) : "";
    builder.county.families[parents.family].children.push_back(child.index);
    return child.index;
}

// Gives half of the later children of separated parents another father's name, or the mother's.
void maybe_other_father(Builder& builder, const Parents& parents, PersonIndex index, Random& random) {
    if (!random.chance(0.1)) return;
    Identity& identity = builder.county.people[index].identities.front();
    identity.father = kNobody;
    identity.names.front().family =
        random.chance(0.4) ? parents.mother_family : builder.names.draw_family(parents.mother_community, random);
}

void add_family(Builder& builder, Random& random) {
    const Day first_birth = random.between(builder.scale.first_birth - 1400, kToday - 20);
    const Parents parents = make_parents(builder, first_birth, random);
    static constexpr std::array<double, 5> kSizes = {0.34, 0.42, 0.16, 0.06, 0.02};
    const std::size_t children = random.weighted(kSizes) + 1;
    Day birth = first_birth;
    for (std::size_t i = 0; i < children && birth <= kToday - 10; ++i) {
        if (birth >= builder.scale.first_birth) {
            const PersonIndex child = add_child(builder, parents, birth, {}, random);
            if (i > 0) maybe_other_father(builder, parents, child, random);
        }
        birth += 330 + random.exponential_days(700);
    }
}

std::vector<PersonIndex> children_between(const Builder& builder, int youngest, int oldest) {
    std::vector<PersonIndex> found;
    for (const PersonIndex index : builder.child_indices) {
        const Person& child = builder.county.people[index];
        if (child.kind != Person::Kind::child) continue;
        const int age = age_on(child.birth, kToday);
        if (age >= youngest && age <= oldest) found.push_back(index);
    }
    return found;
}

Parents parents_of(const Builder& builder, const Person& child) {
    Parents parents;
    const Identity& identity = child.identities.front();
    parents.mother = identity.mother;
    parents.father = identity.father;
    parents.family = child.family;
    parents.mother_community = parents.father_community = child.community;
    const Person& mother = builder.county.people[identity.mother];
    parents.homes = mother.identities.front().residences;
    parents.mother_family = mother.identities.front().names.front().family;
    parents.father_family = parents.children_family = identity.names.front().family;
    return parents;
}

// Twins and triplets join a child that is there: same birth, own forenames.
void add_multiple_births(Builder& builder, Random& random) {
    std::uint32_t birth_id = 0;
    const auto multiply = [&](PersonIndex first, std::uint8_t count) {
        ++birth_id;
        const Parents parents = parents_of(builder, builder.county.people[first]);
        std::vector<PersonIndex> members = {first};
        for (std::uint8_t i = 1; i < count; ++i) {
            const Day birth = builder.county.people[first].birth;
            members.push_back(add_child(builder, parents, birth, {}, random));
            builder.county.people[members.back()].identities.front().names.front().family =
                builder.names.family_for(builder.county.people[first].community, parents.children_family,
                                         builder.county.people[members.back()].identities.front().sex);
        }
        for (std::size_t i = 0; i < members.size(); ++i) {
            Person& member = builder.county.people[members[i]];
            member.multiple_birth = birth_id;
            member.birth_order = static_cast<std::uint8_t>(i + 1);
            member.birth_count = count;
        }
    };
    const auto pool = children_between(builder, 0, 24);
    for (const PersonIndex first : builder.choose(pool, rates::kTwinBirth, random)) multiply(first, 2);
    std::vector<PersonIndex> single;
    for (const PersonIndex index : pool) {
        if (builder.county.people[index].multiple_birth == 0) single.push_back(index);
    }
    for (const PersonIndex first : builder.choose(single, rates::kTripletBirth, random)) multiply(first, 3);
}

// A cousin bears the same forename and surname, in another family, within three years and never on the same day.
void add_same_name_cousins(Builder& builder, Random& random) {
    const auto pool = children_between(builder, 3, 20);
    const auto chosen = builder.choose(pool, rates::kSameNameCousin, random);
    for (const PersonIndex index : chosen) {
        const Person original = builder.county.people[index];
        const int side = random.chance(0.5) ? -1 : 1;
        const Day birth = original.birth + side * random.between(40, 900);
        if (birth <= builder.scale.first_birth || birth > kToday - 30) continue;
        Parents parents = make_parents(builder, birth, random);
        parents.mother_community = parents.father_community = original.community;
        const PersonIndex cousin_index = add_child(builder, parents, birth, {}, random);
        Person& cousin = builder.county.people[cousin_index];
        NamePeriod& name = cousin.identities.front().names.front();
        cousin.identities.front().sex = original.identities.front().sex;
        name.given = original.identities.front().names.front().given;
        name.family = original.identities.front().names.front().family;
        cousin.ethnicity = original.ethnicity;
        cousin.community = original.community;
    }
}

void add_unborn(Builder& builder, Random& random) {
    std::vector<PersonIndex> youngest;
    for (const Family& family : builder.county.families) {
        if (family.children.empty()) continue;
        const Person& child = builder.county.people[family.children.back()];
        const Person& mother = builder.county.people[family.adults.front()];
        if (child.birth < kToday - 420 && child.birth > kToday - 4000 && age_on(mother.birth, kToday) < 43)
            youngest.push_back(child.index);
    }
    for (const PersonIndex sibling : builder.choose(youngest, rates::kUnborn, random)) {
        const Parents parents = parents_of(builder, builder.county.people[sibling]);
        const PersonIndex index = add_child(builder, parents, kToday + random.between(10, 150), {}, random);
        Person& unborn = builder.county.people[index];
        unborn.kind = Person::Kind::unborn;
        unborn.expected_birth = unborn.birth;
        unborn.identities.front().sex = 'U';
        unborn.identities.front().nhs_number.clear();
        unborn.identities.front().nhs_verified = false;
        unborn.identities.front().names.front().given = "Unborn";
        unborn.identities.front().names.front().middle.clear();
    }
}

// Unaccompanied children come from few communities, without family, mostly boys of 14 to 17.
void add_unaccompanied(Builder& builder, Random& random) {
    std::vector<std::size_t> origins;
    for (std::size_t i = 0; i < communities().size(); ++i) {
        for (const std::string_view name :
             {"Afghan", "Eritrean", "Kurdish", "Arabic", "Iranian", "Vietnamese", "Albanian"}) {
            if (communities()[i].name == name) origins.push_back(i);
        }
    }
    const auto count = std::max<std::size_t>(
        3, static_cast<std::size_t>(rates::kUnaccompanied * static_cast<double>(builder.scale.children)));
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t community = origins[random.index(origins.size())];
        Person& child = builder.add_person(Person::Kind::child);
        child.birth = kToday - random.between(14 * 366, 19 * 365);
        child.community = static_cast<std::uint16_t>(community);
        child.ethnicity = communities()[community].ethnicity;
        child.language = communities()[community].language;
        child.nationality = communities()[community].nationality;
        child.religion = communities()[community].religion;
        child.unaccompanied = true;
        child.immigration_status = random.chance(0.5) ? "ASYLUM" : "REFUGEE";
        std::string reference = "A";
        for (int digit = 0; digit < 7; ++digit) reference += static_cast<char>('0' + random.between(0, 9));
        child.home_office_reference = reference;
        Identity& identity = child.identities.front();
        identity.sex = random.chance(0.9) ? 'M' : 'F';
        NamePeriod name;
        name.kind = NamePeriod::Kind::birth;
        name.given = builder.names.draw_given(community, identity.sex, random);
        name.family = builder.names.draw_family(community, random);
        name.from = child.birth;
        identity.names.push_back(std::move(name));
        identity.birth_place = std::string(communities()[community].nationality) + " hospital abroad";
        if (random.chance(0.7)) identity.nhs_number = builder.issuer.issue_nhs_number();
        identity.nhs_verified = !identity.nhs_number.empty() && random.chance(0.6);
    }
}

void change_surnames(Builder& builder, Random& random) {
    std::vector<PersonIndex> with_mother = children_between(builder, 4, 24);
    std::erase_if(with_mother,
                  [&](PersonIndex index) { return builder.county.people[index].identities.front().mother == kNobody; });
    for (const PersonIndex index : builder.choose(with_mother, rates::kSurnameChange, random)) {
        Person& child = builder.county.people[index];
        Identity& identity = child.identities.front();
        NamePeriod name = identity.names.front();
        name.kind = NamePeriod::Kind::legal;
        const std::string& mothers = builder.county.people[identity.mother].identities.front().names.back().family;
        if (mothers != name.family && random.chance(0.4))
            name.family = mothers;
        else if (random.chance(0.3) && name.family.size() < 14)
            name.family += "-" + builder.names.draw_family(0, random);
        while (name.family == identity.names.front().family)
            name.family = builder.names.draw_family(child.community, random);
        name.from = child.birth + random.between(700, std::max(701, kToday - child.birth - 100));
        identity.names.front().to = name.from;
        identity.names.push_back(std::move(name));
    }
    for (const PersonIndex index : builder.choose(children_between(builder, 6, 24), rates::kHasAlias, random)) {
        Person& child = builder.county.people[index];
        Identity& identity = child.identities.front();
        NamePeriod alias = identity.names.front();
        alias.kind = NamePeriod::Kind::alias;
        if (random.chance(0.5))
            alias.given = builder.names.draw_given(child.community, identity.sex, random);
        else
            alias.family = builder.names.draw_family(child.community, random);
        alias.from = child.birth + random.between(1000, 2000);
        identity.names.push_back(std::move(alias));
    }
}

// Surnames longer than the 35 characters that returns and old systems hold.
void lengthen_surnames(Builder& builder, Random& random) {
    for (const PersonIndex index : builder.choose(children_between(builder, 3, 20), rates::kLongSurname, random)) {
        std::string& family = builder.county.people[index].identities.front().names.front().family;
        while (family.size() < 38) family += "-" + builder.names.draw_family(0, random);
    }
}

void give_apostrophes(Builder& builder, Random& random) {
    static constexpr std::array<std::string_view, 4> kNames = {"O'Brien", "O'Connor", "D'Arcy", "O'Sullivan"};
    for (const PersonIndex index : builder.choose(children_between(builder, 6, 20), rates::kApostrophe, random)) {
        builder.county.people[index].identities.front().names.front().family = random.pick(kNames);
    }
}

void give_preferred_names(Builder& builder, Random& random) {
    for (const PersonIndex index : builder.child_indices) {
        Identity& identity = builder.county.people[index].identities.front();
        const std::string form = diminutive(identity.names.front().given);
        if (!form.empty() && random.chance(0.4)) identity.preferred = form;
    }
}

void blur_birth_dates(Builder& builder, Random& random) {
    std::vector<PersonIndex> foreign;
    std::vector<PersonIndex> alone;
    for (const PersonIndex index : children_between(builder, 6, 24)) {
        const Person& child = builder.county.people[index];
        if (child.unaccompanied)
            alone.push_back(index);
        else if (child.nationality != "British")
            foreign.push_back(index);
    }
    for (const PersonIndex index : Builder::choose_share(alone, rates::kDisputedOfUnaccompanied, random)) {
        Person& child = builder.county.people[index];
        child.birth_disputed = true;
        child.disputed_birth = child.birth - random.between(300, 900);
    }
    for (const PersonIndex index : Builder::choose_share(alone, rates::kEstimatedOfUnaccompanied, random)) {
        builder.county.people[index].birth_estimated = true;
    }
    for (const PersonIndex index : builder.choose(foreign, rates::kEstimatedBirth, random)) {
        builder.county.people[index].birth_estimated = true;
    }
}

// Gender differs from sex, which stays as registered; some go by another forename.
void differ_in_gender(Builder& builder, Random& random) {
    for (const PersonIndex index : builder.choose(children_between(builder, 11, 17), rates::kGenderDiffers, random)) {
        Person& child = builder.county.people[index];
        Identity& identity = child.identities.front();
        const char other = identity.sex == 'M' ? 'F' : 'M';
        child.gender = random.chance(0.33) ? "N" : std::string(1, other);
        if (random.chance(0.6)) identity.preferred = builder.names.draw_given(child.community, other, random);
    }
}

void reissue_numbers(Builder& builder, Random& random) {
    for (const PersonIndex index : builder.choose(children_between(builder, 1, 24), rates::kNumberReissued, random)) {
        Identity& identity = builder.county.people[index].identities.front();
        if (identity.nhs_number.empty()) continue;
        identity.nhs_superseded = identity.nhs_number;
        identity.nhs_number = builder.issuer.issue_nhs_number();
        identity.nhs_verified = true;
    }
}

}  // namespace

void build_population(Builder& builder) {
    Random random = builder.random.stream("population");
    const auto wanted = static_cast<std::size_t>(static_cast<double>(builder.scale.children) * 0.97);
    while (builder.children() < wanted) add_family(builder, random);
    add_multiple_births(builder, random);
    add_same_name_cousins(builder, random);
    add_unborn(builder, random);
    add_unaccompanied(builder, random);
    change_surnames(builder, random);
    lengthen_surnames(builder, random);
    give_apostrophes(builder, random);
    give_preferred_names(builder, random);
    blur_birth_dates(builder, random);
    differ_in_gender(builder, random);
    reissue_numbers(builder, random);
    for (const PersonIndex index : builder.choose(children_between(builder, 6, 24), rates::kDeceased, random)) {
        Person& child = builder.county.people[index];
        child.death = random.between(std::max(birthday(child.birth, 5), kToday - 6 * 365), kToday - 20);
    }
}

}  // namespace simulate
