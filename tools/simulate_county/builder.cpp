#include "simulate_county/builder.hpp"

#include <algorithm>
#include <stdexcept>

namespace simulate {

namespace {
// A family has about 1.9 children, moves twice, and each child brings about one adult's home besides.
constexpr double kHouseholdsPerChild = 1.6;

std::vector<PersonIndex> draw_members(const std::vector<PersonIndex>& pool, double wanted, Random& draw) {
    const auto rounded = std::max<std::size_t>(2, static_cast<std::size_t>(wanted + 0.5));
    std::vector<PersonIndex> shuffled = pool;
    draw.shuffle(shuffled);
    shuffled.resize(std::min(pool.size(), rounded));
    std::sort(shuffled.begin(), shuffled.end());
    return shuffled;
}
}  // namespace

Builder::Builder(const Scale& wanted, std::uint64_t seed)
    : scale(wanted),
      random(seed, "county"),
      issuer(seed),
      addresses(county, static_cast<std::size_t>(static_cast<double>(wanted.children) * kHouseholdsPerChild)) {
    county.seed = seed;
    county.scale = wanted.name;
}

Person& Builder::add_person(Person::Kind kind) {
    Person person;
    person.index = static_cast<PersonIndex>(county.people.size());
    person.kind = kind;
    person.identities.resize(1);
    if (kind != Person::Kind::adult) child_indices.push_back(person.index);
    county.people.push_back(std::move(person));
    return county.people.back();
}

PersonIndex Builder::add_adult(std::size_t community, char sex, Day birth, std::string family_name, std::uint32_t home,
                               Random& draw) {
    const Community& own = communities()[community];
    Person& person = add_person(Person::Kind::adult);
    person.birth = birth;
    person.community = static_cast<std::uint16_t>(community);
    person.ethnicity = own.ethnicity;
    person.language = own.language;
    person.nationality = draw.chance(own.british * 0.7) ? "British" : std::string(own.nationality);
    person.religion = draw.chance(0.6) ? std::string(own.religion) : "None";
    person.phone = "07700 9" + std::to_string(10000 + draw.between(0, 89999)).substr(0, 5);
    Identity& identity = person.identities.front();
    identity.sex = sex;
    NamePeriod name;
    name.kind = NamePeriod::Kind::birth;
    name.given = names.draw_given(community, sex, draw);
    name.middle = names.draw_middle(community, sex, draw);
    name.family = std::move(family_name);
    name.from = birth;
    identity.names.push_back(std::move(name));
    if (draw.chance(0.85)) {
        identity.nhs_number = issuer.issue_nhs_number();
        identity.nhs_verified = true;
    }
    identity.residences.push_back({home, birth, kOpen, false});
    if (draw.chance(0.4)) {
        person.email = "person" + std::to_string(person.index * 7919U % 1'000'003U) + "@mail.example";
    }
    return person.index;
}

std::vector<PersonIndex> Builder::choose(const std::vector<PersonIndex>& pool, double rate, Random& draw) const {
    return draw_members(pool, rate * static_cast<double>(scale.children), draw);
}

std::vector<PersonIndex> Builder::choose_share(const std::vector<PersonIndex>& pool, double share, Random& draw) {
    return draw_members(pool, share * static_cast<double>(pool.size()), draw);
}

WorkerIndex Builder::worker(Service service, Random& draw) const {
    const auto& list = workers_by_service[static_cast<std::size_t>(service)];
    return list.empty() ? kNone : draw.pick(list);
}

std::uint32_t Builder::provider(Provider::Kind kind, Random& draw) const {
    const auto& list = providers_by_kind[static_cast<std::size_t>(kind)];
    return list.empty() ? kNone : draw.pick(list);
}

std::uint32_t Builder::court(Court::Kind kind, Random& draw) const {
    std::vector<std::uint32_t> found;
    for (std::uint32_t i = 0; i < county.courts.size(); ++i) {
        if (county.courts[i].kind == kind) found.push_back(i);
    }
    return found.empty() ? kNone : draw.pick(found);
}

std::uint32_t Builder::school(School::Phase phase, std::size_t district, Random& draw) const {
    const auto& by_district = schools_by_phase[static_cast<std::size_t>(phase)];
    if (!by_district[district].empty()) return draw.pick(by_district[district]);
    std::vector<std::uint32_t> anywhere;
    for (const auto& list : by_district) anywhere.insert(anywhere.end(), list.begin(), list.end());
    return anywhere.empty() ? kNone : draw.pick(anywhere);
}

Scale scale_named(std::string_view name) {
    if (name == "tiny") return {"tiny", 300};
    if (name == "demo") return {"demo", 5000};
    if (name == "county") return {"county", 287'000, false, to_day(1996, 4, 1)};
    if (name == "twins") return {"twins", 200'000, true};
    throw std::invalid_argument("unknown scale '" + std::string(name) + "': choose tiny, demo, county or twins");
}

void build_people(Builder& builder) {
    if (builder.scale.twins) return build_twin_population(builder);
    build_population(builder);
    live_social_care(builder);
    build_adoptions(builder);
    live_education(builder);
    live_early_help(builder);
    live_youth(builder);
    build_restrictions(builder);
}

County build_county(const Scale& scale, std::uint64_t seed) {
    Builder builder(scale, seed);
    build_places(builder);
    build_people(builder);
    builder.county.issuer = std::move(builder.issuer);
    return std::move(builder.county);
}

}  // namespace simulate
