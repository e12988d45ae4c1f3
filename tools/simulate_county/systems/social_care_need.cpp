#include <algorithm>
#include <array>

#include "simulate_county/systems/social_care_writer.hpp"

namespace simulate {
namespace {

constexpr std::array<CodePair, 22> kSourceNames = {{{"1A", "Family member, relative or carer"},
                                                    {"1B", "Acquaintance or neighbour"},
                                                    {"1C", "Self"},
                                                    {"1D", "Other individual"},
                                                    {"2A", "School"},
                                                    {"2B", "Education services"},
                                                    {"3A", "GP"},
                                                    {"3B", "Health visitor"},
                                                    {"3C", "School nurse"},
                                                    {"3D", "Other primary health"},
                                                    {"3E", "A&E"},
                                                    {"3F", "Other health"},
                                                    {"4", "Housing"},
                                                    {"5A", "Adult social care"},
                                                    {"5B", "Other council service"},
                                                    {"5C", "Other local authority"},
                                                    {"5D", "Early help"},
                                                    {"6", "Police"},
                                                    {"7", "Other legal agency"},
                                                    {"8", "Other"},
                                                    {"9", "Anonymous"},
                                                    {"10", "Unknown"}}};
constexpr std::array<CodePair, 4> kContactOutcome = {
    {{"Referral", "REF"}, {"Early help", "EH"}, {"Information", "INFO"}, {"No further action", "NFA"}}};
constexpr std::array<CodePair, 4> kAssessmentOutcome = {
    {{"CIN plan", "CIN"}, {"Section 47", "STRAT"}, {"Early help", "EH"}, {"No further action", "NFA"}}};
constexpr std::array<CodePair, 5> kCategory = {
    {{"NEG", "NEGLECT"}, {"PHY", "PHYSICAL"}, {"SAB", "SEXUAL"}, {"EMO", "EMOTIONAL"}, {"MUL", "MULTIPLE"}}};
constexpr std::array<std::string_view, 6> kReasons = {
    "Concern about home conditions", "Domestic incident reported", "Unexplained injury",
    "Parental mental health",        "Behaviour at school",        "Request for support"};
constexpr std::array<std::string_view, 8> kParticipation = {"PN0", "PN1", "PN1", "PN3", "PN3", "PN6", "PN6", "PN7"};

// A contact becomes a referral within a working week.
constexpr Day kContactToReferral = 7;
// A child in need is seen every six weeks or so; guidance says four to six.
constexpr int kNeedVisitDays = 42;

Cell flag(bool value) {
    return value ? "Y" : "N";
}

std::string meeting_key(const Person& person, Day day) {
    return "M" + padded(person.family == kNone ? 900'000 + person.index : person.family, 6) + format_day(day, "%Y%m%d");
}

}  // namespace

void SocialCareWriter::write_contacts(const Person& person) {
    Random random = random_.stream("contacts", person.index);
    for (const Contact& contact : person.life.contacts) {
        const PersonView* record =
            view_.record_of(county_, person.index, contact.date, static_cast<std::uint64_t>(contact.date));
        if (record == nullptr) continue;
        const std::string contact_key = key("CONTACTS");
        append(table("CONTACTS"),
               {{"CONTACT_ID", contact_key},
                {"PERSON_ID", record->key},
                {"CONTACT_DATE", answers_.day(contact.date)},
                {"SOURCE_CODE", answers_.code(contact.source, "1Z")},
                {"SOURCE_DESC", translate(contact.source, kSourceNames)},
                {"REASON", std::string(random.pick(kReasons))},
                {"OUTCOME_CODE", translate(contact.outcome, kContactOutcome)},
                {"OUTCOME_DATE", answers_.day(std::min(contact.date + random.between(0, 2), kToday))},
                {"TEAM_ID", team_of(contact.worker)},
                {"WORKER_ID", worker_key(contact.worker)},
                {"UPDATED_DTTM", saved(contact.date)}});
        if (contact.outcome == "Referral") contacts_.push_back({contact.date, contact_key});
    }
}

void SocialCareWriter::write_need_episode(const Person& person, const NeedEpisode& episode) {
    const PersonView* record =
        view_.record_of(county_, person.index, episode.referred, static_cast<std::uint64_t>(episode.referred));
    if (record == nullptr) return;
    Random random = random_.stream("need", person.index * 4096ULL + referrals_.size());
    const std::string referral = key("REFERRALS");
    referrals_.push_back({episode.referred, referral});
    const auto contact = std::find_if(contacts_.begin(), contacts_.end(), [&](const WrittenContact& candidate) {
        return candidate.date <= episode.referred && episode.referred - candidate.date <= kContactToReferral;
    });
    const bool strategy = !episode.enquiries.empty();
    append(table("REFERRALS"),
           {{"REFERRAL_ID", referral},
            {"PERSON_ID", record->key},
            {"CONTACT_ID", contact == contacts_.end() ? Cell() : Cell(contact->key)},
            {"REFERRAL_DATE", answers_.day(episode.referred)},
            {"SOURCE_CODE", answers_.code(episode.source, "2C")},
            {"SOURCE_DESC", translate(episode.source, kSourceNames)},
            {"PRIMARY_NEED", answers_.code(episode.primary_need, "N11")},
            {"OUTCOME_CODE", episode.no_further_action ? "NFA"
                             : strategy                ? "STRAT"
                                                       : "ASMT"},
            {"NFA_YN", flag(episode.no_further_action)},
            {"CLOSED_DATE", answers_.day(episode.closed)},
            {"CLOSURE_REASON", answers_.code(episode.close_reason, "RC0")},
            {"TEAM_ID", episode.team == kNone ? team_of(episode.worker) : Cell(county_.team(episode.team).code)},
            {"WORKER_ID", worker_key(episode.worker)},
            {"UPDATED_DTTM", saved(episode.closed == kOpen ? episode.referred : episode.closed)}});
    write_involvement(*record, episode.worker, "ALLOC", episode.referred, episode.closed, referral);
    if (random.chance(0.5))
        write_document(*record, "FRM", "Referral form", episode.referred, episode.worker, "REFERRAL", referral);
    for (const Assessment& assessment : episode.assessments) write_assessment(*record, referral, episode, assessment);
    for (const Section47& enquiry : episode.enquiries)
        write_enquiry(*record, referral, person, episode, enquiry, random);
    for (const NeedPlan& plan : episode.need_plans) write_need_plan(*record, referral, plan, random);
    if (episode.closed != kOpen) write_note(*record, "SUM", "Closing summary", episode.closed, episode.worker, random);
}

void SocialCareWriter::write_assessment(const PersonView& record, const std::string& referral,
                                        const NeedEpisode& episode, const Assessment& assessment) {
    const std::string assessment_key = key("ASSESSMENTS");
    Random random = random_.stream("assessment " + assessment_key);
    const bool done = assessment.to != kOpen;
    append(table("ASSESSMENTS"), {{"ASSESSMENT_ID", assessment_key},
                                  {"PERSON_ID", record.key},
                                  {"REFERRAL_ID", referral},
                                  {"START_DATE", answers_.day(assessment.from)},
                                  {"REVIEW_DATE", answers_.day(std::min(assessment.from + 14, kToday))},
                                  {"AUTHORISED_DATE", answers_.day(assessment.to)},
                                  {"CHILD_SEEN_YN", done ? flag(random.chance(0.96)) : Cell()},
                                  {"OUTCOME_CODE", translate(assessment.outcome, kAssessmentOutcome)},
                                  {"NFA_YN", done ? flag(assessment.outcome == "No further action") : Cell()},
                                  {"TEAM_ID", team_of(assessment.worker)},
                                  {"WORKER_ID", worker_key(assessment.worker)},
                                  {"UPDATED_DTTM", saved(done ? assessment.to : assessment.from)}});
    for (const std::string& factor : assessment.factors) {
        append(table("ASSESSMENT_FACTORS"), {{"FACTOR_ID", key("ASSESSMENT_FACTORS")},
                                             {"ASSESSMENT_ID", assessment_key},
                                             {"PERSON_ID", record.key},
                                             {"FACTOR_CODE", answers_.code(factor, "99A")}});
    }
    write_note(record, "HV", "Assessment visit", std::min(assessment.from + random.between(1, 10), kToday),
               assessment.worker, random);
    if (!done) return;
    write_document(record, "ASM", "Child and family assessment", assessment.to, assessment.worker, "ASSESSMENT",
                   assessment_key);
    write_note(record, "MD", "Decision after assessment", assessment.to, episode.worker, random);
}

void SocialCareWriter::write_need_plan(const PersonView& record, const std::string& referral, const NeedPlan& plan,
                                       Random& random) {
    const std::string plan_key = key("CIN_PLANS");
    append(table("CIN_PLANS"), {{"CIN_PLAN_ID", plan_key},
                                {"PERSON_ID", record.key},
                                {"REFERRAL_ID", referral},
                                {"START_DATE", answers_.day(plan.from)},
                                {"END_DATE", answers_.day(plan.to)},
                                {"TEAM_ID", team_of(plan.worker)},
                                {"WORKER_ID", worker_key(plan.worker)},
                                {"UPDATED_DTTM", saved(plan.to == kOpen ? plan.from : plan.to)}});
    write_involvement(record, plan.worker, "ALLOC", plan.from, plan.to, referral);
    write_document(record, "PLN", "Child in need plan", plan.from, plan.worker, "CIN_PLAN", plan_key);
    const Day end = std::min(plan.to, kToday);
    for (Day day = plan.from + random.between(7, 28); day < end; day += kNeedVisitDays + random.between(-10, 14)) {
        const Day visit = to_working_day(day);
        if (visit >= end) break;
        const bool seen = random.chance(0.93);
        append(table("CIN_VISITS"), {{"VISIT_ID", key("CIN_VISITS")},
                                     {"PERSON_ID", record.key},
                                     {"CIN_PLAN_ID", plan_key},
                                     {"VISIT_DATE", answers_.day(visit)},
                                     {"SEEN_YN", flag(seen)},
                                     {"SEEN_ALONE_YN", flag(seen && random.chance(0.5))},
                                     {"BEDROOM_YN", flag(seen && random.chance(0.6))},
                                     {"WORKER_ID", worker_key(plan.worker)}});
        write_note(record, "HV", "Child in need visit", visit, plan.worker, random);
    }
    for (const Day review : plan.reviews)
        write_note(record, "MTG", "Child in need review", review, plan.worker, random);
}

void SocialCareWriter::write_enquiry(const PersonView& record, const std::string& referral, const Person& person,
                                     const NeedEpisode& episode, const Section47& enquiry, Random& random) {
    const std::string enquiry_key = key("S47_ENQUIRIES");
    const bool done = enquiry.to != kOpen;
    append(table("S47_ENQUIRIES"), {{"S47_ID", enquiry_key},
                                    {"PERSON_ID", record.key},
                                    {"REFERRAL_ID", referral},
                                    {"START_DATE", answers_.day(enquiry.from)},
                                    {"END_DATE", answers_.day(enquiry.to)},
                                    {"OUTCOME_CODE", !done                       ? Cell()
                                                     : enquiry.conference_needed ? "ICPC"
                                                     : random.chance(0.6)        ? "CONT"
                                                                                 : "S17"},
                                    {"NFA_YN", done ? flag(false) : Cell()},
                                    {"ICPC_NOT_REQUIRED_YN", done ? flag(!enquiry.conference_needed) : Cell()},
                                    {"TEAM_ID", team_of(enquiry.worker)},
                                    {"WORKER_ID", worker_key(enquiry.worker)},
                                    {"UPDATED_DTTM", saved(done ? enquiry.to : enquiry.from)}});
    write_note(record, "MTG", "Strategy discussion", enquiry.from, enquiry.worker, random);
    if (enquiry.conference == 0 || enquiry.conference > kToday) return;
    const auto plan =
        std::find_if(episode.protection_plans.begin(), episode.protection_plans.end(),
                     [&](const ProtectionPlan& candidate) { return candidate.from == enquiry.conference; });
    const bool started = plan != episode.protection_plans.end();
    const std::string conference = key("CP_CONFERENCES");
    const std::string plan_key =
        started ? write_protection_plan(record, referral, conference, person, *plan, protection_plans_++, random) : "";
    append(table("CP_CONFERENCES"), {{"CONFERENCE_ID", conference},
                                     {"PERSON_ID", record.key},
                                     {"S47_ID", enquiry_key},
                                     {"REFERRAL_ID", referral},
                                     {"MEETING_ID", meeting_key(person, enquiry.conference)},
                                     {"CP_PLAN_ID", given(plan_key)},
                                     {"TRANSFER_IN_YN", flag(random.chance(0.03))},
                                     {"TARGET_DATE", answers_.day(to_working_day(enquiry.from + 21))},
                                     {"CONFERENCE_DATE", answers_.day(enquiry.conference)},
                                     {"CP_PLAN_YN", flag(started)},
                                     {"OUTCOME_CODE", started ? "CPP" : "CINP"},
                                     {"TEAM_ID", team_of(enquiry.worker)},
                                     {"WORKER_ID", worker_key(enquiry.worker)}});
    write_document(record, "MIN", "Initial conference minutes", enquiry.conference, enquiry.worker, "CONFERENCE",
                   conference);
}

std::string SocialCareWriter::write_protection_plan(const PersonView& record, const std::string& referral,
                                                    const std::string& conference, const Person& person,
                                                    const ProtectionPlan& plan, int earlier_plans, Random& random) {
    std::string plan_key = key("CP_PLANS");
    append(table("CP_PLANS"), {{"CP_PLAN_ID", plan_key},
                               {"PERSON_ID", record.key},
                               {"REFERRAL_ID", referral},
                               {"CONFERENCE_ID", conference},
                               {"START_DATE", answers_.day(plan.from)},
                               {"END_DATE", answers_.day(plan.to)},
                               {"OLA_YN", flag(random.chance(0.02))},
                               {"INITIAL_CATEGORY", translate(plan.initial_category, kCategory)},
                               {"LATEST_CATEGORY", translate(plan.latest_category, kCategory)},
                               {"PREVIOUS_PLANS", std::to_string(earlier_plans)},
                               {"UPDATED_DTTM", saved(plan.to == kOpen ? plan.from : plan.to)}});
    write_involvement(record, plan.worker, "ALLOC", plan.from, plan.to, referral);
    for (const Day review : plan.reviews) {
        const Day due = review + random.between(-10, 20);
        append(table("CP_REVIEWS"),
               {{"CP_REVIEW_ID", key("CP_REVIEWS")},
                {"PERSON_ID", record.key},
                {"CP_PLAN_ID", plan_key},
                {"MEETING_ID", meeting_key(person, review)},
                {"DUE_DATE", answers_.day(due)},
                {"REVIEW_DATE", answers_.day(review)},
                {"CONTINUE_YN", flag(review != plan.reviews.back() || plan.to == kOpen)},
                {"QUORATE_YN", flag(random.chance(0.95))},
                {"PARTICIPATION", std::string(age_on(person.birth, review) < 4 ? std::string_view("PN0")
                                                                               : random.pick(kParticipation))}});
        write_document(record, "MIN", "Review conference minutes", review, plan.worker, "CP_PLAN", plan_key);
    }
    for (const Day visit : plan.visits) {
        const bool seen = random.chance(0.95);
        append(table("CP_VISITS"), {{"VISIT_ID", key("CP_VISITS")},
                                    {"PERSON_ID", record.key},
                                    {"CP_PLAN_ID", plan_key},
                                    {"VISIT_DATE", answers_.day(visit)},
                                    {"SEEN_YN", flag(seen)},
                                    {"SEEN_ALONE_YN", flag(seen && random.chance(0.7))},
                                    {"BEDROOM_YN", flag(seen && random.chance(0.7))},
                                    {"WORKER_ID", worker_key(plan.worker)}});
        if (random.chance(0.6)) write_note(record, "HV", "Child protection visit", visit, plan.worker, random);
    }
    return plan_key;
}

}  // namespace simulate
