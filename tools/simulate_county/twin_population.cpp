#include <algorithm>
#include <array>

#include "simulate_county/builder.hpp"
#include "simulate_county/hazard_rates.hpp"

namespace simulate {
namespace {

constexpr std::array<std::array<std::string_view, 2>, 26> kSimilarGirls = {{
    {"Ella", "Emma"},     {"Mia", "Maya"},      {"Lily", "Lila"},   {"Amelia", "Emilia"}, {"Eva", "Ava"},
    {"Isla", "Isabella"}, {"Sophia", "Sophie"}, {"Ellie", "Elsie"}, {"Maisie", "Daisy"},  {"Holly", "Molly"},
    {"Evie", "Edie"},     {"Millie", "Tilly"},  {"Anna", "Hannah"}, {"Lara", "Laura"},    {"Alicia", "Alice"},
    {"Freya", "Thea"},    {"Rose", "Rosie"},    {"Ruby", "Robyn"},  {"Zara", "Sara"},     {"Julia", "Juliet"},
    {"Erin", "Eryn"},     {"Lottie", "Dottie"}, {"Clara", "Cara"},  {"Maria", "Mariam"},  {"Amina", "Aminah"},
    {"Nadia", "Nadine"},
}};
constexpr std::array<std::array<std::string_view, 2>, 26> kSimilarBoys = {{
    {"Jack", "Jake"},      {"Alfie", "Archie"}, {"Oliver", "Olivier"}, {"Leo", "Theo"},      {"Harry", "Harvey"},
    {"Mason", "Jason"},    {"Aiden", "Jayden"}, {"Luca", "Lucas"},     {"Tommy", "Toby"},    {"Ethan", "Evan"},
    {"Reggie", "Ronnie"},  {"Jacob", "Joseph"}, {"Daniel", "David"},   {"Finn", "Flynn"},    {"Hugo", "Hugh"},
    {"Max", "Mac"},        {"Louis", "Lewis"},  {"Ryan", "Rory"},      {"Connor", "Callum"}, {"Mohammed", "Mahmoud"},
    {"Hassan", "Hussain"}, {"Adam", "Aidan"},   {"Jan", "Jakub"},      {"Kai", "Kian"},      {"Arlo", "Arthur"},
    {"Samuel", "Samir"},
}};

Person& add_twin(Builder& builder, std::size_t community, const Family& family, Day birth, char sex, std::string given,
                 const std::string& family_name, std::uint32_t home, Random& random) {
    Person& twin = builder.add_person(Person::Kind::child);
    twin.birth = birth;
    twin.community = static_cast<std::uint16_t>(community);
    twin.family = family.index;
    const Community& own = communities()[community];
    twin.ethnicity = own.ethnicity;
    twin.language = own.language;
    twin.nationality = random.chance(own.british) ? "British" : std::string(own.nationality);
    twin.religion = "None";
    Identity& identity = twin.identities.front();
    identity.sex = sex;
    NamePeriod name;
    name.kind = NamePeriod::Kind::birth;
    name.given = std::move(given);
    name.middle = builder.names.draw_middle(community, sex, random);
    name.family = builder.names.family_for(community, family_name, sex);
    name.from = birth;
    identity.names.push_back(std::move(name));
    identity.nhs_number = builder.issuer.issue_nhs_number();
    identity.nhs_verified = random.chance(0.9);
    identity.mother = family.adults.front();
    identity.residences.push_back({home, birth, kOpen, false});
    return twin;
}

void enrol(Builder& builder, Person& twin, std::uint32_t school, Random& random) {
    SchoolEnrolment enrolment;
    enrolment.school = school;
    enrolment.from = to_day(school_year(twin.birth) + 5, 9, 3);
    if (enrolment.from >= kToday) return;
    const Day end = to_day(school_year(twin.birth) + 12, 7, 22);
    enrolment.to = end < kToday ? end : kOpen;
    if (enrolment.to != kOpen) enrolment.leaving_reason = "End of key stage";
    twin.life.enrolments.push_back(enrolment);
    twin.identities.front().upn =
        builder.issuer.issue_upn("938", builder.county.schools[school].estab, to_civil(enrolment.from).year);
    if (random.chance(0.02)) twin.life.exclusions.push_back({enrolment.from + 200, school, false, 2, "DB"});
}

}  // namespace

void build_twin_population(Builder& builder) {
    Random random = builder.random.stream("twins");
    for (std::uint32_t pair = 1; builder.children() < builder.scale.children; ++pair) {
        const std::size_t community = builder.names.draw_community(random);
        const std::string family_name = builder.names.draw_family(community, random);
        const std::size_t district = AddressBook::draw_district(random);
        const std::uint32_t home = builder.addresses.add_home(district, random);
        const Day birth = random.between(to_day(2008, 9, 1), to_day(2021, 8, 31));
        Family family;
        family.index = static_cast<std::uint32_t>(builder.county.families.size());
        const Day mother_birth = birth - random.between(20 * 365, 40 * 365);
        const std::string mother_family = builder.names.family_for(community, family_name, 'F');
        family.adults.push_back(builder.add_adult(community, 'F', mother_birth, mother_family, home, random));

        const bool same_sex = random.chance(0.66);
        const char first_sex = random.chance(0.5) ? 'M' : 'F';
        const char second_sex = same_sex ? first_sex : first_sex == 'M' ? 'F' : 'M';
        std::string first = builder.names.draw_given(community, first_sex, random);
        std::string second = builder.names.draw_given(community, second_sex, random);
        while (second == first) second = builder.names.draw_given(community, second_sex, random);
        if (random.chance(rates::kSimilarTwinNames / 0.66) && same_sex) {
            const auto& similar = random.pick(first_sex == 'F' ? kSimilarGirls : kSimilarBoys);
            first = similar[0];
            second = similar[1];
        }
        const std::uint32_t school = builder.school(School::Phase::primary, district, random);
        const std::array<std::string, 2> given = {first, second};
        for (std::uint8_t i = 0; i < 2; ++i) {
            Person& twin = add_twin(builder, community, family, birth, i == 0 ? first_sex : second_sex, given[i],
                                    family_name, home, random);
            twin.multiple_birth = pair;
            twin.birth_order = static_cast<std::uint8_t>(i + 1);
            twin.birth_count = 2;
            enrol(builder, twin, school, random);
            twin.life.contacts.push_back({std::min(kToday - 30, birth + random.between(200, 2000)), "3A", "Information",
                                          builder.worker(Service::assessment, random)});
            family.children.push_back(twin.index);
        }
        builder.county.families.push_back(std::move(family));
    }
}

}  // namespace simulate
