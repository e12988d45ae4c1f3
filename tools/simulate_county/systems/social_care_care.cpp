#include <algorithm>
#include <array>

#include "simulate_county/systems/social_care_writer.hpp"

namespace simulate {
namespace {

constexpr std::array<std::string_view, 7> kParticipation = {"PN1", "PN1", "PN1", "PN3", "PN3", "PN6", "PN7"};

// Reasons and activities the county words otherwise than the return of looked-after children.
constexpr std::array<CodePair, 1> kChangeReason = {{{"PLANP", "CARPL"}}};
constexpr std::array<CodePair, 4> kActivity = {{{"A1", "F4"}, {"A2", "P4"}, {"T1", "F5"}, {"T2", "P5"}}};

Cell flag(bool value) {
    return value ? "Y" : "N";
}

bool is_adoptive(std::string_view type) {
    return type == "A3" || type == "A4" || type == "A5" || type == "A6";
}

}  // namespace

void SocialCareWriter::write_care(const Person& person) {
    std::uint64_t number = 0;
    for (const CarePeriod& care : person.life.care) {
        const PersonView* record =
            view_.record_of(county_, person.index, care.from, static_cast<std::uint64_t>(care.from));
        Random random = random_.stream("care", person.index * 64ULL + number++);
        if (record != nullptr) write_care_period(*record, person, care, random);
    }
}

void SocialCareWriter::write_care_period(const PersonView& record, const Person& person, const CarePeriod& care,
                                         Random& random) {
    const std::string period = "P" + record.key + format_day(care.from, "%y%m%d");
    std::vector<std::string> placement_keys;
    for (const Placement& placement : care.placements) {
        placement_keys.push_back(key("CLA_PLACEMENTS"));
        // What would lead to the new home is kept out of this system.
        const bool open = !is_adoptive(placement.type);
        const Provider* provider = placement.provider == kNone ? nullptr : &county_.provider(placement.provider);
        std::string distance = std::to_string(random.between(0, 48));
        distance += "." + std::to_string(random.between(0, 9));
        append(
            table("CLA_PLACEMENTS"),
            {{"PLACEMENT_ID", placement_keys.back()},
             {"PERSON_ID", record.key},
             {"PERIOD_ID", period},
             {"START_DATE", answers_.day(placement.from)},
             {"END_DATE", answers_.day(placement.to)},
             {"PLACEMENT_TYPE", answers_.code(placement.type, "U9")},
             {"PROVIDER_CODE", given(placement.provider_type)},
             {"PROVIDER_NAME", provider == nullptr || !open ? Cell() : Cell(provider->name)},
             {"OFSTED_URN", provider == nullptr || !open ? Cell() : Cell(provider->urn)},
             {"POST_CODE",
              placement.address == kNone || !open ? Cell() : Cell(county_.address(placement.address).postcode)},
             {"DISTANCE", open ? Cell(distance) : Cell()},
             {"CHANGE_REASON", translate(placement.end_reason, kChangeReason)},
             {"CARER_REF", placement.carers == kNone || !open ? Cell() : Cell("H" + padded(placement.carers + 1, 5))},
             {"UPDATED_DTTM", saved(placement.to == kOpen ? placement.from : placement.to)}});
        write_document(record, "PLN", "Placement plan", placement.from, care.worker, "PLACEMENT",
                       placement_keys.back());
    }
    write_episodes(record, care, period, placement_keys);
    for (const LegalStatus& status : care.statuses) {
        const std::string status_key = key("LEGAL_STATUSES");
        append(table("LEGAL_STATUSES"),
               {{"LEGAL_STATUS_ID", status_key},
                {"PERSON_ID", record.key},
                {"STATUS_CODE", answers_.code(status.code, "C9")},
                {"START_DATE", answers_.day(status.from)},
                {"END_DATE", answers_.day(status.to)},
                {"COURT", status.court == kNone ? Cell() : Cell(county_.court(status.court).name)}});
        if (status.court != kNone)
            write_document(record, "CRT", "Court order", status.from, care.worker, "LEGAL_STATUS", status_key);
    }
    write_involvement(record, care.worker, "ALLOC", care.from, care.to, std::nullopt);
    write_involvement(record, care.reviewing_officer, "IRO", care.from, care.to, std::nullopt);
    for (const Day review : care.reviews) {
        append(table("CLA_REVIEWS"),
               {{"CLA_REVIEW_ID", key("CLA_REVIEWS")},
                {"PERSON_ID", record.key},
                {"PERIOD_ID", period},
                {"DUE_DATE", answers_.day(review + random.between(-5, 10))},
                {"REVIEW_DATE", answers_.day(review)},
                {"CANCELLED_YN", flag(random.chance(0.01))},
                {"PARTICIPATION",
                 answers_.code(age_on(person.birth, review) < 4 ? std::string_view("PN0") : random.pick(kParticipation),
                               "PN9")},
                {"WORKER_ID", worker_key(care.reviewing_officer)}});
        write_document(record, "MIN", "Review minutes", review, care.reviewing_officer, "CARE_PERIOD", period);
    }
    for (const Day visit : care.visits) {
        const bool seen = random.chance(0.97);
        append(table("CLA_VISITS"), {{"VISIT_ID", key("CLA_VISITS")},
                                     {"PERSON_ID", record.key},
                                     {"PERIOD_ID", period},
                                     {"VISIT_DATE", answers_.day(visit)},
                                     {"SEEN_YN", flag(seen)},
                                     {"SEEN_ALONE_YN", flag(seen && random.chance(0.8))},
                                     {"WORKER_ID", worker_key(care.worker)}});
        if (random.chance(0.5)) write_note(record, "HV", "Statutory visit", visit, care.worker, random);
    }
    for (const MissingEpisode& missing : care.missing) {
        append(table("MISSING_EPISODES"), {{"MISSING_ID", key("MISSING_EPISODES")},
                                           {"PERSON_ID", record.key},
                                           {"EPISODE_TYPE", missing.away_only ? "ABSENT" : "MISSING"},
                                           {"START_DTTM", format_moment(missing.from)},
                                           {"END_DTTM", missing.to == 0 ? Cell() : Cell(format_moment(missing.to))},
                                           {"RHI_OFFERED_YN", flag(missing.interview_offered)},
                                           {"RHI_ACCEPTED_YN", flag(missing.interview_accepted)},
                                           {"POLICE_YN", flag(!missing.away_only)}});
    }
    const bool proceedings = std::any_of(care.statuses.begin(), care.statuses.end(),
                                         [](const LegalStatus& status) { return status.code == "C1"; });
    if (proceedings && random.chance(0.5)) write_pre_proceedings(record, person, care, random);
}

void SocialCareWriter::write_episodes(const PersonView& record, const CarePeriod& care, const std::string& period,
                                      const std::vector<std::string>& placement_keys) {
    // An episode begins where the legal status or the placement changes.
    std::vector<Day> starts;
    for (const LegalStatus& status : care.statuses) starts.push_back(status.from);
    for (const Placement& placement : care.placements) starts.push_back(placement.from);
    std::sort(starts.begin(), starts.end());
    starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
    const auto status_on = [&](Day day) {
        std::size_t found = 0;
        for (std::size_t i = 0; i < care.statuses.size(); ++i) found = care.statuses[i].from <= day ? i : found;
        return found;
    };
    const auto placement_on = [&](Day day) {
        std::size_t found = 0;
        for (std::size_t i = 0; i < care.placements.size(); ++i) found = care.placements[i].from <= day ? i : found;
        return found;
    };
    Cell referral;
    for (const WrittenReferral& candidate : referrals_) {
        if (candidate.referred <= care.from) referral = candidate.key;
    }
    for (std::size_t i = 0; i < starts.size(); ++i) {
        const bool first = i == 0;
        const bool last = i + 1 == starts.size();
        const bool legal = !first && status_on(starts[i]) != status_on(starts[i - 1]);
        const bool moved = !first && placement_on(starts[i]) != placement_on(starts[i - 1]);
        const Day end = last ? care.to : starts[i + 1];
        append(table("CLA_EPISODES"),
               {{"EPISODE_ID", key("CLA_EPISODES")},
                {"PERSON_ID", record.key},
                {"PERIOD_ID", period},
                {"REFERRAL_ID", referral},
                {"PLACEMENT_ID", placement_keys.empty() ? Cell() : Cell(placement_keys[placement_on(starts[i])])},
                {"START_DATE", answers_.day(starts[i])},
                {"START_REASON", first            ? "S"
                                 : legal && moved ? "B"
                                 : moved          ? "P"
                                                  : "L"},
                {"NEED_CODE", answers_.code(care.need, "N12")},
                {"LEGAL_STATUS",
                 care.statuses.empty() ? Cell() : answers_.code(care.statuses[status_on(starts[i])].code, "V9")},
                {"END_DATE", answers_.day(end)},
                {"END_REASON", end == kOpen ? Cell()
                               : last       ? given(care.end_reason)
                                            : Cell("X1")},
                {"ENTERED_CARE_DATE", answers_.day(care.from)},
                {"IRO_CONTACT_DATE", care.reviews.empty() ? Cell() : answers_.day(care.reviews.back())},
                {"UPDATED_DTTM", saved(end == kOpen ? starts[i] : end)}});
    }
}

void SocialCareWriter::write_care_leaver(const Person& person) {
    for (const CareLeaver& leaver : person.life.care_leaver) {
        const PersonView* record =
            view_.record_of(county_, person.index, leaver.from, static_cast<std::uint64_t>(leaver.from));
        if (record == nullptr) continue;
        Random random = random_.stream("leaver", person.index);
        const int age = age_on(person.birth, kToday);
        const bool suitable = leaver.accommodation != "W" && leaver.accommodation != "S" && random.chance(0.92);
        append(table("CARE_LEAVERS"),
               {{"CARE_LEAVER_ID", key("CARE_LEAVERS")},
                {"PERSON_ID", record->key},
                {"ELIGIBILITY", age < 18              ? (random.chance(0.7) ? "ELIG" : "REL")
                                : random.chance(0.85) ? "FREL"
                                                      : "QUAL"},
                {"IN_TOUCH", leaver.in_touch      ? "YES"
                             : random.chance(0.5) ? "NO"
                                                  : "REFU"},
                {"LATEST_CONTACT", answers_.day(kToday - random.between(3, leaver.in_touch ? 60 : 400))},
                {"ACCOMMODATION",
                 leaver.accommodation.empty() ? Cell() : Cell(leaver.accommodation + (suitable ? "1" : "2"))},
                {"SUITABLE_YN", flag(suitable)},
                {"ACTIVITY", translate(leaver.activity, kActivity)},
                {"PATHWAY_REVIEW", answers_.day(leaver.pathway_plan)},
                {"ADVISER_ID", worker_key(leaver.worker)},
                {"TEAM_ID", team_of(leaver.worker)},
                {"UPDATED_DTTM", saved(std::max(leaver.from, leaver.pathway_plan))}});
        write_involvement(*record, leaver.worker, "PA", leaver.from, kOpen, std::nullopt);
        if (leaver.pathway_plan != 0)
            write_document(*record, "PLN", "Pathway plan", leaver.pathway_plan, leaver.worker, "CARE_LEAVER",
                           record->key);
        for (Day day = leaver.from + 40; day < kToday; day += 56 + random.between(-10, 30))
            write_note(*record, "TC", "Keeping in touch", to_working_day(day), leaver.worker, random);
    }
}

void SocialCareWriter::write_pre_proceedings(const PersonView& record, const Person& person, const CarePeriod& care,
                                             Random& random) {
    const Day decision = to_working_day(care.from - random.between(50, 160));
    if (decision <= person.birth) return;
    const Day letter = decision + random.between(2, 10);
    append(table("PRE_PROCEEDINGS"),
           {{"PLO_ID", key("PRE_PROCEEDINGS")},
            {"PERSON_ID", record.key},
            {"FAMILY_REF", person.family == kNone ? Cell() : Cell("PLO" + padded(person.family, 6))},
            {"DECISION_DATE", answers_.day(decision)},
            {"GATEWAY_OUTCOME", "B"},
            {"LETTER_DATE", answers_.day(letter)},
            {"FIRST_MEETING", answers_.day(to_working_day(letter + random.between(5, 21)))},
            {"MEETINGS", std::to_string(random.between(1, 4))},
            {"PARENTS_REPRESENTED", random.chance(0.8) ? "Yes" : "No"},
            {"OUTCOME_CODE", "ISSUE"},
            {"OUTCOME_DATE", answers_.day(care.from)},
            {"ISSUE_LETTER_DATE", answers_.day(care.from)},
            {"COURT_REF", "GU" + format_day(care.from, "%y") + "C" +
                              padded(static_cast<std::uint64_t>(random.between(100, 99'999)), 5)},
            {"INITIAL_PLAN", "A"},
            {"FINAL_PLAN", care.statuses.size() > 1 ? (random.chance(0.7) ? "A" : "E") : "H"}});
}

}  // namespace simulate
