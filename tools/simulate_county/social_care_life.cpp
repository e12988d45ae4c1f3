#include <algorithm>
#include <array>

#include "simulate_county/builder.hpp"
#include "simulate_county/care.hpp"
#include "simulate_county/hazard_rates.hpp"

namespace simulate {
namespace {

// Shares of families. Above England's (about 6 % of children referred by 18 stay in records so long), so that a small
// county shows every kind of case.
constexpr double kFamilyReferred = 0.15;
constexpr double kFamilyContactOnly = 0.08;
constexpr double kSecondEpisode = 0.35;
constexpr double kCareAfterEpisode = 0.13;
constexpr double kHouseholdsPerChild = 1.0 / 70.0;

void add_carer_households(Builder& builder, Random& random) {
    const auto count = std::max<std::size_t>(
        9, static_cast<std::size_t>(static_cast<double>(builder.scale.children) * kHouseholdsPerChild));
    for (std::size_t i = 0; i < count; ++i) {
        CarerHousehold household;
        household.index = static_cast<std::uint32_t>(i);
        household.kind = i % 4 == 3 ? CarerHousehold::Kind::kinship : CarerHousehold::Kind::foster;
        household.address = builder.addresses.add_home(AddressBook::draw_district(random), random);
        if (i % 4 == 1) household.agency = builder.provider(Provider::Kind::fostering_agency, random);
        household.capacity = static_cast<std::uint8_t>(random.between(1, 3));
        household.worker = builder.worker(Service::fostering, random);
        household.approved = i < 4 ? to_day(2002, 3, 1) : random.between(to_day(2003, 1, 1), to_day(2024, 12, 31));
        household.applied = household.approved - random.between(120, 260);
        if (i >= 4 && random.chance(0.25))
            household.ended = std::min(kToday - 20, household.approved + random.between(500, 4000));
        const std::size_t community = builder.names.draw_community(random);
        const std::string family = builder.names.draw_family(community, random);
        const Day birth = random.between(to_day(1958, 1, 1), to_day(1984, 12, 31));
        household.carers.push_back(builder.add_adult(
            community, 'F', birth, builder.names.family_for(community, family, 'F'), household.address, random));
        if (random.chance(0.7)) {
            const char sex = random.chance(0.9) ? 'M' : 'F';
            const Day partner_birth = birth - random.between(-1500, 2000);
            household.carers.push_back(
                builder.add_adult(community, sex, partner_birth, family, household.address, random));
        }
        builder.county.carer_households.push_back(std::move(household));
    }
}

bool is_minor_on(const Person& child, Day day) {
    return child.birth <= day && age_on(child.birth, day) < 18 && day < child.death;
}

void add_contact(const Builder& builder, Person& child, Day day, bool referral, const std::string& source,
                 Random& random) {
    static constexpr std::array<std::string_view, 4> kOutcomes = {"Information", "No further action",
                                                                  "No further action", "Early help"};
    child.life.contacts.push_back({day, source, referral ? "Referral" : std::string(random.pick(kOutcomes)),
                                   builder.worker(Service::assessment, random)});
}

// Looked after from some weeks after the referral; most go home or to kin, some stay until they are 18.
void add_care(Builder& builder, Person& child, NeedEpisode& episode, Random& random) {
    CarePeriod care;
    care.from = to_working_day(episode.referred + random.between(10, 150));
    const Day eighteen = birthday(child.birth, 18);
    if (!is_minor_on(child, care.from) || care.from >= kToday - 5) return;
    const Day end = std::min(care.from + 20 + random.exponential_days(900), eighteen);
    care.to = end < kToday ? end : kOpen;
    care.need = episode.primary_need;
    fill_care_period(builder, child, care, {}, random);
    if (care.to == kOpen) {
        episode.closed = kOpen;
        episode.close_reason.clear();
    } else {
        episode.closed = std::max(episode.closed == kOpen ? care.to : episode.closed, care.to);
        if (episode.close_reason.empty()) episode.close_reason = "RC9";
    }
    child.life.care.push_back(std::move(care));
}

void refer_family(Builder& builder, const Family& family, Day referred, Random& random) {
    Random shared = random.stream("shared", static_cast<std::uint64_t>(referred));
    const bool care_case = random.chance(kCareAfterEpisode * 1.4);
    for (const PersonIndex index : family.children) {
        Person& child = builder.county.people[index];
        if (!is_minor_on(child, referred) && child.kind == Person::Kind::child) continue;
        if (child.birth > referred + 250 || !random.chance(0.88)) continue;
        Random own = shared;  // siblings of one referral share its facts
        NeedEpisode episode = draw_need_episode(builder, referred, own);
        add_contact(builder, child, referred, true, episode.source, random);
        if (care_case && child.kind == Person::Kind::child && child.birth < referred && !episode.no_further_action &&
            random.chance(0.75)) {
            add_care(builder, child, episode, random);
        }
        child.life.need_episodes.push_back(std::move(episode));
    }
}

void live_family(Builder& builder, Family& family, Random& random) {
    if (family.children.empty()) return;
    const Person& eldest = builder.county.people[family.children.front()];
    const Day first = eldest.birth - 60;
    const Day last = std::min(kToday - 2, birthday(eldest.birth, 17));
    const double draw = random.unit();
    if (draw < kFamilyReferred) {
        Day referred = to_working_day(random.between(std::min(first, last - 1), last));
        const int contacts = random.between(0, 3);
        for (int i = 0; i < contacts; ++i) {
            const Day day = referred - random.between(10, 500);
            for (const PersonIndex index : family.children) {
                Person& child = builder.county.people[index];
                if (is_minor_on(child, day)) add_contact(builder, child, day, false, "6", random);
            }
        }
        refer_family(builder, family, std::min(referred, kToday), random);
        Day closed = 0;
        for (const PersonIndex index : family.children) {
            for (const NeedEpisode& episode : builder.county.people[index].life.need_episodes)
                closed = std::max(closed, episode.closed);
        }
        if (closed != 0 && closed != kOpen && random.chance(kSecondEpisode)) {
            const Day again = to_working_day(closed + random.between(60, 900));
            bool in_care = false;
            for (const PersonIndex index : family.children)
                in_care = in_care || !builder.county.people[index].life.care.empty();
            if (again < kToday && !in_care) refer_family(builder, family, again, random);
        }
    } else if (draw < kFamilyReferred + kFamilyContactOnly) {
        const Day day = random.between(std::min(first + 60, last - 1), last);
        for (const PersonIndex index : family.children) {
            Person& child = builder.county.people[index];
            if (is_minor_on(child, day)) add_contact(builder, child, day, false, "1A", random);
        }
    }
}

void live_unaccompanied(Builder& builder, Person& child, Random& random) {
    const Day arrival = std::max(birthday(child.birth, 14) + 30,
                                 std::min(birthday(child.birth, 17), kToday - 40) - random.between(0, 500));
    const std::uint32_t lodgings = builder.provider(Provider::Kind::supported_accommodation, random);
    child.identities.front().residences = {{builder.county.providers[lodgings].address, arrival, kOpen, true}};
    NeedEpisode episode = draw_need_episode(builder, arrival, random);
    episode.no_further_action = false;
    episode.primary_need = "N8";
    episode.source = "3A";
    add_contact(builder, child, arrival, true, "3A", random);
    CarePeriod care;
    care.from = arrival;
    const Day eighteen = birthday(child.birth, 18);
    care.to = eighteen < kToday ? eighteen : kOpen;
    care.need = "N8";
    fill_care_period(builder, child, care, age_on(child.birth, arrival) >= 16 ? "H5" : "U6", random);
    episode.closed = care.to;
    episode.close_reason = care.to == kOpen ? "" : "RC9";
    child.life.care.push_back(std::move(care));
    child.life.need_episodes.push_back(std::move(episode));
}

// The council knew of the child before birth: a pre-birth assessment, promoted when it was born.
void know_before_birth(Builder& builder, Random& random) {
    std::vector<PersonIndex> pool;
    for (const PersonIndex index : builder.child_indices) {
        const Person& child = builder.county.people[index];
        if (child.kind == Person::Kind::child && !child.unaccompanied && child.life.care.empty() &&
            age_on(child.birth, kToday) < 14)
            pool.push_back(index);
    }
    for (const PersonIndex index : builder.choose(pool, rates::kBornAfterUnborn, random)) {
        Person& child = builder.county.people[index];
        child.known_before_birth = true;
        child.expected_birth = child.birth + random.between(-18, 25);
        const Day referred = to_working_day(child.birth - random.between(60, 130));
        NeedEpisode episode = draw_need_episode(builder, referred, random);
        child.life.contacts.insert(child.life.contacts.begin(),
                                   {referred, "3B", "Referral", builder.worker(Service::assessment, random)});
        child.life.need_episodes.insert(child.life.need_episodes.begin(), std::move(episode));
    }
    for (const PersonIndex index : builder.child_indices) {
        Person& child = builder.county.people[index];
        if (child.kind != Person::Kind::unborn || !child.life.need_episodes.empty()) continue;
        const Day referred = to_working_day(kToday - random.between(20, 60));
        child.life.contacts.push_back({referred, "3B", "Referral", builder.worker(Service::assessment, random)});
        child.life.need_episodes.push_back(draw_need_episode(builder, referred, random));
    }
}

void add_care_leavers(Builder& builder, Random& random) {
    static constexpr std::array<std::string_view, 7> kAccommodation = {"B", "C", "E", "R", "T", "U", "V"};
    static constexpr std::array<std::string_view, 8> kActivity = {"F1", "F2", "P1", "A1", "T1", "G5", "G6", "G4"};
    for (const PersonIndex index : builder.child_indices) {
        Person& child = builder.county.people[index];
        const Day sixteen = birthday(child.birth, 16);
        if (sixteen + 100 > kToday || child.kind != Person::Kind::child) continue;
        for (const CarePeriod& care : child.life.care) {
            if (std::min(care.to, kToday) < sixteen + 91) continue;
            CareLeaver leaver;
            leaver.from = sixteen + 91;
            leaver.accommodation = random.pick(kAccommodation);
            leaver.activity = random.pick(kActivity);
            leaver.in_touch = random.chance(0.93);
            leaver.pathway_plan = leaver.from + random.between(20, 90);
            if (leaver.pathway_plan >= kToday) leaver.pathway_plan = 0;
            leaver.worker = builder.worker(Service::leaving_care, random);
            child.life.care_leaver = {leaver};
        }
    }
}

// Children whom other councils placed here: they live in a home or with an agency's carers; that council has the case.
void place_from_other_councils(Builder& builder, Random& random) {
    std::vector<PersonIndex> pool;
    for (const PersonIndex index : builder.child_indices) {
        const Person& child = builder.county.people[index];
        const int age = age_on(child.birth, kToday);
        if (child.kind == Person::Kind::child && child.life.need_episodes.empty() && child.life.care.empty() &&
            age >= 6 && age <= 17 && child.multiple_birth == 0)
            pool.push_back(index);
    }
    for (const PersonIndex index : builder.choose(pool, rates::kOtherCouncil, random)) {
        Person& child = builder.county.people[index];
        child.home_council = static_cast<std::uint32_t>(random.index(builder.county.councils.size()));
        child.home_council_child_id =
            builder.county.councils[child.home_council].code + "-" + std::to_string(random.between(100000, 999999));
        const Day from = kToday - random.between(60, 1200);
        const std::uint32_t provider = builder.provider(Provider::Kind::childrens_home, random);
        insert_residence(child.identities.front(), {builder.county.providers[provider].address, from, kOpen, true});
        add_contact(builder, child, from, false, "5B", random);
        child.life.contacts.back().outcome = "Information";
    }
}

}  // namespace

void live_social_care(Builder& builder) {
    Random random = builder.random.stream("social care");
    add_carer_households(builder, random);
    for (Family& family : builder.county.families) {
        Random own = random.stream("family", family.index);
        live_family(builder, family, own);
    }
    for (const PersonIndex index : builder.child_indices) {
        Person& child = builder.county.people[index];
        if (child.unaccompanied) live_unaccompanied(builder, child, random);
    }
    know_before_birth(builder, random);
    place_from_other_councils(builder, random);
    add_care_leavers(builder, random);
}

}  // namespace simulate
