#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "simulate_county/systems/registry.hpp"
#include "simulate_county/systems/school_calendar.hpp"
#include "simulate_county/systems/source_rows.hpp"
#include "simulate_county/systems/unplaced_people.hpp"

namespace simulate {
namespace {

constexpr std::string_view kNoDate = "00000000";
constexpr std::string_view kDateForm = "%d%m%Y";
constexpr std::string_view kStampForm = "%Y%m%d%H%M%S";

/// Makes a table of one file; a layout is a list of column names and their widths in bytes.
Table make_file(std::string name, std::string_view file,
                std::initializer_list<std::pair<std::string_view, std::size_t>> layout) {
    Table table;
    table.name = std::move(name);
    table.file = std::string(file) + "_" + format_day(kToday, "%Y%m%d");
    for (const auto& [column, width] : layout) {
        table.columns.emplace_back(column);
        table.widths.push_back(width);
    }
    return table;
}

Cell date_or_zeros(Day day) {
    return day == 0 || day == kOpen ? std::string(kNoDate) : format_day(day, kDateForm);
}

Cell or_zeros(Cell cell) {
    return cell ? cell : Cell(kNoDate);
}

Cell flag(bool value) {
    return Cell(value ? "Y" : "N");
}

/// Breaks one row of a file, where it has one.
void break_row(Table& table, DefectKind kind, std::string_view column, Random random) {
    if (table.rows.empty()) return;
    table.defects.push_back({random.index(table.rows.size()), kind, table.column(column)});
}

class AdmissionsFiles {
  public:
    AdmissionsFiles(const County& county, const SystemView& view, const Random& random)
        : county_(county),
          view_(view),
          random_(random),
          officers_(county.workers_of(Service::admissions)),
          answers_(random.stream("answers"), std::string(kDateForm), 0.0008, 0.0015) {}

    SystemDump write() {
        SystemDump dump;
        dump.system = view_.system;
        Random people = random_.stream("children");
        for (const PersonView& child : view_.people) add_child(child, people);
        add_staff();
        add_schools(random_.stream("schools"));
        for (const Person& person : county_.people) {
            Random own = random_.stream("applications", person.index);
            for (const SchoolApplication& application : person.life.applications)
                add_application(person, application, own);
        }
        spoil(dump);
        for (Table* table :
             {&children_, &teams_, &officers_file_, &schools_, &applications_, &preferences_, &offers_, &documents_})
            dump.tables.push_back(std::move(*table));
        return dump;
    }

  private:
    void add_child(const PersonView& child, Random& random) {
        const AddressView none;
        const AddressView& home = child.address() == nullptr ? none : *child.address();
        std::string telephone, email;
        for (const ContactView& contact : child.contacts) {
            if (contact.type == "email")
                email = contact.value;
            else if (telephone.empty())
                telephone = contact.value;
        }
        // Paper forms ask for a boy or a girl.
        const bool paper = random.chance(0.15);
        const std::string_view sex = !paper             ? std::string_view(child.sex)
                                     : child.sex == "M" ? "B"
                                     : child.sex == "F" ? "G"
                                                        : "";
        const bool marked = !child.duplicate_of.empty() && random.chance(0.25);
        append(children_, {{"REFNO", child.key},
                           {"SURNAME", given(child.family)},
                           {"FORENAME", given(child.given)},
                           {"MIDNAME", given(child.middle)},
                           {"DOB", or_zeros(child.birth.text(kDateForm))},
                           {"DOBEST", flag(child.birth.estimated)},
                           {"AGEDISP", flag(child.birth.disputed)},
                           {"SEX", answers_.code(sex, "Q")},
                           {"HOUSE", given(home.house)},
                           {"STREET", given(home.street)},
                           {"LOCALITY", given(home.locality)},
                           {"TOWN", given(home.town)},
                           {"POSTCODE", given(home.postcode)},
                           {"UPRN", given(home.uprn)},
                           {"ADDRFROM", or_zeros(child.address() == nullptr ? Cell() : answers_.day(home.from))},
                           {"TELNO", given(telephone)},
                           {"EMAIL", given(email)},
                           {"GSURNAME", given(child.guardian_family)},
                           {"GFORENAME", given(child.guardian_given)},
                           {"HOMELA", child.other_council_code.empty() ? Cell("938") : Cell(child.other_council_code)},
                           {"HOMELAREF", given(child.other_council_child_id)},
                           {"CURURN", given(child.school_urn)},
                           {"CURSCH", given(child.school_name)},
                           {"MULTIB", flag(child.multiple_birth)},
                           {"BORDER", child.birth_order ? Cell(std::to_string(*child.birth_order)) : Cell()},
                           {"ADCONF", flag(child.restricted_address || home.restricted)},
                           {"RECCONF", flag(child.restricted_record)},
                           {"CONFWHY", given(child.restriction_reason)},
                           {"CONFFROM", date_or_zeros(child.restricted_from)},
                           {"DUPOF", marked ? Cell(child.duplicate_of) : Cell()},
                           {"CREATED", format_moment(child.created, kStampForm)},
                           {"UPDATED", format_moment(child.updated, kStampForm)}});
    }

    void add_staff() {
        for (const Team& team : county_.teams) {
            if (team.service == Service::admissions) teams_.add({team.code, team.name});
        }
        for (const WorkerIndex index : officers_) {
            const Worker& worker = county_.worker(index);
            officers_file_.add({worker.staff_number, worker.staff_number, worker.given + " " + worker.family,
                                worker.role, worker.team == kNone ? Cell() : Cell(county_.team(worker.team).code),
                                given(worker.email), date_or_zeros(worker.from), date_or_zeros(worker.to)});
        }
    }

    static std::string_view phase_code(School::Phase phase) {
        switch (phase) {
            case School::Phase::primary:
                return "02";
            case School::Phase::secondary:
                return "05";
            case School::Phase::all_through:
                return "06";
            case School::Phase::special:
                return "07";
            case School::Phase::alternative:
                return "08";
            case School::Phase::college:
                return "09";
        }
        return "";
    }

    static std::string_view school_type(School::Phase phase, std::size_t index) {
        static constexpr std::array<std::string_view, 5> kTypes = {"CO", "VA", "VC", "AC", "FO"};
        switch (phase) {
            case School::Phase::special:
                return "SP";
            case School::Phase::alternative:
                return "PR";
            case School::Phase::college:
                return "CL";
            case School::Phase::all_through:
                return "AC";
            default:
                return kTypes[index % kTypes.size()];
        }
    }

    std::string school_number(std::uint32_t school) const { return "938" + county_.school(school).estab; }

    void add_schools(Random random) {
        for (std::uint32_t i = 0; i < county_.schools.size(); ++i) {
            const School& school = county_.schools[i];
            const Address none;
            const Address& address = school.address == kNone ? none : county_.address(school.address);
            schools_.add({school_number(i), school.urn, school.name, Cell(phase_code(school.phase)),
                          Cell(school_type(school.phase, i)), given(address.street), given(address.town),
                          given(address.postcode), "01243 96" + padded(i, 4),
                          std::to_string(30 * random.between(1, 8))});
        }
    }

    static bool looked_after(const LifeCourse& life, Day day) {
        return std::any_of(life.care.begin(), life.care.end(),
                           [&](const CarePeriod& period) { return period.from <= day; });
    }

    static bool has_plan(const LifeCourse& life, Day day) {
        return std::any_of(life.ehc.begin(), life.ehc.end(), [&](const EhcProcess& process) {
            return process.plan_issued && process.plan_from <= day && day < process.plan_to;
        });
    }

    void add_application(const Person& person, const SchoolApplication& application, Random& random) {
        const PersonView* child = view_.record_of(county_, person.index, application.date,
                                                  static_cast<std::uint64_t>(application.entry_school_year));
        if (child == nullptr) return;
        const std::string key = application_keys_.next();
        const bool decided = application.offer_date != 0;
        const bool in_year = application.round == SchoolApplication::Round::in_year;
        const std::string_view round = application.round == SchoolApplication::Round::reception ? "SS"
                                       : in_year                                                ? "IY"
                                                                                                : "ST";
        const int year = std::clamp(application.entry_school_year - (school_year(person.birth) + 5), 0, 13);
        const bool mother = !child->mother_given.empty() && child->mother_given == child->guardian_given;
        const bool cared_for = looked_after(person.life, application.date);
        const std::string applicant =
            child->guardian_given + (child->guardian_given.empty() ? "" : " ") + child->guardian_family;
        static constexpr std::array<std::string_view, 5> kRelations = {"MO", "FA", "PA", "GP", "SP"};
        static constexpr std::array<double, 5> kRelationWeights = {0.62, 0.26, 0.08, 0.02, 0.02};
        const std::string_view relation = cared_for && random.chance(0.5) ? "FC"
                                          : mother                        ? "MO"
                                                   : kRelations[random.weighted(kRelationWeights)];
        const std::string_view status = !decided                       ? (random.chance(0.5) ? "RC" : "VL")
                                        : application.offered == kNone ? "RF"
                                                                       : "OF";
        const Day updated = decided ? application.offer_date : std::min(application.date + 7, kToday);
        const std::string officer =
            officers_.empty() ? "" : county_.worker(officers_[random.index(officers_.size())]).staff_number;
        append(applications_,
               {{"APPNO", key},
                {"REFNO", child->key},
                {"ROUND", answers_.code(round, "RX")},
                {"ENTRYYR", academic_year(application.entry_school_year)},
                {"NCYEAR", padded(static_cast<std::uint64_t>(year), 2)},
                {"RECD", or_zeros(answers_.day(application.date))},
                {"CHANNEL", Cell(cared_for            ? "S"
                                 : random.chance(0.9) ? "I"
                                 : random.chance(0.7) ? "P"
                                                      : "T")},
                {"LATE", flag(application.late)},
                {"STATUS", answers_.code(status, "QQ")},
                {"CURSCH", year == 0 ? Cell() : given(child->school_name)},
                {"HOMELA", child->other_council_code.empty() ? Cell("938") : Cell(child->other_council_code)},
                {"APPLCNT", given(applicant)},
                {"RELN", applicant.empty() ? Cell() : Cell(relation)},
                {"LACFLAG", flag(cared_for)},
                {"EHCFLAG", flag(has_plan(person.life, application.date))},
                {"MEDSOC", flag(random.chance(0.02))},
                {"SVCFAM", flag(random.chance(0.01))},
                {"OFFICER", given(officer)},
                {"UPDATED", format_moment(at(updated, 2, 0), kStampForm)}});
        for (std::size_t i = 0; i < application.preferences.size(); ++i)
            add_preference(*child, application, key, i, cared_for, random);
        if (decided && application.offered != kNone) add_offer(*child, application, key, random);
        if (random.chance(0.12)) {
            const std::string document = document_keys_.next();
            documents_.add({document, child->key, key, random.chance(0.5) ? "FRM" : "EVD",
                            random.chance(0.5) ? "Proof of address" : "Supporting letter",
                            format_day(application.date, kDateForm), key + "_" + document + ".pdf", given(officer)});
        }
    }

    void add_preference(const PersonView& child, const SchoolApplication& application, const std::string& key,
                        std::size_t index, bool cared_for, Random& random) {
        const int rank = static_cast<int>(index) + 1;
        const std::uint32_t school = application.preferences[index];
        static constexpr std::array<std::string_view, 6> kCriteria = {"05", "04", "06", "10", "08", "07"};
        static constexpr std::array<double, 6> kWeights = {0.4, 0.17, 0.1, 0.23, 0.07, 0.03};
        const std::string_view criterion = cared_for ? "02" : kCriteria[random.weighted(kWeights)];
        const bool sibling = criterion == "04" || criterion == "06";
        const std::string_view outcome = application.offer_date == 0              ? "PN"
                                         : rank == application.offered_preference ? "OF"
                                         : application.offered_preference > 0 && rank > application.offered_preference
                                             ? "HP"
                                             : "RF";
        const int step = random.between(0, 60'000);
        const int centimetres = 15'000 + step * random.between(1, 9);
        append(preferences_, {{"APPNO", key},
                              {"RANK", padded(static_cast<std::uint64_t>(rank), 2)},
                              {"REFNO", child.key},
                              {"SCHNO", school_number(school)},
                              {"URN", county_.school(school).urn},
                              {"SCHNAME", county_.school(school).name},
                              {"CRIT", Cell(criterion)},
                              {"SIBLING", flag(sibling)},
                              {"DISTM", std::to_string(centimetres / 100) + "." +
                                            padded(static_cast<std::uint64_t>(centimetres % 100), 2)},
                              {"OUTCOME", Cell(outcome)},
                              {"WHY", random.chance(0.15) ? Cell("Near to home, friends go there") : Cell()}});
    }

    void add_offer(const PersonView& child, const SchoolApplication& application, const std::string& key,
                   Random& random) {
        const School& school = county_.school(application.offered);
        const bool preferred = application.offered_preference > 0;
        const bool first = application.offered_preference == 1;
        const bool appeal = !first && random.chance(0.12) && application.offer_date + 75 < kToday;
        const bool answered = random.chance(0.95);
        append(offers_,
               {{"OFFNO", offer_keys_.next()},
                {"APPNO", key},
                {"REFNO", child.key},
                {"SCHNO", school_number(application.offered)},
                {"URN", school.urn},
                {"SCHNAME", school.name},
                {"OTYPE", answers_.code(preferred ? "PF" : "AL", "ZZ")},
                {"PREFRANK", padded(static_cast<std::uint64_t>(application.offered_preference), 2)},
                {"OFFDATE", or_zeros(answers_.day(application.offer_date))},
                {"RESP", Cell(application.accepted ? "A"
                              : answered           ? "D"
                                                   : "N")},
                {"RESPDATE", answered ? date_or_zeros(std::min(application.offer_date + random.between(1, 14), kToday))
                                      : Cell(kNoDate)},
                {"STARTDT", date_or_zeros(to_day(application.entry_school_year, 9, 3))},
                {"WAITPOS", first || random.chance(0.7) ? Cell() : Cell(std::to_string(random.between(1, 60)))},
                {"APPEALDT", appeal ? date_or_zeros(application.offer_date + random.between(40, 70)) : Cell(kNoDate)},
                {"APPEALRS", appeal ? Cell(random.chance(0.2) ? "U" : "D") : Cell()}});
    }

    void spoil(SystemDump& dump) {
        break_row(preferences_, DefectKind::truncated_line, "WHY", random_.stream("broken preference"));
        break_row(preferences_, DefectKind::undecodable_byte, "SCHNAME", random_.stream("undecodable preference"));
        break_row(offers_, DefectKind::too_narrow, "SCHNAME", random_.stream("narrow offer"));
        break_row(documents_, DefectKind::over_wide, "TITLE", random_.stream("wide document"));
        break_row(documents_, DefectKind::nul_byte, "TITLE", random_.stream("broken document"));
        const DirtyRates leaf{.orphans = 0.0008, .lost_parents = 0.0008, .key_conflicts = 0.0004, .duplicates = 0.0006};
        add_dirty_rows(children_, {"REFNO", "", "", "CURSCH", "Not known"}, {}, random_.stream("dirty children"));
        // A child whose line breaks off cannot be placed; its applications become orphans.
        break_one_person(dump, children_, "REFNO", view_, DefectKind::truncated_line, "SURNAME",
                         random_.stream("broken child"));
        add_dirty_rows(applications_, {"APPNO", "REFNO", "", "CURSCH", "Not known"}, {},
                       random_.stream("dirty applications"));
        add_dirty_rows(preferences_, {"APPNO", "", "APPNO", "WHY", "Second form"}, leaf,
                       random_.stream("dirty preferences"));
        add_dirty_rows(offers_, {"OFFNO", "REFNO", "APPNO", "WAITPOS", "999"}, leaf, random_.stream("dirty offers"));
        add_dirty_rows(documents_, {"DOCNO", "REFNO", "APPNO", "TITLE", "Scan"}, leaf,
                       random_.stream("dirty documents"));
    }

    const County& county_;
    const SystemView& view_;
    const Random random_;
    const std::vector<WorkerIndex> officers_;
    FormAnswers answers_;

    KeySeries application_keys_{"AP", 10'000'001, 8};
    KeySeries offer_keys_{"OF", 10'000'001, 8};
    KeySeries document_keys_{"DC", 10'000'001, 8};

    Table children_ = make_file(
        "child", "ADMCHLD",
        {{"REFNO", 10},     {"SURNAME", 35}, {"FORENAME", 35},  {"MIDNAME", 35}, {"DOB", 8},       {"DOBEST", 1},
         {"AGEDISP", 1},    {"SEX", 1},      {"HOUSE", 30},     {"STREET", 40},  {"LOCALITY", 30}, {"TOWN", 30},
         {"POSTCODE", 8},   {"UPRN", 12},    {"ADDRFROM", 8},   {"TELNO", 15},   {"EMAIL", 60},    {"GSURNAME", 35},
         {"GFORENAME", 35}, {"HOMELA", 3},   {"HOMELAREF", 20}, {"CURURN", 6},   {"CURSCH", 50},   {"MULTIB", 1},
         {"BORDER", 1},     {"ADCONF", 1},   {"RECCONF", 1},    {"CONFWHY", 40}, {"CONFFROM", 8},  {"DUPOF", 10},
         {"CREATED", 14},   {"UPDATED", 14}});
    Table teams_ = make_file("team", "ADMTEAM", {{"TEAMCODE", 10}, {"TEAMNAME", 60}});
    Table officers_file_ = make_file("officer", "ADMOFCR",
                                     {{"OFFICER", 10},
                                      {"STAFFNO", 10},
                                      {"OFFNAME", 60},
                                      {"POST", 40},
                                      {"TEAMCODE", 10},
                                      {"EMAIL", 60},
                                      {"STARTED", 8},
                                      {"LEFT", 8}});
    Table schools_ = make_file("school", "ADMSCHL",
                               {{"SCHNO", 7},
                                {"URN", 6},
                                {"SCHNAME", 60},
                                {"PHASE", 2},
                                {"SCHTYPE", 2},
                                {"STREET", 40},
                                {"TOWN", 30},
                                {"POSTCODE", 8},
                                {"TELNO", 15},
                                {"PAN", 5}});
    Table applications_ = make_file("application", "ADMAPPL",
                                    {{"APPNO", 10},
                                     {"REFNO", 10},
                                     {"ROUND", 2},
                                     {"ENTRYYR", 7},
                                     {"NCYEAR", 2},
                                     {"RECD", 8},
                                     {"CHANNEL", 1},
                                     {"LATE", 1},
                                     {"STATUS", 2},
                                     {"CURSCH", 60},
                                     {"HOMELA", 3},
                                     {"APPLCNT", 72},
                                     {"RELN", 2},
                                     {"LACFLAG", 1},
                                     {"EHCFLAG", 1},
                                     {"MEDSOC", 1},
                                     {"SVCFAM", 1},
                                     {"OFFICER", 10},
                                     {"UPDATED", 14}});
    Table preferences_ = make_file("preference", "ADMPREF",
                                   {{"APPNO", 10},
                                    {"RANK", 2},
                                    {"REFNO", 10},
                                    {"SCHNO", 7},
                                    {"URN", 6},
                                    {"SCHNAME", 60},
                                    {"CRIT", 2},
                                    {"SIBLING", 1},
                                    {"DISTM", 10},
                                    {"OUTCOME", 2},
                                    {"WHY", 60}});
    Table offers_ = make_file("offer", "ADMOFFR",
                              {{"OFFNO", 10},
                               {"APPNO", 10},
                               {"REFNO", 10},
                               {"SCHNO", 7},
                               {"URN", 6},
                               {"SCHNAME", 60},
                               {"OTYPE", 2},
                               {"PREFRANK", 2},
                               {"OFFDATE", 8},
                               {"RESP", 1},
                               {"RESPDATE", 8},
                               {"STARTDT", 8},
                               {"WAITPOS", 4},
                               {"APPEALDT", 8},
                               {"APPEALRS", 1}});
    Table documents_ = make_file("document", "ADMDOCS",
                                 {{"DOCNO", 10},
                                  {"REFNO", 10},
                                  {"APPNO", 10},
                                  {"DOCTYPE", 3},
                                  {"TITLE", 60},
                                  {"DOCDATE", 8},
                                  {"FILENAME", 60},
                                  {"OFFICER", 10}});
};

}  // namespace

SystemDump simulate_admissions(const County& county, const SystemView& view, Random& random) {
    return AdmissionsFiles(county, view, random.stream("admissions")).write();
}

}  // namespace simulate
