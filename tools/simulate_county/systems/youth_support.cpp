#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "simulate_county/systems/registry.hpp"
#include "simulate_county/systems/source_rows.hpp"
#include "simulate_county/systems/unplaced_people.hpp"
#include "simulate_county/systems/youth_support_tables.hpp"

namespace simulate {
namespace {

// Advisers type on the move.
constexpr double kBadDate = 0.0015;
constexpr double kBadCode = 0.0015;

constexpr std::string_view kDate = "%Y-%m-%dT00:00:00";
constexpr std::string_view kTime = "%Y-%m-%dT%H:%M:%S";

constexpr std::array<CodePair, 3> kSex = {{{"M", "Male"}, {"F", "Female"}, {"U", "Not known"}}};
constexpr std::array<CodePair, 5> kGender = {
    {{"M", "Male"}, {"F", "Female"}, {"N", "Non-binary"}, {"O", "Other"}, {"U", "Not known"}}};
constexpr std::array<CodePair, 20> kEthnicOrigin = {{{"WBRI", "White - British"},
                                                     {"WIRI", "White - Irish"},
                                                     {"WIRT", "White - Traveller of Irish Heritage"},
                                                     {"WROM", "White - Gypsy/Roma"},
                                                     {"WOTH", "White - Other"},
                                                     {"MWBC", "Mixed - White and Black Caribbean"},
                                                     {"MWBA", "Mixed - White and Black African"},
                                                     {"MWAS", "Mixed - White and Asian"},
                                                     {"MOTH", "Mixed - Other"},
                                                     {"AIND", "Asian - Indian"},
                                                     {"APKN", "Asian - Pakistani"},
                                                     {"ABAN", "Asian - Bangladeshi"},
                                                     {"AOTH", "Asian - Other"},
                                                     {"BCRB", "Black - Caribbean"},
                                                     {"BAFR", "Black - African"},
                                                     {"BOTH", "Black - Other"},
                                                     {"CHNE", "Chinese"},
                                                     {"OOTH", "Other ethnic group"},
                                                     {"REFU", "Refused"},
                                                     {"NOBT", "Not obtained"}}};
constexpr std::array<CodePair, 3> kNhsStatus = {
    {{"verified", "Traced"}, {"unverified", "Untraced"}, {"superseded", "Replaced"}}};
constexpr std::array<CodePair, 6> kAddressType = {{{"home", "Home"},
                                                   {"placement", "Placement"},
                                                   {"previous", "Previous"},
                                                   {"correspondence", "Correspondence"},
                                                   {"temporary", "Temporary"},
                                                   {"communal", "Communal"}}};
constexpr std::array<CodePair, 5> kWorkFor = {{{"NEET", "IAG"},
                                               {"Risk of NEET", "Mentoring"},
                                               {"Care leaver", "Transition"},
                                               {"Young parent", "SexualHealth"},
                                               {"SEND transition", "Transition"}}};
constexpr std::array<std::string_view, 8> kMethods = {"FaceToFace", "FaceToFace", "Phone", "Phone",
                                                      "SMS",        "HomeVisit",  "Group", "Video"};
constexpr std::array<std::string_view, 7> kOutcomes = {"Completed", "Completed", "Completed", "FollowUp",
                                                       "NoContact", "DNA",       "ReferredOn"};
constexpr std::array<std::string_view, 5> kSummaries = {
    "Talked through options and applications", "Left a message, will try again next week",
    "Helped with a CV and two applications", "Met at the hub, keen to start a course", "Attended with a parent"};

std::string_view truth(bool yes) {
    return yes ? "true" : "false";
}

Cell number(const std::optional<int>& value) {
    return value ? Cell(std::to_string(*value)) : Cell();
}

class YouthSupport {
  public:
    YouthSupport(const County& county, const SystemView& view, Random& random)
        : county_(county),
          view_(view),
          random_(random),
          answers_(random.stream("forms"), std::string(kDate), kBadDate, kBadCode),
          advisers_(county.workers_of(Service::youth_support)) {
        types_of(tables_.people,
                 {"birthEstimated", "birthDisputed", "disability", "multipleBirth", "unaccompaniedAsylum",
                  "addressProtected", "protectedRecord"},
                 ColumnType::boolean);
        types_of(tables_.people, {"birthDay", "birthMonth", "birthYear"}, ColumnType::integer);
        types_of(tables_.neet_periods, {"available"}, ColumnType::boolean);
        types_of(tables_.interventions, {"planned"}, ColumnType::boolean);
        types_of(tables_.interventions, {"minutes"}, ColumnType::integer);
        types_of(tables_.attachments, {"sizeBytes"}, ColumnType::integer);
        types_of(tables_.activities, {"level"}, ColumnType::integer);
    }

    SystemDump write() {
        for (const PersonView& person : view_.people) add_young_person(person);
        add_teams_and_advisers();
        for (const Person& person : county_.people) {
            add_destinations(person);
            for (const YouthSupportSpan& span : person.life.youth_support) add_interventions(person, span);
            add_circumstances(person);
        }
        SystemDump dump;
        dump.system = "youth_support";
        spoil(dump);
        for (Table* table :
             {&tables_.people, &tables_.teams, &tables_.advisers, &tables_.activities, &tables_.neet_periods,
              &tables_.interventions, &tables_.circumstances, &tables_.attachments})
            dump.tables.push_back(std::move(*table));
        return dump;
    }

  private:
    static void types_of(Table& table, std::initializer_list<std::string_view> columns, ColumnType type) {
        if (table.types.empty()) table.types.assign(table.columns.size(), ColumnType::text);
        for (const std::string_view column : columns) table.types[table.column(column)] = type;
    }

    void add_young_person(const PersonView& person) {
        const AddressView* address = person.address();
        const auto contact = [&](std::string_view type) -> Cell {
            for (const ContactView& known : person.contacts) {
                if (known.type == type) return given(known.value);
            }
            return std::nullopt;
        };
        append(
            tables_.people,
            {{"youngPersonId", person.key},
             {"recordStatus", person.death.year ? "Deceased" : "Active"},
             {"cohortStatus", "P"},
             {"lea", "938"},
             {"title", given(person.title)},
             {"forename", given(person.given)},
             {"middleNames", given(person.middle)},
             {"surname", given(person.family)},
             {"knownAs", given(person.preferred)},
             {"birthDay", number(person.birth.day)},
             {"birthMonth", number(person.birth.month)},
             {"birthYear", number(person.birth.year)},
             {"birthEstimated", std::string(truth(person.birth.estimated))},
             {"birthDisputed", std::string(truth(person.birth.disputed))},
             {"dateOfDeath", written(person.death, kDate, "%Y-%m", "%Y")},
             {"sex", translate(person.sex, kSex)},
             {"genderIdentity", translate(person.gender, kGender)},
             {"ethnicOrigin",
              answers_.code(translate(person.ethnicity, kEthnicOrigin).value_or(""), "White - Cornish")},
             {"firstLanguage", given(person.language)},
             {"nationality", given(person.nationality)},
             {"disability", person.disability ? Cell(std::string(truth(*person.disability))) : Cell()},
             {"multipleBirth", std::string(truth(person.multiple_birth))},
             {"unaccompaniedAsylum", std::string(truth(person.unaccompanied))},
             {"immigrationStatus", given(person.immigration_status)},
             {"nhsNumber", given(person.nhs_number)},
             {"nhsNumberStatus", person.nhs_number.empty() ? Cell() : translate(person.nhs_status, kNhsStatus)},
             {"uln", given(person.uln)},
             {"placingLea", given(person.other_council_code)},
             {"placingLeaChildId", given(person.other_council_child_id)},
             {"schoolUrn", given(person.school_urn)},
             {"schoolName", given(person.school_name)},
             {"addressType", address ? translate(address->type, kAddressType) : Cell()},
             {"house", address ? given(address->house) : Cell()},
             {"street", address ? given(address->street) : Cell()},
             {"locality", address ? given(address->locality) : Cell()},
             {"town", address ? given(address->town) : Cell()},
             {"county", address ? given(address->county) : Cell()},
             {"postcode", address ? given(address->postcode) : Cell()},
             {"uprn", address ? given(address->uprn) : Cell()},
             {"addressFrom", address && address->from != 0 ? Cell(format_day(address->from, kDate)) : Cell()},
             {"addressProtected",
              std::string(truth(person.restricted_address || (address != nullptr && address->restricted)))},
             {"mobile", contact("mobile")},
             {"phone", contact("phone")},
             {"email", contact("email")},
             {"protectedRecord", std::string(truth(person.restricted_record))},
             {"protectionReason", given(person.restriction_reason)},
             {"protectionFrom", person.restricted_from != 0 ? Cell(format_day(person.restricted_from, kDate)) : Cell()},
             {"createdAt", format_moment(person.created, kTime)},
             {"updatedAt", format_moment(person.updated, kTime)}});
    }

    void add_teams_and_advisers() {
        for (const Team& team : county_.teams) {
            if (team.service != Service::youth_support) continue;
            append(tables_.teams, {{"teamCode", team.code},
                                   {"name", team.name},
                                   {"area", given(team.district)},
                                   {"service", "Youth support"}});
        }
        for (const WorkerIndex index : advisers_) {
            const Worker& worker = county_.worker(index);
            append(tables_.advisers, {{"adviserId", worker.staff_number},
                                      {"displayName", worker.given + " " + worker.family},
                                      {"jobTitle", given(worker.role)},
                                      {"email", given(worker.email)},
                                      {"teamCode", team_of(index)},
                                      {"activeFrom", format_day(worker.from, kDate)},
                                      {"activeTo", worker.to == kOpen ? Cell() : Cell(format_day(worker.to, kDate))}});
        }
    }

    Cell team_of(WorkerIndex index) const {
        if (index == kNone || county_.worker(index).team == kNone) return std::nullopt;
        return county_.team(county_.worker(index).team).code;
    }

    WorkerIndex someone() { return advisers_.empty() ? kNone : random_.pick(advisers_); }

    Cell staff_number(WorkerIndex index) const {
        return index == kNone ? Cell() : Cell(county_.worker(index).staff_number);
    }

    Cell young_person(const Person& person, Day day, std::uint64_t salt) const {
        const PersonView* known = view_.record_of(county_, person.index, day, salt);
        return known == nullptr ? Cell() : Cell(known->key);
    }

    void add_destinations(const Person& person) {
        const std::vector<Destination>& all = person.life.destinations;
        for (std::size_t i = 0; i < all.size(); ++i) {
            const Destination& destination = all[i];
            const Cell key = young_person(person, destination.from, i);
            if (!key) continue;
            if (i == 0) add_intentions(person, destination, *key);
            const std::string activity = add_activity(*key, "Current", destination, destination.from, destination.to);
            if (destination.neet) {
                add_neet_period(*key, activity, destination, i + 1 < all.size() ? all[i + 1].activity : "");
            }
        }
    }

    // In year 11 each young person says what is meant next and is offered a place for September.
    void add_intentions(const Person&, const Destination& first, const std::string& key) {
        Destination meant = first;
        if (first.neet) meant.activity = "220";
        if (random_.chance(0.6))
            add_activity(key, "Intended", meant, first.from - random_.between(200, 330), first.from);
        if (random_.chance(0.8)) {
            add_activity(key, "SeptemberGuarantee", meant, first.from - random_.between(40, 160), first.from);
        }
    }

    std::string add_activity(const std::string& person, std::string_view kind, const Destination& destination, Day from,
                             Day to) {
        const std::string key = activity_keys_.next();
        const School* school = destination.school == kNone ? nullptr : &county_.school(destination.school);
        const Provider* provider = destination.provider == kNone ? nullptr : &county_.provider(destination.provider);
        const bool learning = destination.activity.starts_with('2') || destination.activity == "310";
        const Day confirmed =
            destination.confirmed == 0 ? from : std::max(from, std::min(destination.confirmed, kToday));
        const int year = school_year(from);
        append(tables_.activities,
               {{"activityId", key},
                {"youngPersonId", person},
                {"kind", std::string(kind)},
                {"activityCode", answers_.code(destination.activity, "999")},
                {"startDate", answers_.day(from)},
                {"endDate", answers_.day(to)},
                {"establishmentName", school     ? given(school->name)
                                      : provider ? given(provider->name)
                                                 : Cell()},
                {"establishmentUrn", school     ? given(school->urn)
                                     : provider ? given(provider->urn)
                                                : Cell()},
                {"level", learning ? Cell(std::to_string(random_.between(1, 3))) : Cell()},
                {"occupation",
                 destination.activity.starts_with('3') ? Cell(std::to_string(random_.between(1111, 9279))) : Cell()},
                {"confirmedOn", answers_.day(confirmed)},
                {"confirmedBy", std::string(school || provider    ? "Provider"
                                            : random_.chance(0.7) ? "YP"
                                                                  : "DataShare")},
                {"lapsesOn", to == kOpen ? Cell(format_day(confirmed + 180, kDate)) : Cell()},
                {"academicYear", std::to_string(year) + "/" + padded(static_cast<std::uint64_t>((year + 1) % 100), 2)},
                {"adviserId", staff_number(someone())},
                {"updatedAt", format_moment(office_time(std::min(confirmed, kToday), random_), kTime)}});
        return key;
    }

    void add_neet_period(const std::string& person, const std::string& activity, const Destination& destination,
                         const std::string& next) {
        const bool available = !destination.activity.starts_with("62") && !destination.activity.starts_with("63");
        static constexpr std::array<std::string_view, 4> kRatings = {"Green", "Amber", "Amber", "Red"};
        const Day seen = std::min({destination.from + random_.between(5, 90), destination.to, kToday});
        append(
            tables_.neet_periods,
            {{"neetId", neet_keys_.next()},
             {"youngPersonId", person},
             {"activityId", activity},
             {"startDate", answers_.day(destination.from)},
             {"endDate", answers_.day(destination.to)},
             {"available", std::string(truth(available))},
             {"reasonCode", answers_.code(destination.activity, "699")},
             {"ragRating", std::string(random_.pick(kRatings))},
             {"reviewDue", destination.to == kOpen ? Cell(format_day(kToday + random_.between(5, 90), kDate)) : Cell()},
             {"lastContact", answers_.day(seen)},
             {"exitActivityCode", destination.to == kOpen ? Cell() : given(next)},
             {"adviserId", staff_number(someone())},
             {"updatedAt", format_moment(office_time(seen, random_), kTime)}});
    }

    void add_interventions(const Person& person, const YouthSupportSpan& span) {
        const Cell key = young_person(person, span.from, span.worker);
        if (!key) return;
        for (const Day day : span.interventions) {
            const std::string id = intervention_keys_.next();
            const int minute = 5 * random_.between(0, 11);
            const Moment start = at(day, random_.between(8, 18), minute);
            const std::string method(random_.pick(kMethods));
            const std::string work =
                random_.chance(0.25) ? std::string("Tracking") : translate(span.reason, kWorkFor).value_or("IAG");
            append(tables_.interventions, {{"interventionId", id},
                                           {"youngPersonId", key},
                                           {"type", answers_.code(work, "Misc")},
                                           {"method", answers_.code(method, "Fax")},
                                           {"startedAt", format_moment(start, kTime)},
                                           {"minutes", std::to_string(5 * random_.between(1, 18))},
                                           {"planned", std::string(truth(random_.chance(0.7)))},
                                           {"outcome", std::string(random_.pick(kOutcomes))},
                                           {"venue", method == "FaceToFace" ? Cell("Find It Out centre") : Cell()},
                                           {"summary", std::string(random_.pick(kSummaries))},
                                           {"adviserId", staff_number(span.worker)},
                                           {"teamCode", team_of(span.worker)},
                                           {"updatedAt", format_moment(start + 60, kTime)}});
            if (random_.chance(0.05)) add_attachment(*key, id, day, span.worker);
        }
    }

    void add_attachment(const std::string& person, const std::string& intervention, Day day, WorkerIndex by) {
        const std::string id = attachment_keys_.next();
        const bool plan = random_.chance(0.6);
        append(tables_.attachments,
               {{"documentId", id},
                {"youngPersonId", person},
                {"interventionId", intervention},
                {"title", plan ? "Action plan" : "CV"},
                {"kind", plan ? "ActionPlan" : "CV"},
                {"documentDate", answers_.day(day)},
                {"uploadedAt", format_moment(at(day, 17, random_.between(0, 59)), kTime)},
                {"fileName", id + (plan ? ".pdf" : ".docx")},
                {"mediaType",
                 plan ? "application/pdf" : "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
                {"sizeBytes", std::to_string(random_.between(12000, 700000))},
                {"storePath", "youth/" + format_day(day, "%Y") + "/" + id},
                {"adviserId", staff_number(by)}});
    }

    void add_circumstances(const Person& person) {
        const auto add = [&](std::string_view item, Day from, Day to) {
            const Day thirteen = birthday(person.birth, 13);
            if (to <= thirteen) return;
            const Cell key = young_person(person, std::max(from, thirteen), 0);
            if (!key) return;
            append(tables_.circumstances,
                   {{"circumstanceId", circumstance_keys_.next()},
                    {"youngPersonId", key},
                    {"item", answers_.code(item, "IC999")},
                    {"startDate", answers_.day(from)},
                    {"endDate", answers_.day(to)},
                    {"verifiedOn", answers_.day(std::min(std::max(from, thirteen) + 30, kToday))}});
        };
        for (const CarePeriod& care : person.life.care) add("IC110", care.from, care.to);
        for (const CareLeaver& leaver : person.life.care_leaver) add("IC160", leaver.from, kOpen);
        if (person.unaccompanied && !person.life.care.empty()) add("IC130", person.life.care.front().from, kOpen);
        for (const YouthJusticeOrder& order : person.life.orders) add("IC170", order.from, order.to);
        for (const YouthSupportSpan& span : person.life.youth_support) {
            if (span.reason == "Young parent") add("IC120", span.from, kOpen);
        }
    }

    void spoil(SystemDump& dump) {
        add_dirty_rows(tables_.activities,
                       {.key = "activityId", .person = "youngPersonId", .parent = {}, .changed = {}, .other = {}}, {},
                       random_.stream("dirty activities"));
        add_dirty_rows(tables_.neet_periods,
                       {.key = "neetId",
                        .person = "youngPersonId",
                        .parent = "activityId",
                        .changed = "ragRating",
                        .other = "Unrated"},
                       {.lost_parents = 0.002}, random_.stream("dirty neet periods"));
        add_dirty_rows(tables_.interventions,
                       {.key = "interventionId",
                        .person = "youngPersonId",
                        .parent = {},
                        .changed = "venue",
                        .other = "Not stated"},
                       {}, random_.stream("dirty interventions"));
        // An export that timed out, a paste from another encoding.
        if (tables_.interventions.rows.size() > 6) {
            const std::size_t summary = tables_.interventions.column("summary");
            tables_.interventions.defects.push_back({3, DefectKind::undecodable_byte, summary});
            tables_.interventions.defects.push_back({4, DefectKind::nul_byte, summary});
            tables_.interventions.defects.push_back({5, DefectKind::truncated_line, 0});
        }
        break_one_person(dump, tables_.people, "youngPersonId", view_, DefectKind::truncated_line, "surname",
                         random_.stream("broken"));
    }

    const County& county_;
    const SystemView& view_;
    Random& random_;
    FormAnswers answers_;
    std::vector<WorkerIndex> advisers_;

    YouthSupportTables tables_;

    KeySeries activity_keys_{"AC", 10001, 7};
    KeySeries neet_keys_{"NE", 1001, 6};
    KeySeries intervention_keys_{"IN", 10001, 8};
    KeySeries circumstance_keys_{"CI", 1001, 6};
    KeySeries attachment_keys_{"DO", 1001, 6};
};

}  // namespace

SystemDump simulate_youth_support(const County& county, const SystemView& view, Random& random) {
    return YouthSupport(county, view, random).write();
}

}  // namespace simulate
