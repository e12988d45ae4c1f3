#include "simulate_county/care.hpp"

#include <algorithm>
#include <array>

namespace simulate {
namespace {

constexpr std::array<std::string_view, 8> kCategories = {"NEG", "NEG", "EMO", "EMO", "EMO", "PHY", "SAB", "MUL"};
constexpr std::array<std::string_view, 16> kSources = {"1A", "1B", "1C", "2A", "2B", "3A", "3B", "3C",
                                                       "3D", "3F", "4",  "5A", "5C", "6",  "7",  "8"};
constexpr std::array<std::string_view, 24> kFactors = {"1A",  "1B",  "1C",  "2A",  "2B",  "3A",  "3B", "4A",
                                                       "4B",  "5A",  "5B",  "6A",  "6C",  "7A",  "8B", "9A",
                                                       "10A", "11A", "14A", "16A", "17A", "18B", "21", "24A"};
constexpr std::array<std::string_view, 7> kEndings = {"E4A", "E4A", "E46", "E47", "E48", "E8", "E41"};
constexpr Day kCourtDays = 180;  // care proceedings last about half a year

Day early_of(Day to, Day other) {
    return std::min(to, other);
}

void add_enquiry(const Builder& builder, NeedEpisode& episode, Day from, Random& random) {
    Section47 enquiry;
    enquiry.from = from;
    enquiry.to = from + random.between(4, 15);
    enquiry.worker = episode.worker;
    enquiry.conference_needed = random.chance(0.45) && enquiry.to + 20 < kToday;
    if (enquiry.conference_needed) {
        enquiry.conference = to_working_day(enquiry.from + random.between(10, 20));
        if (random.chance(0.85)) {
            ProtectionPlan plan;
            plan.from = enquiry.conference;
            const Day end = plan.from + random.between(90, 540);
            plan.to = end < kToday ? end : kOpen;
            plan.initial_category = random.pick(kCategories);
            plan.latest_category = random.chance(0.85) ? plan.initial_category : std::string(random.pick(kCategories));
            plan.worker = builder.worker(Service::child_protection, random);
            plan.reviews = regular_days(plan.from, plan.to, 85, 175, random);
            plan.visits = regular_days(plan.from, plan.to, 8, 13, random);
            episode.protection_plans.push_back(std::move(plan));
        }
    }
    if (enquiry.to >= kToday) enquiry.to = kOpen;
    episode.enquiries.push_back(std::move(enquiry));
}

struct PlacementChoice {
    std::string_view type;
    std::string_view provider_type;
    std::int64_t weekly_pounds;
};

PlacementChoice draw_placement_choice(int age, Random& random) {
    static constexpr std::array<PlacementChoice, 9> kChoices = {{{"U6", "PR1", 480},
                                                                 {"U6", "PR4", 980},
                                                                 {"U1", "PR0", 320},
                                                                 {"U3", "PR1", 300},
                                                                 {"K2", "PR4", 5200},
                                                                 {"K2", "PR1", 3900},
                                                                 {"P1", "PR0", 0},
                                                                 {"H5", "PR4", 1100},
                                                                 {"R3", "PR2", 2600}}};
    static constexpr std::array<double, 9> kYoung = {0.45, 0.22, 0.14, 0.07, 0.03, 0.01, 0.07, 0.0, 0.01};
    static constexpr std::array<double, 9> kTeenage = {0.3, 0.22, 0.08, 0.03, 0.17, 0.06, 0.06, 0.06, 0.02};
    static constexpr std::array<double, 9> kSixteen = {0.18, 0.15, 0.03, 0.02, 0.17, 0.05, 0.05, 0.33, 0.02};
    return kChoices[random.weighted(age < 11 ? kYoung : age < 16 ? kTeenage : kSixteen)];
}

PlacementChoice choice_of(std::string_view type) {
    if (type == "A5") return {"A5", "PR3", 0};
    if (type == "H5") return {"H5", "PR4", 1100};
    return {"U6", "PR1", 480};
}

void settle(Builder& builder, const Person& child, Placement& placement, const PlacementChoice& choice,
            Random& random) {
    placement.type = choice.type;
    placement.provider_type = choice.provider_type;
    placement.weekly_cost_pence = choice.weekly_pounds * 100 * random.between(85, 130) / 100;
    const bool foster = choice.type.starts_with("U");
    if (choice.type == "P1") {
        placement.address = child.identities.front().residence_on(placement.from).address;
        return;
    }
    if (foster) {
        const bool agency = choice.provider_type == "PR4";
        std::vector<std::uint32_t> fits;
        for (const CarerHousehold& household : builder.county.carer_households) {
            const bool kin = household.kind == CarerHousehold::Kind::kinship;
            const bool active = household.approved <= placement.from && placement.from < household.ended;
            if (household.kind != CarerHousehold::Kind::adopter &&
                kin == (choice.type == "U3" || choice.type == "U1") && (household.agency != kNone) == agency && active)
                fits.push_back(household.index);
        }
        if (fits.empty()) {
            for (const CarerHousehold& household : builder.county.carer_households) {
                if (household.kind == CarerHousehold::Kind::foster) fits.push_back(household.index);
            }
        }
        placement.carers = random.pick(fits);
        placement.provider = builder.county.carer_households[placement.carers].agency;
        placement.address = builder.county.carer_households[placement.carers].address;
        return;
    }
    const auto kind = choice.type == "H5"   ? Provider::Kind::supported_accommodation
                      : choice.type == "K2" ? Provider::Kind::childrens_home
                                            : Provider::Kind::other_care;
    placement.provider = builder.provider(kind, random);
    placement.address = builder.county.providers[placement.provider].address;
}

void add_placements(Builder& builder, Person& child, CarePeriod& care, std::string_view first_type, Random& random) {
    static constexpr std::array<std::string_view, 5> kReasons = {"PLANP", "CARPL", "CHILD", "LAREQ", "OTHER"};
    Day from = care.from;
    bool first = true;
    while (true) {
        Placement placement;
        placement.from = from;
        const auto choice = first && !first_type.empty() ? choice_of(first_type)
                                                         : draw_placement_choice(age_on(child.birth, from), random);
        settle(builder, child, placement, choice, random);
        const Day end = from + 14 + random.exponential_days(first ? 260 : 520);
        const bool last = end >= early_of(care.to, kToday) - 14 || !first_type.empty();
        placement.to = last ? care.to : end;
        if (!last) placement.end_reason = random.pick(kReasons);
        care.placements.push_back(placement);
        if (placement.type != "P1")
            insert_residence(child.identity(Side::earlier), {placement.address, from, placement.to, true});
        if (last) return;
        from = end;
        first = false;
    }
}

void add_missing(const Person& child, CarePeriod& care, Random& random) {
    const Day end = early_of(care.to, kToday);
    if (end - care.from < 60 || age_on(child.birth, end) < 12 || !random.chance(0.3)) return;
    const int count = 1 + random.count(2.0);
    std::vector<Day> days;
    for (int i = 0; i < count; ++i) days.push_back(random.between(care.from + 10, end - 5));
    std::sort(days.begin(), days.end());
    days.erase(std::unique(days.begin(), days.end(), [](Day a, Day b) { return b - a < 4; }), days.end());
    for (const Day day : days) {
        if (age_on(child.birth, day) < 11) continue;
        MissingEpisode episode;
        episode.from = at(day, 16, random.between(0, 479));
        episode.to = episode.from + random.between(180, 3000);
        episode.away_only = random.chance(0.25);
        episode.interview_offered = random.chance(0.92);
        episode.interview_accepted = episode.interview_offered && random.chance(0.6);
        care.missing.push_back(episode);
    }
}

}  // namespace

std::vector<Day> regular_days(Day from, Day to, int first, int step, Random& random) {
    std::vector<Day> days;
    const Day end = early_of(to, kToday);
    for (Day day = from + first; day < end; day += step + random.between(-step / 8, step / 8))
        days.push_back(to_working_day(day));
    while (!days.empty() && days.back() >= end) days.pop_back();
    return days;
}

void insert_residence(Identity& identity, Residence residence) {
    std::vector<Residence> result;
    for (const Residence& old : identity.residences) {
        if (old.from < residence.from)
            result.push_back({old.address, old.from, std::min(old.to, residence.from), old.placement});
        if (old.to > residence.to)
            result.push_back({old.address, std::max(old.from, residence.to), old.to, old.placement});
    }
    result.push_back(residence);
    std::sort(result.begin(), result.end(), [](const Residence& a, const Residence& b) { return a.from < b.from; });
    identity.residences = std::move(result);
}

NeedEpisode draw_need_episode(const Builder& builder, Day referred, Random& random) {
    static constexpr std::array<double, 9> kNeeds = {0.55, 0.09, 0.03, 0.12, 0.1, 0.05, 0.01, 0.02, 0.03};
    NeedEpisode episode;
    episode.referred = referred;
    episode.source = random.pick(kSources);
    episode.primary_need = "N" + std::to_string(random.weighted(kNeeds) + 1);
    episode.worker = builder.worker(Service::assessment, random);
    episode.team = builder.county.workers[episode.worker].team;
    if (random.chance(0.2)) {
        episode.no_further_action = true;
        episode.closed = std::min(referred + random.between(1, 10), kToday);
        episode.close_reason = "RC8";
        return episode;
    }
    Assessment assessment;
    assessment.from = referred + random.between(1, 3);
    const Day authorised = assessment.from + random.between(15, 62);
    assessment.to = authorised < kToday ? authorised : kOpen;
    assessment.worker = episode.worker;
    const int factors = random.between(1, 4);
    for (int i = 0; i < factors; ++i) {
        std::string factor(random.pick(kFactors));
        if (std::find(assessment.factors.begin(), assessment.factors.end(), factor) == assessment.factors.end()) {
            assessment.factors.push_back(std::move(factor));
        }
    }
    const bool serious = random.chance(0.3);
    const bool plan = serious || random.chance(0.5);
    if (assessment.to != kOpen)
        assessment.outcome = serious              ? "Section 47"
                             : plan               ? "CIN plan"
                             : random.chance(0.3) ? "Early help"
                                                  : "No further action";
    Day end = authorised + random.between(1, 20);
    if (serious && referred + 10 < kToday) add_enquiry(builder, episode, referred + random.between(1, 9), random);
    if (plan && assessment.to != kOpen) {
        NeedPlan need_plan;
        need_plan.from = authorised + random.between(0, 10);
        if (need_plan.from < kToday) {
            const Day plan_end = need_plan.from + random.between(60, 420);
            need_plan.to = plan_end < kToday ? plan_end : kOpen;
            need_plan.reviews = regular_days(need_plan.from, need_plan.to, 40, 60, random);
            need_plan.worker = builder.worker(Service::child_protection, random);
            end = std::max(end, plan_end);
            episode.need_plans.push_back(std::move(need_plan));
        }
    }
    for (const ProtectionPlan& protection : episode.protection_plans)
        end = std::max(end, std::min(protection.to, kToday + 1));
    episode.assessments.push_back(std::move(assessment));
    if (end < kToday) {
        episode.closed = end;
        static constexpr std::array<std::string_view, 6> kReasons = {"RC1", "RC3", "RC5", "RC7", "RC9", "RC9"};
        episode.close_reason = random.pick(kReasons);
    }
    return episode;
}

void fill_care_period(Builder& builder, Person& child, CarePeriod& care, std::string_view first_type, Random& random) {
    care.worker = builder.worker(Service::looked_after, random);
    care.team = builder.county.workers[care.worker].team;
    care.reviewing_officer = builder.worker(Service::conference, random);
    const bool alone = child.unaccompanied;
    const bool proceedings = !alone && random.chance(0.6);
    LegalStatus first;
    first.from = care.from;
    first.code = alone || !proceedings ? "V2" : "C1";
    if (first.code == "C1") first.court = builder.court(Court::Kind::family, random);
    if (proceedings && care.from + kCourtDays < early_of(care.to, kToday)) {
        first.to = care.from + kCourtDays + random.between(-20, 60);
        LegalStatus full{first.to, care.to, "C2", first.court};
        if (full.from < early_of(care.to, kToday)) {
            care.statuses = {first, full};
        }
    }
    if (care.statuses.empty()) {
        first.to = care.to;
        care.statuses = {first};
    }
    add_placements(builder, child, care, first_type, random);
    care.reviews = regular_days(care.from, care.to, 20, 180, random);
    care.visits = regular_days(care.from, care.to, 6, 42, random);
    care.health_assessments = regular_days(care.from, care.to, 20, 360, random);
    for (const Day day : regular_days(care.from, care.to, 18, 120, random)) {
        const int age = age_on(child.birth, day);
        if (age >= 4 && age < 18) care.education_plans.push_back(day);
    }
    add_missing(child, care, random);
    if (care.to != kOpen && care.end_reason.empty()) {
        const bool adult = age_on(child.birth, care.to + 3) >= 18;
        care.end_reason = adult ? "E17" : std::string(random.pick(kEndings));
    }
}

}  // namespace simulate
