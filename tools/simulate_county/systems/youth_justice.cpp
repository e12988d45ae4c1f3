#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>

#include "simulate_county/errors.hpp"
#include "simulate_county/systems/registry.hpp"
#include "simulate_county/systems/source_rows.hpp"
#include "simulate_county/systems/youth_justice_tables.hpp"

namespace simulate {
namespace {

// Charge sheets are copied by hand.
constexpr double kBadDate = 0.003;
constexpr double kBadCode = 0.003;
// Orders whose main offence was deleted after a transfer.
constexpr double kLostOffence = 0.01;
// Assessments of young people whose case the export leaves out.
constexpr double kStrayAssessment = 0.006;
// One young person in so many, from the first on, is known to the police by another name than that of the record.
constexpr std::size_t kPeoplePerPoliceName = 6;
// Addresses pasted from letters, with a byte that is not UTF-8; one at least.
constexpr double kBadBytes = 0.01;

constexpr std::string_view kDate = "%d/%m/%Y";
constexpr std::string_view kTime = "%d/%m/%Y %H:%M";

constexpr std::array<CodePair, 3> kSex = {{{"M", "1"}, {"F", "2"}, {"U", "0"}}};
constexpr std::array<CodePair, 5> kGender = {
    {{"M", "Male"}, {"F", "Female"}, {"N", "Non-binary"}, {"O", "Other"}, {"U", "Not known"}}};
constexpr std::array<CodePair, 20> kEthnicity = {
    {{"WBRI", "W1"}, {"WIRI", "W2"}, {"WIRT", "W3"}, {"WROM", "W4"}, {"WOTH", "W9"}, {"MWBC", "M1"}, {"MWBA", "M2"},
     {"MWAS", "M3"}, {"MOTH", "M9"}, {"AIND", "A1"}, {"APKN", "A2"}, {"ABAN", "A3"}, {"AOTH", "A9"}, {"BCRB", "B1"},
     {"BAFR", "B2"}, {"BOTH", "B9"}, {"CHNE", "O1"}, {"OOTH", "O9"}, {"REFU", "NR"}, {"NOBT", "NS"}}};
constexpr std::array<CodePair, 3> kNhsStatus = {{{"verified", "01"}, {"unverified", "02"}, {"superseded", "SUP"}}};
constexpr std::array<CodePair, 6> kAddressType = {{{"home", "HOME"},
                                                   {"placement", "PLCE"},
                                                   {"previous", "PREV"},
                                                   {"correspondence", "CORR"},
                                                   {"temporary", "TEMP"},
                                                   {"communal", "COMM"}}};
constexpr std::array<CodePair, 4> kAliasType = {
    {{"alias", "Alias"}, {"former", "Former"}, {"preferred", "KnownAs"}, {"birth", "Birth"}}};
constexpr std::array<CodePair, 9> kCategory = {{{"Common assault", "VAP"},
                                                {"Actual bodily harm", "VAP"},
                                                {"Possession of a bladed article", "VAP"},
                                                {"Theft from shop", "THE"},
                                                {"Criminal damage", "CRD"},
                                                {"Possession of a controlled drug", "DRU"},
                                                {"Public order offence", "PUO"},
                                                {"Robbery", "ROB"},
                                                {"Unauthorised taking of a vehicle", "VTT"}}};
constexpr std::array<CodePair, 4> kOrderType = {{{"Referral order", "Referral Order"},
                                                 {"Youth rehabilitation order", "YRO"},
                                                 {"Youth conditional caution", "Youth Conditional Caution"},
                                                 {"Detention and training order", "DTO"}}};
constexpr std::array<CodePair, 9> kProgrammeFor = {{{"Common assault", "VICTIM"},
                                                    {"Actual bodily harm", "OFFBEH"},
                                                    {"Possession of a bladed article", "KNIFE"},
                                                    {"Theft from shop", "REPAR"},
                                                    {"Criminal damage", "REPAR"},
                                                    {"Possession of a controlled drug", "SUBS"},
                                                    {"Public order offence", "OFFBEH"},
                                                    {"Robbery", "VICTIM"},
                                                    {"Unauthorised taking of a vehicle", "OFFBEH"}}};
constexpr std::array<std::string_view, 6> kOtherProgrammes = {"ETE", "MENT", "MH", "PARENT", "LEIS", "RESTJ"};
constexpr std::array<std::string_view, 5> kRisk = {"Low", "Low", "Medium", "Medium", "High"};
constexpr std::array<std::string_view, 4> kLevels = {"S", "E", "E", "I"};

std::string_view yes_no(bool yes) {
    return yes ? "Yes" : "No";
}

/// Makes a PNC id: year of first entry, seven digits, a check letter of the alphabet without I, O and S.
std::string pnc_id(const PersonView& person, const County& county, const Random& random) {
    // One id a person and identity: records of one young person share it, the two sides of a seal never do.
    Random own = random.stream("pnc", std::uint64_t{person.person} * 2 + (person.side == Side::earlier ? 1 : 0));
    const std::vector<Offence>& offences = county.person(person.person).life.offences;
    const int year = to_civil(offences.empty() ? kToday - 400 : offences.front().date).year;
    constexpr std::string_view kLetters = "ZABCDEFGHJKLMNPQRTUVWXY";
    const int serial = own.between(10000, 899999);
    const auto check = static_cast<std::size_t>((year % 100) * 10000000LL + serial) % kLetters.size();
    return std::to_string(year) + "/" + padded(static_cast<std::uint64_t>(serial), 7) + kLetters[check];
}

class YouthJustice {
  public:
    YouthJustice(const County& county, const SystemView& view, Random& random)
        : county_(county),
          view_(view),
          random_(random),
          police_names_(random.stream("police names")),
          answers_(random.stream("forms"), std::string(kDate), kBadDate, kBadCode),
          officers_(county.workers_of(Service::youth_justice)) {}

    SystemDump write() {
        for (const PersonView& person : view_.people) add_young_person(person);
        add_teams_and_practitioners();
        for (const Person& person : county_.people) {
            if (!person.life.offences.empty()) add_case(person);
        }
        spoil();
        SystemDump dump;
        dump.system = "youth_justice";
        for (Table* table :
             {&tables_.people, &tables_.aliases, &tables_.addresses, &tables_.offences, &tables_.orders,
              &tables_.programmes, &tables_.documents, &tables_.teams, &tables_.practitioners, &tables_.assessments})
            dump.tables.push_back(std::move(*table));
        return dump;
    }

  private:
    void add_young_person(const PersonView& person) {
        const auto contact = [&](std::string_view type) -> Cell {
            for (const ContactView& known : person.contacts) {
                if (known.type == type) return given(known.value);
            }
            return std::nullopt;
        };
        const Person& life = county_.person(person.person);
        const bool open = std::any_of(life.life.orders.begin(), life.life.orders.end(),
                                      [](const YouthJusticeOrder& order) { return order.to == kOpen; });
        const auto only = [](bool yes) { return yes ? Cell("Yes") : Cell(); };
        append(
            tables_.people,
            {{"YoungPersonID", person.key},
             {"CaseStatus", open ? "Open" : "Closed"},
             {"Created", format_moment(person.created, kTime)},
             {"Updated", format_moment(person.updated, kTime)},
             {"Title", given(person.title)},
             {"Surname", given(person.family)},
             {"Forenames", given(person.given)},
             {"MiddleNames", given(person.middle)},
             {"KnownAs", given(person.preferred)},
             {"DateOfBirth", written(person.birth, kDate, "%m/%Y", "%Y")},
             {"DOBEstimated", only(person.birth.estimated && person.birth.year.has_value())},
             {"DOBDisputed", only(person.birth.disputed && person.birth.year.has_value())},
             {"DateOfDeath", written(person.death, kDate, "%m/%Y", "%Y")},
             {"Sex", translate(person.sex, kSex)},
             {"GenderIdentity", translate(person.gender, kGender)},
             {"Ethnicity", answers_.code(translate(person.ethnicity, kEthnicity).value_or(""), "IC1")},
             {"FirstLanguage", given(person.language)},
             {"Nationality", given(person.nationality)},
             {"Religion", given(person.religion)},
             {"Disability", person.disability ? Cell(std::string(yes_no(*person.disability))) : Cell("-")},
             {"MultipleBirth", only(person.multiple_birth)},
             {"ImmigrationStatus", given(person.immigration_status)},
             {"Unaccompanied", only(person.unaccompanied)},
             {"PNCID", pnc_id(person, county_, random_)},
             {"NHSNumber", given(person.nhs_number)},
             {"NHSNumberStatus", person.nhs_number.empty() ? Cell() : translate(person.nhs_status, kNhsStatus)},
             {"HomeOfficeRef", given(person.home_office_reference)},
             {"HomeAuthority", given(person.other_council_code)},
             {"HomeAuthorityChildID", given(person.other_council_child_id)},
             {"GuardianForename", given(person.guardian_given)},
             {"GuardianSurname", given(person.guardian_family)},
             {"SchoolURN", person.school_name.empty() ? Cell() : given(person.school_urn)},
             {"SchoolName", given(person.school_name)},
             {"Mobile", contact("mobile")},
             {"Telephone", contact("phone")},
             {"Email", contact("email")},
             {"Restricted", only(person.restricted_record)},
             {"AddressWithheld", only(person.restricted_address)},
             {"MarkingReason", given(person.restriction_reason)},
             {"MarkingFrom", person.restricted_from != 0 ? Cell(format_day(person.restricted_from, kDate)) : Cell()}});
        for (const OtherNameView& name : person.other_names) {
            append(tables_.aliases, {{"YoungPersonID", person.key},
                                     {"AliasType", translate(name.type, kAliasType)},
                                     {"Surname", given(name.family)},
                                     {"Forenames", given(name.given)},
                                     {"MiddleNames", given(name.middle)},
                                     {"From", name.from != 0 ? Cell(format_day(name.from, kDate)) : Cell()},
                                     {"To", name.to != kOpen ? Cell(format_day(name.to, kDate)) : Cell()}});
        }
        if (tables_.people.rows.size() % kPeoplePerPoliceName == 1) add_police_name(person);
        for (const AddressView& address : person.addresses) {
            append(tables_.addresses, {{"YoungPersonID", person.key},
                                       {"AddressType", translate(address.type, kAddressType)},
                                       {"Withheld", only(address.restricted)},
                                       {"House", given(address.house)},
                                       {"Street", given(address.street)},
                                       {"Locality", given(address.locality)},
                                       {"Town", given(address.town)},
                                       {"County", given(address.county)},
                                       {"Postcode", given(address.postcode)},
                                       {"UPRN", given(address.uprn)},
                                       {"From", address.from != 0 ? Cell(format_day(address.from, kDate)) : Cell()},
                                       {"To", address.to != kOpen ? Cell(format_day(address.to, kDate)) : Cell()}});
        }
    }

    // A name given on arrest: another form of the forename, a parent's surname, or what an officer made of it.
    void add_police_name(const PersonView& person) {
        std::string given_name = fold_marks(other_form(person.given, police_names_));
        if (given_name.empty()) given_name = person.given;
        std::string family = person.guardian_family.empty() ? person.family : person.guardian_family;
        if (given_name == person.given && family == person.family) family = misspell(family, police_names_);
        append(tables_.aliases, {{"YoungPersonID", person.key},
                                 {"AliasType", translate("alias", kAliasType)},
                                 {"Surname", given(family)},
                                 {"Forenames", given(given_name)},
                                 {"MiddleNames", std::nullopt},
                                 {"From", format_day(static_cast<Day>(person.created / 1440), kDate)},
                                 {"To", std::nullopt}});
    }

    void add_teams_and_practitioners() {
        for (const Team& team : county_.teams) {
            if (team.service == Service::youth_justice)
                append(tables_.teams, {{"TeamID", team.code}, {"TeamName", team.name}, {"Area", given(team.district)}});
        }
        for (const WorkerIndex index : officers_) {
            const Worker& worker = county_.worker(index);
            append(tables_.practitioners,
                   {{"PractitionerID", worker.staff_number},
                    {"Name", worker.given + " " + worker.family},
                    {"Grade", given(worker.role)},
                    {"Email", given(worker.email)},
                    {"TeamID", team_of(index)},
                    {"StartDate", format_day(worker.from, kDate)},
                    {"LeaveDate", worker.to == kOpen ? Cell() : Cell(format_day(worker.to, kDate))}});
        }
    }

    Cell team_of(WorkerIndex index) const {
        if (index == kNone || county_.worker(index).team == kNone) return std::nullopt;
        return county_.team(county_.worker(index).team).code;
    }

    Cell staff_number(WorkerIndex index) {
        if (index == kNone && !officers_.empty()) index = random_.pick(officers_);
        return index == kNone ? Cell() : Cell(county_.worker(index).staff_number);
    }

    void add_case(const Person& person) {
        std::vector<std::string> offence_keys;
        for (const Offence& offence : person.life.offences) {
            // All that hangs together stands under one record of the young person.
            const PersonView* known = view_.record_of(county_, person.index, person.life.offences.front().date, 0);
            if (known == nullptr) return;
            offence_keys.push_back(add_offence(known->key, offence));
        }
        const std::string key = *tables_.offences.rows.back()[1];
        for (const YouthJusticeOrder& order : person.life.orders)
            add_order(person, key, order, offence_keys[order.offence]);
        if (random_.chance(0.15)) {
            const Day from = person.life.offences.front().date + random_.between(10, 60);
            if (from < kToday) add_programme(key, std::nullopt, "PREV", false, from, from + 90, 6, kNone);
        }
    }

    std::string add_offence(const std::string& person, const Offence& offence) {
        const std::string key = offence_keys_.next();
        const bool court = offence.court != kNone;
        const bool decided = offence.outcome_date != 0;
        append(tables_.offences,
               {{"OffenceID", key},
                {"YoungPersonID", person},
                {"OffenceDate", answers_.day(offence.date)},
                {"OffenceDateTo", random_.chance(0.06) ? answers_.day(offence.date + 1) : Cell()},
                {"Category", answers_.code(translate(offence.kind, kCategory).value_or("OTH"), "ZZZ")},
                {"OffenceCode", given(offence.code)},
                {"Description", given(offence.kind)},
                {"Gravity", std::to_string(offence.seriousness)},
                {"Plea", decided ? Cell(court ? (random_.chance(0.8) ? "Guilty" : "Not Guilty") : "Admitted") : Cell()},
                {"Outcome", answers_.code(!decided ? "Pending"
                                          : court  ? "Convicted"
                                                   : "Admitted",
                                          "TIC")},
                {"OutcomeDate", answers_.day(offence.outcome_date)},
                {"VictimType", random_.chance(0.5)   ? "Individual"
                               : random_.chance(0.5) ? "Corporate"
                                                     : "Public"},
                {"PoliceRef", given(offence.police_reference)}});
        return key;
    }

    void add_order(const Person& person, const std::string& young_person, const YouthJusticeOrder& order,
                   const std::string& offence_key) {
        const std::string key = order_keys_.next();
        const Offence& offence = person.life.offences[order.offence];
        const bool open = order.to == kOpen;
        const std::string level(random_.pick(kLevels));
        append(tables_.orders,
               {{"OrderID", key},
                {"YoungPersonID", young_person},
                {"MainOffenceID", offence_key},
                {"OrderType", answers_.code(translate(order.kind, kOrderType).value_or("CBO"), "ASBO")},
                {"DateImposed", answers_.day(offence.outcome_date)},
                {"StartDate", answers_.day(order.from)},
                {"EndDate", answers_.day(order.to)},
                {"LengthMonths", open ? Cell() : Cell(std::to_string(std::max(1, (order.to - order.from) / 30)))},
                {"CourtName", offence.court == kNone ? Cell() : given(county_.court(offence.court).name)},
                {"CourtRef",
                 offence.court == kNone ? Cell() : Cell("YC" + std::to_string(random_.between(100000, 999999)))},
                {"Breached", std::string(yes_no(order.breached))},
                {"EndReason", std::string(open             ? "Current"
                                          : order.breached ? "Revoked - breach"
                                                           : "Completed")},
                {"SupervisionLevel", level},
                {"CaseManagerID", staff_number(order.worker)}});
        const std::string programme = translate(offence.kind, kProgrammeFor).value_or("OFFBEH");
        const int sessions = static_cast<int>(order.interventions.size());
        add_programme(young_person, key, programme, true, order.from, order.to, sessions, order.worker);
        if (sessions > 4) {
            const bool statutory = random_.chance(0.4);
            add_programme(young_person, key, random_.pick(kOtherProgrammes), statutory, order.from + 14, order.to,
                          sessions / 2, order.worker);
        }
        for (std::size_t i = 0; i < order.assessments.size(); ++i) {
            const bool last = !open && i + 1 == order.assessments.size();
            add_assessment(young_person, order.assessments[i],
                           i == 0 ? "Entering or At the Start"
                           : last ? "Case Closure"
                                  : "Review",
                           level, order.worker);
        }
        add_document(young_person, key, order, offence.court != kNone);
    }

    void add_programme(const std::string& young_person, const Cell& order, std::string_view programme, bool statutory,
                       Day from, Day to, int sessions, WorkerIndex worker) {
        if (from >= to || from >= kToday) return;
        const int planned = std::max(sessions, 2) + random_.between(0, 4);
        append(tables_.programmes, {{"InterventionID", programme_keys_.next()},
                                    {"YoungPersonID", young_person},
                                    {"OrderID", order},
                                    {"Programme", answers_.code(programme, "OTHER")},
                                    {"Statutory", std::string(yes_no(statutory))},
                                    {"StartDate", answers_.day(from)},
                                    {"EndDate", answers_.day(to)},
                                    {"Provider", programme == "SUBS" ? Cell("Change Grow Live") : Cell()},
                                    {"SessionsPlanned", std::to_string(planned)},
                                    {"SessionsAttended", std::to_string(random_.between(planned / 3, planned))},
                                    {"EndReason", std::string(to == kOpen || to > kToday ? "Current"
                                                              : random_.chance(0.8)      ? "Completed"
                                                                                         : "Did not engage")},
                                    {"WorkerID", staff_number(worker)},
                                    {"TeamID", tables_.teams.rows.empty() ? Cell() : tables_.teams.rows.front()[0]}});
    }

    std::string draw_percentage() {
        const std::string whole = std::to_string(random_.between(5, 95));
        return whole + "." + padded(static_cast<std::uint64_t>(random_.between(0, 99)), 2);
    }

    void add_assessment(const std::string& young_person, Day day, std::string_view stage, std::string_view level,
                        WorkerIndex worker) {
        const Day done = std::min(day + random_.between(1, 25), kToday);
        const bool finished = done < kToday;
        append(
            tables_.assessments,
            {{"AssessmentID", assessment_keys_.next()},
             {"YoungPersonID", young_person},
             {"AssessmentType", answers_.code("AssetPlus", "Onset")},
             {"Stage", std::string(stage)},
             {"Started", answers_.day(day)},
             {"Completed", finished ? answers_.day(done) : Cell()},
             {"Countersigned",
              finished && random_.chance(0.9) ? answers_.day(std::min(done + random_.between(0, 9), kToday)) : Cell()},
             {"Reoffending", std::string(random_.pick(kRisk))},
             {"YOGRS", draw_percentage()},
             {"SeriousHarm", answers_.code(random_.pick(kRisk), "Severe")},
             {"SafetyWellbeing", std::string(random_.pick(kRisk))},
             {"SupervisionLevel", std::string(level)},
             {"SLCN", random_.chance(0.1) ? Cell("-") : Cell(std::string(yes_no(random_.chance(0.5))))},
             {"Exploitation", std::string(yes_no(random_.chance(0.2)))},
             {"AssessorID", staff_number(worker)}});
    }

    void add_document(const std::string& young_person, const std::string& order, const YouthJusticeOrder& facts,
                      bool court) {
        const std::string key = document_keys_.next();
        const Day day = std::min(facts.from + random_.between(0, 20), kToday);
        append(tables_.documents, {{"DocumentID", key},
                                   {"DocumentType", court ? (random_.chance(0.5) ? "PSR" : "REFORD") : "LETTER"},
                                   {"Filed", format_moment(office_time(day, random_), kTime)},
                                   {"Marking", "OFFICIAL-SENSITIVE"},
                                   {"YoungPersonID", young_person},
                                   {"Title", court ? "Report to court" : "Conditions of the caution"},
                                   {"DocumentDate", answers_.day(day)},
                                   {"FileName", key + ".pdf"},
                                   {"MediaType", "application/pdf"},
                                   {"SizeBytes", std::to_string(random_.between(20000, 600000))},
                                   {"Location", "yj/" + format_day(day, "%Y") + "/" + key},
                                   {"AuthorID", staff_number(facts.worker)},
                                   {"OrderID", order}});
    }

    void spoil() {
        // Under its young person an offence or order cannot lose the person; it can lose what it refers to.
        add_dirty_rows(tables_.offences,
                       {.key = "OffenceID", .person = {}, .parent = {}, .changed = "Gravity", .other = "9"},
                       {.key_conflicts = 0.004, .duplicates = 0.004}, random_.stream("dirty offences"));
        add_dirty_rows(
            tables_.programmes,
            {.key = "InterventionID", .person = {}, .parent = "OrderID", .changed = "SessionsPlanned", .other = "99"},
            {.lost_parents = kLostOffence}, random_.stream("dirty programmes"));
        add_dirty_rows(tables_.orders,
                       {.key = "OrderID", .person = {}, .parent = "MainOffenceID", .changed = {}, .other = {}},
                       {.lost_parents = kLostOffence}, random_.stream("dirty orders"));
        add_dirty_rows(
            tables_.assessments,
            {.key = "AssessmentID", .person = "YoungPersonID", .parent = {}, .changed = "YOGRS", .other = "0.01"},
            {.orphans = kStrayAssessment}, random_.stream("dirty assessments"));
        spoil_addresses(random_.stream("bytes"));
    }

    void spoil_addresses(Random random) {
        // Not of people whom a hazard makes hard: what becomes of those is asked elsewhere. A small county may have no
        // other; then one row of somebody who stands on no side of a seal.
        std::set<std::string> plain;
        std::set<std::string> unsealed;
        for (const PersonView& person : view_.people) {
            if (person.side != Side::none) continue;
            unsealed.insert(person.key);
            if (person.hazards.bits() == 0) plain.insert(person.key);
        }
        const std::size_t person = tables_.addresses.column("YoungPersonID");
        const std::size_t street = tables_.addresses.column("Street");
        const auto spoil = [&](std::size_t row) {
            tables_.addresses.defects.push_back({row, DefectKind::undecodable_byte, street});
        };
        std::optional<std::size_t> spare;
        for (std::size_t row = 0; row < tables_.addresses.rows.size(); ++row) {
            const std::string& key = *tables_.addresses.rows[row][person];
            if (!spare && unsealed.contains(key)) spare = row;
            if (!plain.contains(key)) continue;
            if (random.chance(kBadBytes) || tables_.addresses.defects.empty()) spoil(row);
        }
        if (tables_.addresses.defects.empty() && spare) spoil(*spare);
    }

    const County& county_;
    const SystemView& view_;
    Random& random_;
    Random police_names_;
    FormAnswers answers_;
    std::vector<WorkerIndex> officers_;

    YouthJusticeTables tables_;

    KeySeries offence_keys_{"OF", 1001, 6};
    KeySeries order_keys_{"OR", 1001, 6};
    KeySeries programme_keys_{"IV", 1001, 6};
    KeySeries assessment_keys_{"AS", 1001, 6};
    KeySeries document_keys_{"DC", 1001, 6};
};

}  // namespace

SystemDump simulate_youth_justice(const County& county, const SystemView& view, Random& random) {
    return YouthJustice(county, view, random).write();
}

}  // namespace simulate
