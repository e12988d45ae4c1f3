#include <algorithm>
#include <array>
#include <cstdio>

#include "simulate_county/builder.hpp"

namespace simulate {
namespace {

std::string numbered(const char* form, int number) {
    std::array<char, 32> buffer{};
    // The forms are the literals below.
    std::snprintf(buffer.data(), buffer.size(), form, number);
    return buffer.data();
}

constexpr std::array<std::string_view, 20> kSaints = {
    "St Mary's",  "St Peter's", "St Andrew's", "Holy Trinity", "St Wilfrid's", "St Philip's",   "All Saints",
    "St Nicolas", "Downsbrook", "Heene",       "Orchards",     "Laurels",      "Hawthorns",     "Southway",
    "Northlands", "Millais",    "Warninglid",  "Seymour",      "Waterfield",   "Bishop Tufnell"};

void add_school(Builder& builder, School::Phase phase, std::size_t district, std::string name, int lowest, int highest,
                Random& random) {
    County& county = builder.county;
    const int number = static_cast<int>(county.schools.size());
    School school;
    school.phase = phase;
    school.urn = numbered("%06d", 800000 + number * 3 % 199999);
    school.estab = numbered("%04d", (phase == School::Phase::primary ? 2000 : 4000) + number % 1999);
    school.name = std::move(name);
    school.address = builder.addresses.add_institution(district, school.name, Address::Kind::school, random);
    school.lowest_year = lowest;
    school.highest_year = highest;
    school.residential = phase == School::Phase::special && random.chance(0.3);
    county.schools.push_back(std::move(school));
}

void add_schools(Builder& builder, Random& random) {
    const auto districts = AddressBook::district_names();
    // About 120 pupils of this county's sample in a primary, 250 in a secondary.
    const auto primaries = std::max<std::size_t>(3, builder.scale.children / districts.size() / 250);
    const auto secondaries = std::max<std::size_t>(1, builder.scale.children / districts.size() / 500);
    for (std::size_t d = 0; d < districts.size(); ++d) {
        const std::string town(districts[d]);
        for (std::size_t i = 0; i < primaries; ++i) {
            std::string name = std::string(kSaints[(d * 7 + i) % kSaints.size()]) +
                               (i % 3 == 0 ? " CofE Primary School" : " Primary School");
            add_school(builder, School::Phase::primary, d, std::move(name), 0, 6, random);
        }
        for (std::size_t i = 0; i < secondaries; ++i) {
            static constexpr std::array<std::string_view, 4> kForms = {" High School", " Academy", " Community College",
                                                                       " School for Girls and Boys"};
            std::string name = town + std::string(kForms[i % kForms.size()]);
            add_school(builder, School::Phase::secondary, d, std::move(name), 7, i % 2 == 0 ? 13 : 11, random);
        }
    }
    for (std::size_t d : {std::size_t{0}, std::size_t{2}, std::size_t{5}, std::size_t{4}}) {
        add_school(builder, School::Phase::special, d, std::string(districts[d]) + " Springfield Special School", 0, 13,
                   random);
    }
    for (std::size_t d : {std::size_t{1}, std::size_t{5}}) {
        add_school(builder, School::Phase::alternative, d, std::string(districts[d]) + " Alternative Provision College",
                   3, 11, random);
    }
    add_school(builder, School::Phase::all_through, 6, "Woodlands Free School", 0, 13, random);
    for (std::size_t d : {std::size_t{0}, std::size_t{2}, std::size_t{5}}) {
        add_school(builder, School::Phase::college, d, std::string(districts[d]) + " College", 12, 13, random);
    }
}

struct ProviderPlan {
    Provider::Kind kind;
    std::size_t least;
    std::size_t children_each;  // one more for so many children of the county; 0: never more
    const char* urn_form;
    std::string_view suffix;
};

void add_providers(Builder& builder, Random& random) {
    using Kind = Provider::Kind;
    static constexpr std::array<ProviderPlan, 10> kPlans = {{
        {Kind::childrens_home, 4, 700, "SC%06d", "House"},
        {Kind::fostering_agency, 3, 2500, "SC%06d", "Fostering"},
        {Kind::supported_accommodation, 2, 2500, "SA%06d", "Supported Lodgings"},
        {Kind::nursery, 7, 250, "EY%06d", "Nursery"},
        {Kind::childminder, 4, 500, "EY%06d", "Childminding"},
        {Kind::childrens_centre, 5, 600, "2%07d", "Children and Family Centre"},
        {Kind::training, 4, 800, "1%07d", "Training"},
        {Kind::sen_provision, 4, 1200, "3%07d", "Therapies"},
        {Kind::adoption_agency, 2, 0, "SC%06d", "Adoption"},
        {Kind::other_care, 3, 5000, "SC%06d", "Lodge"},
    }};
    static constexpr std::array<std::string_view, 24> kNames = {
        "Acorn",    "Bluebell", "Copperfield", "Dandelion", "Elmwood",   "Foxglove",  "Greenacre", "Hillside",
        "Ivybank",  "Juniper",  "Kingfisher",  "Larkfield", "Maple",     "Northgate", "Oakleaf",   "Pebbles",
        "Quayside", "Rowan",    "Seashells",   "Thistle",   "Underhill", "Valley",    "Windmill",  "Yew Tree"};
    County& county = builder.county;
    for (const ProviderPlan& plan : kPlans) {
        const std::size_t more = plan.children_each == 0 ? 0 : builder.scale.children / plan.children_each;
        for (std::size_t i = 0; i < std::max(plan.least, std::min<std::size_t>(more, 400)); ++i) {
            const int number = static_cast<int>(county.providers.size());
            const std::size_t district = AddressBook::draw_district(random);
            Provider provider;
            provider.kind = plan.kind;
            provider.urn = numbered(plan.urn_form, 40000 + number * 137);
            provider.name = std::string(kNames[(i * 5 + static_cast<std::size_t>(plan.kind) * 3) % kNames.size()]) +
                            " " + std::string(plan.suffix);
            if (i >= kNames.size()) provider.name += " " + std::to_string(i / kNames.size() + 1);
            const bool home = plan.kind == Kind::childrens_home || plan.kind == Kind::other_care;
            const bool hostel = plan.kind == Kind::supported_accommodation;
            const auto address_kind = home     ? Address::Kind::childrens_home
                                      : hostel ? Address::Kind::hostel
                                               : Address::Kind::office;
            provider.address = builder.addresses.add_institution(district, provider.name, address_kind, random);
            provider.vendor_number = numbered("%06d", 310000 + number * 17);
            county.providers.push_back(std::move(provider));
        }
    }
    for (const char* name : {"Safe Harbour Refuge", "Willow Refuge", "Downland Refuge"}) {
        builder.addresses.add_institution(AddressBook::draw_district(random), name, Address::Kind::refuge, random);
    }
    for (const char* name : {"Harbour House Hostel", "Downs Lodge Hostel"}) {
        builder.addresses.add_institution(AddressBook::draw_district(random), name, Address::Kind::hostel, random);
    }
}

struct TeamPlan {
    Service service;
    std::string_view code, name, role;
    bool by_area;
    bool social_workers;
};

void add_workers(Builder& builder, Random& random) {
    static constexpr std::array<TeamPlan, 17> kPlans = {{
        {Service::assessment, "ASM", "Assessment and Intervention", "Social Worker", true, true},
        {Service::child_protection, "CPT", "Child Protection and Family Safeguarding", "Social Worker", true, true},
        {Service::looked_after, "CLA", "Children We Care For", "Social Worker", true, true},
        {Service::leaving_care, "LCT", "Leaving Care", "Personal Adviser", false, false},
        {Service::disability, "DIS", "Disabled Children", "Social Worker", false, true},
        {Service::conference, "IRO", "Safeguarding and Reviewing", "Independent Reviewing Officer", false, true},
        {Service::early_help, "EHT", "Early Help", "Family Support Worker", true, false},
        {Service::fostering, "FOS", "Fostering", "Supervising Social Worker", false, true},
        {Service::adoption, "ADO", "Adoption South", "Adoption Social Worker", false, true},
        {Service::send, "SEN", "SEND Assessment", "SEND Case Officer", true, false},
        {Service::education_welfare, "EWS", "Pupil Entitlement", "Education Welfare Officer", false, false},
        {Service::admissions, "ADM", "Admissions", "Admissions Officer", false, false},
        {Service::virtual_school, "VSC", "Virtual School", "Virtual School Adviser", false, false},
        {Service::youth_support, "YSD", "Youth Support and Development", "Youth Worker", true, false},
        {Service::youth_justice, "YJS", "Youth Justice", "Youth Justice Officer", false, false},
        {Service::early_years, "EYS", "Early Years", "Outreach Worker", false, false},
        {Service::finance, "FIN", "Placements and Payments", "Payments Officer", false, false},
    }};
    static constexpr std::array<std::string_view, 3> kAreas = {"Coastal", "Horsham", "Crawley"};
    static constexpr std::array<std::string_view, 3> kAreaCodes = {"CST", "HOR", "CRA"};
    County& county = builder.county;
    const auto size = static_cast<int>(std::min<std::size_t>(5 + builder.scale.children / 1500, 60));
    for (const TeamPlan& plan : kPlans) {
        for (std::size_t area = 0; area < (plan.by_area ? kAreas.size() : 1); ++area) {
            Team team;
            team.service = plan.service;
            team.code = std::string(plan.code) + (plan.by_area ? "-" + std::string(kAreaCodes[area]) : "");
            team.name = std::string(plan.name) + (plan.by_area ? ", " + std::string(kAreas[area]) : "");
            team.district = plan.by_area ? kAreas[area] : "County";
            county.teams.push_back(team);
            for (int i = 0; i < size; ++i) {
                const int number = static_cast<int>(county.workers.size());
                const char sex = random.chance(0.78) ? 'F' : 'M';
                const std::size_t community = builder.names.draw_community(random);
                Worker worker;
                worker.staff_number = numbered("W%05d", 10000 + number * 7);
                worker.given = builder.names.draw_given(community, sex, random);
                worker.family = builder.names.draw_family(community, random);
                worker.role = i == 0 ? "Team Manager" : std::string(plan.role);
                if (plan.social_workers) worker.registration = numbered("SW%06d", 100000 + number * 31);
                worker.email = "worker" + std::to_string(10000 + number * 7) + "@westsussex.example";
                worker.team = static_cast<std::uint32_t>(county.teams.size() - 1);
                worker.from = random.between(to_day(2005, 1, 1), to_day(2024, 12, 1));
                if (random.chance(0.2)) worker.to = std::min(kToday - 30, worker.from + random.between(400, 3000));
                county.workers.push_back(std::move(worker));
            }
        }
    }
}

void add_courts_and_councils(County& county) {
    county.courts = {{"WFC", "Worthing Family Court", Court::Kind::family},
                     {"BFC", "Brighton Family Court", Court::Kind::family},
                     {"HFC", "Horsham Family Court", Court::Kind::family},
                     {"CYC", "Crawley Youth Court", Court::Kind::youth},
                     {"WYC", "Worthing Youth Court", Court::Kind::youth},
                     {"LCC", "Lewes Crown Court", Court::Kind::crown},
                     {"WMC", "Worthing Magistrates' Court", Court::Kind::magistrates}};
    county.councils = {{"845", "East Sussex"}, {"846", "Brighton and Hove"}, {"936", "Surrey"}, {"850", "Hampshire"},
                       {"306", "Croydon"},     {"851", "Portsmouth"},        {"886", "Kent"},   {"212", "Wandsworth"}};
}

}  // namespace

void build_places(Builder& builder) {
    Random random = builder.random.stream("places");
    County& county = builder.county;
    add_schools(builder, random);
    add_providers(builder, random);
    add_workers(builder, random);
    add_courts_and_councils(county);

    for (int service = 0; service <= static_cast<int>(Service::finance); ++service) {
        builder.workers_by_service.push_back(county.workers_of(static_cast<Service>(service)));
    }
    for (int kind = 0; kind <= static_cast<int>(Provider::Kind::other_care); ++kind) {
        builder.providers_by_kind.push_back(county.providers_of(static_cast<Provider::Kind>(kind)));
    }
    const auto phases = static_cast<std::size_t>(School::Phase::college) + 1;
    builder.schools_by_phase.assign(phases, {});
    for (auto& by_district : builder.schools_by_phase) by_district.resize(AddressBook::district_names().size());
    for (std::uint32_t i = 0; i < county.schools.size(); ++i) {
        const std::size_t district = builder.addresses.district_of(county.schools[i].address);
        builder.schools_by_phase[static_cast<std::size_t>(county.schools[i].phase)][district].push_back(i);
    }
}

}  // namespace simulate
