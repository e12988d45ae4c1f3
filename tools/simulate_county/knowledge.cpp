#include "simulate_county/knowledge.hpp"

#include <algorithm>
#include <array>

#include "simulate_county/random.hpp"

namespace simulate {
namespace {

// Adoptive families who keep in touch with social care for support after the order.
constexpr double kPostAdoptionSupport = 0.6;
constexpr double kEarlyHelpNeverHeardOfBirth = 0.5;

Day until_today(Day day) {
    return std::min(day, kToday);
}

}  // namespace

Side side_on(const County& county, const Person& person, Day day) {
    if (!person.sealed()) return Side::none;
    return day < county.seals[person.seal].date ? Side::earlier : Side::later;
}

KnowledgeBook::KnowledgeBook(const County& county) : county_(county), entries_(county.people.size()) {
    for (const Person& person : county.people) {
        if (person.kind != Person::Kind::adult) note_life(person);
    }
    note_seals();
    note_families();
    note_carers();
}

void KnowledgeBook::note(std::string_view system, PersonIndex person, Side side, Day first, Day last) {
    for (Entry& entry : entries_[person]) {
        if (entry.system != system || entry.knowledge.side != side) continue;
        entry.knowledge.first = std::min(entry.knowledge.first, first);
        entry.knowledge.last = std::max(entry.knowledge.last, until_today(last));
        return;
    }
    entries_[person].push_back({system, {person, side, until_today(first), until_today(last), false}});
}

// A span over the day of a seal is the earlier identity's up to that day, and the later's only if it says so itself.
void KnowledgeBook::note_span(std::string_view system, const Person& person, Day first, Day last) {
    const Side side = side_on(county_, person, first);
    if (side == Side::earlier) last = std::min(last, county_.seals[person.seal].date - 1);
    note(system, person.index, side, first, last);
}

void KnowledgeBook::note_care(const Person& person) {
    for (const CarePeriod& care : person.life.care) {
        note_span("social_care", person, care.from, care.to);
        for (const Placement& placement : care.placements) {
            if (placement.carers != kNone) note_span("fostering_adoption", person, placement.from, placement.to);
            if (placement.weekly_cost_pence > 0) note_span("placement_finance", person, placement.from, placement.to);
        }
        for (const Day day : care.education_plans) note_span("virtual_school", person, day, day);
    }
}

void KnowledgeBook::note_life(const Person& person) {
    const LifeCourse& life = person.life;
    for (const Contact& contact : life.contacts) note_span("social_care", person, contact.date, contact.date);
    for (const NeedEpisode& episode : life.need_episodes)
        note_span("social_care", person, episode.referred, episode.closed);
    note_care(person);
    for (const CareLeaver& leaver : life.care_leaver) note_span("social_care", person, leaver.from, kToday);
    for (const SchoolEnrolment& enrolment : life.enrolments) {
        if (county_.schools[enrolment.school].phase != School::Phase::college)
            note_span("education", person, enrolment.from, enrolment.to);
    }
    for (const SchoolApplication& application : life.applications)
        note_span("admissions", person, application.date, std::max(application.date, application.offer_date));
    for (const EhcProcess& process : life.ehc)
        note_span("send", person, process.requested, process.plan_issued ? process.plan_to : process.requested + 200);
    for (const Destination& destination : life.destinations)
        note_span("youth_support", person, destination.from, destination.to);
    for (const YouthSupportSpan& span : life.youth_support) note_span("youth_support", person, span.from, span.to);
    for (const Offence& offence : life.offences)
        note_span("youth_justice", person, offence.date, std::max(offence.date, offence.outcome_date));
    for (const YouthJusticeOrder& order : life.orders) note_span("youth_justice", person, order.from, order.to);
    for (const EarlyYearsSpan& span : life.early_years) note_span("early_years", person, span.from, span.to);
}

bool KnowledgeBook::knows(std::string_view system, PersonIndex person, Side side) const {
    return std::any_of(entries_[person].begin(), entries_[person].end(),
                       [&](const Entry& entry) { return entry.system == system && entry.knowledge.side == side; });
}

// Every adoption is known to fostering_adoption on both sides, and its birth identity to one or two systems more, so
// that unflagged copies of it exist; every gender recognition to two systems on either side.
void KnowledgeBook::note_seals() {
    const Random random(county_.seed, "knowledge of seals");
    for (const Seal& seal : county_.seals) {
        const Person& person = county_.person(seal.person);
        Random own = random.stream("seal", person.index);
        const Day before = seal.date - own.between(20, 60);
        if (seal.kind == Seal::Kind::gender_recognition) {
            if (!knows("education", person.index, Side::earlier))
                note("education", person.index, Side::earlier, seal.date - 2500, seal.date - 500);
            note("social_care", person.index, Side::earlier, before - 300, before);
            note("social_care", person.index, Side::later, seal.date + 5, seal.date + 40);
            note("youth_support", person.index, Side::later, seal.date + 10, kToday);
            continue;
        }
        const Adoption& adoption = county_.adoptions[seal.adoption];
        note("fostering_adoption", person.index, Side::earlier, adoption.decision, seal.date - 1);
        note("fostering_adoption", person.index, Side::later, seal.date, seal.date + 30);
        if (own.chance(kPostAdoptionSupport))
            note("social_care", person.index, Side::later, seal.date + 60, seal.date + 400);
        static constexpr std::array<std::string_view, 3> kOthers = {"early_years", "early_help", "education"};
        const auto copies = std::count_if(kOthers.begin(), kOthers.end(), [&](std::string_view system) {
            return knows(system, person.index, Side::earlier);
        });
        const bool small = to_civil(person.birth).year >= 2011;
        if (copies == 0 || (copies == 1 && own.chance(0.5))) {
            const std::string_view system =
                small && !knows("early_years", person.index, Side::earlier) ? "early_years" : "early_help";
            const Day removed = person.life.care.front().from;
            note(system, person.index, Side::earlier, std::max(person.birth + 10, removed - 200),
                 std::max(person.birth + 10, removed - 20));
        }
        const bool at_school = !person.life.enrolments.empty() && person.life.enrolments.back().to > seal.date;
        if (!at_school && !knows("early_years", person.index, Side::later) && small)
            note("early_years", person.index, Side::later, seal.date + 20, kToday);
    }
}

void KnowledgeBook::note_families() {
    const Random random(county_.seed, "knowledge of families");
    for (const Family& family : county_.families) {
        Random own = random.stream("family", family.index);
        const bool twins_scale = county_.scale == "twins";
        for (const PersonIndex child : family.children) {
            const Person& person = county_.person(child);
            const Side side = person.sealed() ? Side::earlier : Side::none;
            for (const Entry& entry : entries_[child]) {
                if (entry.system != "social_care" || entry.knowledge.side != side) continue;
                for (const PersonIndex adult : family.adults) {
                    const bool named =
                        adult == person.identities.front().mother || adult == person.identities.front().father;
                    if (named && own.chance(twins_scale ? 0.1 : 0.85))
                        note("social_care", adult, Side::none, entry.knowledge.first, entry.knowledge.last);
                }
            }
        }
        for (const EarlyHelpEpisode& episode : family.early_help) {
            for (const PersonIndex child : episode.subjects)
                note_span("early_help", county_.person(child), episode.from, episode.to);
            for (const PersonIndex adult : family.adults) {
                if (own.chance(0.85)) note("early_help", adult, Side::none, episode.from, episode.to);
            }
        }
        if (family.early_help.empty()) continue;
        const EarlyHelpEpisode& last = family.early_help.back();
        for (const PersonIndex child : family.children) {
            const Person& person = county_.person(child);
            const bool expected =
                person.kind == Person::Kind::unborn || (person.known_before_birth && person.birth > last.from - 120);
            if (!expected || person.sealed()) continue;
            const bool unaware = person.kind == Person::Kind::unborn || own.chance(kEarlyHelpNeverHeardOfBirth);
            if (!unaware) continue;
            const Day seen = std::min(kToday, person.birth) - 30;
            if (!knows("early_help", child, Side::none)) note("early_help", child, Side::none, seen - 30, seen);
            for (Entry& entry : entries_[child]) {
                if (entry.system != "early_help") continue;
                entry.knowledge.still_unborn = true;
                entry.knowledge.first = entry.knowledge.last = seen;
            }
        }
    }
}

void KnowledgeBook::note_carers() {
    for (const Person& person : county_.people) {
        for (const CarePeriod& care : person.life.care) {
            for (const Placement& placement : care.placements) {
                if (placement.carers == kNone || placement.type.starts_with("A")) continue;
                for (const PersonIndex carer : county_.carer_households[placement.carers].carers)
                    note("social_care", carer, Side::none, placement.from, placement.to);
            }
        }
        if (person.sealed() && knows("social_care", person.index, Side::later)) {
            for (const PersonIndex parent : {person.identities.back().mother, person.identities.back().father}) {
                if (parent != kNobody)
                    note("social_care", parent, Side::none, county_.seals[person.seal].date + 60, kToday);
            }
        }
    }
    for (const CarerHousehold& household : county_.carer_households) {
        for (const PersonIndex carer : household.carers)
            note("fostering_adoption", carer, Side::none, household.applied, std::min(household.ended, kToday));
    }
}

std::vector<Knowledge> KnowledgeBook::known_to(std::string_view system) const {
    std::vector<Knowledge> known;
    for (const std::vector<Entry>& person : entries_) {
        for (const Entry& entry : person) {
            if (entry.system == system) known.push_back(entry.knowledge);
        }
    }
    return known;
}

}  // namespace simulate
