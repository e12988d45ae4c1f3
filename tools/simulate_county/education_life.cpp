#include <algorithm>
#include <array>

#include "simulate_county/builder.hpp"
#include "simulate_county/care.hpp"
#include "simulate_county/hazard_rates.hpp"

namespace simulate {
namespace {

constexpr double kNeverAtSchool = 0.06;  // independent schools, educated at home
constexpr double kFreeMeals = 0.24;
constexpr double kSenSupport = 0.15;
constexpr double kEhcRequest = 0.065;
constexpr double kEarlyYears = 0.72;
constexpr double kChangesSchool = 0.22;  // once, in the middle of a phase
// Systems for admissions and early years keep records of this many years.
constexpr Day kAdmissionsKept = 9 * 365;

constexpr std::array<std::string_view, 12> kNeeds = {"SLCN", "ASD", "SEMH", "SPLD", "MLD", "PD",
                                                     "HI",   "VI",  "SLD",  "PMLD", "MSI", "OTH"};
constexpr std::array<double, 12> kNeedWeights = {0.25, 0.22, 0.22, 0.1,  0.08,  0.03,
                                                 0.02, 0.01, 0.03, 0.01, 0.005, 0.025};

// The day in September on which a child starts reception: the school year in which it turns five.
Day reception_start(Day birth) {
    return to_day(school_year(birth) + 5, 9, 3);
}

std::size_t district_on(const Builder& builder, const Person& child, Day day) {
    const Identity& identity = child.sealed() && day >= builder.county.seals[child.seal].date
                                   ? child.identities.back()
                                   : child.identities.front();
    return builder.addresses.district_of(identity.residence_on(day).address);
}

class SchoolLife {
  public:
    SchoolLife(Builder& builder, Person& child, Random random) : builder_(builder), child_(child), random_(random) {}

    void live() {
        if (random_.chance(kNeverAtSchool)) return;
        const Day start = reception_start(child_.birth);
        const double absence = 0.12 * random_.unit();
        attendance_ = 0.985 - absence * random_.unit();
        if (!child_.life.need_episodes.empty()) attendance_ -= 0.05 * random_.unit();
        Day enters = to_day(school_year(kToday) - 30, 9, 1);
        if (child_.unaccompanied) enters = child_.life.care.front().from + random_.between(20, 90);
        if (child_.home_council != kNone)
            enters = child_.identities.front().residences.back().from + random_.between(5, 40);
        const bool special = random_.chance(0.012);
        add_phase(special ? School::Phase::special : School::Phase::primary, start, 0, 7, enters);
        add_phase(special ? School::Phase::special : School::Phase::secondary, years_on(start, 7), 7, 5, enters);
        if (random_.chance(0.55)) add_phase(School::Phase::college, years_on(start, 12), 12, 2, enters);
        issue_upns();
    }

  private:
    static Day years_on(Day start, int years) { return to_day(to_civil(start).year + years, 9, 3); }

    void add_phase(School::Phase phase, Day start, int entry_year, int years, Day enters) {
        const Day end = to_day(to_civil(start).year + years, 7, 22);
        const Day gone = std::min(child_.death, kOpen);
        const Day from = std::max(start, enters);
        if (from >= std::min(end, kToday) || from >= gone) return;
        std::vector<Day> cuts = {from};
        const Day last = std::min(end, kToday);
        if (random_.chance(kChangesSchool) && last - from > 300)
            cuts.push_back(random_.between(from + 100, last - 100));
        if (child_.sealed() && builder_.county.seals[child_.seal].kind == Seal::Kind::adoption) {
            const Day order = builder_.county.seals[child_.seal].date;
            if (order > from + 5 && order < last - 5) cuts.push_back(order + 3);  // a new school with the new name
        }
        std::sort(cuts.begin(), cuts.end());
        for (std::size_t i = 0; i < cuts.size(); ++i) {
            const bool final = i + 1 == cuts.size();
            SchoolEnrolment enrolment;
            enrolment.school = builder_.school(phase, district_on(builder_, child_, cuts[i]), random_);
            enrolment.from = cuts[i];
            enrolment.to = final ? (end < kToday ? end : kOpen) : cuts[i + 1] - 1;
            enrolment.entry_year = entry_year + (school_year(cuts[i]) - school_year(start));
            enrolment.attendance = std::clamp(attendance_ - 0.03 * random_.unit(), 0.3, 1.0);
            if (gone < enrolment.to && gone < kToday) enrolment.to = gone;
            if (enrolment.to != kOpen)
                enrolment.leaving_reason = final ? "End of key stage" : random_.chance(0.5) ? "Moved away" : "Transfer";
            child_.life.enrolments.push_back(enrolment);
            if (enrolment.to != kOpen && enrolment.to == gone) return;
        }
    }

    void issue_upns() {
        for (const SchoolEnrolment& enrolment : child_.life.enrolments) {
            const School& school = builder_.county.schools[enrolment.school];
            if (school.phase == School::Phase::college) continue;
            const bool later = child_.sealed() && enrolment.from >= builder_.county.seals[child_.seal].date;
            Identity& identity = later ? child_.identities.back() : child_.identities.front();
            if (!identity.upn.empty()) continue;
            const bool came = enrolment.entry_year > 0 && random_.chance(0.3);
            static constexpr std::array<std::string_view, 6> kOthers = {"845", "846", "936", "850", "306", "886"};
            std::string la = came ? std::string(random_.pick(kOthers)) : "938";
            if (child_.home_council != kNone) la = builder_.county.councils[child_.home_council].code;
            identity.upn = builder_.issuer.issue_upn(la, school.estab, to_civil(enrolment.from).year);
        }
        const Day fourteen = birthday(child_.birth, 14);
        if (fourteen < kToday && !child_.life.enrolments.empty()) {
            for (Identity& identity : child_.identities) identity.uln = builder_.issuer.issue_uln();
        }
    }

    Builder& builder_;
    Person& child_;
    Random random_;
    double attendance_ = 0.95;
};

void live_free_meals(Person& child, Random& random) {
    const double chance = kFreeMeals + (child.life.need_episodes.empty() ? 0.0 : 0.35);
    if (child.life.enrolments.empty() || !random.chance(chance)) return;
    const Day from = child.life.enrolments.front().from + random.between(0, 900);
    const Day end = std::min(child.life.enrolments.back().to, kToday);
    if (from >= end - 60) return;
    const Day to = from + 100 + random.exponential_days(1500);
    child.life.free_meals.push_back({from, to < end ? to : child.life.enrolments.back().to});
    if (to + 200 < end && random.chance(0.3))
        child.life.free_meals.push_back({to + 150, child.life.enrolments.back().to});
}

void live_exclusions(Builder& builder, Person& child, Random& random) {
    static constexpr std::array<std::string_view, 9> kReasons = {"PP", "PA", "VP", "VA", "DB", "DB", "DM", "DA", "BU"};
    const double chance = 0.05 + (child.life.need_episodes.empty() ? 0.0 : 0.1);
    if (!random.chance(chance)) return;
    const int count = 1 + random.count(1.4);
    for (const SchoolEnrolment& enrolment : child.life.enrolments) {
        if (builder.county.schools[enrolment.school].phase != School::Phase::secondary) continue;
        const Day end = std::min(enrolment.to, kToday);
        if (end - enrolment.from < 60) continue;
        for (int i = 0; i < count; ++i) {
            Exclusion exclusion;
            exclusion.date = to_working_day(random.between(enrolment.from + 10, end - 10));
            exclusion.school = enrolment.school;
            exclusion.sessions = random.between(1, 10);
            exclusion.reason = random.pick(kReasons);
            child.life.exclusions.push_back(std::move(exclusion));
        }
    }
    std::sort(child.life.exclusions.begin(), child.life.exclusions.end(),
              [](const Exclusion& a, const Exclusion& b) { return a.date < b.date; });
    if (!child.life.exclusions.empty() && random.chance(0.06)) child.life.exclusions.back().permanent = true;
}

void live_early_years(Builder& builder, Person& child, Random& random) {
    if (to_civil(child.birth).year < 2011 || child.unaccompanied || child.home_council != kNone ||
        !random.chance(kEarlyYears))
        return;
    const Day school = reception_start(child.birth);
    const Day end = std::min({school - 30, kToday, child.death});
    const auto add = [&](Provider::Kind kind, Day from, int hours, bool two) {
        if (from >= end - 10 || from < child.birth) return;
        EarlyYearsSpan span;
        span.provider = builder.provider(kind, random);
        span.from = to_working_day(from);
        span.to = end == kToday ? kOpen : end;
        span.funded_hours = hours;
        span.disadvantaged_two = two;
        span.attendance = 0.75 + 0.2 * random.unit();
        child.life.early_years.push_back(span);
    };
    if (random.chance(0.45)) add(Provider::Kind::childrens_centre, child.birth + random.between(20, 400), 0, false);
    const bool two = random.chance(0.22);
    if (two) add(Provider::Kind::nursery, birthday(child.birth, 2) + random.between(20, 120), 15, true);
    const auto kind = random.chance(0.85) ? Provider::Kind::nursery : Provider::Kind::childminder;
    const Day third = birthday(child.birth, 3) + random.between(10, 120);
    const int hours = random.chance(0.45) ? 30 : 15;
    if (random.chance(0.93)) add(kind, third, hours, false);
    if (child.sealed()) {  // a setting left with the old name: the new family registers anew
        const Day order = builder.county.seals[child.seal].date;
        const std::size_t spans = child.life.early_years.size();
        for (std::size_t i = 0; i < spans; ++i) {
            EarlyYearsSpan& span = child.life.early_years[i];
            if (span.from >= order || span.to <= order) continue;
            EarlyYearsSpan after = span;
            after.from = order + 10;
            after.provider = builder.provider(Provider::Kind::nursery, random);
            span.to = order - 5;
            if (after.from < std::min(after.to, kToday)) child.life.early_years.push_back(after);
        }
    }
    std::sort(child.life.early_years.begin(), child.life.early_years.end(),
              [](const EarlyYearsSpan& a, const EarlyYearsSpan& b) { return a.from < b.from; });
}

void apply(Builder& builder, Person& child, SchoolApplication::Round round, const SchoolEnrolment& enrolment,
           Random& random) {
    SchoolApplication application;
    application.round = round;
    application.entry_school_year = school_year(enrolment.from);
    const int year = application.entry_school_year;
    if (round == SchoolApplication::Round::in_year) {
        application.date = enrolment.from - random.between(10, 60);
        application.offer_date = enrolment.from - random.between(3, 9);
    } else {
        const bool primary = round == SchoolApplication::Round::reception;
        application.late = random.chance(0.05);
        const Day closing = primary ? to_day(year, 1, 15) : to_day(year - 1, 10, 31);
        application.date = application.late ? closing + random.between(1, 60) : closing - random.between(0, 100);
        application.offer_date = primary ? to_day(year, 4, 16) : to_day(year, 3, 1);
    }
    if (application.date >= kToday) return;
    const School::Phase phase = builder.county.schools[enrolment.school].phase;
    const std::size_t district = builder.addresses.district_of(builder.county.schools[enrolment.school].address);
    application.preferences.push_back(enrolment.school);
    const int more = random.between(0, 3);
    for (int i = 0; i < more; ++i) {
        const std::uint32_t other =
            builder.school(phase, random.chance(0.7) ? district : AddressBook::draw_district(random), random);
        if (std::find(application.preferences.begin(), application.preferences.end(), other) ==
            application.preferences.end())
            application.preferences.push_back(other);
    }
    if (random.chance(0.2)) random.shuffle(application.preferences);
    if (application.offer_date < kToday) {
        application.offered = enrolment.school;
        const auto found = std::find(application.preferences.begin(), application.preferences.end(), enrolment.school);
        application.offered_preference = static_cast<int>(found - application.preferences.begin()) + 1;
        application.accepted = random.chance(0.97);
    } else {
        application.offer_date = 0;
    }
    child.life.applications.push_back(std::move(application));
}

void live_admissions(Builder& builder, Person& child, Random& random) {
    for (std::size_t i = 0; i < child.life.enrolments.size(); ++i) {
        const SchoolEnrolment enrolment = child.life.enrolments[i];
        const School::Phase phase = builder.county.schools[enrolment.school].phase;
        if (enrolment.from < kToday - kAdmissionsKept || phase == School::Phase::college ||
            phase == School::Phase::special)
            continue;
        const auto round =
            enrolment.entry_year == 0 && to_civil(enrolment.from).month == 9   ? SchoolApplication::Round::reception
            : enrolment.entry_year == 7 && to_civil(enrolment.from).month == 9 ? SchoolApplication::Round::secondary
                                                                               : SchoolApplication::Round::in_year;
        if (random.chance(0.93)) apply(builder, child, round, enrolment, random);
    }
    // Applications for this September: the schools are not chosen yet, the place is what they will be offered.
    const Day start = reception_start(child.birth);
    const int coming = school_year(kToday) + 1;
    const int entry = to_civil(start).year;
    if ((entry == coming || entry + 7 == coming) && random.chance(0.9) && child.kind == Person::Kind::child) {
        SchoolEnrolment next;
        const auto phase = entry == coming ? School::Phase::primary : School::Phase::secondary;
        next.school = builder.school(phase, district_on(builder, child, kToday), random);
        next.from = to_day(coming, 9, 3);
        apply(builder, child,
              entry == coming ? SchoolApplication::Round::reception : SchoolApplication::Round::secondary, next,
              random);
    }
}

std::string draw_need(Random& random) {
    return std::string(kNeeds[random.weighted(kNeedWeights)]);
}

void live_send(Builder& builder, Person& child, Random& random) {
    if (child.life.enrolments.empty()) return;
    const bool special = builder.county.schools[child.life.enrolments.back().school].phase == School::Phase::special;
    const double more = child.life.need_episodes.empty() ? 0.0 : 0.12;
    const Day first = child.life.enrolments.front().from;
    const Day end = std::min(child.life.enrolments.back().to, kToday);
    const std::string need = draw_need(random);
    if ((special || random.chance(kSenSupport + more)) && end - first > 200) {
        const Day from = random.between(first + 30, end - 100);
        const Day to = from + 300 + random.exponential_days(1500);
        child.life.sen_support.push_back({from, to < end ? to : child.life.enrolments.back().to, need});
    }
    if (!special && !random.chance(kEhcRequest + more)) return;
    EhcProcess process;
    process.requested = to_working_day(special ? first - random.between(100, 400)
                                               : random.between(first - 200, std::max(first, end - 60)));
    if (process.requested >= kToday) return;
    static constexpr std::array<std::string_view, 5> kBy = {"School", "School", "Parent", "Health", "Social care"};
    process.requested_by = random.pick(kBy);
    process.worker = builder.worker(Service::send, random);
    process.needs.push_back(need);
    if (random.chance(0.4)) {
        const std::string second = draw_need(random);
        if (second != need) process.needs.push_back(second);
    }
    const Day decided = process.requested + random.between(25, 45);
    if (decided < kToday) {
        process.decided = decided;
        process.assessed = special || random.chance(0.75);
    }
    if (process.assessed && decided + 110 < kToday) {
        process.assessment_ended = decided + random.between(60, 90);
        process.plan_issued = special || random.chance(0.92);
        process.tribunal = !process.plan_issued && random.chance(0.2);
    }
    if (process.plan_issued) {
        process.plan_from = to_working_day(process.assessment_ended + random.between(5, 18));
        const Day finish = birthday(child.birth, 19);
        process.school = child.life.enrolments.back().school;
        if (finish < kToday) {
            process.plan_to = std::max(finish, process.plan_from + 30);
            process.plan_end_reason = "Left education";
        } else if (random.chance(0.06) && process.plan_from + 400 < kToday) {
            process.plan_to = random.between(process.plan_from + 200, kToday - 20);
            process.plan_end_reason = random.chance(0.5) ? "Needs met" : "Moved away";
        }
        if (process.plan_to != kOpen && process.plan_to >= kToday) process.plan_to = kOpen;
        process.reviews = regular_days(process.plan_from, process.plan_to, 340, 365, random);
        const int provisions = random.between(1, 3);
        for (int i = 0; i < provisions; ++i)
            process.provisions.push_back(builder.provider(Provider::Kind::sen_provision, random));
        process.personal_budget = random.chance(0.06);
    }
    child.life.ehc.push_back(std::move(process));
}

void vary_upns(Builder& builder, Random& random) {
    std::vector<PersonIndex> pupils;
    for (const PersonIndex index : builder.child_indices) {
        if (!builder.county.people[index].identities.back().upn.empty()) pupils.push_back(index);
    }
    for (const PersonIndex index : Builder::choose_share(pupils, rates::kHadTemporaryUpn, random)) {
        const Person& child = builder.county.people[index];
        const School& school = builder.county.schools[child.life.enrolments.front().school];
        builder.county.people[index].identities.back().upn_temporary =
            builder.issuer.issue_temporary_upn("938", school.estab, to_civil(child.life.enrolments.front().from).year);
    }
    for (const PersonIndex index : Builder::choose_share(pupils, rates::kHadOtherUpn, random)) {
        const Person& child = builder.county.people[index];
        Identity& identity = builder.county.people[index].identities.back();
        identity.upn_former = identity.upn;
        const School& school = builder.county.schools[child.life.enrolments.back().school];
        identity.upn = builder.issuer.issue_upn("938", school.estab, to_civil(child.life.enrolments.back().from).year);
    }
}

}  // namespace

void live_education(Builder& builder) {
    const Random random = builder.random.stream("education");
    for (const PersonIndex index : builder.child_indices) {
        Person& child = builder.county.people[index];
        if (child.kind == Person::Kind::unborn) continue;
        SchoolLife(builder, child, random.stream("school", index)).live();
        Random own = random.stream("child", index);
        live_free_meals(child, own);
        live_exclusions(builder, child, own);
        live_early_years(builder, child, own);
        live_admissions(builder, child, own);
        live_send(builder, child, own);
    }
    Random upns = random.stream("upns");
    vary_upns(builder, upns);
}

}  // namespace simulate
