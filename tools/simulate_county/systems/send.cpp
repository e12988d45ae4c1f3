#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "simulate_county/systems/registry.hpp"
#include "simulate_county/systems/school_codes.hpp"
#include "simulate_county/systems/send_casework.hpp"
#include "simulate_county/systems/source_rows.hpp"
#include "simulate_county/systems/unplaced_people.hpp"

namespace simulate {
namespace {

constexpr std::string_view kMomentForm = "%Y-%m-%dT%H:%M:%S";
/// Requests and assessments decided before this day are reported as historical.
const Day kCollectionBegins = to_day(2024, 1, 1);

using ColumnPaths = std::vector<std::pair<std::string_view, std::string_view>>;

/// Makes a table of the SEN2 document. `parent_table` is "" for the persons; `link` is the column both share.
Table make_table(std::string name, std::string_view parent_table, std::string_view link, std::string path,
                 const ColumnPaths& columns) {
    Table table;
    table.name = std::move(name);
    table.file = "SEN2_938_" + format_day(kToday, "%Y");
    table.parent = parent_table;
    table.parent_link = link;
    table.parent_key = link;
    table.path = std::move(path);
    for (const auto& [column, place] : columns) {
        table.columns.emplace_back(column);
        table.column_paths.emplace_back(place);
    }
    return table;
}

Cell flag(bool value) {
    return Cell(value ? "1" : "0");
}

Cell truth(bool value) {
    return Cell(value ? "true" : "false");
}

/// "Flat 3, 40" is a secondary and a primary name of an address.
std::pair<std::string, std::string> address_names(const std::string& house) {
    const std::size_t comma = house.find(", ");
    if (comma == std::string::npos) return {"", house};
    return {house.substr(0, comma), house.substr(comma + 2)};
}

std::string_view requested_by(std::string_view who) {
    if (who == "Parent") return "1";
    if (who == "School") return "3";
    if (who == "Health") return "4";
    return who == "Social care" ? "5" : "9";
}

std::string_view cease_reason(std::string_view reason) {
    if (reason == "Needs met") return "2";
    if (reason == "Moved away") return "5";
    return reason == "Left education" ? "6" : "9";
}

class Sen2Return {
  public:
    Sen2Return(const County& county, const SystemView& view, const Random& random)
        : county_(county),
          view_(view),
          random_(random),
          answers_(random.stream("answers"), "%Y-%m-%d", 0.001, 0.0015),
          casework_(county, random.stream("casework")) {}

    SystemDump write() {
        SystemDump dump;
        dump.system = view_.system;
        Random people = random_.stream("people");
        for (const PersonView& person : view_.people) add_person(person, people);
        for (const Person& person : county_.people) {
            Random own = random_.stream("processes", person.index);
            for (const EhcProcess& process : person.life.ehc) add_process(person, process, own);
        }
        spoil(dump);
        for (Table* table : {&people_, &requests_, &assessments_, &named_plans_, &plan_details_, &active_plans_,
                             &placements_, &needs_})
            dump.tables.push_back(std::move(*table));
        casework_.give(dump);
        return dump;
    }

  private:
    void add_person(const PersonView& person, Random& random) {
        const AddressView none;
        const AddressView& home = person.address() == nullptr ? none : *person.address();
        const bool housed = !home.street.empty();
        const auto [flat, house] = address_names(home.house);
        const bool hidden = person.restricted_address || home.restricted;
        const bool restricted = person.restricted_record || hidden;
        std::string telephone, email;
        for (const ContactView& contact : person.contacts) {
            if (contact.type == "email")
                email = contact.value;
            else if (telephone.empty())
                telephone = contact.value;
        }
        const std::string_view status = person.nhs_status == "verified"     ? "traced"
                                        : person.nhs_status == "superseded" ? "superseded"
                                                                            : "untraced";
        const bool numbered = random.chance(0.2);
        const bool marked = !person.duplicate_of.empty() && random.chance(0.3);
        append(people_,
               {{"Created", format_moment(person.created, kMomentForm)},
                {"Updated", format_moment(person.updated, kMomentForm)},
                {"LocalID", person.key},
                {"Surname", given(person.family)},
                {"Forename", given(person.given)},
                {"MiddleNames", given(person.middle)},
                {"KnownAs", given(person.preferred)},
                {"PersonBirthDate", person.birth.text()},
                {"DOBEstimated", person.birth.estimated ? Cell("true") : Cell()},
                {"DOBDisputed", person.birth.disputed ? Cell("true") : Cell()},
                {"DateOfDeath", person.death.text()},
                {"Sex", answers_.code(numbered ? numbered_sex(person.sex) : std::string_view(person.sex), "Q")},
                {"Ethnicity", answers_.code(census_ethnicity(person.ethnicity, person.language, random), "WXXX")},
                {"Language", given(census_language(person.language))},
                {"PostCode", given(home.postcode)},
                {"UPN", given(person.upn)},
                {"ULN", given(person.uln)},
                {"UPNUnknown", given(person.upn_unknown_reason)},
                {"NHSNumber", given(person.nhs_number)},
                {"NHSStatus", person.nhs_number.empty() ? Cell() : Cell(status)},
                {"NHSFormer", given(person.nhs_superseded)},
                {"AddressFrom", housed && home.from != 0 ? Cell(format_day(home.from)) : Cell()},
                {"AddressRestricted", housed ? truth(hidden) : Cell()},
                {"SAON", given(flat)},
                {"PAON", given(house)},
                {"Street", given(home.street)},
                {"Locality", given(home.locality)},
                {"Town", given(home.town)},
                {"County", given(home.county)},
                {"UPRN", given(home.uprn)},
                {"Telephone", given(telephone)},
                {"Email", given(email)},
                {"HomeLA", person.other_council_child_id.empty() ? Cell() : given(person.other_council_code)},
                {"HomeLAReference", given(person.other_council_child_id)},
                {"SettingURN", person.school_name.empty() ? Cell() : given(person.school_urn)},
                {"Setting", given(person.school_name)},
                {"BirthOrder",
                 person.multiple_birth && person.birth_order ? Cell(std::to_string(*person.birth_order)) : Cell()},
                {"MultipleBirth", person.multiple_birth ? Cell("true") : Cell()},
                {"RecordRestricted", restricted ? truth(person.restricted_record) : Cell()},
                {"RestrictedFrom",
                 restricted && person.restricted_from != 0 ? Cell(format_day(person.restricted_from)) : Cell()},
                {"RestrictionReason", restricted ? given(person.restriction_reason) : Cell()},
                {"DuplicateOf", marked ? Cell(person.duplicate_of) : Cell()}});
    }

    void add_process(const Person& person, const EhcProcess& process, Random& random) {
        const PersonView* holder = view_.record_of(county_, person.index, process.requested);
        if (holder == nullptr) return;
        const std::string request = request_keys_.next();
        const bool historical = process.decided != 0 && process.decided < kCollectionBegins;
        const std::string_view outcome = process.decided == 0 ? "A" : historical ? "H" : process.assessed ? "Y" : "N";
        append(requests_,
               {{"LocalID", holder->key},
                {"RequestID", request},
                {"ReceivedDate", answers_.day(process.requested)},
                {"RequestSource", answers_.code(requested_by(process.requested_by), "7")},
                {"RYA", flag(false)},
                {"RequestOutcomeDate", historical ? Cell() : answers_.day(process.decided)},
                {"RequestOutcome", answers_.code(outcome, "Q")},
                {"RequestMediation", flag(process.decided != 0 && !process.assessed && random.chance(0.3))},
                {"RequestTribunal", flag(process.decided != 0 && !process.assessed && process.tribunal)},
                {"Exported", flag(process.plan_end_reason == "Moved away" && !process.plan_issued)},
                {"CaseOfficer", process.worker == kNone ? Cell() : Cell(county_.worker(process.worker).staff_number)}});
        const std::string plan = process.assessed ? add_assessment(person, process, *holder, request, random) : "";
        if (process.plan_issued && process.plan_to == kOpen) add_active_plan(person, process, *holder, request, random);
        casework_.add_process(process, *holder, request, plan, random);
    }

    /// Adds the assessment and, where one was issued, the plan as it is named; gives the plan's key or "".
    std::string add_assessment(const Person& person, const EhcProcess& process, const PersonView& holder,
                               const std::string& request, Random& random) {
        const std::string assessment = assessment_keys_.next();
        const std::string_view outcome = process.assessment_ended == 0 ? "A" : process.plan_issued ? "Y" : "N";
        const Day informed = process.plan_issued ? process.plan_from : process.assessment_ended;
        append(assessments_, {{"LocalID", holder.key},
                              {"RequestID", request},
                              {"AssessmentID", assessment},
                              {"AssessmentOutcome", answers_.code(outcome, "P")},
                              {"AssessmentOutcomeDate", answers_.day(informed)},
                              {"AssessmentMediation",
                               flag(process.assessment_ended != 0 && !process.plan_issued && random.chance(0.4))},
                              {"AssessmentTribunal", flag(process.tribunal)},
                              {"OtherMediation", flag(random.chance(0.03))},
                              {"OtherTribunal", flag(random.chance(0.02))},
                              {"Week20", flag(random.chance(0.08))}});
        if (!process.plan_issued) return "";
        const std::string plan = named_plan_keys_.next();
        const bool ended = process.plan_to != kOpen;
        append(named_plans_,
               {{"LocalID", holder.key},
                {"AssessmentID", assessment},
                {"NamedPlanID", plan},
                {"StartDate", answers_.day(process.plan_from)},
                {"PlanRes", flag(is_residential(process.school))},
                {"PlanWBP", flag(random.chance(0.02))},
                {"PB", flag(process.personal_budget)},
                {"OA", flag(process.personal_budget && random.chance(0.6))},
                {"DP", flag(process.personal_budget && random.chance(0.5))},
                {"CeaseDate", ended ? answers_.day(process.plan_to) : Cell()},
                {"CeaseReason", ended ? answers_.code(cease_reason(process.plan_end_reason), "99") : Cell()}});
        const SchoolEnrolment* last = last_enrolment(person, holder);
        // Some plans name no school: the provision is arranged elsewhere.
        const bool elsewhere = random.chance(0.03);
        add_place(plan_details_, "NamedPlanID", plan, last == nullptr || elsewhere ? kNone : last->school, 1, holder,
                  random);
        return plan;
    }

    /// Gives the last enrolment that this record of the person may know: none after a seal on its earlier side.
    const SchoolEnrolment* last_enrolment(const Person& person, const PersonView& holder) const {
        const Day until = holder.side == Side::earlier ? county_.seals[person.seal].date : kOpen;
        const SchoolEnrolment* last = nullptr;
        for (const SchoolEnrolment& enrolment : person.life.enrolments) {
            if (enrolment.from < until) last = &enrolment;
        }
        return last;
    }

    bool is_residential(std::uint32_t school) const { return school != kNone && county_.school(school).residential; }

    /// Adds a place of education of a plan, named or attended.
    void add_place(Table& table, std::string_view link, const std::string& plan, std::uint32_t school, int rank,
                   const PersonView& holder, Random& random) {
        const bool named = school != kNone;
        const bool college = named && county_.school(school).phase == School::Phase::college;
        const bool special = named && county_.school(school).phase == School::Phase::special;
        append(table, {{"LocalID", holder.key},
                       {link, plan},
                       {"URN", named ? Cell(county_.school(school).urn) : Cell()},
                       {"UKPRN", college ? Cell("1007" + county_.school(school).estab) : Cell()},
                       {"SENSetting", named ? Cell() : answers_.code("OLA", "HOME")},
                       {"SENSettingOther", named ? Cell() : Cell("Tuition at home")},
                       {"PlacementRank", std::to_string(rank)},
                       {"SENUnitIndicator", flag(!special && random.chance(0.04))},
                       {"ResourcedProvisionIndicator", flag(!special && random.chance(0.05))}});
    }

    void add_active_plan(const Person& person, const EhcProcess& process, const PersonView& holder,
                         const std::string& request, Random& random) {
        const std::string plan = active_plan_keys_.next();
        const Day meeting = process.reviews.empty() ? 0 : process.reviews.back();
        const bool told = meeting != 0 && meeting + 28 <= kToday;
        const bool changes = person.life.enrolments.empty() ? false : random.chance(0.08);
        append(active_plans_,
               {{"LocalID", holder.key},
                {"RequestID", request},
                {"ActivePlanID", plan},
                {"TransferLA", random.chance(0.03) ? Cell("845") : Cell()},
                {"ReviewMeeting", answers_.day(meeting)},
                {"ReviewOutcome", told ? answers_.code(random.chance(0.7) ? "R" : "A", "Z") : Cell()},
                {"LastReview", told ? answers_.day(meeting + random.between(10, 28)) : Cell()},
                {"PhaseTransferDueDate", changes ? Cell("2026-02-15") : Cell()},
                {"PhaseTransferFinalDate", changes && random.chance(0.8) ? Cell("2026-02-12") : Cell()}});
        const SchoolEnrolment* last = last_enrolment(person, holder);
        add_attended(plan, last == nullptr ? kNone : last->school, 1, last == nullptr ? process.plan_from : last->from,
                     kOpen, holder, random);
        if (!person.sealed() && person.life.enrolments.size() > 1) {
            const SchoolEnrolment& before = *(person.life.enrolments.end() - 2);
            if (before.to > process.plan_from)
                add_attended(plan, before.school, 2, before.from, before.to, holder, random);
        }
        for (std::size_t i = 0; i < process.needs.size(); ++i) {
            append(needs_, {{"LocalID", holder.key},
                            {"ActivePlanID", plan},
                            {"SENType", answers_.code(process.needs[i], "DYSX")},
                            {"SENTypeRank", std::to_string(i + 1)}});
        }
    }

    void add_attended(const std::string& plan, std::uint32_t school, int rank, Day from, Day to,
                      const PersonView& holder, Random& random) {
        add_place(placements_, "ActivePlanID", plan, school, rank, holder, random);
        Row& place = placements_.rows.back();
        place[placements_.column("EntryDate")] = answers_.day(from);
        place[placements_.column("LeavingDate")] = answers_.day(to);
        place[placements_.column("Res")] = flag(is_residential(school));
    }

    void spoil(SystemDump& dump) {
        add_dirty_rows(people_, {"LocalID", "", "", "Setting", "Not known"}, {}, random_.stream("dirty people"));
        add_dirty_rows(plan_details_, {"NamedPlanID", "", "", "SENSettingOther", "See letter"}, {},
                       random_.stream("dirty places"));
        add_dirty_rows(needs_, {"ActivePlanID", "", "", "SENType", "NSA"}, {}, random_.stream("dirty needs"));
        casework_.spoil();
        // A child with a byte in its surname that is not UTF-8 cannot be placed; what hangs from it becomes orphans.
        break_one_person(dump, people_, "LocalID", view_, DefectKind::undecodable_byte, "Surname",
                         random_.stream("broken person"));
    }

    const County& county_;
    const SystemView& view_;
    const Random random_;
    FormAnswers answers_;
    SendCasework casework_;

    KeySeries request_keys_{"RQ-", 1'000'001, 7};
    KeySeries assessment_keys_{"AS-", 1'000'001, 7};
    KeySeries named_plan_keys_{"NP-", 1'000'001, 7};
    KeySeries active_plan_keys_{"PL-", 1'000'001, 7};

    Table people_ = make_table("person", "", "", "Message/SEN2/Person",
                               {{"Created", "@created"},
                                {"Updated", "@updated"},
                                {"LocalID", "LocalID"},
                                {"Surname", "Surname"},
                                {"Forename", "Forename"},
                                {"MiddleNames", "MiddleNames"},
                                {"KnownAs", "KnownAs"},
                                {"PersonBirthDate", "PersonBirthDate"},
                                {"DOBEstimated", "PersonBirthDate/@estimated"},
                                {"DOBDisputed", "PersonBirthDate/@disputed"},
                                {"DateOfDeath", "DateOfDeath"},
                                {"Sex", "Sex"},
                                {"Ethnicity", "Ethnicity"},
                                {"Language", "FirstLanguage"},
                                {"PostCode", "PostCode"},
                                {"UPN", "UPN"},
                                {"ULN", "UniqueLearnerNumber"},
                                {"UPNUnknown", "UPNunknown"},
                                {"NHSNumber", "NHSNumber"},
                                {"NHSStatus", "NHSNumber/@status"},
                                {"NHSFormer", "FormerNHSNumber"},
                                {"AddressFrom", "Address/@from"},
                                {"AddressRestricted", "Address/@restricted"},
                                {"SAON", "Address/SAON"},
                                {"PAON", "Address/PAON"},
                                {"Street", "Address/Street"},
                                {"Locality", "Address/Locality"},
                                {"Town", "Address/Town"},
                                {"County", "Address/AdministrativeArea"},
                                {"UPRN", "Address/UniquePropertyReferenceNumber"},
                                {"Telephone", "Contact/Telephone"},
                                {"Email", "Contact/Email"},
                                {"HomeLA", "HomeAuthority/@code"},
                                {"HomeLAReference", "HomeAuthority"},
                                {"SettingURN", "CurrentSetting/@urn"},
                                {"Setting", "CurrentSetting"},
                                {"BirthOrder", "MultipleBirth/@order"},
                                {"MultipleBirth", "MultipleBirth"},
                                {"RecordRestricted", "Restriction/@record"},
                                {"RestrictedFrom", "Restriction/@from"},
                                {"RestrictionReason", "Restriction"},
                                {"DuplicateOf", "DuplicateOf"}});
    Table requests_ = make_table("request", "person", "LocalID", "Requests",
                                 {{"LocalID", ""},
                                  {"RequestID", "RequestID"},
                                  {"ReceivedDate", "ReceivedDate"},
                                  {"RequestSource", "RequestSource"},
                                  {"RYA", "RYA"},
                                  {"RequestOutcomeDate", "RequestOutcomeDate"},
                                  {"RequestOutcome", "RequestOutcome"},
                                  {"RequestMediation", "RequestMediation"},
                                  {"RequestTribunal", "RequestTribunal"},
                                  {"Exported", "Exported"},
                                  {"CaseOfficer", "CaseOfficer"}});
    Table assessments_ = make_table("assessment", "request", "RequestID", "Assessment",
                                    {{"LocalID", ""},
                                     {"RequestID", ""},
                                     {"AssessmentID", "AssessmentID"},
                                     {"AssessmentOutcome", "AssessmentOutcome"},
                                     {"AssessmentOutcomeDate", "AssessmentOutcomeDate"},
                                     {"AssessmentMediation", "AssessmentMediation"},
                                     {"AssessmentTribunal", "AssessmentTribunal"},
                                     {"OtherMediation", "OtherMediation"},
                                     {"OtherTribunal", "OtherTribunal"},
                                     {"Week20", "Week20"}});
    Table named_plans_ = make_table("named_plan", "assessment", "AssessmentID", "NamedPlan",
                                    {{"LocalID", ""},
                                     {"AssessmentID", ""},
                                     {"NamedPlanID", "NamedPlanID"},
                                     {"StartDate", "StartDate"},
                                     {"PlanRes", "PlanRes"},
                                     {"PlanWBP", "PlanWBP"},
                                     {"PB", "PB"},
                                     {"OA", "OA"},
                                     {"DP", "DP"},
                                     {"CeaseDate", "CeaseDate"},
                                     {"CeaseReason", "CeaseReason"}});
    Table plan_details_ = make_table("plan_detail", "named_plan", "NamedPlanID", "PlanDetail",
                                     {{"LocalID", ""},
                                      {"NamedPlanID", ""},
                                      {"URN", "URN"},
                                      {"UKPRN", "UKPRN"},
                                      {"SENSetting", "SENsetting"},
                                      {"SENSettingOther", "SENsettingOther"},
                                      {"PlacementRank", "PlacementRank"},
                                      {"SENUnitIndicator", "SENUnitIndicator"},
                                      {"ResourcedProvisionIndicator", "ResourcedProvisionIndicator"}});
    Table active_plans_ = make_table("active_plan", "request", "RequestID", "ActivePlans",
                                     {{"LocalID", ""},
                                      {"RequestID", ""},
                                      {"ActivePlanID", "ActivePlanID"},
                                      {"TransferLA", "TransferLA"},
                                      {"ReviewMeeting", "ReviewMeeting"},
                                      {"ReviewOutcome", "ReviewOutcome"},
                                      {"LastReview", "LastReview"},
                                      {"PhaseTransferDueDate", "PhaseTransferDueDate"},
                                      {"PhaseTransferFinalDate", "PhaseTransferFinalDate"}});
    Table placements_ = make_table("placement_detail", "active_plan", "ActivePlanID", "PlacementDetail",
                                   {{"LocalID", ""},
                                    {"ActivePlanID", ""},
                                    {"URN", "URN"},
                                    {"UKPRN", "UKPRN"},
                                    {"SENSetting", "SENsetting"},
                                    {"SENSettingOther", "SENsettingOther"},
                                    {"PlacementRank", "PlacementRank"},
                                    {"EntryDate", "EntryDate"},
                                    {"LeavingDate", "LeavingDate"},
                                    {"SENUnitIndicator", "SENUnitIndicator"},
                                    {"ResourcedProvisionIndicator", "ResourcedProvisionIndicator"},
                                    {"Res", "Res"}});
    Table needs_ =
        make_table("need", "active_plan", "ActivePlanID", "SENneed",
                   {{"LocalID", ""}, {"ActivePlanID", ""}, {"SENType", "SENtype"}, {"SENTypeRank", "SENtypeRank"}});
};

}  // namespace

SystemDump simulate_send(const County& county, const SystemView& view, Random& random) {
    return Sen2Return(county, view, random.stream("send")).write();
}

}  // namespace simulate
