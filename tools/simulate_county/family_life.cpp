#include <algorithm>
#include <array>
#include <set>

#include "simulate_county/builder.hpp"
#include "simulate_county/care.hpp"
#include "simulate_county/hazard_rates.hpp"

namespace simulate {
namespace {

constexpr double kEarlyHelpFamilies = 0.12;
constexpr double kEarlyHelpAfterReferral = 0.4;

bool any_referral(const Builder& builder, const Family& family) {
    return std::any_of(family.children.begin(), family.children.end(),
                       [&](PersonIndex index) { return !builder.county.people[index].life.need_episodes.empty(); });
}

void help_family(Builder& builder, Family& family, Random& random) {
    static constexpr std::array<std::string_view, 5> kSources = {"School", "Health", "Self", "Police",
                                                                 "Social care step-down"};
    static constexpr std::array<std::string_view, 6> kReasons = {"Parenting", "Domestic abuse", "Mental health",
                                                                 "Housing",   "Behaviour",      "Substance misuse"};
    static constexpr std::array<std::string_view, 4> kOutcomes = {"Needs met", "Needs met", "Stepped up", "Disengaged"};
    if (family.children.empty()) return;
    if (!random.chance(any_referral(builder, family) ? kEarlyHelpAfterReferral : kEarlyHelpFamilies)) return;
    const Person& eldest = builder.county.people[family.children.front()];
    const Day earliest = std::max(eldest.birth, to_day(2012, 1, 1));
    Day from = std::max(earliest + 30, kToday - random.between(20, 4200));
    if (from >= kToday - 5) return;
    const int episodes = 1 + (random.chance(0.25) ? 1 : 0);
    for (int i = 0; i < episodes && from < kToday - 5; ++i) {
        EarlyHelpEpisode episode;
        episode.from = to_working_day(from);
        const Day to = episode.from + random.between(50, 420);
        episode.to = to < kToday ? to : kOpen;
        episode.source = random.pick(kSources);
        episode.reason = random.pick(kReasons);
        if (episode.to != kOpen) episode.outcome = random.pick(kOutcomes);
        episode.worker = builder.worker(Service::early_help, random);
        episode.team = builder.county.workers[episode.worker].team;
        const Day assessed = episode.from + random.between(10, 45);
        if (assessed < kToday) episode.assessed = assessed;
        episode.actions = random.between(1, 6);
        for (const PersonIndex index : family.children) {
            const Person& child = builder.county.people[index];
            // An adopted child left the family with the placement; its later identity is nobody's child here.
            const bool gone = child.sealed() && episode.from >= child.identities.back().residences.front().from;
            if (child.birth <= episode.from && age_on(child.birth, episode.from) < 19 && !gone &&
                child.home_council == kNone)
                episode.subjects.push_back(index);
        }
        from = (episode.to == kOpen ? kToday : episode.to) + random.between(100, 700);
        if (!episode.subjects.empty()) family.early_help.push_back(std::move(episode));
    }
}

void live_youth_support(Builder& builder, Person& child, Random& random) {
    const int age = age_on(child.birth, kToday);
    const Day leaves = to_day(school_year(child.birth) + 17, 9, 5);  // after year 11
    if (leaves < kToday && age <= 22) {
        static constexpr std::array<std::string_view, 10> kEducation = {"210", "220", "220", "230", "240",
                                                                        "310", "320", "330", "350", "410"};
        static constexpr std::array<std::string_view, 5> kNeet = {"610", "620", "630", "540", "810"};
        Day from = leaves;
        while (from < kToday - 10) {
            Destination destination;
            destination.from = from;
            const bool school =
                !child.life.enrolments.empty() && child.life.enrolments.back().entry_year >= 12 && from == leaves;
            destination.neet = !school && random.chance(child.life.need_episodes.empty() ? 0.12 : 0.3);
            destination.activity = destination.neet ? std::string(random.pick(kNeet))
                                   : school         ? "210"
                                                    : std::string(random.pick(kEducation));
            if (school)
                destination.school = child.life.enrolments.back().school;
            else if (!destination.neet && random.chance(0.6))
                destination.provider = builder.provider(Provider::Kind::training, random);
            const Day to = from + (destination.neet ? random.between(30, 260) : random.between(200, 720));
            destination.to = to < kToday ? to : kOpen;
            destination.confirmed = std::min(from + random.between(5, 80), kToday);
            child.life.destinations.push_back(destination);
            from = to + 1;
        }
    }
    const bool neet = std::any_of(child.life.destinations.begin(), child.life.destinations.end(),
                                  [](const Destination& d) { return d.neet; });
    const double chance = !child.life.care_leaver.empty()    ? 0.5
                          : neet                             ? 0.5
                          : child.life.need_episodes.empty() ? 0.04
                                                             : 0.15;
    if (age < 13 || age > 24 || !random.chance(chance)) return;
    YouthSupportSpan span;
    const Day thirteen = birthday(child.birth, 13);
    span.from = std::max(thirteen + 10, kToday - random.between(30, 1500));
    if (span.from >= kToday - 10) return;
    const Day to = span.from + random.between(60, 400);
    span.to = to < kToday ? to : kOpen;
    span.reason = !child.life.care_leaver.empty() ? "Care leaver"
                  : neet                          ? "NEET"
                  : !child.life.ehc.empty()       ? "SEND transition"
                  : random.chance(0.9)            ? "Risk of NEET"
                                                  : "Young parent";
    span.worker = builder.worker(Service::youth_support, random);
    span.interventions = regular_days(span.from, span.to, 7, 24, random);
    child.life.youth_support.push_back(std::move(span));
}

struct OffenceKind {
    std::string_view code, kind;
    int seriousness;
};

void live_youth_justice(Builder& builder, Person& child, Random& random) {
    static constexpr std::array<OffenceKind, 9> kKinds = {{{"105/01", "Common assault", 3},
                                                           {"046/00", "Theft from shop", 3},
                                                           {"149/00", "Criminal damage", 3},
                                                           {"092/02", "Possession of a controlled drug", 2},
                                                           {"008/01", "Actual bodily harm", 4},
                                                           {"125/09", "Public order offence", 3},
                                                           {"034/01", "Robbery", 6},
                                                           {"130/01", "Unauthorised taking of a vehicle", 4},
                                                           {"010/11", "Possession of a bladed article", 4}}};
    const double chance = child.life.care.empty() ? child.life.exclusions.empty() ? 0.012 : 0.07 : 0.11;
    const Day ten = birthday(child.birth, 11);
    const Day end = std::min(kToday, birthday(child.birth, 18));
    if (ten + 200 >= end || !random.chance(chance)) return;
    const int count = 1 + random.count(1.2);
    std::vector<Day> days;
    for (int i = 0; i < count; ++i) days.push_back(random.between(std::max(ten, end - 1600), end - 1));
    std::sort(days.begin(), days.end());
    for (const Day day : days) {
        const OffenceKind& kind = random.pick(kKinds);
        Offence offence;
        offence.date = day;
        offence.code = kind.code;
        offence.kind = kind.kind;
        offence.seriousness = kind.seriousness;
        offence.police_reference = "47" + std::to_string(random.between(10000000, 99999999));
        const Day decided = to_working_day(day + random.between(15, 150));
        if (decided < kToday) {
            offence.outcome_date = decided;
            const bool court = kind.seriousness >= 4 || random.chance(0.3);
            static constexpr std::array<std::string_view, 3> kCourtOutcomes = {"Referral order", "Referral order",
                                                                               "Youth rehabilitation order"};
            static constexpr std::array<std::string_view, 4> kPoliceOutcomes = {
                "Community resolution", "Community resolution", "Youth caution", "Youth conditional caution"};
            offence.outcome = court ? random.chance(0.12) ? "Discharge" : std::string(random.pick(kCourtOutcomes))
                                    : std::string(random.pick(kPoliceOutcomes));
            if (court)
                offence.court = builder.court(kind.seriousness >= 6 ? Court::Kind::crown : Court::Kind::youth, random);
        }
        child.life.offences.push_back(offence);
        const bool order = offence.outcome == "Referral order" || offence.outcome == "Youth rehabilitation order" ||
                           offence.outcome == "Youth conditional caution";
        if (!order) continue;
        YouthJusticeOrder work;
        work.offence = static_cast<std::uint32_t>(child.life.offences.size() - 1);
        work.kind = offence.outcome;
        work.from = offence.outcome_date;
        const Day to = work.from + random.between(90, 365);
        work.to = to < kToday ? to : kOpen;
        work.worker = builder.worker(Service::youth_justice, random);
        work.assessments = regular_days(work.from, work.to, 12, 90, random);
        work.interventions = regular_days(work.from, work.to, 6, 9, random);
        work.breached = random.chance(0.1);
        child.life.orders.push_back(std::move(work));
    }
}

// Gives the houses of a kind that families share: those of no provider.
std::vector<std::uint32_t> shared_houses(const County& county, Address::Kind kind) {
    std::set<std::uint32_t> provided;
    for (const Provider& provider : county.providers) provided.insert(provider.address);
    std::vector<std::uint32_t> houses;
    for (std::uint32_t i = 0; i < county.addresses.size(); ++i) {
        if (county.addresses[i].kind == kind && !provided.contains(i)) houses.push_back(i);
    }
    return houses;
}

bool lives_with_family(const Person& child, int oldest) {
    return child.kind == Person::Kind::child && !child.sealed() && age_on(child.birth, kToday) <= oldest &&
           !child.identities.back().residences.back().placement && child.identities.front().mother != kNobody;
}

// Moves whole families to houses where every family has the same address, until a share of the county's children
// live there. Returns them.
std::set<PersonIndex> move_families(Builder& builder, Address::Kind kind, double share, Random& random) {
    const std::vector<std::uint32_t> houses = shared_houses(builder.county, kind);
    std::vector<PersonIndex> pool;
    for (const PersonIndex index : builder.child_indices) {
        const Person& child = builder.county.people[index];
        if (lives_with_family(child, 14) && child.restrictions.empty()) pool.push_back(index);
    }
    random.shuffle(pool);
    const auto wanted = static_cast<std::size_t>(share * static_cast<double>(builder.scale.children) + 0.5);
    std::set<PersonIndex> moved;
    for (std::size_t i = 0; i < pool.size() && moved.size() < std::max<std::size_t>(2, wanted); ++i) {
        if (moved.contains(pool[i])) continue;
        const std::uint32_t house = random.pick(houses);
        const Day from = kToday - random.between(20, 300);
        for (const PersonIndex sibling : builder.county.families[builder.county.people[pool[i]].family].children) {
            Person& child = builder.county.people[sibling];
            if (!lives_with_family(child, 16)) continue;
            insert_residence(child.identities.back(), {house, std::max(from, child.birth), kOpen, false});
            moved.insert(sibling);
        }
    }
    return moved;
}

void hide_refuge(Builder& builder, const std::set<PersonIndex>& children) {
    for (const PersonIndex index : children) {
        Person& child = builder.county.people[index];
        child.restrictions.push_back(
            {RestrictionSpan::Scope::address, "Domestic abuse", child.identities.back().residences.back().from, kOpen});
    }
}

bool is_placed_openly(const Person& child, std::uint32_t provider) {
    if (!child.restrictions.empty() || child.sealed()) return false;
    return std::ranges::any_of(child.life.care, [&](const CarePeriod& care) {
        return std::ranges::any_of(care.placements,
                                   [&](const Placement& placement) { return placement.provider == provider; });
    });
}

// Marks places that must not be found, where children live about whom nothing else is secret: first those where such a
// child is or was placed, so that the smallest county has one. Draws nothing: the rest of the county is as it would be.
void hide_providers(Builder& builder) {
    using Kind = Provider::Kind;
    County& county = builder.county;
    std::vector<std::uint32_t> lived_in, others;
    for (std::uint32_t i = 0; i < county.providers.size(); ++i) {
        const Kind kind = county.provider(i).kind;
        // As placement_finance tells secure units from other care.
        if (kind == Kind::other_care && i % 2 == 0) county.addresses[county.provider(i).address].confidential = true;
        if (kind != Kind::childrens_home && kind != Kind::supported_accommodation) continue;
        const bool open = std::ranges::any_of(
            builder.child_indices, [&](PersonIndex child) { return is_placed_openly(county.people[child], i); });
        (open ? lived_in : others).push_back(i);
    }
    lived_in.insert(lived_in.end(), others.begin(), others.end());
    const std::size_t hidden =
        (lived_in.size() + rates::kPremisesToAConfidentialOne - 1) / rates::kPremisesToAConfidentialOne;
    for (std::size_t i = 0; i < hidden; ++i) county.addresses[county.provider(lived_in[i]).address].confidential = true;
}

}  // namespace

void live_early_help(Builder& builder) {
    const Random random = builder.random.stream("early help");
    for (Family& family : builder.county.families) {
        Random own = random.stream("family", family.index);
        help_family(builder, family, own);
    }
}

void live_youth(Builder& builder) {
    const Random random = builder.random.stream("youth");
    for (const PersonIndex index : builder.child_indices) {
        Person& child = builder.county.people[index];
        if (child.kind == Person::Kind::unborn || child.death != kOpen) continue;
        Random own = random.stream("child", index);
        live_youth_support(builder, child, own);
        live_youth_justice(builder, child, own);
    }
}

void build_restrictions(Builder& builder) {
    static constexpr std::array<std::string_view, 4> kRecordReasons = {"Witness protection", "Staff member's family",
                                                                       "Court order", "Domestic abuse"};
    static constexpr std::array<std::string_view, 2> kAddressReasons = {"Domestic abuse", "Court order"};
    Random random = builder.random.stream("restrictions");
    hide_refuge(builder, move_families(builder, Address::Kind::refuge, rates::kRefuge, random));
    move_families(builder, Address::Kind::hostel, rates::kHostel, random);
    std::vector<PersonIndex> pool;
    for (const PersonIndex index : builder.child_indices) {
        const Person& child = builder.county.people[index];
        if (child.kind == Person::Kind::child && child.restrictions.empty() && !child.sealed() &&
            (!child.life.need_episodes.empty() || !child.life.contacts.empty()))
            pool.push_back(index);
    }
    for (const PersonIndex index : builder.choose(pool, rates::kRestrictedRecord, random)) {
        builder.county.people[index].restrictions.push_back({RestrictionSpan::Scope::record,
                                                             std::string(random.pick(kRecordReasons)),
                                                             kToday - random.between(30, 1500), kOpen});
    }
    std::erase_if(pool, [&](PersonIndex index) { return !builder.county.people[index].restrictions.empty(); });
    for (const PersonIndex index : builder.choose(pool, rates::kRestrictedAddress, random)) {
        Person& child = builder.county.people[index];
        child.restrictions.push_back({RestrictionSpan::Scope::address, std::string(random.pick(kAddressReasons)),
                                      kToday - random.between(30, 1500), kOpen});
    }
    hide_providers(builder);
}

}  // namespace simulate
